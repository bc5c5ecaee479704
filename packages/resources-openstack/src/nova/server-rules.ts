/** Combinations of a server's properties that its schema cannot say, in Heat's words. */
import type { NetworkEntry } from './server-networks.ts';

interface RuleProps {
  readonly image?: string | null;
  readonly block_device_mapping?: readonly Readonly<Record<string, unknown>>[] | null;
  readonly block_device_mapping_v2?: readonly Readonly<Record<string, unknown>>[] | null;
  readonly networks?: readonly (NetworkEntry | null)[] | null;
  readonly security_groups?: readonly unknown[];
  readonly metadata?: Readonly<Record<string, unknown>>;
}

const isSet = (value: unknown): boolean => value !== undefined && value !== null && value !== '';
const SOURCES_V2 = ['volume_id', 'snapshot_id', 'image', 'image_id', 'swap_size', 'ephemeral_size', 'ephemeral_format'] as const;

/** Absent properties are not known yet, and neither are null entries of lists. */
export function serverProblems(props: RuleProps): readonly string[] {
  return [...diskProblems(props), ...networkProblems(props)].slice(0, 1);
}

function* diskProblems({ image, block_device_mapping: old, block_device_mapping_v2: disks }: RuleProps): Generator<string> {
  if (isAny(old) && isAny(disks))
    yield 'Cannot define the following properties at the same time: block_device_mapping, block_device_mapping_v2.';
  for (const disk of old ?? []) {
    if ('volume_id' in disk && 'snapshot_id' in disk && !isSet(disk.volume_id) && !isSet(disk.snapshot_id)) {
      yield `Either volume_id or snapshot_id must be specified for device mapping ${String(disk.device_name)}`;
    }
  }
  for (const disk of disks ?? []) {
    const isKnown = SOURCES_V2.every((key) => key in disk);
    if (isKnown && !SOURCES_V2.some((key) => isSet(disk[key]))) {
      yield 'Either volume_id, snapshot_id, image_id, swap_size, ephemeral_size or ephemeral_format must be specified.';
    }
  }
  const known = image !== undefined && old !== undefined && disks !== undefined;
  if (known && !isSet(image) && !isAny(old) && !isAny(disks)) yield 'Neither image nor bootable volume is specified for this server';
}

const isAny = (list: readonly unknown[] | null | undefined): boolean => (list ?? []).length > 0;

function* networkProblems({ networks, security_groups }: RuleProps): Generator<string> {
  const entries = (networks ?? []).filter((entry) => entry !== null);
  for (const entry of entries) {
    if (isSet(entry.allocate_network)) {
      if (entries.length > 1) yield 'Property "allocate_network" can not be specified if multiple network interfaces set for server.';
      if (isSet(entry.network) || isSet(entry.port) || isSet(entry.subnet))
        yield 'Cannot define the following properties at the same time: allocate_network, network, port, subnet.';
      continue;
    }
    const isKnown = 'network' in entry && 'port' in entry && 'subnet' in entry;
    if (isKnown && !isSet(entry.network) && !isSet(entry.port) && !isSet(entry.subnet)) {
      yield 'One of the properties "network", "port", "allocate_network" or "subnet" should be set for the specified network of this server.';
    }
    if (isSet(entry.port) && isSet(entry.fixed_ip))
      yield 'Cannot define the following properties at the same time: networks/fixed_ip, networks/port.';
    if (isSet(entry.port) && (security_groups ?? []).length > 0)
      yield 'Cannot define the following properties at the same time: security_groups, networks/port.';
  }
}
