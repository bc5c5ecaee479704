/** Volumes and what they are attached to: reserving, attaching, detaching; used by the service's own API and by the compute service. */
import { collections as novaCollections, type StoredServer } from '../nova/records.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { begun, settled, type Begin } from './machine.ts';
import { collections, type AttachmentRecord, type Stored, type VolumeDocument, type VolumeRecord } from './records.ts';
import { invalidVolume } from './refusals.ts';
import { objectOf, saveVolume, settledDocument, type StorageParts } from './volumes.ts';

const ATTACHMENTS = 'cinder.attachments';

/** What a volume is, by its attachments alone. */
export function statusWith(attachments: readonly AttachmentRecord[]): string {
  const has = (status: AttachmentRecord['status']): boolean => attachments.some((one) => one.status === status);
  if (has('attached')) return 'in-use';
  if (has('attaching')) return 'attaching';
  return has('reserved') ? 'reserved' : 'available';
}

/** With whatever is under way brought to its end, so that something else may begin. */
const quiet = (volume: VolumeDocument, nowMs: number): VolumeDocument =>
  volume.body.passage === null ? volume : { ...volume, body: settled(volume.body, volume.body.passage, nowMs) };

export interface AttachmentWish {
  readonly serverId: string | null;
  readonly hostName?: string | null;
  readonly device?: string | null;
  readonly mode?: 'rw' | 'ro';
}

/** A new attachment, `reserved`. */
export async function reserve(
  parts: StorageParts,
  tx: CloudStore,
  volume: VolumeDocument,
  wish: AttachmentWish,
  nowMs: number,
): Promise<{ readonly volume: VolumeDocument; readonly attachment: AttachmentRecord }> {
  const { status, multiattach, attachments } = volume.body;
  const isSame = wish.serverId !== null && attachments.some((one) => one.serverId === wish.serverId);
  const isFree =
    status === 'available' || status === 'downloading' || (multiattach && status === 'in-use') || (isSame && status === 'reserved');
  if (!isFree) {
    const wanted = multiattach ? 'available or in-use or downloading' : 'available or downloading';
    throw invalidVolume(`Volume ${volume.id} status must be ${wanted} to reserve, but the current status is ${status}.`);
  }
  const attachment: AttachmentRecord = {
    id: parts.context.random.uuid(),
    status: 'reserved',
    serverId: wish.serverId,
    hostName: wish.hostName ?? null,
    device: wish.device ?? null,
    mode: wish.mode ?? 'null',
    attachedAtMs: null,
    connectionInfo: {},
  };
  await tx.claims.take(ATTACHMENTS, attachment.id, `volume:${volume.id}`);
  const all = [...attachments, attachment];
  const done = await saveVolume(tx, volume, { status: statusWith(all), attachments: all }, nowMs);
  return { volume: done, attachment };
}

/** The volume that has the attachment, locked; null when there is none. */
export async function volumeOfAttachment(tx: CloudStore, id: string, nowMs: number, lock = true): Promise<VolumeDocument | null> {
  const owner = await tx.claims.holder(ATTACHMENTS, id);
  if (owner === null) return null;
  const volume = await tx.documents.get<Stored<VolumeRecord>>(collections.volumes, owner.slice('volume:'.length), { lock });
  const now = volume === null ? null : settledDocument<VolumeRecord>(volume, nowMs);
  return now?.body.attachments.some((one) => one.id === id) === true ? now : null;
}

/** Changes one attachment; the volume's status follows. */
export function changeAttachment(
  tx: CloudStore,
  volume: VolumeDocument,
  id: string,
  change: Partial<AttachmentRecord>,
  nowMs: number,
): Promise<VolumeDocument> {
  const attachments = volume.body.attachments.map((one) => (one.id === id ? { ...one, ...change } : one));
  return saveVolume(tx, volume, { status: statusWith(attachments), attachments }, nowMs);
}

export async function dropAttachment(tx: CloudStore, volume: VolumeDocument, id: string, nowMs: number): Promise<VolumeDocument> {
  await tx.claims.release(ATTACHMENTS, id);
  const still = quiet(volume, nowMs);
  const attachments = still.body.attachments.filter((one) => one.id !== id);
  return saveVolume(tx, still, { status: statusWith(attachments), attachments, passage: null }, nowMs);
}

/** Reserved at once, attached when the schedule says so; or when the server is up, where that is later known. */
export async function attachToServer(
  parts: StorageParts,
  tx: CloudStore,
  volume: VolumeDocument,
  wish: { readonly serverId: string; readonly device: string; readonly readyAtMs?: number | null },
  nowMs: number,
): Promise<AttachmentRecord> {
  const reserved = await reserve(parts, tx, quiet(volume, nowMs), wish, nowMs);
  const plan = parts.schedule('attach', objectOf(volume), nowMs);
  const doneAtMs = wish.readyAtMs === undefined ? plan.doneAtMs : wish.readyAtMs;
  const others = reserved.volume.body.attachments.filter((one) => one.id !== reserved.attachment.id);
  const attached: AttachmentRecord = { ...reserved.attachment, status: 'attached', mode: 'rw', attachedAtMs: doneAtMs ?? nowMs };
  const broken: AttachmentRecord = { ...reserved.attachment, status: 'error_attaching' };
  const begin: Begin = {
    deed: 'attach',
    seen: reserved.volume.body.status,
    to: 'in-use',
    failed: others.some((one) => one.status === 'attached') ? 'in-use' : 'error_attaching',
    schedule: { doneAtMs, fault: plan.fault },
    effects: { attachments: [...others, attached] },
    failureEffects: { attachments: [...others, broken] },
  };
  await saveVolume(tx, reserved.volume, begun<VolumeRecord>(reserved.volume.body, begin, nowMs), nowMs);
  return attached;
}

export interface DetachWish {
  readonly serverId: string;
  /** The volume goes with it. */
  readonly alsoDelete?: boolean;
  /** Exactly then, where the server's own end decides. */
  readonly doneAtMs?: number | null;
}

/** From whatever state the attachment is in; a volume that is not attached there stays as it is. Answers when it will be done. */
export async function detachFromServer(
  parts: StorageParts,
  tx: CloudStore,
  volumeId: string,
  wish: DetachWish,
  nowMs: number,
): Promise<number> {
  const found = await tx.documents.get<Stored<VolumeRecord>>(collections.volumes, volumeId, { lock: true });
  if (found === null) return nowMs;
  const volume = quiet(settledDocument<VolumeRecord>(found, nowMs), nowMs);
  const leaving = volume.body.attachments.filter((one) => one.serverId === wish.serverId);
  if (leaving.length === 0 || volume.body.status === 'deleted') return nowMs;
  for (const one of leaving) await tx.claims.release(ATTACHMENTS, one.id);
  const left = volume.body.attachments.filter((one) => one.serverId !== wish.serverId);
  const plan = parts.schedule('detach', objectOf(volume), nowMs);
  const doneAtMs = wish.doneAtMs ?? plan.doneAtMs ?? nowMs;
  const isGoing = wish.alsoDelete === true && left.length === 0;
  const begin: Begin = {
    deed: 'detach',
    seen: 'detaching',
    to: isGoing ? 'deleted' : statusWith(left),
    failed: 'error_detaching',
    schedule: { doneAtMs, fault: plan.fault },
    effects: { attachments: left },
  };
  await saveVolume(tx, volume, begun<VolumeRecord>(volume.body, begin, nowMs), nowMs);
  return doneAtMs;
}

/** True while a server that is there has the volume among its disks: then only the compute service may detach it. */
export async function isHeldByServer(tx: CloudStore, volumeId: string, serverId: string | null): Promise<boolean> {
  if (serverId === null) return false;
  const server = await tx.documents.get<StoredServer>(novaCollections.servers, serverId);
  return (
    server !== null &&
    server.body.goneAtMs === null &&
    server.body.disks.some((disk) => disk.volumeId === volumeId && disk.goneAtMs === undefined)
  );
}
