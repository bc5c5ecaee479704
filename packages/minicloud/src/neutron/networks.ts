/** Networks: creation, change and deletion, and whom they are shared with. */
import { digestOf, jsonEqual, Refusal, type JsonObject } from '@hearth/kernel';
import type { Identity } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { ipSpace, macSpace, type Subnet } from './allocation.ts';
import { notByPolicy, type Wanted } from './attributes.ts';
import { isOwner, maySee, type By } from './collection.ts';
import { collections, type NetworkBody, type PortBody, type SubnetBody } from './objects.ts';

export type Network = Document<NetworkBody>;
/** New id and time of a request. */
export interface Stamp {
  readonly id: string;
  readonly nowMs: number;
}

export const networkMissing = (id: string): Refusal => new Refusal('not-found', 'NetworkNotFound', `Network ${id} could not be found.`);
export const subnetMissing = (id: string): Refusal => new Refusal('not-found', 'SubnetNotFound', `Subnet ${id} could not be found.`);

/** Who else sees networks, and subnets, than their project. */
export const networkSharing = { sharedBy: ['shared', 'router:external'], sharedWith: ['shared_with', 'external_with'] } as const;
export const subnetSharing = { sharedBy: ['network_shared'], sharedWith: ['shared_with'] } as const;
export const isVisible = (network: Network, identity: Identity): boolean => maySee(networkSharing, network, identity);

/** The network if the caller may know of it. */
export async function visibleNetwork(tx: CloudStore, id: string, identity: Identity, lock: boolean | 'share' = false): Promise<Network> {
  const network = await tx.documents.get<NetworkBody>(collections.networks, id, { lock });
  if (network === null || !isVisible(network, identity)) throw networkMissing(id);
  return network;
}

export async function createNetwork(tx: CloudStore, wanted: Wanted, stamp: Stamp): Promise<Network> {
  const { name, ...rest } = wanted.values;
  const mtu = rest.mtu === 0 ? DEFAULT_MTU : rest.mtu;
  const none = { subnets: [], shared_with: [], external_with: [], ipv4_address_scope: null, ipv6_address_scope: null, tags: [] };
  const body = { ...rest, mtu, ...none } as unknown as NetworkBody;
  const made = await tx.documents.insert<NetworkBody>(
    collections.networks,
    { id: stamp.id, projectId: wanted.projectId, name: name as string, body },
    stamp.nowMs,
  );
  if (made === null) throw new Refusal('conflict', 'NetworkInUse', `Network ${stamp.id} exists already.`);
  await keepOpenPolicies(tx, made, stamp.nowMs);
  return made;
}
const DEFAULT_MTU = 1450;

export async function updateNetwork(tx: CloudStore, id: string, values: JsonObject, by: By): Promise<Network> {
  const { identity, nowMs } = by;
  const network = await visibleNetwork(tx, id, identity, true);
  if (!isOwner(network, identity)) throw notByPolicy('rule:update_network');
  const { name, ...rest } = values;
  const body = { ...network.body, ...rest, ...(rest.mtu === 0 ? { mtu: DEFAULT_MTU } : {}) } as NetworkBody;
  if (network.body['router:external'] && !body['router:external']) await refuseWhileGateway(tx, id);
  if (network.body.shared && !body.shared) await refuseWhileShared(tx, network, body.shared_with);
  const change = { id, body, ...(name === undefined ? {} : { name: name as string }) };
  const done = replaced(await tx.documents.replace<NetworkBody>(collections.networks, change, nowMs), networkMissing(id));
  await keepSubnetsShared(tx, done, nowMs);
  await keepOpenPolicies(tx, done, nowMs);
  return done;
}

/** A network of other projects' ports cannot be taken away from them. */
export async function refuseWhileShared(tx: CloudStore, network: Network, stillWith: readonly string[]): Promise<void> {
  const own = [network.projectId ?? '', '', ...stillWith];
  const where = [{ field: 'parent_id', in: [network.id] }, { not: { field: 'project_id', in: own } }];
  if ((await tx.documents.list(collections.ports, { where, limit: 1 })).length === 0) return;
  const reason = `Unable to reconfigure sharing settings for network ${network.id}. Multiple tenants are using it.`;
  throw new Refusal('conflict', 'InvalidSharedSetting', reason);
}

export async function refuseWhileGateway(tx: CloudStore, networkId: string): Promise<void> {
  const where = [
    { field: 'parent_id', in: [networkId] },
    { field: 'device_owner', in: ['network:router_gateway', 'network:floatingip'] },
  ];
  if ((await tx.documents.list(collections.ports, { where, limit: 1 })).length === 0) return;
  const reason = `External network ${networkId} cannot be updated to be made non-external, since it has existing gateway ports.`;
  throw new Refusal('conflict', 'ExternalNetworkInUse', reason);
}

export async function keepSubnetsShared(tx: CloudStore, { id, body }: Network, nowMs: number): Promise<void> {
  for (const subnet of await subnetsOf(tx, id)) {
    const next = { ...subnet.body, network_shared: body.shared, shared_with: body.shared_with } as SubnetBody;
    const isSame = subnet.body.network_shared === body.shared && jsonEqual(subnet.body.shared_with, body.shared_with);
    if (!isSame) await tx.documents.replace<SubnetBody>(collections.subnets, { id: subnet.id, body: next }, nowMs);
  }
}

/** What is shared with everybody, or external, has an RBAC policy that says so. */
async function keepOpenPolicies(tx: CloudStore, network: Network, nowMs: number): Promise<void> {
  for (const [field, action] of [['shared', 'access_as_shared'] as const, ['router:external', 'access_as_external'] as const]) {
    const id = digestOf(`${action} of ${network.id} for everybody`).slice(0, 32);
    const body = { object_type: 'network', object_id: network.id, action, target_tenant: '*' };
    if (network.body[field]) {
      await tx.documents.insert(collections.policies, { id: dashed(id), projectId: network.projectId, parentId: network.id, body }, nowMs);
    } else await tx.documents.remove(collections.policies, dashed(id));
  }
}
const dashed = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

export function replaced<T>(document: T | null, otherwise: Refusal): T {
  if (document === null) throw otherwise;
  return document;
}

export const subnetsOf = (tx: CloudStore, networkId: string): Promise<readonly Subnet[]> =>
  tx.documents.list<SubnetBody>(collections.subnets, { where: [{ field: 'parent_id', in: [networkId] }], preparedAs: 'by-parent' });

/** Ports that nobody made on purpose go with their network. */
const MADE_FOR_NETWORK = new Set(['network:dhcp', 'network:distributed', 'network:floatingip_agent_gateway']);
const MOST_NAMED = 50;

/** Floating IPs that point nowhere go with their network too. */
const idleFloatingIps = (tx: CloudStore, networkId: string): Promise<readonly Document[]> =>
  tx.documents.list(collections.floatingIps, {
    where: [
      { field: 'floating_network_id', in: [networkId] },
      { field: 'port_id', isNull: true },
    ],
  });

export async function deleteNetwork(tx: CloudStore, id: string, identity: Identity): Promise<void> {
  const network = await visibleNetwork(tx, id, identity, true);
  if (!isOwner(network, identity)) throw notByPolicy('rule:delete_network');
  const idle = await idleFloatingIps(tx, id);
  const gone = new Set(idle.map(({ body }) => String(body.floating_port_id)));
  const present = await tx.documents.list<PortBody>(collections.ports, { where: [{ field: 'parent_id', in: [id] }] });
  const used = present.filter((port) => !gone.has(port.id) && !MADE_FOR_NETWORK.has(port.body.device_owner));
  if (used.length > 0) {
    const ids = used.slice(0, MOST_NAMED).map((port) => port.id);
    const reason = `Unable to complete operation on network ${id}. There are one or more ports still in use on the network, id for these ports is: ${ids.join(',')}.`;
    throw new Refusal('conflict', 'NetworkInUse', reason);
  }
  for (const floating of idle) await tx.documents.remove(collections.floatingIps, floating.id);
  if (present.length > 0) await tx.documents.removeWhere(collections.ports, [{ field: 'parent_id', in: [id] }]);
  await tx.documents.removeWhere(collections.subnets, [{ field: 'parent_id', in: [id] }]);
  await tx.documents.removeWhere(collections.policies, [{ field: 'parent_id', in: [id] }]);
  await tx.claims.releaseSpace(ipSpace(id));
  await tx.claims.releaseSpace(macSpace(id));
  await tx.documents.remove(collections.networks, id);
}
