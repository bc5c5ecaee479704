/**
 * A server's networks: what Nova is asked for, and the ports that are made for entries which Nova cannot express (a subnet, extra settings).
 * Own ports carry the server's physical name as description, so that they are found again whatever happens.
 */
import type { Cloud } from '@hearth/cloud-openstack';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { type Call, isSet } from '@hearth/resource-kit';
import { fieldsOf, type PortFields } from '../neutron/port.ts';
import { given, securityGroupIds } from '../neutron/family.ts';

export interface NetworkEntry {
  readonly network: string | null;
  readonly subnet: string | null;
  readonly port: string | null;
  readonly fixed_ip: string | null;
  readonly floating_ip: string | null;
  readonly allocate_network: string | null;
  readonly tag: string | null;
  readonly port_extra_properties:
    | (PortFields & { readonly value_specs: JsonObject; readonly mac_address: string | null; readonly no_fixed_ips: boolean })
    | null;
}
export interface NetworkProps {
  readonly networks: readonly NetworkEntry[] | null;
  readonly security_groups: readonly Json[];
}
type Wish = Call<Cloud, NetworkProps>;
/** Port ids by place in `networks`; null where Nova makes the port. */
export type OwnPorts = readonly (string | null)[];

export const filled = (text: string | null): string | null => (text === '' ? null : text);
export const needsOwnPort = (entry: NetworkEntry): boolean =>
  filled(entry.port) === null && (filled(entry.subnet) !== null || entry.port_extra_properties !== null);
export const hasOwnPorts = (networks: readonly NetworkEntry[] | null): boolean => (networks ?? []).some(needsOwnPort);

/** Ports of our own may be there: the entries ask for some, or an earlier change did. */
export const mayHaveOwnPorts = ({ props, data }: { readonly props: NetworkProps; readonly data: JsonObject }): boolean =>
  hasOwnPorts(props.networks) || data.ownPorts === true;

/** Makes what is missing of the server's own ports. Null when it needs none. */
export async function ownPortsOf({ cloud, props, physicalName }: Pick<Wish, 'cloud' | 'props' | 'physicalName'>): Promise<OwnPorts | null> {
  const entries = props.networks ?? [];
  if (!hasOwnPorts(entries)) return null;
  const present = new Map((await markedPorts(cloud, physicalName)).map((port) => [String(port.name), String(port.id)]));
  const ids: (string | null)[] = [];
  for (const [i, entry] of entries.entries()) {
    if (!needsOwnPort(entry)) {
      ids.push(null);
      continue;
    }
    const name = `${physicalName}-port-${i}`;
    ids.push(
      present.get(name) ??
        String((await cloud.neutron.create('port', await portBody(cloud, entry, props.security_groups, name, physicalName))).id),
    );
  }
  return ids;
}

export async function portBody(
  cloud: Cloud,
  entry: NetworkEntry,
  groups: readonly Json[],
  name: string,
  mark: string,
): Promise<JsonObject> {
  const subnetId = filled(entry.subnet) === null ? null : await cloud.neutron.idOf('subnet', entry.subnet as string);
  const networkId =
    filled(entry.network) === null
      ? ((await cloud.neutron.recall('subnet', subnetId as string))?.network_id ?? null)
      : await cloud.neutron.idOf('network', entry.network as string);
  const extra = entry.port_extra_properties;
  const address = given({ subnet_id: subnetId, ip_address: filled(entry.fixed_ip) });
  return {
    ...given({ name, description: mark, network_id: networkId, mac_address: filled(extra?.mac_address ?? null) }),
    ...(Object.keys(address).length > 0 && { fixed_ips: [address] }),
    ...(groups.length > 0 && { security_groups: await securityGroupIds(cloud, groups) }),
    ...(extra !== null && { ...(await fieldsOf(cloud, extra)), ...(extra.no_fixed_ips && { fixed_ips: [] }), ...extra.value_specs }),
  };
}

export const markedPorts = async (cloud: Cloud, physicalName: string): Promise<readonly JsonObject[]> =>
  (await cloud.neutron.list('port', { description: physicalName })).filter(
    (port) => port.description === physicalName && String(port.name).startsWith(`${physicalName}-port-`),
  );

export const hasMarkedPorts = async (cloud: Cloud, physicalName: string): Promise<boolean> =>
  (await markedPorts(cloud, physicalName)).length > 0;

/** `serverId`: only those that no other server has; null: all. */
export async function deleteOwnPorts(cloud: Cloud, physicalName: string, serverId: string | null): Promise<void> {
  const isOthers = ({ device_id: device }: JsonObject): boolean => serverId !== null && isSet(device) && device !== serverId;
  for (const port of await markedPorts(cloud, physicalName)) if (!isOthers(port)) await deletePort(cloud, String(port.id));
}

export async function deletePort(cloud: Cloud, id: string): Promise<void> {
  try {
    await cloud.neutron.delete('port', id);
  } catch (error) {
    if ((await cloud.neutron.get('port', id)) !== null) throw error;
  }
}

/** The `networks` of Nova's request: `auto`, `none` or a list; undefined when nothing was said. */
export async function requestedNetworks(cloud: Cloud, props: NetworkProps, own: OwnPorts): Promise<Json | undefined> {
  const entries = props.networks ?? [];
  if (entries.length === 0) return undefined;
  const allocation = filled(entries[0]?.allocate_network ?? null);
  if (allocation !== null) return allocation;
  return Promise.all(
    entries.map(async (entry, i) => {
      const portId = own[i] ?? (filled(entry.port) === null ? null : await cloud.neutron.idOf('port', entry.port as string));
      const where =
        portId === null
          ? { uuid: await cloud.neutron.idOf('network', entry.network ?? ''), fixed_ip: filled(entry.fixed_ip) }
          : { port: portId };
      return given({ ...where, tag: filled(entry.tag) });
    }),
  );
}

/** Points the floating IPs that entries name to the server's ports. Repeating it changes nothing. */
export async function associateFloatingIps(cloud: Cloud, serverId: string, entries: readonly NetworkEntry[]): Promise<void> {
  const wanted = entries.filter((entry) => filled(entry.floating_ip) !== null);
  if (wanted.length === 0) return;
  const present = await cloud.nova.interfaces(serverId);
  for (const [entry, found] of await matched(cloud, wanted, present)) {
    if (found === null) continue;
    const address = filled(entry.fixed_ip);
    const where = { port_id: String(found.port_id), ...(address !== null && { fixed_ip_address: address }) };
    await cloud.neutron.update('floatingip', entry.floating_ip as string, where);
  }
}

/** Each entry with the interface that it describes, each interface used once. */
export async function matched(
  cloud: Cloud,
  entries: readonly NetworkEntry[],
  present: readonly JsonObject[],
): Promise<readonly (readonly [NetworkEntry, JsonObject | null])[]> {
  const free = [...present];
  const pairs: (readonly [NetworkEntry, JsonObject | null])[] = [];
  // Precise entries choose first, so that a vague one does not take their interface.
  const byPrecision = [...entries].sort((one, other) => precision(other) - precision(one));
  for (const entry of byPrecision) {
    const ids = {
      port: filled(entry.port) === null ? null : await cloud.neutron.idOf('port', entry.port as string),
      network: filled(entry.network) === null ? null : await cloud.neutron.idOf('network', entry.network as string),
      subnet: filled(entry.subnet) === null ? null : await cloud.neutron.idOf('subnet', entry.subnet as string),
    };
    const i = free.findIndex((item) => fits(item, entry, ids));
    pairs.push([entry, i < 0 ? null : (free.splice(i, 1)[0] as JsonObject)]);
  }
  return pairs;
}

const precision = (entry: NetworkEntry): number =>
  (filled(entry.port) !== null ? 4 : 0) + (filled(entry.fixed_ip) !== null ? 2 : 0) + (filled(entry.subnet) !== null ? 1 : 0);

function fits(
  item: JsonObject,
  entry: NetworkEntry,
  ids: { readonly port: string | null; readonly network: string | null; readonly subnet: string | null },
): boolean {
  const addresses = isJsonArray(item.fixed_ips) ? item.fixed_ips.filter(isJsonObject) : [];
  if (ids.port !== null) return item.port_id === ids.port;
  if (ids.network !== null && item.net_id !== ids.network) return false;
  if (filled(entry.fixed_ip) !== null && !addresses.some((address) => address.ip_address === entry.fixed_ip)) return false;
  return ids.subnet === null || addresses.some((address) => address.subnet_id === ids.subnet);
}

/** The networks that raw entries name, as written. */
export function networksRequired(raw: Json | undefined): readonly (Json | undefined)[] {
  return isJsonArray(raw) ? raw.flatMap((entry) => (isJsonObject(entry) ? [entry.network ?? entry.uuid] : [])) : [];
}
