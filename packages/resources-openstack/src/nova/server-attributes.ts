/** A server's attributes, in the shapes that templates of Heat use. */
import { nameOr } from '@hearth/resource-kit';
import type { Cloud } from '@hearth/cloud-openstack';
import { Failure, isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import type { Live } from '@hearth/resource-kit';
import type { NetworkProps } from './server-networks.ts';
import { isPortHolder } from './server-request.ts';

export async function observeServer({
  cloud,
  physicalId,
  physicalName,
  props,
  wanted,
}: Live<Cloud, NetworkProps & { readonly name: string | null; readonly tags: readonly string[] | null }>) {
  const server = isPortHolder(physicalId) ? null : await cloud.nova.getServer(physicalId);
  if (server === null || server.status === 'DELETED') return null;
  const isWanted = (name: string): boolean => wanted === undefined || wanted.has(name);
  const [addresses, tags, console_urls] = await Promise.all([
    isWanted('addresses') || isWanted('networks') ? addressesOf(cloud, server) : {},
    props.tags === null && wanted?.has('tags') !== true ? null : cloud.nova.serverTags(physicalId),
    isWanted('console_urls') ? consoles(cloud, server) : {},
  ]);
  return {
    name: nameOr(props.name, physicalName),
    addresses,
    networks: plainAddresses(addresses),
    first_address: firstAddress(server),
    instance_name: server['OS-EXT-SRV-ATTR:instance_name'] ?? null,
    accessIPv4: server.accessIPv4 ?? null,
    accessIPv6: server.accessIPv6 ?? null,
    console_urls,
    os_collect_config: {},
    tags: tags as Json,
    show: server,
  };
}

type Addresses = Readonly<Record<string, readonly JsonObject[]>>;

/** By name and again by id of the network. The id, subnets and network of each come from the port that has the address. */
async function addressesOf(cloud: Cloud, server: JsonObject): Promise<Addresses> {
  const named = isJsonObject(server.addresses) ? Object.entries(server.addresses) : [];
  if (named.length === 0) return {};
  const ports = await cloud.neutron.list('port', { device_id: String(server.id) });
  const result: Record<string, readonly JsonObject[]> = {};
  for (const [name, list] of named) {
    const addresses = isJsonArray(list) ? list.filter(isJsonObject) : [];
    const extended = await Promise.all(addresses.map((address) => extendedAddress(cloud, ports, address)));
    result[name] = extended;
    const networkId = extended
      .map((address) => (isJsonObject(address.network) ? address.network.id : null))
      .find((id) => typeof id === 'string');
    if (typeof networkId === 'string') result[networkId] = extended;
  }
  return result;
}

async function extendedAddress(cloud: Cloud, ports: readonly JsonObject[], address: JsonObject): Promise<JsonObject> {
  // The port of the fixed address that it leads to is not its own.
  if (address['OS-EXT-IPS:type'] === 'floating') return { ...address, port: null };
  const mac = address['OS-EXT-IPS-MAC:mac_addr'];
  const port = ports.find((candidate) => holds(candidate, address.addr)) ?? ports.find((candidate) => candidate.mac_address === mac);
  if (port === undefined) return { ...address, port: null, subnets: [], network: null };
  const subnetIds = [...new Set(fixedIpsOf(port).flatMap((item) => (typeof item.subnet_id === 'string' ? [item.subnet_id] : [])))];
  const [network, ...subnets] = await Promise.all([
    cloud.neutron.recall('network', String(port.network_id)),
    ...subnetIds.map((id) => cloud.neutron.recall('subnet', id)),
  ]);
  return { ...address, port: port.id ?? null, subnets: subnets.filter((subnet) => subnet !== null), network: network ?? null };
}

/** Of the network whose name sorts last, as it always was. */
function firstAddress({ addresses }: JsonObject): string {
  for (const [, list] of isJsonObject(addresses) ? Object.entries(addresses).toSorted(([a], [b]) => (a < b ? 1 : -1)) : []) {
    const [first] = isJsonArray(list) ? list.filter(isJsonObject) : [];
    if (typeof first?.addr === 'string') return first.addr;
  }
  return '';
}

const fixedIpsOf = (port: JsonObject): readonly JsonObject[] => (isJsonArray(port.fixed_ips) ? port.fixed_ips.filter(isJsonObject) : []);
const holds = (port: JsonObject, address: Json | undefined): boolean => fixedIpsOf(port).some((item) => item.ip_address === address);

const plainAddresses = (addresses: Addresses): JsonObject =>
  Object.fromEntries(Object.entries(addresses).map(([key, list]) => [key, list.flatMap(({ addr }) => (addr === undefined ? [] : [addr]))]));

/** Kinds of consoles with the protocol that each belongs to. */
const CONSOLES: Readonly<Record<string, string>> = {
  novnc: 'vnc',
  xvpvnc: 'vnc',
  'spice-html5': 'spice',
  'rdp-html5': 'rdp',
  serial: 'serial',
  webmks: 'mks',
};

/** Not every cloud offers every kind: where there is no address, there is the reason. A server that does not run has none at all. */
async function consoles(cloud: Cloud, server: JsonObject): Promise<JsonObject> {
  if (server.status !== 'ACTIVE') return {};
  const address = async (type: string, protocol: string): Promise<string> => {
    try {
      return String((await cloud.nova.remoteConsole(String(server.id), protocol, type)).url ?? '');
    } catch (error) {
      if (error instanceof Failure) return `Cannot get console url: ${error.message}`;
      throw error;
    }
  };
  const urls = Object.entries(CONSOLES).map(async ([type, protocol]) => [type, await address(type, protocol)] as const);
  return Object.fromEntries(await Promise.all(urls));
}
