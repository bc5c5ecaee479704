/** What Neutron's resources share: request bodies, the mark that shows what is ours, status, tags. */
import type { Cloud, NeutronKind } from '@hearth/cloud-openstack';
import type { Json, JsonObject } from '@hearth/kernel';
import { done, type Progress, ResourceFailed, wait, isSet } from '@hearth/resource-kit';
import { isRecent } from './mark.ts';

interface NamedProps {
  readonly name: string | null;
  readonly value_specs: JsonObject;
}
interface Named {
  readonly physicalName: string;
  readonly props: NamedProps;
}

/** Name, mark and the user's own additions, around a body. Nulls mean "not given". */
export function newItem({ physicalName, props }: Named, body: Readonly<Record<string, Json | undefined>>): JsonObject {
  const isNamed = isSet(props.name);
  return {
    name: isNamed ? (props.name as string) : physicalName,
    // Where the user chose the name, the description tells our own from a stranger's of the same name.
    ...(isNamed && { description: physicalName }),
    ...given(body),
    ...props.value_specs,
  };
}

export function given(body: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(body).filter((entry): entry is [string, Json] => entry[1] !== null && entry[1] !== undefined));
}

/** Ids of what creations of this very resource left. */
export async function findMarked(
  cloud: Cloud,
  kind: NeutronKind,
  call: Named & { readonly startedAt: number },
): Promise<readonly string[]> {
  const { props, physicalName } = call;
  const isNamed = isSet(props.name);
  const name = isNamed ? (props.name as string) : physicalName;
  const mark = typeof props.value_specs.description === 'string' ? props.value_specs.description : physicalName;
  const items = await cloud.neutron.list(kind, { name });
  return items.flatMap((item) => {
    const isOurs =
      item.name === name && (!isNamed || (item.description === mark && (mark === physicalName || isRecent(item, call.startedAt))));
    return isOurs && typeof item.id === 'string' ? [item.id] : [];
  });
}

/** After creation and after each look: tags are a second call, made once the thing stands. */
export async function settled(cloud: Cloud, kind: NeutronKind, item: JsonObject | null, tags: readonly string[] | null): Promise<Progress> {
  if (item === null) throw new ResourceFailed(`the ${kind} disappeared while it was being made`, 'NotFound');
  const status = typeof item.status === 'string' ? item.status : 'ACTIVE';
  if (status === 'ERROR' || status === 'DEGRADED') throw new ResourceFailed(`Went to status ${status} due to "Unknown"`);
  if (status === 'BUILD') return wait(status);
  if (status !== 'ACTIVE' && status !== 'DOWN') throw new ResourceFailed(`${kind} has unknown status ${status}`, 'ResourceUnknownStatus');
  if (tags !== null && tags.length > 0 && !sameTags(item.tags, tags)) await cloud.neutron.setTags(kind, item.id as string, tags);
  return done();
}

const sameTags = (present: Json | undefined, wanted: readonly string[]): boolean =>
  Array.isArray(present) && present.length === wanted.length && wanted.every((tag) => (present as readonly Json[]).includes(tag));

/** After a creation call: the id is known, and often nothing is left to do. `more`: something is to be set by a second call. */
export async function created(
  cloud: Cloud,
  kind: NeutronKind,
  item: JsonObject,
  more: boolean,
): Promise<Progress & { readonly physicalId: string }> {
  const physicalId = item.id as string;
  // The id is committed first: a process that dies between the two calls must know it.
  if (more) return wait('created', { physicalId, afterMs: 0 });
  return { ...(await settled(cloud, kind, item, null)), physicalId };
}

/** Only what the attributes name, null where the service says nothing. */
export function picked<K extends string>(item: JsonObject, names: readonly K[]): { readonly [N in K]: Json } {
  return Object.fromEntries(names.map((name) => [name, item[name] ?? null])) as { [N in K]: Json };
}

/** Names or ids of security groups as ids, in order. */
export const securityGroupIds = (cloud: Cloud, groups: readonly Json[]): Promise<readonly string[]> =>
  Promise.all(groups.map((group) => cloud.neutron.idOf('security_group', String(group))));
