/** What the object service keeps: accounts, containers with their totals, objects with their bytes' id. Ids are paths. */
import { Refusal } from '@hearth/kernel';
import type { Document } from '../store/documents.ts';

export const ACCOUNTS = 'swift.accounts';
export const CONTAINERS = 'swift.containers';
export const OBJECTS = 'swift.objects';
/** What begins the ids of all object data among the chunks. */
export const DATA_PREFIX = 'swift-data:';

/** By lower-case name without `x-…-meta-`. */
export type Metadata = { readonly [name: string]: string };

export type AccountBody = { readonly meta: Metadata };
export type ContainerBody = {
  readonly meta: Metadata;
  readonly read: string;
  readonly write: string;
  readonly count: number;
  readonly bytes: number;
  /** When metadata last changed, ms. */
  readonly changedMs: number;
  /** Some of its objects may have a time to be deleted at. */
  readonly expires: boolean;
};
export type Segment = {
  /** `/container/object` */
  readonly path: string;
  readonly etag: string;
  readonly size: number;
  readonly type: string;
  readonly modifiedMs: number;
  /** The part of it that belongs to the whole: from, up to and without. */
  readonly start: number;
  readonly end: number;
};
export type ObjectBody = {
  /** Of its own bytes; 0 for a manifest. */
  readonly size: number;
  readonly etag: string;
  readonly type: string;
  readonly meta: Metadata;
  /** Content-Disposition, Content-Encoding and the like, by lower-case name. */
  readonly headers: Metadata;
  /** Id of the bytes among the chunks. */
  readonly data: string;
  readonly changedMs: number;
  /** Seconds since 1970. */
  readonly deleteAt: number | null;
  /** `container/prefix` of a dynamic large object. */
  readonly manifest: string | null;
  /** Parts of a static large object. */
  readonly segments: readonly Segment[] | null;
};
export type Account = Document<AccountBody>;
export type Container = Document<ContainerBody>;
export type Stored = Document<ObjectBody>;

export const MAX_OBJECT_BYTES = 5 * 1024 ** 3 + 2;
export const MAX_LISTED = 10_000;
export const MAX_SEGMENTS = 1_000;
export const MAX_CONTAINER_NAME = 256;
export const MAX_OBJECT_NAME = 1024;

/** Swift's own status with its page, or with these words instead. */
export const refused = (status: number, words = '', details: { readonly realm?: string } = {}): Refusal =>
  new Refusal('invalid', `HTTP${status}`, words, { status, ...details });

export const containerKey = (account: string, container: string): string => `${account}/${container}`;
export const objectKey = (account: string, container: string, object: string): string => `${account}/${container}/${object}`;
/** Seconds with five decimals. */
export const timestamp = (ms: number): string => (ms / 1000).toFixed(5);
/** Rounded up to whole seconds, as HTTP dates have no parts of one. */
export const httpDate = (ms: number): string => new Date(Math.ceil(ms / 1000) * 1000).toUTCString();
export const listedDate = (ms: number): string => new Date(ms).toISOString().replace(/(\.\d{3})Z$/, '$1000');
