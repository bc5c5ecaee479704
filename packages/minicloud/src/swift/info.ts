/** What `/info` tells of the object service: its limits and which of Swift's extensions it has. */
import type { JsonObject } from '@hearth/kernel';
import { MAX_CONTAINER_NAME, MAX_LISTED, MAX_OBJECT_NAME, MAX_SEGMENTS } from './state.ts';

export const swiftInfo = (maxBytes: number): JsonObject => ({
  swift: {
    version: '2.30.1',
    strict_cors_mode: true,
    policies: [{ name: 'Policy-0', aliases: 'Policy-0', default: true }],
    allow_account_management: false,
    account_autocreate: true,
    max_file_size: maxBytes,
    max_meta_name_length: 128,
    max_meta_value_length: 256,
    max_meta_count: 90,
    max_meta_overall_size: 4096,
    max_header_size: 8192,
    max_object_name_length: MAX_OBJECT_NAME,
    container_listing_limit: MAX_LISTED,
    account_listing_limit: MAX_LISTED,
    max_account_name_length: 256,
    max_container_name_length: MAX_CONTAINER_NAME,
    extra_header_count: 0,
  },
  slo: {
    max_manifest_segments: MAX_SEGMENTS,
    max_manifest_size: 8 * 1024 * 1024,
    yield_frequency: 10,
    min_segment_size: 1,
    allow_async_delete: false,
  },
  tempurl: {
    methods: ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'],
    incoming_remove_headers: ['x-timestamp'],
    incoming_allow_headers: [],
    outgoing_remove_headers: ['x-object-meta-*'],
    outgoing_allow_headers: ['x-object-meta-public-*'],
    allowed_digests: ['sha1', 'sha256', 'sha512'],
    deprecated_digests: ['sha1'],
  },
});
