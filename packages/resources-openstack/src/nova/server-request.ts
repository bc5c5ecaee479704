/** Booting a server: the request, and finding what an interrupted one left. */
import type { Cloud } from '@hearth/cloud-openstack';
import { Failure, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import type { Call } from '@hearth/resource-kit';
import { given } from '../neutron/family.ts';
import { hasMarkedPorts, hasOwnPorts, requestedNetworks, type NetworkProps, type OwnPorts } from './server-networks.ts';

interface Disk {
  readonly [key: string]: Json;
}
export interface BootProps extends NetworkProps {
  readonly name: string | null;
  readonly image: string | null;
  readonly flavor: string;
  readonly key_name: string | null;
  readonly availability_zone: string | null;
  readonly scheduler_hints: JsonObject | null;
  readonly metadata: JsonObject;
  readonly user_data: string;
  readonly reservation_id: string | null;
  readonly config_drive: boolean | null;
  readonly diskConfig: string | null;
  readonly personality: JsonObject;
  readonly admin_pass: string | null;
  readonly block_device_mapping: readonly object[] | null;
  readonly block_device_mapping_v2: readonly object[] | null;
}
type Wish = Call<Cloud, BootProps>;

/** Metadata key that tells our own server from a stranger's where the user chose the name. */
export const MARK = 'hearth_resource';
const filled = (text: string | null): string | null => (text === '' ? null : text);
const serverName = ({ props, physicalName }: Pick<Wish, 'props' | 'physicalName'>): string => filled(props.name) ?? physicalName;

/** Stands for "its ports are made, the server is not yet" where a physical id is wanted. */
export const portHolderId = (physicalName: string): string => `ports:${physicalName}`;
export const isPortHolder = (physicalId: string): boolean => physicalId.startsWith('ports:');

export async function findServers(call: Wish): Promise<readonly string[]> {
  const { cloud, props, physicalName } = call;
  const named = await cloud.nova.serversNamed(serverName(call));
  // One that is on its way out is nobody's any more; lists may show it for a moment after it has gone.
  const staying = named.filter((server) => server.status !== 'DELETED' && server['OS-EXT-STS:task_state'] !== 'deleting');
  const ours = staying.filter(
    (server) => filled(props.name) === null || (isJsonObject(server.metadata) && server.metadata[MARK] === physicalName),
  );
  if (ours.length > 0) return ours.map((server) => String(server.id));
  return hasOwnPorts(props.networks) && (await hasMarkedPorts(cloud, physicalName)) ? [portHolderId(physicalName)] : [];
}

/** What the guest's metadata service shows; texts as they are, the rest as JSON. */
export function metadataOf(metadata: JsonObject, name: string | null, physicalName: string): Record<string, string> {
  const texts = Object.entries(metadata).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)] as const);
  return { ...Object.fromEntries(texts), ...(filled(name) !== null && { [MARK]: physicalName }) };
}

/** The new server's id. */
export async function bootServer(call: Wish, own: OwnPorts): Promise<string> {
  const { cloud, props, physicalName } = call;
  const networks = await requestedNetworks(cloud, props, own);
  const disks = [...oldDisks(props.block_device_mapping), ...(await newDisks(cloud, props.block_device_mapping_v2))];
  const metadata = metadataOf(props.metadata, props.name, physicalName);
  const files = Object.entries(props.personality).map(([path, contents]) => ({ path, contents: base64(String(contents)) }));
  const groups = hasOwnPorts(props.networks) ? [] : props.security_groups;
  const server = given({
    name: serverName(call),
    flavorRef: await flavorId(cloud, props.flavor),
    imageRef: filled(props.image) === null ? '' : await cloud.glance.imageId(props.image as string),
    key_name: filled(props.key_name),
    availability_zone: filled(props.availability_zone),
    config_drive: props.config_drive,
    'OS-DCF:diskConfig': filled(props.diskConfig),
    adminPass: filled(props.admin_pass),
    reservation_id: filled(props.reservation_id),
    networks,
    security_groups: groups.length > 0 ? groups.map((name) => ({ name: String(name) })) : null,
    user_data: props.user_data === '' ? null : base64(props.user_data),
    metadata: Object.keys(metadata).length > 0 ? metadata : null,
    personality: files.length > 0 ? files : null,
    block_device_mapping_v2: disks.length > 0 ? disks : null,
  });
  return cloud.nova.createServer(server, { microversion: microversionFor(props), hints: props.scheduler_hints });
}

export async function flavorId(cloud: Cloud, nameOrId: string): Promise<string> {
  const flavor = await cloud.nova.findFlavor(nameOrId);
  if (typeof flavor?.id !== 'string') throw new Failure('not-found', `No Flavor matching {'name': '${nameOrId}'}. (HTTP 404)`);
  return flavor.id;
}

/** The oldest that knows every field of the request; null = the first, which also old clouds speak. */
function microversionFor(props: BootProps): string | null {
  const entries = props.networks ?? [];
  if (entries.some((entry) => filled(entry.tag) !== null)) return '2.42';
  return entries.some((entry) => filled(entry.allocate_network) !== null) ? '2.37' : null;
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
const field = (disk: object, key: string): Json => (disk as Disk)[key] ?? null;
const text = (disk: object, key: string): string | null => filled(field(disk, key) as string | null);

function oldDisks(disks: readonly object[] | null): readonly JsonObject[] {
  return (disks ?? []).map((disk) => {
    const volume = text(disk, 'volume_id');
    return given({
      device_name: text(disk, 'device_name'),
      source_type: volume === null ? 'snapshot' : 'volume',
      destination_type: 'volume',
      uuid: volume ?? text(disk, 'snapshot_id'),
      volume_size: field(disk, 'volume_size'),
      delete_on_termination: field(disk, 'delete_on_termination') ?? false,
      boot_index: /(?:^|\/)[a-z]*a$/.test(text(disk, 'device_name') ?? '') ? 0 : -1,
    });
  });
}

const newDisks = (cloud: Cloud, disks: readonly object[] | null): Promise<readonly JsonObject[]> =>
  Promise.all(
    (disks ?? []).map(async (disk, i) => {
      const image = text(disk, 'image');
      return given({
        ...(await sourceOf(cloud, disk, image)),
        device_name: text(disk, 'device_name'),
        device_type: text(disk, 'device_type'),
        disk_bus: text(disk, 'disk_bus'),
        boot_index:
          field(disk, 'boot_index') ??
          (i === 0 && (image !== null || text(disk, 'volume_id') !== null || text(disk, 'snapshot_id') !== null) ? 0 : -1),
        delete_on_termination: field(disk, 'delete_on_termination'),
      });
    }),
  );

async function sourceOf(cloud: Cloud, disk: object, image: string | null): Promise<JsonObject> {
  const size = field(disk, 'volume_size');
  const volume = text(disk, 'volume_id');
  const snapshot = text(disk, 'snapshot_id');
  if (volume !== null) return { source_type: 'volume', destination_type: 'volume', uuid: volume, ...given({ volume_size: size }) };
  if (snapshot !== null) return { source_type: 'snapshot', destination_type: 'volume', uuid: snapshot, ...given({ volume_size: size }) };
  if (image !== null)
    return { source_type: 'image', destination_type: 'volume', uuid: await cloud.glance.imageId(image), ...given({ volume_size: size }) };
  const swap = field(disk, 'swap_size');
  if (swap !== null) return { source_type: 'blank', destination_type: 'local', guest_format: 'swap', volume_size: swap };
  return {
    source_type: 'blank',
    destination_type: 'local',
    ...given({ volume_size: field(disk, 'ephemeral_size'), guest_format: text(disk, 'ephemeral_format') }),
  };
}
