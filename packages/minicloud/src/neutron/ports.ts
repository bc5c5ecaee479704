/** Ports: creation with addresses, change, deletion; and what the compute service does with them, in the same transaction as its server. */
import { isUuidLike, Refusal, type Json, type JsonObject, type Random } from '@hearth/kernel';
import { isAdmin, type Identity } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { ipSpace, macSpace, portOwner, takeAddresses, takeMac } from './allocation.ts';
import { badRequestFor, notByPolicy, type Wanted } from './attributes.ts';
import { isOwner, maySee } from './collection.ts';
import { freeFloatingIpsOf } from './freed-addresses.ts';
import { isVisible, networkMissing, subnetsOf, visibleNetwork, type Network, type Stamp } from './networks.ts';
import { collections, type FixedIp, type NetworkBody, type PortBody } from './objects.ts';
import { isOverQuota } from './quotas.ts';
import { ensureDefaultGroup, groupMissing, groupSharing } from './security-groups.ts';

export type Port = Document<PortBody>;

export const portMissing = (id: string): Refusal => new Refusal('not-found', 'PortNotFound', `Port ${id} could not be found.`);
const conflict = (type: string, message: string): Refusal => new Refusal('conflict', type, message);

export interface PortDraft {
  readonly wanted: Wanted;
  readonly network: Network;
  /** Given by services only, whose groups are ids of groups that exist. */
  readonly binding: { readonly activeAtMs: number | null; readonly isMadeByCompute: boolean } | null;
  readonly onlyIpVersion?: 4 | 6;
  readonly identity: Identity;
}

/** The caller has shared-locked the network's row. */
export async function createPort(tx: CloudStore, draft: PortDraft, stamp: Stamp, random: Random): Promise<Port> {
  const { wanted, network } = draft;
  const { values } = wanted;
  const macAddress = await takeMac(tx, network.id, stamp.id, (values.mac_address as string | undefined) ?? null, random);
  const all = network.body.subnets.length === 0 ? [] : await subnetsOf(tx, network.id);
  const subnets = draft.onlyIpVersion === undefined ? all : all.filter((subnet) => subnet.body.ip_version === draft.onlyIpVersion);
  const fixedIps = values.fixed_ips as readonly JsonObject[] | undefined;
  const isOfRouter = String(values.device_owner ?? '').startsWith('network:router_interface');
  const wish = { networkId: network.id, portId: stamp.id, macAddress, subnets, fixedIps, held: [], isOfRouter };
  const fixed = await takeAddresses(tx, wish, random);
  const isOfNetwork = String(values.device_owner ?? '').startsWith('network:');
  const isSecured = (values.port_security_enabled as boolean | undefined) ?? (network.body.port_security_enabled && !isOfNetwork);
  const groups =
    draft.binding === null
      ? await wantedGroups(tx, { ...wanted, isSecured, given: values.security_groups, identity: draft.identity }, stamp, random)
      : ((values.security_groups ?? []) as readonly string[]);
  refusePairsWithoutSecurity(values, isSecured);
  const { name, ...rest } = values;
  const body = {
    ...rest,
    network_id: network.id,
    mac_address: macAddress,
    fixed_ips: fixed,
    security_groups: groups,
    port_security_enabled: isSecured,
    allowed_address_pairs: withMac(values.allowed_address_pairs ?? [], macAddress),
    extra_dhcp_opts: values.extra_dhcp_opts ?? [],
    ip_allocation: fixedIps !== undefined && fixedIps.length === 0 ? 'none' : 'immediate',
    tags: [],
    is_made_by_compute: draft.binding?.isMadeByCompute ?? false,
    active_at_ms: draft.binding?.activeAtMs ?? null,
  } as unknown as PortBody;
  const document = { id: stamp.id, projectId: wanted.projectId, name: (name as string | undefined) ?? '', parentId: network.id, body };
  const made = await tx.documents.insert<PortBody>(collections.ports, document, stamp.nowMs);
  if (made === null) throw conflict('PortInUse', `Port ${stamp.id} exists already.`);
  return made;
}

interface GroupWish {
  readonly projectId: string;
  readonly isSecured: boolean;
  readonly given: Json | undefined;
  readonly identity: Identity;
}

async function wantedGroups(tx: CloudStore, wish: GroupWish, stamp: Stamp, random: Random): Promise<readonly string[]> {
  const given = (wish.given ?? undefined) as readonly string[] | undefined;
  if (given === undefined) return wish.isSecured ? [await ensureDefaultGroup(tx, wish.projectId, stamp.nowMs, random)] : [];
  if (given.length > 0 && !wish.isSecured) {
    throw new Refusal(
      'invalid',
      'PortSecurityAndIPRequiredForSecurityGroups',
      'Port security must be enabled and port must have an IP address in order to use security groups.',
    );
  }
  for (const id of new Set(given)) {
    const group = await tx.documents.get(collections.groups, id);
    const isOpen = group !== null && (group.projectId === wish.projectId || maySee(groupSharing, group, wish.identity));
    if (!isOpen) throw groupMissing(id);
  }
  return [...new Set(given)];
}

/** A pair without a MAC address is about the port's own. */
const withMac = (pairs: Json, macAddress: string): Json =>
  (pairs as readonly JsonObject[]).map((pair) => ({ mac_address: macAddress, ...pair }));

function refusePairsWithoutSecurity(values: JsonObject, isSecured: boolean): void {
  const pairs = values.allowed_address_pairs;
  if (!isSecured && Array.isArray(pairs) && pairs.length > 0) {
    throw conflict('AddressPairAndPortSecurityRequired', 'Port Security must be enabled in order to have allowed address pairs on a port.');
  }
}

/** A member may put ports on own and shared networks; on others' external ones only routers and floating IPs have some. */
export async function networkForPort(tx: CloudStore, networkId: string, identity: Identity): Promise<Network> {
  const network = await visibleNetwork(tx, networkId, identity, 'share');
  if (isOwner(network, identity) || isSharedWith(network, identity)) return network;
  throw new Refusal('forbidden', 'HTTPForbidden', `Tenant ${identity.projectId ?? ''} not allowed to create port on this network`);
}

const isSharedWith = ({ body }: Network, identity: Identity): boolean => body.shared || body.shared_with.includes(identity.projectId ?? '');

export async function ownPort(tx: CloudStore, id: string, identity: Identity, lock = false): Promise<Port> {
  const port = await tx.documents.get<PortBody>(collections.ports, id, { lock });
  if (port === null || !isOwner(port, identity)) throw portMissing(id);
  return port;
}

export async function updatePort(
  tx: CloudStore,
  id: string,
  values: JsonObject,
  by: { identity: Identity; nowMs: number; random: Random },
): Promise<Port> {
  const before = await ownPort(tx, id, by.identity);
  const network = await tx.documents.get<NetworkBody>(collections.networks, before.body.network_id, { lock: 'share' });
  if (network === null) throw networkMissing(before.body.network_id);
  const port = await ownPort(tx, id, by.identity, true);
  const changed: Record<string, Json> = { ...values };
  const macAddress = (values.mac_address as string | undefined) ?? port.body.mac_address;
  if (macAddress !== port.body.mac_address) {
    await tx.claims.release(macSpace(network.id), port.body.mac_address);
    await takeMac(tx, network.id, id, macAddress, by.random);
  }
  if (values.fixed_ips !== undefined && isOfService(port) && !isSameAddresses(port, values.fixed_ips))
    throw badRequestFor('ports', `IP updates for port ${id} are not allowed`);
  if (values.fixed_ips !== undefined)
    changed.fixed_ips = await changeAddresses(
      tx,
      port,
      { network, macAddress, wished: values.fixed_ips as readonly JsonObject[] },
      by.random,
    );
  const isSecured = (values.port_security_enabled ?? port.body.port_security_enabled) as boolean;
  if (values.allowed_address_pairs !== undefined) changed.allowed_address_pairs = withMac(values.allowed_address_pairs ?? [], macAddress);
  refusePairsWithoutSecurity({ ...port.body, ...changed }, isSecured);
  if (values.security_groups !== undefined) {
    changed.security_groups = await wantedGroups(
      tx,
      { projectId: port.projectId ?? '', isSecured, given: values.security_groups ?? [], identity: by.identity },
      { id, nowMs: by.nowMs },
      by.random,
    );
  } else if (!isSecured && port.body.security_groups.length > 0) {
    throw conflict(
      'PortSecurityPortHasSecurityGroup',
      'Port has security group associated. Cannot disable port security or ip address until security group is removed',
    );
  }
  if (values.extra_dhcp_opts !== undefined)
    changed.extra_dhcp_opts = mergedOptions(port.body.extra_dhcp_opts as Json, values.extra_dhcp_opts);
  const { name, ...rest } = changed;
  const body = { ...port.body, ...rest } as PortBody;
  const done = await tx.documents.replace<PortBody>(
    collections.ports,
    { id, body, ...(name === undefined ? {} : { name: name as string }) },
    by.nowMs,
  );
  if (done === null) throw portMissing(id);
  return done;
}

const ROUTER = 'network:router';
export const isInterface = (port: Port): boolean => port.body.device_owner.startsWith('network:router_interface');
const isOfService = (port: Port): boolean => port.body.device_owner.startsWith(ROUTER) || port.body.device_owner === 'network:floatingip';

function isSameAddresses(port: Port, wished: Json): boolean {
  const entries = wished as readonly JsonObject[];
  const isThere = (entry: JsonObject): boolean =>
    port.body.fixed_ips.some(
      (one) => (entry.subnet_id ?? one.subnet_id) === one.subnet_id && (entry.ip_address ?? one.ip_address) === one.ip_address,
    );
  return entries.length === port.body.fixed_ips.length && entries.every(isThere);
}

/** Options are changed by name; one without a value is taken away. */
function mergedOptions(before: Json, given: Json): Json {
  if (given === null) return [];
  const merged = new Map<string, Json>();
  for (const option of [...(before as readonly JsonObject[]), ...(given as readonly JsonObject[])]) {
    const key = `${String(option.opt_name)}/${String(option.ip_version ?? 4)}`;
    if (option.opt_value === null) merged.delete(key);
    else merged.set(key, option);
  }
  return [...merged.values()];
}

interface AddressChange {
  readonly network: Network;
  readonly macAddress: string;
  readonly wished: readonly JsonObject[];
}

export async function changeAddresses(tx: CloudStore, port: Port, change: AddressChange, random: Random): Promise<readonly FixedIp[]> {
  const space = ipSpace(change.network.id);
  for (const one of port.body.fixed_ips) await tx.claims.release(space, one.ip_address);
  const subnets = await subnetsOf(tx, change.network.id);
  const wish = {
    networkId: change.network.id,
    portId: port.id,
    macAddress: change.macAddress,
    subnets,
    fixedIps: change.wished,
    held: port.body.fixed_ips,
    isOfRouter: isInterface(port),
  };
  return takeAddresses(tx, wish, random);
}

export async function deletePort(tx: CloudStore, id: string, identity: Identity, nowMs: number): Promise<Port> {
  const port = await ownPort(tx, id, identity, true);
  if (isOfService(port) && (await hasDevice(tx, port))) {
    const reason = `Port ${id} cannot be deleted directly via the port API: has device owner ${port.body.device_owner}.`;
    throw conflict('ServicePortInUse', reason);
  }
  await removePort(tx, port, nowMs);
  return port;
}

/** Anybody may claim to be a router; only a router that is there keeps its ports. */
async function hasDevice(tx: CloudStore, port: Port): Promise<boolean> {
  const storage = port.body.device_owner.startsWith(ROUTER) ? collections.routers : collections.floatingIps;
  return (await tx.documents.get(storage, port.body.device_id)) !== null;
}

/** Also for services: their own ports go this way. */
export async function removePort(tx: CloudStore, port: Port, nowMs: number): Promise<void> {
  await tx.claims.releaseAll(portOwner(port.id));
  await freeFloatingIpsOf(tx, port.id, nowMs);
  await tx.documents.remove(collections.ports, port.id);
}

/** What the compute service asks for one interface. */
export interface InterfaceWish {
  readonly networkId: string | null;
  readonly portId: string | null;
  readonly fixedIp: string | null;
}

export interface PlugContext {
  readonly identity: Identity;
  readonly serverId: string;
  readonly hostname: string;
  readonly zone: string;
  readonly host: string;
  /** Security groups for ports that are made. */
  readonly groupIds: readonly string[];
  /** From when on the ports are ACTIVE. */
  readonly activeAtMs: number | null;
  readonly nowMs: number;
  readonly random: Random;
}

export interface Plugged {
  readonly port: Port;
  readonly network: Network;
}

/** Makes or binds one port for a server. */
export async function plug(tx: CloudStore, wish: InterfaceWish, context: PlugContext): Promise<Plugged> {
  if (wish.portId !== null) return bindPort(tx, wish.portId, context);
  const network = await networkForServer(tx, wish.networkId ?? '', context.identity);
  if (network.body.subnets.length === 0) {
    throw new Refusal('invalid', 'NetworkRequiresSubnet', `Network ${network.id} requires a subnet in order to boot instances on.`);
  }
  const projectId = context.identity.projectId ?? '';
  if (await isOverQuota(tx, 'port', projectId, 1)) throw new Refusal('forbidden', 'PortLimitExceeded', 'Maximum number of ports exceeded');
  const values: JsonObject = {
    ...madePortDefaults,
    ...bound(context),
    security_groups: network.body.port_security_enabled ? context.groupIds : [],
    ...(wish.fixedIp === null ? {} : { fixed_ips: [{ ip_address: wish.fixedIp }] }),
  };
  const stamp = { id: context.random.uuid(), nowMs: context.nowMs };
  const port = await createPort(
    tx,
    {
      wanted: { projectId, values },
      network,
      binding: { activeAtMs: context.activeAtMs, isMadeByCompute: true },
      identity: context.identity,
    },
    stamp,
    context.random,
  );
  return { port, network };
}

export const madePortDefaults: JsonObject = {
  name: '',
  description: '',
  admin_state_up: true,
  allowed_address_pairs: [],
  extra_dhcp_opts: [],
  'binding:vnic_type': 'normal',
  'binding:profile': {},
  qos_policy_id: null,
  dns_domain: '',
};
const bound = (context: PlugContext): JsonObject => ({
  device_id: context.serverId,
  device_owner: `compute:${context.zone}`,
  'binding:host_id': context.host,
  dns_name: context.hostname,
});

async function networkForServer(tx: CloudStore, id: string, identity: Identity): Promise<Network> {
  const network = isUuidLike(id) ? await tx.documents.get<NetworkBody>(collections.networks, id, { lock: 'share' }) : null;
  const isKnown = network !== null && isVisible(network, identity);
  if (network === null || !isKnown) throw new Refusal('invalid', 'NetworkNotFound', `Network ${id} could not be found.`);
  if (!isOwner(network, identity) && !isSharedWith(network, identity)) {
    throw new Refusal('forbidden', 'ExternalNetworkAttachForbidden', `It is not allowed to create an interface on external network ${id}`);
  }
  return network;
}

async function bindPort(tx: CloudStore, id: string, context: PlugContext): Promise<Plugged> {
  const port = await tx.documents.get<PortBody>(collections.ports, id, { lock: true });
  const isOwn = port !== null && (port.projectId === context.identity.projectId || isAdmin(context.identity));
  if (port === null || !isOwn) throw new Refusal('invalid', 'PortNotFound', `Port id ${id} could not be found.`);
  if (port.body.device_id !== '') throw conflict('PortInUse', `Port ${id} is still in use.`);
  const network = await tx.documents.get<NetworkBody>(collections.networks, port.body.network_id);
  if (network === null) throw networkMissing(port.body.network_id);
  const body = { ...port.body, ...bound(context), active_at_ms: context.activeAtMs } as PortBody;
  const named = port.body.dns_name === '' ? body : ({ ...body, dns_name: port.body.dns_name } as PortBody);
  const done = await tx.documents.replace<PortBody>(collections.ports, { id, body: named }, context.nowMs);
  if (done === null) throw portMissing(id);
  return { port: done, network };
}

export const portsOfDevice = (tx: CloudStore, deviceId: string): Promise<readonly Port[]> => portsOfDevices(tx, [deviceId]);

export const portsOfDevices = (tx: CloudStore, deviceIds: readonly string[]): Promise<readonly Port[]> =>
  tx.documents.list<PortBody>(collections.ports, { where: [{ field: 'device_id', in: deviceIds }], preparedAs: 'by-device' });

/** Deletes a port that was made for its server; one that the user made is set free. */
export async function unplug(tx: CloudStore, port: Port, nowMs: number): Promise<void> {
  if (port.body.is_made_by_compute) return removePort(tx, port, nowMs);
  const free = { device_id: '', device_owner: '', 'binding:host_id': '', 'binding:profile': {}, dns_name: '', active_at_ms: null };
  await tx.documents.replace<PortBody>(collections.ports, { id: port.id, body: { ...port.body, ...free } as PortBody }, nowMs);
}

/** Networks a server may get when its user names none: the project's own, else those shared with it. */
export async function networksForServer(tx: CloudStore, projectId: string): Promise<readonly Network[]> {
  const own = await tx.documents.list<NetworkBody>(collections.networks, { where: [{ field: 'project_id', in: [projectId] }], limit: 100 });
  const shared = await tx.documents.list<NetworkBody>(collections.networks, { where: [{ field: 'shared', in: ['true'] }], limit: 100 });
  const granted = await tx.documents.list<NetworkBody>(collections.networks, {
    where: [{ field: 'shared_with', contains: [projectId] }],
    limit: 100,
  });
  const all = new Map([...own, ...shared, ...granted].map((network) => [network.id, network]));
  return [...all.values()].filter(
    (network) => !network.body['router:external'] || network.body.shared || network.body.shared_with.includes(projectId),
  );
}

/** Refuses a member's change of something that is only visible. */
export const refuseStrangers = (document: Document, identity: Identity, rule: string): void => {
  if (!isOwner(document, identity)) throw notByPolicy(`rule:${rule}`);
};
