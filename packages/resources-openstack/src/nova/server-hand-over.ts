/** A server that another one takes the place of: ports and addresses that both name go to the other one, and come back when that is called off. */
import { type Cloud, isNotFound } from '@hearth/cloud-openstack';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { done, type HandingOver, type Live, type Progress, type TakingBack, wait } from '@hearth/resource-kit';
import { arrangeNetworks, detach } from './server-network-changes.ts';
import { deletePort, filled, markedPorts, type NetworkProps } from './server-networks.ts';
import { isPortHolder } from './server-request.ts';
import { isPassing, statusOf } from './server-status.ts';

type Names = Pick<NetworkProps, 'networks'>;

/** Ids of ports and addresses that somebody names: only one server can have them. */
async function namedBy(cloud: Cloud, { networks }: Names): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const { port, fixed_ip } of networks ?? []) {
    if (filled(port) !== null) names.add(await cloud.neutron.idOf('port', port as string));
    if (filled(fixed_ip) !== null) names.add(fixed_ip as string);
  }
  return names;
}

const addressesOf = (item: JsonObject): readonly string[] =>
  (isJsonArray(item.fixed_ips) ? item.fixed_ips.filter(isJsonObject) : []).map((one) => String(one.ip_address));
/** A port as Nova or as Neutron shows it. */
const idOf = (item: JsonObject): string => String(item.port_id ?? item.id);
const isNamed = (item: JsonObject, names: ReadonlySet<string>): boolean =>
  names.has(idOf(item)) || addressesOf(item).some((address) => names.has(address));

/** Another type asks for what it asks for: everything that was named here is let go. */
export async function givePorts(server: HandingOver<Cloud, NetworkProps>): Promise<Progress> {
  const names = await namedBy(server.cloud, server.next ?? server.props);
  return letGo(server.cloud, server.physicalId, server.physicalName, names);
}

export async function takePorts(server: TakingBack<Cloud, NetworkProps>): Promise<Progress> {
  const { cloud, physicalId, props, successors } = server;
  const present = isPortHolder(physicalId) ? null : await cloud.nova.getServer(physicalId);
  // What is gone has nothing to take back: the next look at it says so.
  if (present === null) return done();
  const names = await namedBy(cloud, props);
  for (const successor of successors) {
    const progress = await letGo(cloud, successor, null, names);
    if (progress.kind === 'wait') return progress;
  }
  if (statusOf(present) !== 'ACTIVE' && !isPassing(statusOf(present))) return done();
  const left = await arrangeNetworks(server as Live<Cloud, NetworkProps>, []);
  return left === null ? done() : wait(left);
}

/** Looked at again until it has none of them. `mark`: of ports that were made for the server, which go as well. */
async function letGo(cloud: Cloud, serverId: string, mark: string | null, names: ReadonlySet<string>): Promise<Progress> {
  if (names.size === 0) return done();
  const server = isPortHolder(serverId) ? null : await cloud.nova.getServer(serverId);
  const status = server === null ? 'DELETED' : statusOf(server);
  // Cards can be taken out of a machine that stands; one that is just coming up is waited for.
  if (status === 'BUILD') return wait(status);
  if (status === 'ACTIVE' || isPassing(status)) {
    const taken = (await cloud.nova.interfaces(serverId)).filter((item) => isNamed(item, names));
    for (const item of taken) await detach(cloud, serverId, idOf(item));
    if (taken.length > 0) return wait('detaching interfaces');
  }
  if (status === 'ERROR') await unbind(cloud, serverId, names);
  const own = mark === null ? [] : await markedPorts(cloud, mark);
  for (const port of own) if (isNamed(port, names)) await deletePort(cloud, idOf(port));
  return done();
}

/** What Nova cannot take out of a broken machine is freed where it belongs to: a named port stays, one that was made for the machine goes. */
async function unbind(cloud: Cloud, serverId: string, names: ReadonlySet<string>): Promise<void> {
  for (const port of await cloud.neutron.list('port', { device_id: serverId })) {
    if (!isNamed(port, names)) continue;
    try {
      if (names.has(idOf(port)))
        await cloud.neutron.update('port', idOf(port), { device_id: '', device_owner: '' } satisfies Record<string, Json>);
      else await deletePort(cloud, idOf(port));
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
