/** Servers: creation together with their ports, deletion, transitions; each one transaction, the driver's part after its commit. */
import { messageOf, Refusal, type JsonObject } from '@hearth/kernel';
import { isAdmin, type Identity } from '@hearth/http-kit';
import type { ComputeDriver, GuestDeed, GuestReports, GuestSpec } from '../drivers/driver.ts';
import { collections as networkCollections, type PortBody } from '../neutron/objects.ts';
import { networksForServer, plug, portsOfDevice, unplug, type PlugContext, type Port } from '../neutron/ports.ts';
import { groupIdsNamed } from '../neutron/security-groups.ts';
import type { ServiceContext } from '../service.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { findFlavor } from './flavors.ts';
import { findKeypair } from './keypairs.ts';
import type { ImageFacts, ImageSource } from './images.ts';
import {
  beginAction,
  beginDelete,
  deedOf,
  newServerState,
  reported,
  stateAt,
  type FlavorCopy,
  type ServerAction,
  type ServerState,
} from './machine.ts';
import {
  collections,
  flavorCopy,
  stored,
  type ActionRecord,
  type FlavorDocument,
  type ServerDocument,
  type ServerRecord,
  type StoredServer,
} from './records.ts';
import { badRequest, conflict, serverMissing } from './refusals.ts';
import type { ServerWish, TaggedInterface } from './server-request.ts';
import { putUserData, userDataOf } from './user-data.ts';

export interface ComputeParts {
  readonly context: ServiceContext;
  readonly driver: ComputeDriver;
  readonly images: ImageSource;
}

export const ZONE = 'nova';
const MAX_ACTIONS = 50;

/** Who asks for what, for the server's list of actions. */
export interface Caller {
  readonly identity: Identity;
  readonly requestId: string;
}

const actionRecord = (caller: Caller, action: string, nowMs: number): ActionRecord => ({
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

export const isGone = (server: ServerDocument, nowMs: number): boolean => server.body.goneAtMs !== null && server.body.goneAtMs <= nowMs;

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

interface Ingredients {
  readonly flavor: FlavorDocument;
  readonly image: ImageFacts | null;
  readonly publicKey: string | null;
}

/** What the wish refers to; refused where Nova refuses. */
async function ingredientsOf(parts: ComputeParts, wish: ServerWish, identity: Identity): Promise<Ingredients> {
  const { store } = parts.context;
  const [image, flavor, keypair] = await Promise.all([
    wish.imageId === null ? null : parts.images.find(store, wish.imageId, identity),
    findFlavor(store, wish.flavorId, identity),
    wish.keyName === null ? null : findKeypair(store, identity.userId, wish.keyName),
  ]);
  if (wish.imageId !== null && image === null) throw badRequest('Can not find requested image');
  if (flavor === null) throw badRequest(`Flavor ${wish.flavorId} could not be found.`);
  if (image !== null) refuseUnfitImage(image, flavor);
  if (wish.keyName !== null && keypair === null) throw badRequest('Invalid key_name provided.');
  if (wish.zone !== null && wish.zone.split(':')[0] !== ZONE) throw badRequest('The requested availability zone is not available');
  const volume = wish.disks.find((disk) => disk.source === 'volume' || disk.source === 'snapshot');
  if (volume !== undefined) throw badRequest(`Block Device Mapping is Invalid: failed to get ${volume.source} ${volume.sourceId ?? ''}.`);
  return { flavor, image, publicKey: keypair?.body.publicKey ?? null };
}

function refuseUnfitImage(image: ImageFacts, flavor: FlavorDocument): void {
  if (image.status !== 'active') throw badRequest(`Image ${image.id} is not active.`);
  if (image.minRamMb > flavor.body.ramMb) throw badRequest("Flavor's memory is too small for requested image.");
  if (flavor.body.diskGb > 0 && image.minDiskGb > flavor.body.diskGb) {
    throw badRequest(
      "Flavor's disk is too small for requested image. Flavor disk is smaller than the minimum size specified in image metadata.",
    );
  }
}

const hostnameOf = (name: string, fallback: string): string => {
  const plain = name
    .toLowerCase()
    .replaceAll(/[ _.]/g, '-')
    .replaceAll(/[^a-z0-9-]/g, '')
    .replaceAll(/^-+|-+$/g, '');
  return (plain === '' ? fallback : plain).slice(0, 63);
};

export interface Made {
  readonly servers: readonly ServerDocument[];
  readonly reservationId: string;
}

export async function createServers(parts: ComputeParts, wish: ServerWish, caller: Caller): Promise<Made> {
  const { context } = parts;
  const { identity } = caller;
  if (identity.projectId === null) throw new Refusal('forbidden', 'Forbidden', 'Servers belong to a project: ask with a token for one.');
  const ingredients = await ingredientsOf(parts, wish, identity);
  const count = wish.maxCount;
  const named = Array.isArray(wish.networks) ? (wish.networks as readonly TaggedInterface[]) : [];
  if (count > 1 && named.some((one) => one.portId !== null))
    throw badRequest(
      'Unable to launch multiple instances with a single configured port ID. Please launch your instance one by one with different ports.',
    );
  if (count > 1 && named.some((one) => one.fixedIp !== null))
    throw badRequest('Unable to launch multiple instances with a single configured fixed IP.');
  const reservationId = `r-${Math.floor(context.random.next() * 36 ** 8)
    .toString(36)
    .padStart(8, '0')}`;
  const begun = await context.store.transaction(async (tx) => {
    const interfaces = await interfacesOf(tx, wish, identity.projectId ?? '');
    const nowMs = context.clock.now();
    const groupIds = await groupIdsNamed(tx, identity.projectId ?? '', wish.securityGroups, { nowMs, random: context.random });
    const groupId = await serverGroupOf(tx, wish.hints, identity);
    const servers: Begun[] = [];
    for (let index = 0; index < count; index += 1) {
      const name = count === 1 ? wish.name : `${wish.name}-${index + 1}`;
      servers.push(
        await createOne({ parts, tx, wish, ingredients, caller, nowMs }, { name, index, reservationId, interfaces, groupIds, groupId }),
      );
    }
    return servers;
  });
  for (const { server, ports } of begun) perform(parts, 'spawn', server, ports);
  return { servers: begun.map((one) => one.server), reservationId };
}

async function interfacesOf(tx: CloudStore, wish: ServerWish, projectId: string): Promise<readonly TaggedInterface[]> {
  const { networks } = wish;
  if (networks === 'none') return [];
  if (networks !== 'auto' && networks !== 'default') return networks;
  const usable = await networksForServer(tx, projectId);
  const [network] = usable;
  if (usable.length > 1) throw conflict('Multiple possible networks found, use a Network ID to be more specific.');
  if (network === undefined) {
    if (networks === 'default') return [];
    throw badRequest('Unable to automatically allocate a network for this project: it has none.');
  }
  if (network.body.subnets.length === 0) {
    if (networks === 'default') return [];
    throw badRequest(`Network ${network.id} requires a subnet in order to boot instances on.`);
  }
  return [{ networkId: network.id, portId: null, fixedIp: null, tag: null }];
}

async function serverGroupOf(tx: CloudStore, hints: JsonObject, identity: Identity): Promise<string | null> {
  if (typeof hints.group !== 'string') return null;
  const group = await tx.documents.get(collections.groups, hints.group);
  if (group === null || group.projectId !== identity.projectId) throw badRequest(`Server group ${hints.group} could not be found.`);
  return group.id;
}

interface Making {
  readonly parts: ComputeParts;
  readonly tx: CloudStore;
  readonly wish: ServerWish;
  readonly ingredients: Ingredients;
  readonly caller: Caller;
  readonly nowMs: number;
}
interface OneOfMany {
  readonly name: string;
  readonly index: number;
  readonly reservationId: string;
  readonly interfaces: readonly TaggedInterface[];
  readonly groupIds: readonly string[];
  readonly groupId: string | null;
}
interface Begun {
  readonly server: ServerDocument;
  readonly ports: readonly Port[];
}

async function createOne(making: Making, one: OneOfMany): Promise<Begun> {
  const { parts, tx, wish, ingredients, caller, nowMs } = making;
  const { context, driver } = parts;
  const id = context.random.uuid();
  const flavor = flavorCopy(ingredients.flavor);
  const guest = {
    serverId: id,
    name: one.name,
    vcpus: flavor.vcpus,
    memoryMb: flavor.ramMb,
    diskGb: flavor.diskGb,
    metadata: wish.metadata,
  };
  const schedule = driver.schedule('spawn', guest, nowMs);
  const hostname = wish.hostname ?? hostnameOf(one.name, `server-${id}`);
  const activeAtMs = schedule.fault === null ? schedule.doneAtMs : null;
  const plugging: PlugContext = {
    identity: caller.identity,
    serverId: id,
    hostname,
    zone: ZONE,
    host: driver.host.hostname,
    groupIds: one.groupIds,
    activeAtMs,
    nowMs,
    random: context.random,
  };
  const ports: Port[] = [];
  for (const wished of one.interfaces) ports.push((await plug(tx, wished, plugging)).port);
  const tags = one.interfaces.flatMap((wished, i) => (wished.tag === null ? [] : [[ports[i]?.id ?? '', wished.tag]]));
  const record: ServerRecord = {
    state: newServerState(flavor, schedule, nowMs),
    goneAtMs: null,
    user_id: caller.identity.userId,
    hostname,
    description: wish.description ?? null,
    image_id: wish.imageId,
    flavor_id: flavor.id,
    key_name: wish.keyName,
    publicKey: ingredients.publicKey,
    hasUserData: wish.userData !== null,
    configDrive: wish.configDrive,
    availability_zone: ZONE,
    securityGroups: wish.securityGroups.length === 0 ? ['default'] : wish.securityGroups,
    metadata: wish.metadata,
    tags: wish.tags,
    locked: false,
    lockedByAdmin: false,
    lockedReason: null,
    accessIPv4: wish.accessIPv4,
    accessIPv6: wish.accessIPv6,
    diskConfig: wish.diskConfig,
    reservation_id: one.reservationId,
    launchIndex: one.index,
    disks: disksOf(wish, flavor),
    group_id: one.groupId,
    hints: wish.hints,
    actions: [actionRecord(caller, 'create', nowMs)],
    portIds: ports.map((port) => port.id),
    portTags: Object.fromEntries(tags),
  };
  const draft = { id, projectId: caller.identity.projectId, name: one.name, body: stored(record) };
  const server = await tx.documents.insert<StoredServer>(collections.servers, draft, nowMs);
  if (server === null) throw conflict(`Instance ${id} already exists.`);
  if (wish.userData !== null) await putUserData(tx, id, wish.userData);
  return { server, ports };
}

function disksOf(wish: ServerWish, flavor: FlavorCopy): ServerRecord['disks'] {
  if (wish.disks.length > 0) return wish.disks;
  return [
    {
      bootIndex: 0,
      source: 'image',
      sourceId: wish.imageId,
      volumeId: null,
      sizeGb: flavor.diskGb,
      deviceName: '/dev/vda',
      isDeletedWithServer: true,
    },
  ];
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
function perform(parts: ComputeParts, deed: GuestDeed, server: ServerDocument, ports: readonly Port[]): void {
  const failed = (error: unknown): void =>
    parts.context.log.error('guest.deed-failed', { serverId: server.id, deed, reason: messageOf(error) });
  const begin = async (): Promise<void> => {
    const userData = parts.driver.readsUserData ? await userDataOf(parts.context.store, server) : null;
    await parts.driver.perform(deed, guestOf(server, ports, userData), reportsTo(parts));
  };
  begin().catch(failed);
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
  if (ids.length > 0) await store.documents.removeWhere(collections.servers, [{ field: 'id', in: ids }]);
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
    const change = (await wish.prepare?.(server, state, tx)) ?? {};
    const next = beginAction(state, {
      serverId: id,
      action: wish.action,
      schedule,
      nowMs,
      ...(wish.flavor === undefined ? {} : { flavor: wish.flavor }),
    });
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
