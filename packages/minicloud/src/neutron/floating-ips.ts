/** Floating IPs: an address of an external network, reserved by a port there, that may point to an address behind a router. */
import { Refusal, type JsonObject, type Random } from '@hearth/kernel';
import type { Identity } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import { badRequestFor, type Wanted } from './attributes.ts';
import { isOwner, type By } from './collection.ts';
import { floatingOwner, freeFloatingIp } from './freed-addresses.ts';
import type { FloatingIp, FloatingIpBody, RouterBody } from './l3-objects.ts';
import { visibleNetwork } from './networks.ts';
import { collections, type FixedIp, type PortBody } from './objects.ts';
import { isInterface, portMissing, removePort, type Port } from './ports.ts';
import { createServicePort } from './service-ports.ts';

export const floatingIpMissing = (id: string): Refusal =>
  new Refusal('not-found', 'FloatingIPNotFound', `Floating IP ${id} could not be found`);
const wrong = (message: string): Refusal => badRequestFor('floatingip', message);

export interface FloatingBy extends By {
  readonly random: Random;
}

export async function ownFloatingIp(tx: CloudStore, id: string, identity: Identity, lock = false): Promise<FloatingIp> {
  const floating = await tx.documents.get<FloatingIpBody>(collections.floatingIps, id, { lock });
  if (floating === null || !isOwner(floating, identity)) throw floatingIpMissing(id);
  return floating;
}

export async function createFloatingIp(tx: CloudStore, wanted: Wanted, by: FloatingBy & { readonly id: string }): Promise<FloatingIp> {
  const { values } = wanted;
  const networkId = values.floating_network_id as string;
  const network = await visibleNetwork(tx, networkId, by.identity, 'share');
  if (!network.body['router:external'] && network.body.external_with.length === 0)
    throw wrong(`Network ${networkId} is not a valid external network`);
  refuseLoneAddress(values);
  const fixedIps = addressWish(values);
  const port = await createServicePort(
    tx,
    {
      network,
      projectId: '',
      deviceId: by.id,
      deviceOwner: 'network:floatingip',
      onlyIpVersion: 4,
      ...(fixedIps === undefined ? {} : { fixedIps }),
      isActive: false,
    },
    by,
  );
  const address = port.body.fixed_ips[0]?.ip_address;
  if (address === undefined) throw wrong(`Network ${networkId} does not contain any IPv4 subnet`);
  const { subnet_id: _subnet, port_id: portId, fixed_ip_address: fixedAddress, ...rest } = values;
  const body = {
    ...rest,
    floating_ip_address: address,
    floating_port_id: port.id,
    port_id: null,
    fixed_ip_address: null,
    fixed_subnet_id: null,
    router_id: null,
    tags: [],
  } as unknown as FloatingIpBody;
  const made = await tx.documents.insert<FloatingIpBody>(
    collections.floatingIps,
    { id: by.id, projectId: wanted.projectId, body },
    by.nowMs,
  );
  if (made === null) throw wrong(`Floating IP ${by.id} exists already`);
  if (typeof portId !== 'string') return made;
  return pointed(tx, made, { portId, fixedAddress: (fixedAddress ?? null) as string | null, change: {} }, by);
}

/** Undefined: any free IPv4 address. */
function addressWish(values: JsonObject): readonly JsonObject[] | undefined {
  const address = values.floating_ip_address ?? null;
  const subnetId = values.subnet_id ?? null;
  if (address === null && subnetId === null) return undefined;
  return [{ ...(subnetId === null ? {} : { subnet_id: subnetId }), ...(address === null ? {} : { ip_address: address }) }];
}

function refuseLoneAddress(values: JsonObject): void {
  if (typeof values.fixed_ip_address === 'string' && typeof values.port_id !== 'string')
    throw wrong('fixed_ip_address cannot be specified without a port_id');
}

/** Naming no port at all, and changing nothing else, frees the address; so does `port_id: null`. */
export async function updateFloatingIp(tx: CloudStore, id: string, values: JsonObject, by: FloatingBy): Promise<FloatingIp> {
  const floating = await ownFloatingIp(tx, id, by.identity, true);
  refuseLoneAddress(values);
  const { port_id: portId, fixed_ip_address: fixedAddress, ...change } = values;
  if (typeof portId === 'string')
    return pointed(tx, floating, { portId, fixedAddress: (fixedAddress ?? null) as string | null, change }, by);
  if (portId === null || Object.keys(change).length === 0) return freeFloatingIp(tx, floating, change, by.nowMs);
  const body = { ...floating.body, ...change } as FloatingIpBody;
  return (await tx.documents.replace<FloatingIpBody>(collections.floatingIps, { id, body }, by.nowMs)) ?? floating;
}

export async function deleteFloatingIp(tx: CloudStore, id: string, by: FloatingBy): Promise<void> {
  const floating = await ownFloatingIp(tx, id, by.identity, true);
  await tx.claims.releaseAll(floatingOwner(id));
  await tx.documents.remove(collections.floatingIps, id);
  const port = await tx.documents.get<PortBody>(collections.ports, floating.body.floating_port_id, { lock: true });
  if (port !== null) await removePort(tx, port, by.nowMs);
}

interface Target {
  readonly portId: string;
  readonly fixedAddress: string | null;
  readonly change: JsonObject;
}

async function pointed(
  tx: CloudStore,
  floating: FloatingIp,
  { portId, fixedAddress, change }: Target,
  by: FloatingBy,
): Promise<FloatingIp> {
  const port = await tx.documents.get<PortBody>(collections.ports, portId, { lock: 'share' });
  if (port === null || !isOwner(port, by.identity)) throw portMissing(portId);
  const fixed = chosenAddress(port, fixedAddress);
  const routerId = await routerBetween(tx, floating.body.floating_network_id, port, fixed);
  await tx.claims.releaseAll(floatingOwner(floating.id));
  const space = `neutron.floating:${floating.body.floating_network_id}`;
  if (!(await tx.claims.take(space, `${portId}/${fixed.ip_address}`, floatingOwner(floating.id)))) {
    const { floating_ip_address: address, floating_network_id: networkId } = floating.body;
    const reason = `Cannot associate floating IP ${address} (${floating.id}) with port ${portId} using fixed IP ${fixed.ip_address}, as that fixed IP already has a floating IP on external network ${networkId}.`;
    throw new Refusal('conflict', 'FloatingIPPortAlreadyAssociated', reason);
  }
  const body = {
    ...floating.body,
    ...change,
    port_id: portId,
    fixed_ip_address: fixed.ip_address,
    fixed_subnet_id: fixed.subnet_id,
    router_id: routerId,
  } as FloatingIpBody;
  const done = await tx.documents.replace<FloatingIpBody>(collections.floatingIps, { id: floating.id, parentId: portId, body }, by.nowMs);
  if (done === null) throw floatingIpMissing(floating.id);
  return done;
}

function chosenAddress(port: Port, wished: string | null): FixedIp {
  const ipv4 = port.body.fixed_ips.filter((one) => !one.ip_address.includes(':'));
  if (wished !== null) {
    const fixed = port.body.fixed_ips.find((one) => one.ip_address === wished);
    if (fixed === undefined) throw wrong(`Port ${port.id} does not have fixed ip ${wished}`);
    return fixed;
  }
  const [only] = ipv4;
  if (only === undefined) throw wrong(`Cannot add floating IP to port ${port.id} that has no fixed IPv4 addresses`);
  if (ipv4.length > 1)
    throw wrong(`Port ${port.id} has multiple fixed IPv4 addresses.  Must provide a specific IPv4 address when assigning a floating IP`);
  return only;
}

/** The router that has an interface on the port's subnet and its gateway on the external network. Its row stays as read until the end. */
async function routerBetween(tx: CloudStore, externalId: string, port: Port, fixed: FixedIp): Promise<string> {
  const onSubnet = [
    { field: 'parent_id', in: [port.body.network_id] },
    { field: 'fixed_ips', contains: [{ subnet_id: fixed.subnet_id }] },
    { field: 'device_owner', startsWith: 'network:router_interface' },
  ];
  const found = await tx.documents.list<PortBody>(collections.ports, { where: onSubnet, limit: 100 });
  for (const { body } of found.filter(isInterface)) {
    const router = await tx.documents.get<RouterBody>(collections.routers, body.device_id, { lock: 'share' });
    if (router?.body.gateway?.network_id === externalId) return router.id;
  }
  const reason = `External network ${externalId} is not reachable from subnet ${fixed.subnet_id}.  Therefore, cannot associate Port ${port.id} with a Floating IP.`;
  throw new Refusal('not-found', 'ExternalGatewayForFloatingIPNotFound', reason);
}
