/** Booting a server: the request, and finding what an interrupted one left. */
import { isSet } from '@hearth/resource-kit';
import type { Cloud } from '@hearth/cloud-openstack';
import { Failure, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import type { Call } from '@hearth/resource-kit';
import { given } from '../neutron/family.ts';
import { encodedUserData, type UserDataProps } from './server-user-data.ts';
import { hasMarkedPorts, hasOwnPorts, requestedNetworks, type NetworkProps, type OwnPorts } from './server-networks.ts';

interface Disk {
  readonly [key: string]: Json;
}
export interface BootProps extends NetworkProps, UserDataProps {
  readonly name: string | null;
  readonly image: string | null;
  readonly flavor: string;
  readonly key_name: string | null;
  readonly availability_zone: string | null;
  readonly scheduler_hints: JsonObject | null;
  readonly metadata: JsonObject;
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
  const image = filled(props.image) === null ? null : await cloud.glance.imageId(props.image as string);
  const disks = [...oldDisks(props.block_device_mapping), ...(await newDisks(cloud, props.block_device_mapping_v2))];
  // With disks of the newer notation the service wants to be told of the image's own disk, too.
  const isBooted = disks.some((disk) => disk.boot_index === 0);
  const imageDisk = image === null || disks.length === 0 || isBooted ? [] : [imageDiskOf(image)];
  const metadata = metadataOf(props.metadata, props.name, physicalName);
  const groups = hasOwnPorts(props.networks) ? [] : props.security_groups;
  const server = given({
    name: serverName(call),
    flavorRef: await flavorId(cloud, props.flavor),
    imageRef: image ?? '',
    key_name: filled(props.key_name),
    availability_zone: filled(props.availability_zone),
    config_drive: props.config_drive,
    'OS-DCF:diskConfig': filled(props.diskConfig),
    adminPass: filled(props.admin_pass),
    networks,
    security_groups: groups.length > 0 ? groups.map((name) => ({ name: String(name) })) : null,
    user_data: await encodedUserData(call),
    metadata: Object.keys(metadata).length > 0 ? metadata : null,
    personality: personalityOf(props.personality),
    block_device_mapping_v2: disks.length > 0 ? [...imageDisk, ...disks] : null,
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

/** Files for the guest, by path; null when there are none. */
export function personalityOf(personality: JsonObject): readonly JsonObject[] | null {
  const files = Object.keys(personality)
    .sort()
    .map((path) => ({ path, contents: Buffer.from(String(personality[path] ?? ''), 'utf8').toString('base64') }));
  return files.length === 0 ? null : files;
}

const imageDiskOf = (image: string): JsonObject => ({
  uuid: image,
  source_type: 'image',
  destination_type: 'local',
  boot_index: 0,
  delete_on_termination: true,
});

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
    (disks ?? []).map(async (disk) =>
      given({
        ...(await sourceOf(cloud, disk)),
        device_name: text(disk, 'device_name'),
        ...Object.fromEntries(
          SAID.flatMap((key) => {
            const value = field(disk, key);
            return isSet(value) ? [[key, value]] : [];
          }),
        ),
      }),
    ),
  );

/** What the user says of a disk comes before what its source means. */
const SAID = ['device_type', 'disk_bus', 'boot_index', 'volume_size', 'delete_on_termination'] as const;

async function sourceOf(cloud: Cloud, disk: object): Promise<JsonObject> {
  const kept = { destination_type: 'volume', boot_index: 0, delete_on_termination: false };
  const volume = text(disk, 'volume_id');
  if (volume !== null) return { uuid: volume, source_type: 'volume', ...kept };
  const snapshot = text(disk, 'snapshot_id');
  if (snapshot !== null) return { uuid: snapshot, source_type: 'snapshot', ...kept };
  const image = text(disk, 'image');
  if (image !== null) return { uuid: await cloud.glance.imageId(image), source_type: 'image', ...kept };
  const local = { source_type: 'blank', destination_type: 'local', boot_index: -1, delete_on_termination: true };
  const swap = field(disk, 'swap_size');
  if (swap !== null) return { ...local, guest_format: 'swap', volume_size: swap };
  return { ...local, ...given({ volume_size: field(disk, 'ephemeral_size'), guest_format: text(disk, 'ephemeral_format') }) };
}
