/** Making a volume: the request, the mark by which our own is known, and what is set once it stands. */
import { isSet, nameOr } from '@hearth/resource-kit';
import type { Cloud } from '@hearth/cloud-openstack';
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import type { Call } from '@hearth/resource-kit';

export interface VolumeProps {
  readonly name: string | null;
  readonly description: string | null;
  readonly size: number | null;
  readonly availability_zone: string | null;
  readonly backup_id: string | null;
  readonly snapshot_id: string | null;
  readonly source_volid: string | null;
  readonly image: string | null;
  readonly volume_type: string | null;
  readonly metadata: JsonObject;
  readonly scheduler_hints: JsonObject | null;
  readonly read_only: boolean | null;
}

/** In the metadata of volumes whose name the user chose. */
export const MARK = 'hearth_resource';

export const nameOf = (props: Pick<VolumeProps, 'name'>, physicalName: string): string => nameOr(props.name, physicalName);

/** Cinder keeps texts only. */
const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
export function metadataOf({ metadata, ...props }: Pick<VolumeProps, 'name' | 'metadata'>, physicalName: string): JsonObject {
  const own = Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, textOf(value)]));
  return isSet(props.name) ? { ...own, [MARK]: physicalName } : own;
}

/** The new volume's id. */
export async function makeVolume({ cloud, props, physicalName }: Call<Cloud, VolumeProps>): Promise<string> {
  // A restored volume takes its name in a second call; until then it has ours, by which it is found.
  if (props.backup_id !== null) return cloud.cinder.restoreBackup(props.backup_id, { name: physicalName });
  const image = isSet(props.image) ? await cloud.glance.imageId(props.image) : null;
  const volume = {
    name: nameOf(props, physicalName),
    description: props.description,
    size: props.size,
    availability_zone: props.availability_zone === '' ? null : props.availability_zone,
    metadata: metadataOf(props, physicalName),
    ...(image !== null && { imageRef: image }),
    ...(props.snapshot_id !== null && { snapshot_id: props.snapshot_id }),
    ...(props.source_volid !== null && { source_volid: props.source_volid }),
    ...(props.volume_type !== null && { volume_type: props.volume_type }),
  };
  return String((await cloud.cinder.createVolume(volume, props.scheduler_hints)).id);
}

/** Ids of what creations of this very resource left. */
export async function findVolumes({ cloud, props, physicalName }: Call<Cloud, VolumeProps>): Promise<readonly string[]> {
  const isOurs = (volume: JsonObject): boolean =>
    statusIsPresent(volume) && (volume.name === physicalName || (isJsonObject(volume.metadata) && volume.metadata[MARK] === physicalName));
  const names = [...new Set([nameOf(props, physicalName), physicalName])];
  const found = (await Promise.all(names.map((name) => cloud.cinder.volumesNamed(name)))).flat();
  return [...new Set(found.filter(isOurs).map((volume) => String(volume.id)))];
}
const statusIsPresent = (volume: JsonObject): boolean => volume.status !== 'deleting';

/** What can be set only once the volume stands; may be repeated. */
export async function finishVolume(
  { cloud, props, physicalName }: Pick<Call<Cloud, VolumeProps>, 'cloud' | 'props' | 'physicalName'>,
  volume: JsonObject,
): Promise<void> {
  const id = String(volume.id);
  if (props.backup_id !== null) {
    const name = nameOf(props, physicalName);
    if (volume.name !== name || (volume.description ?? null) !== props.description)
      await cloud.cinder.updateVolume(id, { name, description: props.description });
    const metadata = metadataOf(props, physicalName);
    if (Object.keys(metadata).length > 0) await cloud.cinder.setVolumeMetadata(id, metadata);
  }
  if (props.read_only !== null) await setReadOnly(cloud, id, props.read_only);
}

export const setReadOnly = (cloud: Cloud, id: string, readonly: boolean): Promise<void> =>
  cloud.cinder.volumeAction(id, { 'os-update_readonly_flag': { readonly } });
