/** A router's interfaces: a port on a subnet with the subnet's gateway address, or a port that the user made. */
import { isJsonObject, isUuidLike, Refusal, type JsonObject } from '@hearth/kernel';
import { isAdmin } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import { contains, parseIp } from './addresses.ts';
import { cidrOf, type Subnet } from './allocation.ts';
import { badRequestFor } from './attributes.ts';
import { maySee } from './collection.ts';
import { interfacesOf, subnetsById } from './extra-routes.ts';
import type { Router } from './l3-objects.ts';
import { networkMissing, subnetMissing, subnetSharing } from './networks.ts';
import { collections, type NetworkBody, type PortBody, type SubnetBody } from './objects.ts';
import { isInterface, ownPort, portMissing, portsOfDevice, removePort, type Port } from './ports.ts';
import { refuseOverQuota } from './quotas.ts';
import { refuseOverlaps } from './router-overlaps.ts';
import { ownRouter, type RouterBy } from './routers.ts';
import { createServicePort, moveServicePort } from './service-ports.ts';

interface Named {
  readonly portId: string | null;
  readonly subnetId: string | null;
}

function readInterface(body: unknown): Named {
  const given = isJsonObject(body) ? body : {};
  const named = { portId: given.port_id ?? null, subnetId: given.subnet_id ?? null };
  for (const id of [named.portId, named.subnetId]) {
    if (id !== null && !(typeof id === 'string' && isUuidLike(id))) throw badRequestFor('router', `'${String(id)}' is not a valid UUID`);
  }
  if (named.portId === null && named.subnetId === null) throw badRequestFor('router', 'Either subnet_id or port_id must be specified');
  return named as Named;
}

/** What both calls answer. */
const shown = (router: Router, port: Port, subnetIds: readonly string[]): JsonObject => ({
  id: router.id,
  tenant_id: router.projectId,
  port_id: port.id,
  network_id: port.body.network_id,
  subnet_id: subnetIds[0] ?? null,
  subnet_ids: subnetIds,
});

export async function addInterface(tx: CloudStore, routerId: string, body: unknown, by: RouterBy): Promise<JsonObject> {
  const { portId, subnetId } = readInterface(body);
  if (portId !== null && subnetId !== null) throw badRequestFor('router', 'Cannot specify both subnet-id and port-id');
  const router = await ownRouter(tx, routerId, by.identity, true);
  const port = portId === null ? await addBySubnet(tx, router, subnetId as string, by) : await addByPort(tx, router, portId, by);
  // Its revision says that something about it changed.
  await tx.documents.replace(collections.routers, { id: router.id, body: router.body }, by.nowMs);
  const ids = port.body.fixed_ips.map((one) => one.subnet_id);
  return shown(router, port, subnetId === null ? ids : [subnetId]);
}

async function addBySubnet(tx: CloudStore, router: Router, subnetId: string, by: RouterBy): Promise<Port> {
  const subnet = await tx.documents.get<SubnetBody>(collections.subnets, subnetId);
  if (subnet === null || !maySee(subnetSharing, subnet, by.identity)) throw subnetMissing(subnetId);
  const { gateway_ip: address, ipv6_ra_mode: announced, ipv6_address_mode: mode } = subnet.body;
  if (address === null) throw badRequestFor('router', 'Subnet for router interface must have a gateway IP');
  if (subnet.body.ip_version === 6 && mode !== null && (announced ?? null) === null) {
    const reason = `IPv6 subnet ${subnetId} configured to receive RAs from an external router cannot be added to Neutron Router`;
    throw badRequestFor('router', reason);
  }
  const ports = await portsOfDevice(tx, router.id);
  await refuseOverlaps(tx, ports, [subnet]);
  const sibling = subnet.body.ip_version === 6 ? ports.filter(isInterface).find((port) => isIpv6On(port, subnet)) : undefined;
  if (sibling !== undefined)
    return moveServicePort(tx, sibling.id, [...sibling.body.fixed_ips, { subnet_id: subnetId, ip_address: address }], by);
  const network = await tx.documents.get<NetworkBody>(collections.networks, subnet.body.network_id, { lock: 'share' });
  if (network === null) throw networkMissing(subnet.body.network_id);
  await refuseOverQuota(tx, 'port', router.projectId ?? '');
  return createServicePort(
    tx,
    {
      network,
      projectId: router.projectId ?? '',
      deviceId: router.id,
      deviceOwner: ownerFor(router),
      fixedIps: [{ subnet_id: subnetId, ip_address: address }],
      isActive: true,
    },
    by,
  );
}

const ownerFor = (router: Router): string =>
  router.body.distributed ? 'network:router_interface_distributed' : 'network:router_interface';
/** IPv6 subnets of one network share the router's port there. */
const isIpv6On = (port: Port, subnet: Subnet): boolean =>
  port.body.network_id === subnet.body.network_id &&
  port.body.fixed_ips.length > 0 &&
  port.body.fixed_ips.every((one) => one.ip_address.includes(':'));

async function addByPort(tx: CloudStore, router: Router, portId: string, by: RouterBy): Promise<Port> {
  const port = await ownPort(tx, portId, by.identity, true);
  const { device_id: device, network_id: networkId, fixed_ips: fixed } = port.body;
  if (device !== '') {
    const reason = `Unable to complete operation on port ${portId} for network ${networkId}. Port already has an attached device ${device}.`;
    throw new Refusal('conflict', 'PortInUse', reason);
  }
  if (fixed.length === 0) throw badRequestFor('router', 'Router port must have at least one fixed IP');
  const ipv4 = fixed.filter((one) => !one.ip_address.includes(':'));
  if (ipv4.length > 1) throw badRequestFor('router', 'Cannot have multiple IPv4 subnets on router port');
  const subnets = await subnetsById(
    tx,
    fixed.map((one) => one.subnet_id),
  );
  await refuseOverlaps(tx, await portsOfDevice(tx, router.id), subnets);
  const body = { ...port.body, device_id: router.id, device_owner: ownerFor(router), active_at_ms: by.nowMs } as PortBody;
  const done = await tx.documents.replace<PortBody>(collections.ports, { id: portId, body }, by.nowMs);
  if (done === null) throw portMissing(portId);
  return done;
}

export async function removeInterface(tx: CloudStore, routerId: string, body: unknown, by: RouterBy): Promise<JsonObject> {
  const { portId, subnetId } = readInterface(body);
  const router = await ownRouter(tx, routerId, by.identity, true);
  const interfaces = await interfacesOf(tx, routerId);
  const isOn = (port: Port, id: string): boolean => port.body.fixed_ips.some((one) => one.subnet_id === id);
  const port = interfaces.find((one) => (portId === null ? isOn(one, subnetId as string) : one.id === portId));
  if (port === undefined) throw await noInterface(tx, router, { portId, subnetId }, by);
  if (portId !== null && subnetId !== null && !isOn(port, subnetId)) {
    const reason = `Subnet on port ${portId} does not match the requested subnet ${subnetId}.`;
    throw new Refusal('invalid', 'SubnetMismatchForPort', reason);
  }
  const ids = portId === null ? [subnetId as string] : port.body.fixed_ips.map((one) => one.subnet_id);
  for (const subnet of await subnetsById(tx, ids)) await refuseWhileUsed(tx, router, subnet);
  const kept = port.body.fixed_ips.filter((one) => !ids.includes(one.subnet_id));
  if (kept.length > 0) await moveServicePort(tx, port.id, kept, by);
  else await removePort(tx, port, by.nowMs);
  await tx.documents.replace(collections.routers, { id: router.id, body: router.body }, by.nowMs);
  return shown(router, port, ids);
}

async function noInterface(tx: CloudStore, router: Router, { portId, subnetId }: Named, by: RouterBy): Promise<Refusal> {
  if (portId !== null) {
    const reason = `Router ${router.id} does not have an interface with id ${portId}`;
    return new Refusal('not-found', 'RouterInterfaceNotFound', reason);
  }
  const subnet = await tx.documents.get<SubnetBody>(collections.subnets, subnetId ?? '');
  if (subnet === null || !(isAdmin(by.identity) || maySee(subnetSharing, subnet, by.identity))) return subnetMissing(subnetId ?? '');
  const reason = `Router ${router.id} has no interface on subnet ${subnetId ?? ''}`;
  return new Refusal('not-found', 'RouterInterfaceNotFoundForSubnet', reason);
}

async function refuseWhileUsed(tx: CloudStore, router: Router, subnet: Subnet): Promise<void> {
  const used = (type: string, what: string): Refusal => {
    const reason = `Router interface for subnet ${subnet.id} on router ${router.id} cannot be deleted, as it is required by one or more ${what}.`;
    return new Refusal('conflict', type, reason);
  };
  const where = [
    { field: 'router_id', in: [router.id] },
    { field: 'fixed_subnet_id', in: [subnet.id] },
  ];
  if ((await tx.documents.list(collections.floatingIps, { where, limit: 1 })).length > 0)
    throw used('RouterInterfaceInUseByFloatingIP', 'floating IPs');
  const cidr = cidrOf(subnet);
  const isThrough = (nexthop: string): boolean => {
    const hop = parseIp(nexthop);
    return hop !== null && hop.version === cidr.version && contains(cidr, hop.value);
  };
  if (router.body.routes.some((route) => isThrough(route.nexthop))) throw used('RouterInterfaceInUseByRoute', 'routes');
}
