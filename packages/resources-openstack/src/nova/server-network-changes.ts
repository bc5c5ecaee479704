/**
 * Changing a server's networks in place. The update says which ports must leave; each look then does what is left to do, judged by what the
 * server has now, so that a change that was broken off is simply continued.
 */
import type { Cloud } from '@hearth/cloud-openstack';
import { digestOf, Failure, jsonEqual, type Json, type JsonObject } from '@hearth/kernel';
import type { Live } from '@hearth/resource-kit';
import { securityGroupIds } from '../neutron/family.ts';
import { fieldsOf } from '../neutron/port.ts';
import {
  associateFloatingIps,
  deletePort,
  filled,
  markedPorts,
  matched,
  mayHaveOwnPorts,
  needsOwnPort,
  type NetworkEntry,
  type NetworkProps,
  portBody,
} from './server-networks.ts';

type Server = Live<Cloud, NetworkProps>;
type Entries = readonly NetworkEntry[];

/** `auto` and `none`; an empty list leaves the choice to Nova, too. Null: the entries say it. */
const leftToNova = (entries: Entries): string | null =>
  entries.length === 0 ? 'any' : filled(entries.find((entry) => filled(entry.allocate_network) !== null)?.allocate_network ?? null);

/** Ids of the ports that must leave. What needs no port to come or go is done at once. */
export async function leavingPorts(server: Server, before: Entries): Promise<readonly string[]> {
  const { cloud, physicalId, props } = server;
  const after = props.networks ?? [];
  const present = await cloud.nova.interfaces(physicalId);
  await releaseFloatingIps(cloud, before, after);
  if (leftToNova(after) !== null) return leftToNova(after) === leftToNova(before) ? [] : portIds(present);
  const staying = await matched(cloud, after, present);
  await changeSettings(cloud, staying, await matched(cloud, before, present));
  const kept = new Set(staying.map(([, found]) => found));
  const spare = present.filter((item) => !kept.has(item));
  if (leftToNova(before) !== null) return portIds(spare);
  const gone = before.filter((old) => !after.some((entry) => isSame(entry, old)));
  return portIds((await matched(cloud, gone, spare)).flatMap(([, found]) => (found === null ? [] : [found])));
}

const portIds = (items: readonly JsonObject[]): readonly string[] => items.map((item) => String(item.port_id));
const isSame = (one: object | null, other: object | null): boolean => jsonEqual(one as Json, other as Json);

async function releaseFloatingIps(cloud: Cloud, before: Entries, after: Entries): Promise<void> {
  const wanted = new Set(after.map((entry) => entry.floating_ip));
  for (const { floating_ip } of before) {
    if (filled(floating_ip) === null || wanted.has(floating_ip)) continue;
    try {
      await cloud.neutron.update('floatingip', floating_ip as string, { port_id: null });
    } catch (error) {
      if (!(error instanceof Failure && error.code === 'not-found')) throw error;
    }
  }
}

/** Settings of ports that stay, where the new entry has others than the old one. */
async function changeSettings(cloud: Cloud, staying: Awaited<ReturnType<typeof matched>>, former: typeof staying): Promise<void> {
  for (const [entry, found] of staying) {
    const old = former.find(([, item]) => item === found)?.[0];
    const extra = entry.port_extra_properties;
    if (found === null || extra === null || old === undefined || isSame(old.port_extra_properties, extra)) continue;
    await cloud.neutron.update('port', String(found.port_id), {
      allowed_address_pairs: [],
      qos_policy_id: null,
      ...(await fieldsOf(cloud, extra)),
      ...(extra.no_fixed_ips && { fixed_ips: [] }),
      ...extra.value_specs,
    });
  }
}

/** Does what is left to do; what it waits for, or null when all is as wanted. */
export async function arrangeNetworks(server: Server, leaving: readonly string[]): Promise<string | null> {
  const { cloud, physicalId, props } = server;
  const after = props.networks ?? [];
  const present = await cloud.nova.interfaces(physicalId);
  const staying = present.filter((item) => !leaving.includes(String(item.port_id)));
  if (staying.length < present.length) {
    for (const portId of portIds(present)) if (leaving.includes(portId)) await detach(cloud, physicalId, portId);
    return 'detaching interfaces';
  }
  if (leftToNova(after) === null) {
    for (const [entry, found] of await matched(cloud, after, staying))
      if (found === null) await attach(server, entry, after.indexOf(entry));
    await associateFloatingIps(cloud, physicalId, after);
  } else if (leftToNova(after) !== 'none' && staying.length === 0) await cloud.nova.attachInterface(physicalId, {});
  if (leaving.length > 0 || mayHaveOwnPorts(server)) await deleteSparePorts(server, leaving);
  return null;
}

/** Our own ports that have left, and what an earlier change made and could not attach. */
async function deleteSparePorts({ cloud, physicalName }: Server, leaving: readonly string[]): Promise<void> {
  for (const port of await markedPorts(cloud, physicalName))
    if (!isUsed(port) || leaving.includes(String(port.id))) await deletePort(cloud, String(port.id));
}

/** One that is being detached already is left alone. */
export async function detach(cloud: Cloud, serverId: string, portId: string): Promise<void> {
  try {
    await cloud.nova.detachInterface(serverId, portId);
  } catch (error) {
    if (!(error instanceof Failure && (error.code === 'not-found' || error.code === 'conflict' || error.code === 'busy'))) throw error;
  }
}

async function attach({ cloud, physicalId, physicalName, props }: Server, entry: NetworkEntry, place: number): Promise<void> {
  const groups = props.security_groups;
  if (filled(entry.port) !== null) {
    await cloud.nova.attachInterface(physicalId, { port_id: await cloud.neutron.idOf('port', entry.port as string) });
  } else if (needsOwnPort(entry)) {
    // The name says which entry it is for: a port that was made and not yet attached is taken, not made again.
    const name = `${physicalName}-port-${place}-${digestOf(entry as unknown as Json).slice(0, 6)}`;
    const made = (await markedPorts(cloud, physicalName)).find((port) => port.name === name && !isUsed(port));
    const port = made ?? (await cloud.neutron.create('port', await portBody(cloud, entry, groups, name, physicalName)));
    await cloud.nova.attachInterface(physicalId, { port_id: String(port.id) });
  } else {
    const address = filled(entry.fixed_ip);
    const attachment = await cloud.nova.attachInterface(physicalId, {
      net_id: await cloud.neutron.idOf('network', entry.network ?? ''),
      ...(address !== null && { fixed_ips: [{ ip_address: address }] }),
    });
    // Nova gives a port that it makes the default group.
    if (groups.length > 0)
      await cloud.neutron.update('port', String(attachment.port_id), { security_groups: await securityGroupIds(cloud, groups) });
  }
}

const isUsed = (port: JsonObject): boolean => typeof port.device_id === 'string' && port.device_id !== '';
