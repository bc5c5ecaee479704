/** Servers as users see them, by microversion; ports and networks are read live, a page of servers at once. */
import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '@hearth/kernel';
import { isAdmin, type ApiRequest } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Network } from '../neutron/networks.ts';
import type { FloatingIp, FloatingIpBody } from '../neutron/l3-objects.ts';
import { collections as networkCollections, type NetworkBody, type PortBody } from '../neutron/objects.ts';
import type { Port } from '../neutron/ports.ts';
import type { HostCapacity } from '../drivers/driver.ts';
import { bookmark, isoMicroseconds, isoSeconds, linksOf } from './links.ts';
import { hasProgress, stateAt, statusOf, type ServerState } from './machine.ts';
import type { ServerDocument } from './records.ts';
import { presentDisks } from './volume-attachments-of-server.ts';

export interface Plugs {
  readonly ports: readonly Port[];
  /** By network id. */
  readonly networkNames: ReadonlyMap<string, string>;
  /** Addresses outside, by port and inner address with a space between. */
  readonly floatingIps: ReadonlyMap<string, readonly string[]>;
}

/** The ports of these servers, by server id, in the order they were plugged. `known`: their ports, where they were read already. */
export async function plugsOf(
  store: CloudStore,
  servers: readonly ServerDocument[],
  known?: readonly Port[],
): Promise<(server: ServerDocument) => Plugs> {
  const wanted = servers.filter((server) => server.body.portIds.length > 0).map((server) => server.id);
  const ports = known ?? (wanted.length === 0 ? [] : await plainPortsOf(store, wanted));
  const networks = await networksNamed(store, [...new Set(ports.map((port) => port.body.network_id))]);
  const networkNames = new Map(networks.map((network) => [network.id, network.name ?? '']));
  const floating = ports.length === 0 ? [] : await floatingOf(store, ports);
  const floatingIps = new Map<string, readonly string[]>();
  for (const { body } of floating) {
    const key = `${body.port_id} ${body.fixed_ip_address}`;
    floatingIps.set(key, [...(floatingIps.get(key) ?? []), body.floating_ip_address]);
  }
  const byServer = new Map<string, Port[]>();
  for (const port of ports) byServer.set(port.body.device_id, [...(byServer.get(port.body.device_id) ?? []), port]);
  return (server) => {
    const place = (port: Port): number => server.body.portIds.indexOf(port.id);
    return { ports: (byServer.get(server.id) ?? []).sort((a, b) => place(a) - place(b)), networkNames, floatingIps };
  };
}

const floatingOf = (store: CloudStore, ports: readonly Port[]): Promise<readonly FloatingIp[]> =>
  store.documents.list<FloatingIpBody>(networkCollections.floatingIps, {
    where: [{ field: 'parent_id', in: ports.map(({ id }) => id) }],
    preparedAs: 'of-ports',
  });

/** Of a port, lists of servers show the network, the MAC and the addresses: a third of what is stored. */
const UNSEEN_PORT_FIELDS = [
  'allowed_address_pairs',
  'binding:host_id',
  'binding:profile',
  'binding:vif_details',
  'binding:vif_type',
  'binding:vnic_type',
  'description',
  'dns_assignment',
  'dns_name',
  'extra_dhcp_opts',
  'qos_policy_id',
  'security_groups',
  'tags',
];

/** Without the fields that nobody sees here. */
const plainPortsOf = (store: CloudStore, serverIds: readonly string[]): Promise<readonly Port[]> =>
  store.documents.list<PortBody>(networkCollections.ports, {
    where: [{ field: 'device_id', in: serverIds }],
    without: UNSEEN_PORT_FIELDS,
    preparedAs: 'of-servers',
  });

async function networksNamed(store: CloudStore, ids: readonly string[]): Promise<readonly Network[]> {
  const [only, ...others] = ids;
  if (only === undefined) return [];
  if (others.length > 0)
    return store.documents.list<NetworkBody>(networkCollections.networks, { where: [{ field: 'id', in: ids }], preparedAs: 'by-ids' });
  const network = await store.documents.get<NetworkBody>(networkCollections.networks, only);
  return network === null ? [] : [network];
}

export interface ViewContext {
  readonly request: ApiRequest;
  readonly minor: number;
  readonly nowMs: number;
  readonly host: HostCapacity;
  /** `update`: the short form that PUT and rebuild had until 2.74. */
  readonly form: 'show' | 'detail' | 'update';
  /** Filled while a page is made. */
  readonly hostIds: Map<string, string>;
  /** Read for a single server shown to an administrator. */
  readonly userData?: string | null;
}

export const briefView = (server: ServerDocument, request: ApiRequest): JsonObject => ({
  id: server.id,
  name: server.name,
  links: linksOf(request, 'servers', server.id),
});

export function addressesOf(plugs: Plugs, isWithMac: boolean): JsonObject {
  const addresses: Record<string, JsonObject[]> = {};
  for (const port of plugs.ports) {
    const name = plugs.networkNames.get(port.body.network_id) ?? port.body.network_id;
    addresses[name] ??= [];
    const list = addresses[name];
    const add = (addr: string, type: 'fixed' | 'floating'): void => {
      const extra = isWithMac ? { 'OS-EXT-IPS:type': type, 'OS-EXT-IPS-MAC:mac_addr': port.body.mac_address } : {};
      list.push({ version: addr.includes(':') ? 6 : 4, addr, ...extra });
    };
    for (const { ip_address: addr } of port.body.fixed_ips) {
      add(addr, 'fixed');
      for (const outside of plugs.floatingIps.get(`${port.id} ${addr}`) ?? []) add(outside, 'floating');
    }
  }
  return addresses;
}

/** The same for every server of a project on a host, and different between projects; `known` spares hashing it again for a whole page. */
function hostIdOf(projectId: string, hostname: string, known: Map<string, string>): string {
  const text = `${projectId}${hostname}`;
  const id = known.get(text) ?? createHash('sha224').update(text).digest('hex');
  known.set(text, id);
  return id;
}

export function serverView(server: ServerDocument, plugs: Plugs, context: ViewContext): JsonObject {
  const { request, minor, form } = context;
  const { body } = server;
  const state = stateAt(body.state, context.nowMs);
  const status = statusOf(state);
  const isPlaced = isOnHost(state);
  const isBrief = form === 'update' && minor < 75;
  const view: Record<string, Json> = {
    id: server.id,
    name: server.name,
    status,
    tenant_id: server.projectId,
    user_id: body.user_id,
    metadata: body.metadata as JsonObject,
    hostId: isPlaced ? hostIdOf(server.projectId ?? '', context.host.hostname, context.hostIds) : '',
    image: body.image_id === null ? '' : { id: body.image_id, links: [bookmark(request, 'images', body.image_id)] },
    flavor: flavorView(state, context),
    created: isoSeconds(server.createdMs),
    updated: isoSeconds(Math.max(state.updatedAtMs, server.createdMs)),
    addresses: addressesOf(plugs, !isBrief),
    accessIPv4: body.accessIPv4,
    accessIPv6: body.accessIPv6,
    links: linksOf(request, 'servers', server.id),
    'OS-DCF:diskConfig': body.diskConfig,
  };
  if (state.fault !== null && (status === 'ERROR' || status === 'DELETED')) {
    view.fault = { code: state.fault.code, created: isoSeconds(state.fault.createdAtMs), message: state.fault.message };
  }
  if (hasProgress(status)) view.progress = 0;
  if (!isBrief) Object.assign(view, extendedView(server, state, plugs, context));
  if (minor >= 9) view.locked = body.locked;
  if (minor >= 73) view.locked_reason = body.lockedReason;
  if (minor >= 19) view.description = body.description;
  if (minor >= 26) view.tags = body.tags as readonly string[];
  if (minor >= 63) view.trusted_image_certificates = null;
  if (minor >= 71 && form !== 'detail') view.server_groups = body.group_id === null ? [] : [body.group_id];
  return view;
}

/** A server has a host from its build until it is shelved. */
const isOnHost = (state: ServerState): boolean => state.vmState !== 'building' && state.vmState !== 'shelved_offloaded';

function flavorView(state: ServerState, { request, minor }: ViewContext): JsonObject {
  const { flavor } = state;
  if (minor < 47) return { id: flavor.id, links: [bookmark(request, 'flavors', flavor.id)] };
  return {
    vcpus: flavor.vcpus,
    ram: flavor.ramMb,
    disk: flavor.diskGb,
    ephemeral: flavor.ephemeralGb,
    swap: flavor.swapMb,
    original_name: flavor.name,
    extra_specs: flavor.extraSpecs,
  };
}

function extendedView(server: ServerDocument, state: ServerState, plugs: Plugs, context: ViewContext): JsonObject {
  const { body } = server;
  const { minor, host } = context;
  const isPlaced = isOnHost(state);
  const view: Record<string, Json> = {
    'OS-EXT-AZ:availability_zone': isPlaced ? body.availability_zone : '',
    config_drive: body.configDrive ? 'True' : '',
    key_name: body.key_name,
    'OS-SRV-USG:launched_at': state.launchedAtMs === null ? null : isoMicroseconds(state.launchedAtMs),
    'OS-SRV-USG:terminated_at': state.terminatedAtMs === null ? null : isoMicroseconds(state.terminatedAtMs),
  };
  if (plugs.ports.length > 0 && body.securityGroups.length > 0) view.security_groups = body.securityGroups.map((name) => ({ name }));
  if (isAdmin(context.request.identity)) {
    Object.assign(view, {
      'OS-EXT-SRV-ATTR:host': isPlaced ? host.hostname : null,
      'OS-EXT-SRV-ATTR:instance_name': `instance-${(server.seq % 2 ** 32).toString(16).padStart(8, '0')}`,
      'OS-EXT-SRV-ATTR:hypervisor_hostname': isPlaced ? host.hostname : null,
    });
    if (minor >= 3) {
      Object.assign(view, {
        'OS-EXT-SRV-ATTR:reservation_id': body.reservation_id,
        'OS-EXT-SRV-ATTR:launch_index': body.launchIndex,
        'OS-EXT-SRV-ATTR:hostname': body.hostname,
        'OS-EXT-SRV-ATTR:kernel_id': '',
        'OS-EXT-SRV-ATTR:ramdisk_id': '',
        'OS-EXT-SRV-ATTR:root_device_name': body.disks[0]?.deviceName ?? '/dev/vda',
        'OS-EXT-SRV-ATTR:user_data': context.userData ?? null,
      });
    }
    if (minor >= 16) view.host_status = isPlaced ? 'UP' : '';
  } else if (minor >= 90) view['OS-EXT-SRV-ATTR:hostname'] = body.hostname;
  view['OS-EXT-STS:task_state'] = state.transition === null ? null : state.transition.taskState;
  view['OS-EXT-STS:vm_state'] = state.vmState;
  view['OS-EXT-STS:power_state'] = state.powerState;
  const volumes = presentDisks(body.disks, context.nowMs).filter((disk) => disk.volumeId !== null);
  view['os-extended-volumes:volumes_attached'] = volumes.map((disk) => ({
    id: disk.volumeId,
    ...(minor >= 3 ? { delete_on_termination: disk.isDeletedWithServer } : {}),
  }));
  return view;
}
