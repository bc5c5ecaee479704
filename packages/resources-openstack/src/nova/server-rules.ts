/** Combinations of a server's properties that its schema cannot say, in Heat's words. */
import { conflict, isSet } from '@hearth/resource-kit';
import type { NetworkEntry } from './server-networks.ts';

type Disk = Readonly<Record<string, unknown>>;
interface RuleProps {
  readonly image?: string | null;
  readonly block_device_mapping?: readonly Disk[] | null;
  readonly block_device_mapping_v2?: readonly Disk[] | null;
  readonly networks?: readonly (NetworkEntry | null)[] | null;
  readonly security_groups?: readonly unknown[];
  readonly user_data_format?: string;
  readonly software_config_transport?: string;
}

const isAny = (list: readonly unknown[] | null | undefined): boolean => (list ?? []).length > 0;
/** Absent values are not known yet; null ones were not given. */
const areKnown = (disk: Disk, names: readonly string[]): boolean => names.every((name) => name in disk);

/** Absent properties are not known yet, and neither are null entries of lists. */
export function serverProblems(props: RuleProps): readonly string[] {
  return [...diskProblems(props), ...networkProblems(props), ...transportProblems(props)].slice(0, 1);
}

const NOT_THERE_YET: Readonly<Record<string, string>> = {
  POLL_SERVER_CFN: 'users inside stacks and the CloudFormation-compatible API',
  POLL_SERVER_HEAT: 'users inside stacks',
  POLL_TEMP_URL: 'software deployments',
  ZAQAR_MESSAGE: 'users inside stacks and the messaging service',
};

function* transportProblems({ user_data_format, software_config_transport }: RuleProps): Generator<string> {
  if (user_data_format !== 'SOFTWARE_CONFIG' || software_config_transport === undefined) return;
  const missing = NOT_THERE_YET[software_config_transport] ?? 'software deployments';
  yield `user_data_format SOFTWARE_CONFIG with software_config_transport ${software_config_transport} needs ${missing}, which this server does not offer yet. Use the format RAW or HEAT_CFNTOOLS.`;
}

const SOURCES = ['volume_id', 'snapshot_id', 'image', 'swap_size'] as const;
const EPHEMERAL = ['ephemeral_size', 'ephemeral_format'] as const;

function* diskProblems({ image, block_device_mapping: old, block_device_mapping_v2: disks }: RuleProps): Generator<string> {
  if (isAny(old) && isAny(disks)) yield conflict('block_device_mapping', 'block_device_mapping_v2');
  for (const disk of old ?? []) yield* oldDiskProblems(disk);
  for (const disk of disks ?? []) yield* newDiskProblems(disk);
  if (image === undefined || old === undefined || disks === undefined) return;
  const all = disks ?? [];
  const bootable = all.filter((disk) => (disk.boot_index ?? 0) === 0 && SOURCES.slice(0, 3).some((name) => isSet(disk[name])));
  const isOldBootable = (old ?? []).some((disk) => disk.device_name === 'vda');
  const isSure = all.every((disk) => areKnown(disk, [...SOURCES, 'boot_index']));
  if (isSure && !isSet(image) && !isOldBootable && bootable.length === 0)
    yield 'Neither image nor bootable volume is specified for this server';
  if (isSure && all.length > 0 && bootable.length + (isSet(image) ? 1 : 0) > 1) yield 'Multiple bootable sources for this server.';
}

function* oldDiskProblems(disk: Disk): Generator<string> {
  if (isSet(disk.volume_id) && isSet(disk.snapshot_id)) yield conflict('volume_id', 'snapshot_id');
  if (areKnown(disk, ['volume_id', 'snapshot_id']) && !isSet(disk.volume_id) && !isSet(disk.snapshot_id))
    yield `Either volume_id or snapshot_id must be specified for device mapping ${String(disk.device_name)}`;
}

function* newDiskProblems(disk: Disk): Generator<string> {
  const given = SOURCES.filter((name) => isSet(disk[name])).length + (EPHEMERAL.some((name) => isSet(disk[name])) ? 1 : 0);
  if (given > 1) yield conflict(...SOURCES, ...EPHEMERAL);
  if (given === 0 && areKnown(disk, [...SOURCES, ...EPHEMERAL]))
    yield 'Either volume_id, snapshot_id, image_id, swap_size, ephemeral_size or ephemeral_format must be specified.';
}

const ALONE = ['network', 'port', 'subnet', 'fixed_ip', 'floating_ip', 'port_extra_properties', 'tag'] as const;

function* networkProblems({ networks, security_groups }: RuleProps): Generator<string> {
  const entries = (networks ?? []).filter((entry) => entry !== null);
  for (const entry of entries) {
    if (isSet(entry.allocate_network)) {
      if (ALONE.some((name) => isSet(entry[name])))
        yield 'Can not specify "allocate_network" with other keys of networks at the same time.';
      continue;
    }
    const isKnown = 'network' in entry && 'port' in entry && 'subnet' in entry;
    if (isKnown && !isSet(entry.network) && !isSet(entry.port) && !isSet(entry.subnet)) {
      yield 'One of the properties "network", "port", "allocate_network" or "subnet" should be set for the specified network of this server.';
    }
    if (isSet(entry.port) && isSet(entry.fixed_ip)) yield conflict('networks/fixed_ip', 'networks/port');
    if (isKnown && isSet(entry.floating_ip) && !isSet(entry.port) && !isSet(entry.subnet))
      yield 'Property "floating_ip" is not supported if only "network" is specified, because the corresponding port can not be retrieved.';
    if (isSet(entry.port) && isAny(security_groups)) yield conflict('security_groups', 'networks/port');
  }
  if (entries.length > 1 && entries.some((entry) => isSet(entry.allocate_network)))
    yield 'Property "allocate_network" can not be specified if multiple network interfaces set for server.';
}
