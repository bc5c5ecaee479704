/** The older way of attaching, step by step, as hypervisors and administrators call it: reserve, attach, begin to detach, detach, connections. */
import { Refusal, type JsonObject } from '@hearth/kernel';
import { empty, json } from '@hearth/http-kit';
import { fieldOf as field, type Acting, type VolumeAction } from './acting.ts';
import { dropAttachment, isHeldByServer, statusWith } from './attaching.ts';
import type { AttachmentRecord } from './records.ts';
import { badRequest, invalidVolume, textOrNull, unfit, uuidOf } from './refusals.ts';
import { saveVolume } from './volumes.ts';

export const conflictNova = (): Refusal =>
  new Refusal('conflict', 'ConflictNovaUsingAttachment', 'ConflictNovaUsingAttachment: Detach volume from instance  using the Compute API');

export const connectionOf = (attachmentId: string | null, mode: string): JsonObject => ({
  access_mode: mode === 'ro' ? 'ro' : 'rw',
  qos_specs: null,
  encrypted: false,
  cacheable: false,
  driver_volume_type: 'iscsi',
  ...(attachmentId === null ? {} : { attachment_id: attachmentId }),
});

export const manualAttachActions: Readonly<Record<string, VolumeAction>> = {
  'os-reserve': {
    async perform({ tx, volume, nowMs }) {
      const { status, multiattach } = volume.body;
      if (status !== 'available' && !(multiattach && status === 'in-use'))
        throw invalidVolume(`Volume status must be available to reserve, but the status is ${status}.`);
      await saveVolume(tx, volume, { status: 'attaching' }, nowMs);
      return empty(202);
    },
  },
  'os-unreserve': {
    async perform({ tx, volume, nowMs }) {
      if (volume.body.status === 'attaching') await saveVolume(tx, volume, { status: statusWith(volume.body.attachments) }, nowMs);
      return empty(202);
    },
  },
  'os-begin_detaching': {
    async perform({ tx, volume, nowMs }) {
      if (volume.body.status !== 'in-use')
        throw invalidVolume("Unable to detach volume. Volume status must be 'in-use' and attach_status must be 'attached' to detach.");
      await saveVolume(tx, volume, { status: 'detaching' }, nowMs);
      return empty(202);
    },
  },
  'os-roll_detaching': {
    async perform({ tx, volume, nowMs }) {
      if (volume.body.status === 'detaching') await saveVolume(tx, volume, { status: 'in-use', passage: null }, nowMs);
      return empty(202);
    },
  },
  'os-attach': { perform: attach },
  'os-detach': { perform: detach },
  'os-force_detach': {
    adminPolicy: 'volume_extension:volume_admin_actions:force_detach',
    perform: detach,
  },
  'os-initialize_connection': {
    required: ['connector'],
    perform: async () => {
      const { driver_volume_type: type, ...data } = connectionOf(null, 'rw');
      return json(200, { connection_info: { driver_volume_type: type, data } });
    },
  },
  'os-terminate_connection': { required: ['connector'], optional: ['force'], perform: async () => empty(202) },
};

async function attach({ parts, tx, volume, value, nowMs }: Acting) {
  const server = field(value, 'instance_uuid');
  const hostName = textOrNull(field(value, 'host_name'), 'host_name');
  const serverId = server === undefined || server === null ? null : uuidOf(server, 'instance_uuid');
  if ((serverId === null) === (hostName === null)) throw unfit('os-attach', value, 'Exactly one of instance_uuid and host_name is wanted');
  const mode = textOrNull(field(value, 'mode'), 'mode') ?? 'rw';
  if (mode !== 'rw' && mode !== 'ro') throw unfit('mode', mode, `'${mode}' is not one of ['rw', 'ro']`);
  const { body } = volume;
  if (mode === 'rw' && body.adminMetadata.readonly === 'True') throw badRequest(`Invalid attaching mode 'rw' for volume ${volume.id}.`);
  if (body.status === 'in-use' && !body.multiattach)
    throw invalidVolume('volume is already attached and multiple attachments are not enabled');
  if (body.status !== 'available' && body.status !== 'attaching' && body.status !== 'in-use')
    throw invalidVolume(`Volume status must be available or attaching to attach, but the status is ${body.status}.`);
  const attachment: AttachmentRecord = {
    id: parts.context.random.uuid(),
    status: 'attached',
    serverId,
    hostName,
    device: textOrNull(field(value, 'mountpoint'), 'mountpoint'),
    mode,
    attachedAtMs: nowMs,
    connectionInfo: {},
  };
  await tx.claims.take('cinder.attachments', attachment.id, `volume:${volume.id}`);
  const adminMetadata = { ...body.adminMetadata, readonly: body.adminMetadata.readonly ?? 'False', attached_mode: mode };
  await saveVolume(tx, volume, { status: 'in-use', attachments: [...body.attachments, attachment], adminMetadata }, nowMs);
  return empty(202);
}

async function detach({ tx, volume, value, nowMs, request }: Acting) {
  const asked = textOrNull(field(value, 'attachment_id'), 'attachment_id');
  const { attachments } = volume.body;
  const found = asked === null ? attachments : attachments.filter((one) => one.id === asked);
  if (asked === null && attachments.length > 1)
    throw invalidVolume('Detach volume failed: More than one attachment, but no attachment_id provided.');
  const [one] = found;
  const isForced = Object.hasOwn(request.body as JsonObject, 'os-force_detach');
  if (one !== undefined && !isForced && (await isHeldByServer(tx, volume.id, one.serverId))) throw conflictNova();
  if (one === undefined) await saveVolume(tx, volume, { status: statusWith(attachments), passage: null }, nowMs);
  else await dropAttachment(tx, volume, one.id, nowMs);
  return empty(202);
}
