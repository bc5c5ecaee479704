/** Volumes of a server over HTTP: list, show, attach, swap, detach. */
import { isUuidLike, type Json, type JsonObject } from '@hearth/kernel';
import { empty, json, type Answer, type ApiRequest, type Identity } from '@hearth/http-kit';
import { attachToServer, detachFromServer } from '../cinder/attaching.ts';
import type { VolumeDocument } from '../cinder/records.ts';
import { findVolume } from '../cinder/volumes.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { stateAt } from './machine.ts';
import type { VersionedRoute } from './microversions.ts';
import type { DiskRecord, ServerDocument } from './records.ts';
import { badRequest, bodyUnder, conflict, missing, needAdmin, needed, refuseUnknownKeys, textOf, truthOf } from './refusals.ts';
import { findServer, refuseBusy, saveServer, withAction, type ComputeParts } from './servers.ts';
import { presentDisks, storageOf } from './volume-attachments-of-server.ts';

const PATH = '/v2.1/servers/:id/os-volume_attachments';
const MAX_VOLUMES = 25;

function view(server: ServerDocument, disk: DiskRecord, minor: number): JsonObject {
  return {
    ...(minor >= 89 ? {} : { id: disk.volumeId }),
    volumeId: disk.volumeId,
    serverId: server.id,
    device: disk.deviceName,
    ...(minor >= 70 ? { tag: disk.tag ?? null } : {}),
    ...(minor >= 79 ? { delete_on_termination: disk.isDeletedWithServer } : {}),
    ...(minor >= 89 ? { attachment_id: disk.attachmentId ?? null, bdm_uuid: disk.bdmId ?? null } : {}),
  };
}

const volumesOf = (server: ServerDocument, nowMs: number): readonly DiskRecord[] =>
  presentDisks(server.body.disks, nowMs).filter((disk) => disk.volumeId !== null);

export function volumeAttachmentRoutes(parts: ComputeParts): readonly VersionedRoute[] {
  const { store, clock } = parts.context;
  const serverOf = (request: ApiRequest): Promise<ServerDocument> =>
    findServer(store, request.params.id ?? '', request.identity, clock.now());
  return [
    {
      method: 'GET',
      path: PATH,
      async handle(request, minor) {
        const server = await serverOf(request);
        const limit = Number(request.query.get('limit') ?? MAX_VOLUMES * 40);
        const offset = Number(request.query.get('offset') ?? 0);
        const page = volumesOf(server, clock.now()).slice(offset || 0, (offset || 0) + (Number.isInteger(limit) ? limit : 1000));
        return json(200, { volumeAttachments: page.map((disk) => view(server, disk, minor)) });
      },
    },
    {
      method: 'GET',
      path: `${PATH}/:volume`,
      async handle(request, minor) {
        const server = await serverOf(request);
        const disk = volumesOf(server, clock.now()).find((one) => one.volumeId === request.params.volume);
        if (disk === undefined) throw notAttached(server, request.params.volume ?? '');
        return json(200, { volumeAttachment: view(server, disk, minor) });
      },
    },
    { method: 'POST', path: PATH, handle: (request, minor) => attached(parts, request, minor) },
    { method: 'PUT', path: `${PATH}/:volume`, handle: (request, minor) => changed(parts, request, minor) },
    {
      method: 'DELETE',
      path: `${PATH}/:volume`,
      async handle(request) {
        await detached(parts, request);
        return empty(202);
      },
    },
  ];
}

const notAttached = (server: ServerDocument, volumeId: string) => missing(`Instance ${server.id} is not attached to volume ${volumeId}`);

const DEVICE = /^\/dev\/x{0,1}[a-z]{0,1}d{0,1}[a-z]+[0-9]*$/;
function deviceOf(value: Json | undefined): string | null {
  if (value === undefined || value === null) return null;
  const text = textOf(value, 'device');
  if (DEVICE.test(text)) return text;
  throw badRequest(
    `Invalid input for field/attribute device. Value: ${text}. '${text}' does not match '(^/dev/x{0,1}[a-z]{0,1}d{0,1})([a-z]+)[0-9]*$'`,
  );
}

function uuidOf(value: Json): string {
  if (typeof value === 'string' && isUuidLike(value)) return value;
  const text = textOf(value, 'volumeId');
  throw badRequest(`Invalid input for field/attribute volumeId. Value: ${text}. '${text}' is not a 'uuid'`);
}

/** The first letter that no disk has. */
function freeDevice(disks: readonly DiskRecord[]): string {
  const taken = new Set(disks.map((disk) => disk.deviceName.replace(/^(?!\/dev\/)/, '/dev/')));
  for (let index = 1; index <= MAX_VOLUMES; index += 1) {
    const name = `/dev/vd${String.fromCharCode(97 + index)}`;
    if (!taken.has(name)) return name;
  }
  throw conflict(`The server has ${MAX_VOLUMES} disks already.`);
}

const REFUSING: ReadonlySet<string> = new Set(['error', 'deleted']);

async function serverForChange(tx: CloudStore, request: ApiRequest, word: string, nowMs: number): Promise<ServerDocument> {
  const server = await findServer(tx, request.params.id ?? '', request.identity, nowMs, true);
  refuseBusy(server, word, nowMs, request.identity);
  const { vmState } = stateAt(server.body.state, nowMs);
  if (REFUSING.has(vmState)) throw conflict(`Cannot '${word}' instance ${server.id} while it is in vm_state ${vmState}`);
  return server;
}

const callerOf = (request: ApiRequest) => ({ identity: request.identity, requestId: request.id });

async function attached(parts: ComputeParts, request: ApiRequest, minor: number): Promise<Answer> {
  const given = bodyUnder(request, 'volumeAttachment');
  const later = [...(minor >= 49 ? ['tag'] : []), ...(minor >= 79 ? ['delete_on_termination'] : [])];
  refuseUnknownKeys(given, 'volumeAttachment', ['volumeId', 'device', ...later]);
  const volumeId = uuidOf(needed(given, 'volumeAttachment', 'volumeId'));
  const device = deviceOf(given.device);
  const tag = given.tag === undefined ? null : textOf(given.tag, 'tag', 60);
  const isDeletedWithServer =
    given.delete_on_termination === undefined ? false : truthOf(given.delete_on_termination, 'delete_on_termination');
  const { context } = parts;
  const nowMs = context.clock.now();
  const { server, disk } = await context.store.transaction(async (tx) => {
    const server = await serverForChange(tx, request, 'attach_volume', nowMs);
    const volume = await findVolume(tx, volumeId, request.identity, nowMs, true);
    const present = presentDisks(server.body.disks, nowMs);
    refuseTaken(server, volume, present, device);
    const wish = { serverId: server.id, device: device ?? freeDevice(present) };
    const attachment = await attachToServer(storageOf(parts), tx, volume, wish, nowMs);
    const disk: DiskRecord = {
      bootIndex: -1,
      source: 'volume',
      sourceId: volumeId,
      volumeId,
      sizeGb: volume.body.size,
      deviceName: wish.device,
      isDeletedWithServer,
      isVolume: true,
      attachmentId: attachment.id,
      bdmId: context.random.uuid(),
      ...(tag === null ? {} : { tag }),
    };
    const actions = withAction(server.body, callerOf(request), 'attach_volume', nowMs);
    return { server: await saveServer(tx, server, { disks: [...present, disk], actions }, nowMs), disk };
  });
  // The answer to the request to attach kept its old form when the others changed theirs in 2.89.
  return json(200, { volumeAttachment: view(server, disk, Math.min(minor, 88)) });
}

function refuseTaken(server: ServerDocument, volume: VolumeDocument, present: readonly DiskRecord[], device: string | null): void {
  const holders = volume.body.attachments.flatMap((one) => (one.serverId === null ? [] : [one.serverId]));
  const isHere = present.some((disk) => disk.volumeId === volume.id);
  if (isHere || (holders.length > 0 && !volume.body.multiattach))
    throw badRequest(
      `Invalid volume: volume ${volume.id} is already attached to instances: ${[...new Set([...holders, ...(isHere ? [server.id] : [])])].join(', ')}`,
    );
  if (device !== null && present.some((disk) => disk.deviceName === device))
    throw conflict(`The supplied device path (${device}) is in use.`);
}

function attachedDisk(server: ServerDocument, volumeId: string, nowMs: number): DiskRecord {
  const disk = volumesOf(server, nowMs).find((one) => one.volumeId === volumeId);
  if (disk === undefined) throw notAttached(server, volumeId);
  return disk;
}

async function detached(parts: ComputeParts, request: ApiRequest): Promise<void> {
  const volumeId = request.params.volume ?? '';
  const nowMs = parts.context.clock.now();
  await parts.context.store.transaction(async (tx) => {
    const server = await serverForChange(tx, request, 'detach_volume', nowMs);
    const volume = await findVolume(tx, volumeId, request.identity, nowMs, true);
    const disk = attachedDisk(server, volumeId, nowMs);
    if (disk.bootIndex === 0) throw badRequest('Cannot detach a root device volume');
    const isStuck = volume.body.status.startsWith('error_');
    if (volume.body.status !== 'in-use' && !isStuck)
      throw badRequest(
        "Invalid volume: Unable to detach volume. Volume status must be 'in-use' and attach_status must be 'attached' to detach.",
      );
    const goneAtMs = await detachFromServer(storageOf(parts), tx, volumeId, { serverId: server.id }, nowMs);
    const disks = presentDisks(server.body.disks, nowMs).map((one) => (one === disk ? { ...one, goneAtMs } : one));
    await saveServer(tx, server, { disks, actions: withAction(server.body, callerOf(request), 'detach_volume', nowMs) }, nowMs);
  });
}

async function changed(parts: ComputeParts, request: ApiRequest, minor: number): Promise<Answer> {
  const given = bodyUnder(request, 'volumeAttachment');
  const known = ['volumeId', ...(minor >= 85 ? ['delete_on_termination', 'device', 'serverId', 'tag', 'id'] : [])];
  refuseUnknownKeys(given, 'volumeAttachment', known);
  const wantedId = uuidOf(needed(given, 'volumeAttachment', 'volumeId'));
  const volumeId = request.params.volume ?? '';
  const isSwap = wantedId !== volumeId;
  if (isSwap) needAdmin(request.identity, 'os-volumes-attachments:swap');
  const { context } = parts;
  const nowMs = context.clock.now();
  await context.store.transaction(async (tx) => {
    const server = await serverForChange(tx, request, 'swap_volume', nowMs);
    const disk = attachedDisk(server, volumeId, nowMs);
    const replaced = isSwap ? await swapped(parts, tx, { server, disk, wantedId, identity: request.identity, nowMs }) : disk;
    const isDeletedWithServer =
      given.delete_on_termination === undefined ? disk.isDeletedWithServer : truthOf(given.delete_on_termination, 'delete_on_termination');
    const disks = presentDisks(server.body.disks, nowMs).map((one) => (one === disk ? { ...replaced, isDeletedWithServer } : one));
    await saveServer(tx, server, { disks }, nowMs);
  });
  return empty(202);
}

interface Swap {
  readonly server: ServerDocument;
  readonly disk: DiskRecord;
  readonly wantedId: string;
  readonly identity: Identity;
  readonly nowMs: number;
}

async function swapped(parts: ComputeParts, tx: CloudStore, swap: Swap): Promise<DiskRecord> {
  const { server, disk, wantedId, identity, nowMs } = swap;
  const volume = await findVolume(tx, wantedId, identity, nowMs, true);
  if (volume.body.size < disk.sizeGb) throw badRequest('Invalid volume: New volume must be at least as large as the old one.');
  await detachFromServer(storageOf(parts), tx, disk.volumeId ?? '', { serverId: server.id }, nowMs);
  const attachment = await attachToServer(storageOf(parts), tx, volume, { serverId: server.id, device: disk.deviceName }, nowMs);
  return { ...disk, sourceId: wantedId, volumeId: wantedId, sizeGb: volume.body.size, attachmentId: attachment.id };
}
