/** Creation of servers: what the wish refers to is looked up, then servers and ports are written in one transaction. */
import { Refusal } from '@hearth/kernel';
import type { Identity } from '@hearth/http-kit';
import { networksForServer, plug, type PlugContext, type Port } from '../neutron/ports.ts';
import { groupIdsNamed } from '../neutron/security-groups.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { hostZones } from './aggregates.ts';
import { findFlavor } from './flavors.ts';
import type { ImageFacts } from './images.ts';
import { findKeypair } from './keypairs.ts';
import { newServerState, type FlavorCopy } from './machine.ts';
import {
  collections,
  flavorCopy,
  stored,
  type FlavorDocument,
  type ServerDocument,
  type ServerRecord,
  type StoredServer,
} from './records.ts';
import { badRequest, conflict, needAdmin } from './refusals.ts';
import { limitsOf, refuseTooMuchMetadata, serversAllowed } from './quotas.ts';
import { groupForServer } from './server-groups.ts';
import type { ServerWish, TaggedInterface } from './server-request.ts';
import { actionRecord, perform, ZONE, type Caller, type ComputeParts } from './servers.ts';
import { putUserData } from './user-data.ts';
import { disksWithVolumes } from './volume-attachments-of-server.ts';

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
  if (wish.zone?.includes(':') === true) needAdmin(identity, 'servers:create:forced_host');
  if (wish.zone !== null && !(await hostZones(store, parts.driver.host.hostname)).includes(zoneOf(wish)))
    throw badRequest('The requested availability zone is not available');
  return { flavor, image, publicKey: keypair?.body.publicKey ?? null };
}

/** `zone:host:node` names more than the zone. */
const zoneOf = (wish: ServerWish): string => wish.zone?.split(':')[0] ?? ZONE;

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
  // The fewest that are asked for decide about names and what cannot be had twice; quotas may allow fewer than the most.
  const isMany = wish.maxCount > 1;
  const named = Array.isArray(wish.networks) ? (wish.networks as readonly TaggedInterface[]) : [];
  if (isMany && named.some((one) => one.portId !== null))
    throw badRequest(
      'Unable to launch multiple instances with a single configured port ID. Please launch your instance one by one with different ports.',
    );
  if (isMany && named.some((one) => one.fixedIp !== null))
    throw badRequest('Unable to launch multiple instances with a single configured fixed IP.');
  const reservationId = `r-${Math.floor(context.random.next() * 36 ** 8)
    .toString(36)
    .padStart(8, '0')}`;
  const begun = await context.store.transaction(async (tx) => {
    const interfaces = await interfacesOf(tx, wish, identity.projectId ?? '');
    const nowMs = context.clock.now();
    const groupIds = await groupIdsNamed(tx, identity.projectId ?? '', wish.securityGroups, { nowMs, random: context.random });
    const projectId = identity.projectId ?? '';
    const limits = await limitsOf(tx, projectId);
    refuseTooMuchMetadata(limits, wish.metadata);
    const size = { vcpus: ingredients.flavor.body.vcpus, ramMb: ingredients.flavor.body.ramMb };
    const { minCount, maxCount } = wish;
    const count = await serversAllowed(tx, limits, projectId, { size, minCount, maxCount, nowMs });
    const groupId = await groupForServer(tx, wish.hints.group, identity, { count, limits, nowMs });
    const servers: Begun[] = [];
    for (let index = 0; index < count; index += 1) {
      const name = !isMany ? wish.name : `${wish.name}-${index + 1}`;
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
    projectId: caller.identity.projectId ?? '',
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
  const owner = { serverId: id, identity: caller.identity, readyAtMs: activeAtMs, nowMs, ephemeralGb: flavor.ephemeralGb };
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
    availability_zone: wish.zone === null ? ZONE : zoneOf(wish),
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
    disks: await disksWithVolumes(parts, tx, disksOf(wish, flavor), owner),
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
