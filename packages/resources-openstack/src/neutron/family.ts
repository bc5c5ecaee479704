/** What Neutron's resources share: request bodies, the mark that shows what is ours, status, tags. */
import type { Cloud, NeutronKind } from '@hearth/cloud-openstack';
import type { Json, JsonObject } from '@hearth/kernel';
import { done, type Progress, ResourceFailed, wait, isSet } from '@hearth/resource-kit';

interface NamedProps {
  readonly name: string | null;
  readonly value_specs: JsonObject;
  readonly tags: readonly string[] | null;
}
interface Named {
  readonly cloud: Cloud;
  readonly physicalName: string;
  readonly props: NamedProps;
}

/** What the user calls it; the added fields have the last word. */
const givenName = ({ name, value_specs }: NamedProps): string | null =>
  isSet(value_specs.name) ? String(value_specs.name) : isSet(name) ? name : null;
/** A description of the user's in the place of the mark: it is set once the id is on record, and nothing needs to be found any more. */
const laterDescription = (props: NamedProps): Json =>
  givenName(props) !== null && isSet(props.value_specs.description) ? (props.value_specs.description as Json) : null;

/** Name, mark and the user's own additions, around a body. Nulls mean "not given". */
export function newItem({ physicalName, props }: Named, body: Readonly<Record<string, Json | undefined>>): JsonObject {
  const name = givenName(props);
  return {
    ...given(body),
    ...props.value_specs,
    name: name ?? physicalName,
    // Where the user chose the name, the description tells our own from another one of the same name.
    ...(name !== null && { description: physicalName }),
  };
}

export function given(body: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(body).filter((entry): entry is [string, Json] => entry[1] !== null && entry[1] !== undefined));
}

/** Ids of what creations of this very resource left. */
export async function findMarked({ cloud, props, physicalName }: Named, kind: NeutronKind): Promise<readonly string[]> {
  const name = givenName(props);
  const items = await cloud.neutron.list(kind, { name: name ?? physicalName });
  const isOurs = (item: JsonObject): boolean =>
    item.name === (name ?? physicalName) && (name === null || item.description === physicalName);
  return items.flatMap((item) => (isOurs(item) && typeof item.id === 'string' ? [item.id] : []));
}

function standing(kind: NeutronKind, item: JsonObject | null): Progress {
  if (item === null) throw new ResourceFailed(`the ${kind} disappeared while it was being made`, 'NotFound');
  const status = typeof item.status === 'string' ? item.status : 'ACTIVE';
  if (status === 'ERROR' || status === 'DEGRADED') throw new ResourceFailed(`Went to status ${status} due to "Unknown"`);
  if (status === 'BUILD') return wait(status);
  if (status !== 'ACTIVE' && status !== 'DOWN') throw new ResourceFailed(`${kind} has unknown status ${status}`, 'ResourceUnknownStatus');
  return done();
}

/** At each look: tags and the user's own description are calls of their own, made once the thing stands. */
export async function settled({ cloud, physicalId, props }: Named & { readonly physicalId: string }, kind: NeutronKind): Promise<Progress> {
  const item = await cloud.neutron.get(kind, physicalId);
  const progress = standing(kind, item);
  if (progress.kind === 'wait') return progress;
  const { tags } = props;
  const description = laterDescription(props);
  if (description !== null && item?.description !== description) await cloud.neutron.update(kind, physicalId, { description });
  if (tags !== null && tags.length > 0 && !sameTags(item?.tags, tags)) await cloud.neutron.setTags(kind, physicalId, tags);
  return progress;
}

const sameTags = (present: Json | undefined, wanted: readonly string[]): boolean =>
  Array.isArray(present) && present.length === wanted.length && wanted.every((tag) => (present as readonly Json[]).includes(tag));

/** After a creation call: the id is known, and often nothing is left to do. `more`: something besides is to be set by a second call. */
export function created({ props }: Named, kind: NeutronKind, item: JsonObject, more = false): Progress & { readonly physicalId: string } {
  const physicalId = item.id as string;
  // The id is committed first: a process that dies between the two calls must know it.
  if (more || (props.tags ?? []).length > 0 || laterDescription(props) !== null) return wait('created', { physicalId, afterMs: 0 });
  return { ...standing(kind, item), physicalId };
}

/** Only what the attributes name, null where the service says nothing. */
export function picked<K extends string>(item: JsonObject, names: readonly K[]): { readonly [N in K]: Json } {
  return Object.fromEntries(names.map((name) => [name, item[name] ?? null])) as { [N in K]: Json };
}

/** Names or ids of security groups as ids, in order. */
export const securityGroupIds = (cloud: Cloud, groups: readonly Json[]): Promise<readonly string[]> =>
  Promise.all(groups.map((group) => cloud.neutron.idOf('security_group', String(group))));
