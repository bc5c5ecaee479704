/** The disks that the body of POST /servers wishes for, in the newer and the older notation; nothing is looked up here. */
import { isUuidLike, type Json, type JsonObject } from '@hearth/kernel';
import type { DiskRecord } from './records.ts';
import { badRequest, choiceOf, listOf, needed, objectOf, textOf, truthOf, wholeOf } from './refusals.ts';

const MAX_DISKS = 32;
const invalid = (reason: string) => badRequest(`Block Device Mapping is Invalid: ${reason}`);

/** Empty: the server has one disk on its host, made from its image. */
export function disksOf(given: JsonObject, imageId: string | null): readonly DiskRecord[] {
  const { block_device_mapping: older, block_device_mapping_v2: newer } = given;
  const isOlder = Array.isArray(older) && older.length > 0;
  if (isOlder && newer !== undefined) throw badRequest('Using different block_device_mapping syntaxes is not allowed in the same request.');
  const disks = isOlder ? olderDisks(older as readonly Json[], imageId) : newer === undefined ? [] : newerDisks(newer);
  if (disks.length > 0 && !disks.some((disk) => disk.bootIndex === 0))
    throw invalid('Boot sequence for the instance and image/block device mapping combination is not valid.');
  return disks;
}

const newerDisks = (value: Json): readonly DiskRecord[] =>
  listOf(value, 'block_device_mapping_v2', MAX_DISKS).map((one, index) => diskOf(objectOf(one, 'block_device_mapping_v2'), index));

const sizeOf = (value: Json | undefined): number =>
  value === undefined || value === null || value === '' ? 0 : wholeOf(value, 'volume_size', 0);
const textOrNull = (value: Json | undefined, field: string): string | null =>
  value === undefined || value === null || value === '' ? null : textOf(value, field);
const deviceAt = (index: number): string => `/dev/vd${String.fromCharCode(97 + index)}`;

function diskOf(given: JsonObject, index: number): DiskRecord {
  const source = choiceOf(needed(given, 'block_device_mapping_v2', 'source_type'), 'source_type', ['image', 'volume', 'snapshot', 'blank']);
  const isVolume = destinationOf(given, source) === 'volume';
  const bootIndex = given.boot_index === undefined || given.boot_index === null ? -1 : wholeOf(given.boot_index, 'boot_index', -1);
  // The size of a swap disk is in MB, and counts apart.
  const sizeGb = !isVolume && given.guest_format === 'swap' ? 0 : sizeOf(given.volume_size);
  if (isVolume && sizeGb === 0 && source === 'image')
    throw badRequest("Images with destination_type 'volume' need to have a non-zero size specified");
  if (isVolume && sizeGb === 0 && source === 'blank')
    throw badRequest("Blank volumes (source: 'blank', dest: 'volume') need to have non-zero size");
  const sourceId = textOrNull(given.uuid, 'uuid');
  if (source !== 'blank' && (sourceId === null || !isUuidLike(sourceId))) throw invalid('it needs the uuid of what it is made from.');
  const volumeType = textOrNull(given.volume_type, 'volume_type');
  const tag = textOrNull(given.tag, 'tag');
  return {
    bootIndex,
    source,
    sourceId,
    volumeId: source === 'volume' ? sourceId : null,
    sizeGb,
    deviceName: (textOrNull(given.device_name, 'device_name') ?? deviceAt(index)).replace(/^(?!\/dev\/)/, '/dev/'),
    isDeletedWithServer:
      given.delete_on_termination === undefined ? !isVolume : truthOf(given.delete_on_termination, 'delete_on_termination'),
    isVolume,
    ...(volumeType === null ? {} : { volumeType }),
    ...(tag === null ? {} : { tag }),
  };
}

function destinationOf(given: JsonObject, source: DiskRecord['source']): 'local' | 'volume' {
  const usual = source === 'volume' || source === 'snapshot' ? 'volume' : 'local';
  const destination =
    given.destination_type === undefined || given.destination_type === null
      ? usual
      : choiceOf(given.destination_type, 'destination_type', ['local', 'volume']);
  if (usual === 'volume' && destination === 'local') throw invalid(`Mapping ${source} to local is not supported.`);
  return destination;
}

/** `[{device_name, volume_id | snapshot_id, volume_size, delete_on_termination}]`; without an image, the first one is booted from. */
function olderDisks(value: readonly Json[], imageId: string | null): readonly DiskRecord[] {
  if (value.length > MAX_DISKS) throw badRequest(`block_device_mapping takes at most ${MAX_DISKS} disks.`);
  const disks = value.map((one, index): DiskRecord => {
    const given = objectOf(one, 'block_device_mapping');
    const volumeId = textOrNull(given.volume_id, 'volume_id');
    const snapshotId = textOrNull(given.snapshot_id, 'snapshot_id');
    const sourceId = volumeId ?? snapshotId;
    if (sourceId === null || !isUuidLike(sourceId)) throw invalid('it needs the uuid of a volume or a snapshot.');
    const place = imageId === null ? index : index + 1;
    return {
      bootIndex: imageId === null && index === 0 ? 0 : -1,
      source: volumeId === null ? 'snapshot' : 'volume',
      sourceId,
      volumeId,
      sizeGb: sizeOf(given.volume_size),
      deviceName: (textOrNull(given.device_name, 'device_name') ?? deviceAt(place)).replace(/^(?!\/dev\/)/, '/dev/'),
      isDeletedWithServer:
        given.delete_on_termination === undefined ? false : truthOf(given.delete_on_termination, 'delete_on_termination'),
      isVolume: true,
    };
  });
  if (imageId === null) return disks;
  const root: DiskRecord = {
    bootIndex: 0,
    source: 'image',
    sourceId: imageId,
    volumeId: null,
    sizeGb: 0,
    deviceName: '/dev/vda',
    isDeletedWithServer: true,
  };
  return [root, ...disks];
}
