/** Servers: creation together with their ports, deletion, transitions; each one transaction, the driver's part after its commit. */
import { messageOf } from '@hearth/kernel';
import { isAdmin, type Identity } from '@hearth/http-kit';
import type { ComputeDriver, GuestDeed, GuestReports, GuestSpec } from '../drivers/driver.ts';
import { collections as networkCollections, type PortBody } from '../neutron/objects.ts';
import { portsOfDevice, unplug, type Port } from '../neutron/ports.ts';
import type { ServiceContext } from '../service.ts';
import type { StorageSchedule } from '../cinder/schedule.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import type { ImageSource } from './images.ts';
import { beginAction, beginDelete, deedOf, reported, stateAt, type FlavorCopy, type ServerAction, type ServerState } from './machine.ts';
import { collections, stored, type ActionRecord, type ServerDocument, type ServerRecord, type StoredServer } from './records.ts';
import { conflict, serverMissing } from './refusals.ts';
import { isGone } from './server-life.ts';
import { putUserData, userDataOf } from './user-data.ts';
import { releaseDisks } from './volume-attachments-of-server.ts';

export interface ComputeParts {
  readonly context: ServiceContext;
  readonly driver: ComputeDriver;
  readonly images: ImageSource;
  /** How long the block storage takes, and what fails there. */
  readonly storage: StorageSchedule;
}

export const ZONE = 'nova';
const MAX_ACTIONS = 50;

/** Who asks for what, for the server's list of actions. */
export interface Caller {
  readonly identity: Identity;
  readonly requestId: string;
}

export const actionRecord = (caller: Caller, action: string, nowMs: number): ActionRecord => ({
  action,
  requestId: caller.requestId,
  userId: caller.identity.userId,
  projectId: caller.identity.projectId ?? '',
  startedAtMs: nowMs,
});

export const withAction = (record: ServerRecord, caller: Caller, action: string, nowMs: number): readonly ActionRecord[] => [
  ...record.actions.slice(-(MAX_ACTIONS - 1)),
  actionRecord(caller, action, nowMs),
];

/** The server, unless it is gone or another project's. */
export async function findServer(store: CloudStore, id: string, identity: Identity, nowMs: number, lock = false): Promise<ServerDocument> {
  const server = await store.documents.get<StoredServer>(collections.servers, id, { lock });
  const isOwn = server !== null && (isAdmin(identity) || server.projectId === identity.projectId);
  if (server === null || !isOwn || isGone(server, nowMs)) throw serverMissing(id);
  return server;
}

export async function saveServer(
  tx: CloudStore,
  server: ServerDocument,
  change: Partial<ServerRecord> & { name?: string },
  nowMs: number,
): Promise<ServerDocument> {
  const { name, ...rest } = change;
  const body = stored<ServerRecord>({ ...server.body, ...rest });
  const done = await tx.documents.replace<StoredServer>(
    collections.servers,
    { id: server.id, body, ...(name === undefined ? {} : { name }) },
    nowMs,
  );
  if (done === null) throw serverMissing(server.id);
  return done;
}

export function guestOf(server: ServerDocument, ports: readonly Port[], userData: string | null = null): GuestSpec {
  const { body } = server;
  const { flavor } = body.state;
  return {
    serverId: server.id,
    projectId: server.projectId ?? '',
    userId: body.user_id,
    name: server.name ?? '',
    hostname: body.hostname,
    imageId: body.image_id,
    vcpus: flavor.vcpus,
    memoryMb: flavor.ramMb,
    diskGb: flavor.diskGb,
    userData,
    metadata: body.metadata,
    keyName: body.key_name,
    publicKey: body.publicKey,
    configDrive: body.configDrive,
    disks: body.disks,
    launchedAtMs: body.state.launchedAtMs,
    ports: ports.map((port) => ({
      portId: port.id,
      networkId: port.body.network_id,
      macAddress: port.body.mac_address,
      addresses: port.body.fixed_ips.map((one) => ({ ip: one.ip_address, subnetId: one.subnet_id })),
    })),
  };
}

/** Not waited for: what comes of it is reported, or computed from the clock. */
export function perform(parts: ComputeParts, deed: GuestDeed, server: ServerDocument, ports: readonly Port[]): void {
  void performed(parts, deed, server, ports);
}

/** Ends when the driver has taken the deed on; never throws. */
export async function performed(parts: ComputeParts, deed: GuestDeed, server: ServerDocument, ports: readonly Port[]): Promise<void> {
  try {
    const userData = parts.driver.readsUserData ? await userDataOf(parts.context.store, server) : null;
    await parts.driver.perform(deed, guestOf(server, ports, userData), reportsTo(parts));
  } catch (error) {
    parts.context.log.error('guest.deed-failed', { serverId: server.id, deed, reason: messageOf(error) });
  }
}

/** Writes down what a driver reports; a report that is no longer of interest changes nothing. */
export const reportsTo = (parts: ComputeParts): GuestReports => ({
  settled: (serverId, deed, fault) =>
    parts.context.store.transaction(async (tx) => {
      const nowMs = parts.context.clock.now();
      const server = await tx.documents.get<StoredServer>(collections.servers, serverId, { lock: true });
      if (server === null) return;
      const state = reported(server.body.state, deed, fault, nowMs);
      if (state === server.body.state) return;
      await saveServer(tx, server, { state, ...(state.vmState === 'deleted' ? { goneAtMs: nowMs } : {}) }, nowMs);
      if (deed === 'spawn' && fault === null) await activatePorts(tx, serverId, nowMs);
    }),
});

async function activatePorts(tx: CloudStore, serverId: string, nowMs: number): Promise<void> {
  for (const port of await portsOfDevice(tx, serverId)) {
    await tx.documents.replace<PortBody>(
      networkCollections.ports,
      { id: port.id, body: { ...port.body, active_at_ms: nowMs } as PortBody },
      nowMs,
    );
  }
}

function refuseLocked(server: ServerDocument, identity: Identity): void {
  if (server.body.locked && !isAdmin(identity)) throw conflict(`Instance ${server.id} is locked`);
}

/** How long a deleted server is kept for lists that ask for deleted ones. */
const KEEP_GONE_MS = 10 * 60_000;

export async function deleteServer(parts: ComputeParts, id: string, caller: Caller): Promise<void> {
  const { context } = parts;
  const nowMs = context.clock.now();
  const done = await context.store.transaction(async (tx) => {
    const server = await findServer(tx, id, caller.identity, nowMs, true);
    refuseLocked(server, caller.identity);
    const before = stateAt(server.body.state, nowMs);
    const schedule = parts.driver.schedule('destroy', guestOf(server, []), nowMs);
    const state = beginDelete(before, schedule, nowMs);
    if (state === before) return null;
    const ports = await portsOfDevice(tx, id);
    for (const port of ports) await unplug(tx, port, nowMs);
    await releaseDisks(parts, tx, { id, disks: server.body.disks, goneAtMs: schedule.doneAtMs }, nowMs);
    if (server.body.hasUserData) await putUserData(tx, id, null);
    const actions = withAction(server.body, caller, 'delete', nowMs);
    return {
      server: await saveServer(tx, server, { state, goneAtMs: schedule.doneAtMs, actions, portIds: [], hasUserData: false }, nowMs),
      ports,
    };
  });
  if (done !== null) perform(parts, 'destroy', done.server, done.ports);
}

/** Takes away the rows of servers that are gone for long; asked with whatever a list has come across. */
export async function forgetGone(store: CloudStore, servers: readonly ServerDocument[], nowMs: number): Promise<void> {
  const ids = servers.filter((server) => isGone(server, nowMs - KEEP_GONE_MS)).map((server) => server.id);
  if (ids.length === 0) return;
  await store.documents.removeWhere(collections.consoleTokens, [{ field: 'parent_id', in: ids }]);
  await store.documents.removeWhere(collections.servers, [{ field: 'id', in: ids }]);
}

export interface ActionWish {
  readonly action: ServerAction;
  /** The name in the list of actions. */
  readonly word: string;
  readonly flavor?: FlavorCopy;
  /** Checks more, and says what else changes. */
  readonly prepare?: (server: ServerDocument, state: ServerState, tx: CloudStore) => Promise<Partial<ServerRecord> & { name?: string }>;
}

export async function act(parts: ComputeParts, id: string, wish: ActionWish, caller: Caller): Promise<ServerDocument> {
  const { context, driver } = parts;
  const nowMs = context.clock.now();
  const deed = deedOf(wish.action);
  const done = await context.store.transaction(async (tx) => {
    const server = await findServer(tx, id, caller.identity, nowMs, true);
    refuseLocked(server, caller.identity);
    const state = stateAt(server.body.state, nowMs);
    const guest = guestOf(server, []);
    const sized =
      wish.flavor === undefined ? guest : { ...guest, vcpus: wish.flavor.vcpus, memoryMb: wish.flavor.ramMb, diskGb: wish.flavor.diskGb };
    const schedule = driver.schedule(deed, sized, nowMs);
    const next = beginAction(state, {
      serverId: id,
      action: wish.action,
      schedule,
      nowMs,
      ...(wish.flavor === undefined ? {} : { flavor: wish.flavor }),
    });
    // After the state has been found fit: Nova refuses wrong states before it looks at arguments.
    const change = (await wish.prepare?.(server, state, tx)) ?? {};
    const settled = stateAt(next, nowMs);
    return saveServer(
      tx,
      server,
      { state: settled, flavor_id: settled.flavor.id, actions: withAction(server.body, caller, wish.word, nowMs), ...change },
      nowMs,
    );
  });
  perform(parts, deed, done, await portsOfDevice(context.store, id));
  return done;
}

/** A change that is no transition: name, metadata, tags, lock. */
export function change(
  parts: ComputeParts,
  id: string,
  caller: Caller,
  edit: (server: ServerDocument, nowMs: number) => Partial<ServerRecord> & { name?: string },
): Promise<ServerDocument> {
  const nowMs = parts.context.clock.now();
  return parts.context.store.transaction(async (tx) => {
    const server = await findServer(tx, id, caller.identity, nowMs, true);
    return saveServer(tx, server, edit(server, nowMs), nowMs);
  });
}

/** A server that is being built or deleted takes no new metadata; a locked one only its administrator's. */
export function refuseBusy(server: ServerDocument, word: string, nowMs: number, identity: Identity): void {
  refuseLocked(server, identity);
  const state = stateAt(server.body.state, nowMs);
  if (state.vmState === 'building') throw conflict(`Cannot '${word}' instance ${server.id} while it is in vm_state building`);
}
