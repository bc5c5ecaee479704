/** Volumes as users see them, by microversion. */
import type { Json, JsonObject } from '@hearth/kernel';
import { isAdmin, type ApiRequest } from '@hearth/http-kit';
import { projectOf } from './microversions.ts';
import type { AttachmentRecord, TypeDocument, VolumeDocument } from './records.ts';
import { POOL } from './volumes.ts';

export interface VolumeViewContext {
  readonly request: ApiRequest;
  readonly minor: number;
  readonly types: readonly TypeDocument[];
  readonly serviceId: string;
  /** `change`: the answer to creation and update, without the attributes that extensions add. */
  readonly form: 'show' | 'change';
}

export const isoMicroseconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}.000000`;
export const timeOrNull = (ms: number | null): string | null => (ms === null ? null : isoMicroseconds(ms));

export function linksOf(request: ApiRequest, plural: string, id: string): readonly JsonObject[] {
  const base = `${request.origin}${request.prefix}`;
  const path = `${projectOf(request)}/${plural}/${id}`;
  return [
    { rel: 'self', href: `${base}/v3/${path}` },
    { rel: 'bookmark', href: `${base}/${path}` },
  ];
}

export const briefVolume = (volume: VolumeDocument, request: ApiRequest): JsonObject => ({
  id: volume.id,
  name: volume.name,
  links: linksOf(request, 'volumes', volume.id),
});

const attachmentOf = (volume: VolumeDocument, one: AttachmentRecord): JsonObject => ({
  id: volume.id,
  attachment_id: one.id,
  volume_id: volume.id,
  server_id: one.serverId,
  host_name: one.hostName,
  device: one.device,
  attached_at: timeOrNull(one.attachedAtMs),
});

export function volumeView(volume: VolumeDocument, context: VolumeViewContext): JsonObject {
  const { request, minor, types, form } = context;
  const { body } = volume;
  const admin = isAdmin(request.identity);
  const attached = body.attachments.filter((one) => one.status === 'attached');
  const view: Record<string, Json> = {
    id: volume.id,
    status: body.status,
    size: body.size,
    availability_zone: body.availability_zone,
    created_at: isoMicroseconds(volume.createdMs),
    updated_at: timeOrNull(body.updatedAtMs),
    name: volume.name,
    description: body.description,
    volume_type: types.find((type) => type.id === body.typeId)?.name ?? null,
    snapshot_id: body.snapshot_id,
    source_volid: body.source_volid,
    metadata: shownMetadata(volume),
    links: linksOf(request, 'volumes', volume.id),
    user_id: body.user_id,
    bootable: String(body.bootable),
    encrypted: body.encrypted,
    replication_status: null,
    consistencygroup_id: null,
    multiattach: body.multiattach,
    attachments: attached.map((one) => attachmentOf(volume, one)),
  };
  if (admin) view.migration_status = null;
  if (minor >= 13) view.group_id = null;
  if (minor >= 21 && admin) view.provider_id = null;
  if (minor >= 48) {
    view.shared_targets = body.updatedAtMs === null;
    view.service_uuid = body.updatedAtMs === null ? null : context.serviceId;
  }
  if (minor >= 61 && admin) view.cluster_name = null;
  if (minor >= 63) view.volume_type_id = body.typeId;
  if (minor >= 65) view.consumes_quota = true;
  if (form === 'show') extend(view, volume, admin);
  return view;
}

function extend(view: Record<string, Json>, volume: VolumeDocument, admin: boolean): void {
  view['os-vol-tenant-attr:tenant_id'] = volume.projectId;
  if (admin) {
    view['os-vol-mig-status-attr:migstat'] = null;
    view['os-vol-mig-status-attr:name_id'] = null;
    view['os-vol-host-attr:host'] = POOL;
  }
  const { imageMetadata } = volume.body;
  if (imageMetadata !== null && Object.keys(imageMetadata).length > 0) view.volume_image_metadata = imageMetadata as JsonObject;
}

/** With what the service itself keeps there for users to see. */
export const shownMetadata = ({ body }: VolumeDocument): JsonObject => {
  const isAttached = body.attachments.some((one) => one.status === 'attached');
  const { attached_mode: _mode, ...others } = body.adminMetadata;
  return { ...body.metadata, ...(isAttached ? body.adminMetadata : others) };
};
