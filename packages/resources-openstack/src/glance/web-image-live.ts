/** What the image service shows of the properties that an image was made with. Pure. */
import type { Json, JsonObject } from '@hearth/kernel';
import { asSent, inAnyOrder, ofGiven } from '@hearth/resource-kit';
import { shownItem } from '../neutron/live.ts';

interface ToldProps {
  readonly visibility: string;
  readonly protected: boolean;
  readonly active: boolean;
  readonly tags: readonly Json[] | null;
  readonly architecture: string | null;
  readonly kernel_id: string | null;
  readonly ramdisk_id: string | null;
  readonly os_distro: string | null;
  readonly os_version: string | null;
  readonly owner: string | null;
  readonly extra_properties: JsonObject;
}

/** Properties that somebody else added cannot be told from the service's own; with whom it is shared is not shown with it. */
export function liveImage({ observed, props }: { readonly observed: { readonly show?: Json }; readonly props: ToldProps }) {
  const image = shownItem(observed);
  const extra = Object.entries(image).filter(([name]) => (props.extra_properties[name] ?? null) !== null);
  const field = (name: 'architecture' | 'kernel_id' | 'ramdisk_id' | 'os_distro' | 'os_version'): Json =>
    image[name] ?? (props[name] === '' ? '' : null);
  return ofGiven(props, {
    visibility: image.visibility,
    protected: image.protected,
    active: image.status !== 'deactivated',
    tags: inAnyOrder(image.tags, props.tags?.map(String) ?? null),
    architecture: field('architecture'),
    kernel_id: field('kernel_id'),
    ramdisk_id: field('ramdisk_id'),
    os_distro: field('os_distro'),
    os_version: field('os_version'),
    owner: image.owner,
    extra_properties: asSent(Object.fromEntries(extra), props.extra_properties, textOf),
  });
}

/** Nothing is sent for null. */
const textOf = (value: Json): Json | undefined => (value === null ? undefined : typeof value === 'string' ? value : JSON.stringify(value));
