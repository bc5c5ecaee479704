/** What the block storage service shows of the properties that a volume was made with. */
import type { Cloud } from '@hearth/cloud-openstack';
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { asSent, type Live, ofGiven } from '@hearth/resource-kit';
import { shownItem } from '../neutron/live.ts';
import { MARK, type VolumeProps } from './volume-request.ts';

/** The service tells the name of the type. */
export async function volumeIds({ cloud, props }: Live<Cloud, Pick<VolumeProps, 'volume_type'>>) {
  const wanted = props.volume_type;
  if (wanted === null || wanted === '') return {};
  const name = (await cloud.cinder.findType(wanted))?.name;
  return { volume_type: typeof name === 'string' ? name : undefined };
}

/** In the metadata, but not of the user's making. */
const SET_BY_SERVICE = [MARK, 'readonly', 'attached_mode'];

/** A name or description that was taken out of the template stays as it is. */
export function liveVolume({ observed, props }: { readonly observed: { readonly show?: Json }; readonly props: VolumeProps }) {
  const volume = shownItem(observed);
  const metadata = isJsonObject(volume.metadata ?? null) ? (volume.metadata as JsonObject) : {};
  const own = Object.fromEntries(
    Object.entries(metadata).filter(([key]) => !SET_BY_SERVICE.includes(key) || Object.hasOwn(props.metadata, key)),
  );
  return ofGiven(props, {
    name: props.name === '' ? undefined : volume.name,
    description: volume.description ?? '',
    size: volume.size,
    volume_type: volume.volume_type,
    metadata: asSent(own, props.metadata, (value) => (typeof value === 'string' ? value : JSON.stringify(value))),
    read_only: metadata.readonly === undefined ? false : String(metadata.readonly).toLowerCase() === 'true',
  });
}
