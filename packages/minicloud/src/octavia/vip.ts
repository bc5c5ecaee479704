/** A load balancer's address: a real port on a network, made for it or taken over from the user. */
import type { Refusal, Json, JsonObject } from '@hearth/kernel';
import { isAdmin } from '@hearth/http-kit';
import { parseIp } from '../neutron/addresses.ts';
import { isVisible, subnetsOf, type Network } from '../neutron/networks.ts';
import { collections, type NetworkBody, type PortBody, type SubnetBody } from '../neutron/objects.ts';
import { removePort, type Port } from '../neutron/ports.ts';
import { createServicePort } from '../neutron/service-ports.ts';
import { badRequest, invalid } from './attributes.ts';
import type { BalancerChange } from './context.ts';
import { textOf, type Balancer, type BalancerBody } from './state.ts';

export type Vip = Pick<BalancerBody, 'vip_address' | 'vip_port_id' | 'vip_subnet_id' | 'vip_network_id' | 'is_vip_port_own'>;

const noSuch = (what: string, id: string): Refusal => badRequest(`${what} ${id} not found.`);

export async function takeVip(change: BalancerChange, values: JsonObject, balancerId: string, projectId: string): Promise<Vip> {
  const portId = textOf(values.vip_port_id);
  const networkId = textOf(values.vip_network_id);
  const subnetId = textOf(values.vip_subnet_id);
  if (portId !== null) return takeOver(change, portId, values, balancerId);
  if (networkId !== null) return onNetwork(change, await network(change, networkId), values, balancerId, projectId);
  if (subnetId === null) throw badRequest('Validation failure: VIP must contain one of: vip_port_id, vip_network_id, vip_subnet_id.');
  return onNetwork(change, await networkOfSubnet(change, subnetId), values, balancerId, projectId);
}

async function network(change: BalancerChange, id: string): Promise<Network> {
  const found = await change.tx.documents.get<NetworkBody>(collections.networks, id, { lock: 'share' });
  if (found === null || !isVisible(found, change.identity)) throw noSuch('Network', id);
  return found;
}

async function networkOfSubnet(change: BalancerChange, subnetId: string): Promise<Network> {
  const subnet = await change.tx.documents.get<SubnetBody>(collections.subnets, subnetId);
  const found =
    subnet === null ? null : await change.tx.documents.get<NetworkBody>(collections.networks, subnet.body.network_id, { lock: 'share' });
  if (found === null || !isVisible(found, change.identity)) throw noSuch('Subnet', subnetId);
  return found;
}

/** For members: their subnet must be one that the user can see. */
export async function refuseStrangeSubnet(change: BalancerChange, subnetId: Json | undefined): Promise<void> {
  if (typeof subnetId === 'string') await networkOfSubnet(change, subnetId);
}

async function onNetwork(change: BalancerChange, home: Network, values: JsonObject, balancerId: string, projectId: string): Promise<Vip> {
  const { tx, nowMs, service, identity } = change;
  const subnetId = textOf(values.vip_subnet_id);
  if (subnetId !== null && !home.body.subnets.includes(subnetId)) throw noSuch('Subnet', subnetId);
  if (home.body.subnets.length === 0) throw invalid('Supplied network does not contain a subnet.');
  const address = textOf(values.vip_address);
  const wish = { ...(subnetId === null ? {} : { subnet_id: subnetId }), ...(address === null ? {} : { ip_address: address }) };
  const isFree = Object.keys(wish).length === 0;
  const prefersIpv4 = isFree && (await subnetsOf(tx, home.id)).some((one) => one.body.ip_version === 4);
  const port = await createServicePort(
    tx,
    {
      ...held(balancerId),
      network: home,
      projectId,
      ...(isFree ? {} : { fixedIps: [wish] }),
      ...(prefersIpv4 ? { onlyIpVersion: 4 as const } : {}),
      groupIds: [],
      // As long as no machine behind it answers, the real service keeps the port down too.
      adminStateUp: false,
      isActive: false,
    },
    { identity, nowMs, random: service.random },
  );
  const [fixed] = port.body.fixed_ips;
  if (fixed === undefined) throw invalid('Supplied network does not contain a subnet.');
  return {
    vip_address: fixed.ip_address,
    vip_port_id: port.id,
    vip_subnet_id: fixed.subnet_id,
    vip_network_id: home.id,
    is_vip_port_own: true,
  };
}

const held = (balancerId: string) => ({
  name: `octavia-lb-${balancerId}`,
  deviceId: `lb-${balancerId}`,
  deviceOwner: 'Octavia',
});

async function takeOver(change: BalancerChange, portId: string, values: JsonObject, balancerId: string): Promise<Vip> {
  const port = await change.tx.documents.get<PortBody>(collections.ports, portId, { lock: true });
  const isOwn = port !== null && (port.projectId === change.identity.projectId || isAdmin(change.identity));
  if (port === null || !isOwn) throw noSuch('Port', portId);
  if (port.body.device_id !== '') throw invalid(`Port ${portId} is already used by device ${port.body.device_id} `);
  const fixed = chosenAddress(port, textOf(values.vip_subnet_id), textOf(values.vip_address));
  const { deviceId, deviceOwner } = held(balancerId);
  const body = { ...port.body, device_id: deviceId, device_owner: deviceOwner } as PortBody;
  await change.tx.documents.replace<PortBody>(collections.ports, { id: portId, body }, change.nowMs);
  return {
    vip_address: fixed.ip_address,
    vip_port_id: portId,
    vip_subnet_id: fixed.subnet_id,
    vip_network_id: port.body.network_id,
    is_vip_port_own: false,
  };
}

function chosenAddress({ body }: Port, subnetId: string | null, address: string | null): PortBody['fixed_ips'][number] {
  const { fixed_ips: all } = body;
  if (subnetId !== null) {
    const found = all.find((one) => one.subnet_id === subnetId);
    if (found === undefined) throw invalid('No VIP address found on the specified VIP port within the specified subnet.');
    return found;
  }
  if (address !== null) {
    const value = parseIp(address)?.value;
    const found = all.find((one) => parseIp(one.ip_address)?.value === value);
    if (found === undefined) throw invalid('Specified VIP address not found on the specified VIP port.');
    return found;
  }
  const [only] = all;
  if (all.length !== 1 || only === undefined)
    throw invalid("VIP port's subnet could not be determined. Please specify either a VIP subnet or address.");
  return only;
}

/** A port of our own goes; one of the user's is set free. */
export async function releaseVip(change: BalancerChange, balancer: Balancer): Promise<void> {
  const port = await change.tx.documents.get<PortBody>(collections.ports, balancer.body.vip_port_id, { lock: true });
  if (port === null || port.body.device_id !== `lb-${balancer.id}`) return;
  if (balancer.body.is_vip_port_own) return removePort(change.tx, port, change.nowMs);
  const body = { ...port.body, device_id: '', device_owner: '' } as PortBody;
  await change.tx.documents.replace<PortBody>(collections.ports, { id: port.id, body }, change.nowMs);
}
