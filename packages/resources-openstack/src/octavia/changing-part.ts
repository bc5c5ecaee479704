/**
 * The life of everything that a load balancer consists of, and of itself. It takes one change at a time, so creation, change and deletion are
 * asked for again, look by look, until they are accepted; what is not made yet has a stand-in for an id. A tag on each shows what is ours.
 */
import { isNotFound, type Attempt, type Cloud, type OctaviaKind, type OctaviaPlace } from '@hearth/cloud-openstack';
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { type Call, type Live, type Progress, ResourceFailed, type Update, wait, done } from '@hearth/resource-kit';

/** Where a part is. `balancerId` is null for load balancers themselves. */
export interface Site {
  readonly parentId: string | null;
  readonly balancerId: string | null;
}
/** What is special about one type. */
export interface PartPlan<P> {
  readonly kind: OctaviaKind;
  /** Throws a `not-found` failure when what it is part of is gone. */
  site(cloud: Cloud, props: P): Promise<Site>;
  /** The request of a creation; nulls are left out, and the mark is added. */
  body(call: Call<Cloud, P>): Promise<Readonly<Record<string, Json | undefined>>>;
  /** The request of a change of these properties. */
  changes(live: Live<Cloud, P>, names: readonly string[]): Promise<JsonObject>;
  /** Tags of the user's own. */
  tags?(props: P): readonly Json[];
}

/** The longest physical name whose mark is a valid tag. */
export const MAX_NAME_LENGTH = 240;
const MARK = 'hearth:';
const STAND_IN = 'pending:';
/** A conflict that is not about another change may still pass (what is in the way is just being deleted), but not for long. */
const MAX_CONFLICTS = 20;

/** The members of a resource type that all parts have in common. */
export interface PartHandlers<P> {
  find(call: Call<Cloud, P>): Promise<readonly string[]>;
  isStandIn(physicalId: string): boolean;
  create(call: Call<Cloud, P>): Promise<Progress & { readonly physicalId: string }>;
  checkCreate(live: Live<Cloud, P>, token: Json): Promise<Progress>;
  update(change: Update<Cloud, P>): Promise<Progress>;
  checkUpdate(live: Live<Cloud, P>, token: Json): Promise<Progress>;
  delete(live: Live<Cloud, P>): Promise<Progress>;
  checkDelete(live: Live<Cloud, P>, token: Json): Promise<Progress>;
}

export function partHandlers<P>(plan: PartPlan<P>): PartHandlers<P> {
  return {
    find: (call: Call<Cloud, P>) => findMarked(plan, call),
    isStandIn,
    create: (call: Call<Cloud, P>) => tryCreate(plan, call, true, 0),
    checkCreate: (live: Live<Cloud, P>, token: Json) =>
      isStandIn(live.physicalId) ? tryCreate(plan, live, false, conflictsIn(token)) : untilActive(plan, live, null),
    update: (change: Update<Cloud, P>) => tryUpdate(plan, change, Object.keys(change.changed), true, 0),
    checkUpdate(live: Live<Cloud, P>, token: Json): Promise<Progress> {
      const names = isJsonObject(token) && Array.isArray(token.names) ? (token.names as readonly string[]) : [];
      return names.length > 0 ? tryUpdate(plan, live, names, false, conflictsIn(token)) : untilActive(plan, live, SETTLING);
    },
    delete: (live: Live<Cloud, P>) => tryDelete(plan, live, true, 0),
    checkDelete: (live: Live<Cloud, P>, token: Json) => untilGone(plan, live, token),
  };
}

const SETTLING: JsonObject = { names: [] };
const ASKED: JsonObject = { asked: true };
const isStandIn = (id: string): boolean => id.startsWith(STAND_IN);
const conflictsIn = (token: Json): number => (isJsonObject(token) && typeof token.conflicts === 'number' ? token.conflicts : 0);
const statusOf = (item: JsonObject | null): string => (item === null ? 'DELETED' : String(item.provisioning_status ?? 'UNKNOWN'));
const inError = (): ResourceFailed => new ResourceFailed('Went to status ERROR due to "Unknown"');
const markOf = (physicalName: string): string => `${MARK}${physicalName}`;

async function placeOf<P>(plan: PartPlan<P>, { cloud, props }: Pick<Call<Cloud, P>, 'cloud' | 'props'>): Promise<OctaviaPlace> {
  return { kind: plan.kind, parentId: (await plan.site(cloud, props)).parentId };
}

async function findMarked<P>(plan: PartPlan<P>, call: Call<Cloud, P>): Promise<readonly string[]> {
  try {
    const mark = markOf(call.physicalName);
    const items = await call.cloud.octavia.list(await placeOf(plan, call), { tags: mark });
    return items.flatMap(({ id, tags }) => (typeof id === 'string' && Array.isArray(tags) && tags.includes(mark) ? [id] : []));
  } catch (error) {
    // Without what it would be part of, there is none of it.
    if (isNotFound(error)) return [];
    throw error;
  }
}

/** The tags that a part has: the mark, and the user's. */
export const tagsOf = (physicalName: string, own: readonly Json[] | null): readonly Json[] => [
  ...new Set([...(own ?? []), markOf(physicalName)]),
];

async function tryCreate<P>(
  plan: PartPlan<P>,
  call: Call<Cloud, P>,
  isFirst: boolean,
  conflicts: number,
): Promise<Progress & { readonly physicalId: string }> {
  const { cloud, props, physicalName } = call;
  const { parentId, balancerId } = await plan.site(cloud, props);
  const tags = tagsOf(physicalName, plan.tags?.(props) ?? null);
  const item = { ...given(await plan.body(call)), tags };
  const make = async (): Promise<string> => {
    // A call of an owner that died may have made it: with the first one, the engine has looked.
    const [present] = isFirst ? [] : await findMarked(plan, call);
    return present ?? String((await cloud.octavia.create({ kind: plan.kind, parentId }, item)).id);
  };
  if (balancerId === null) return wait('PENDING_CREATE', { physicalId: await make() });
  const attempt = await cloud.octavia.attempt(balancerId, isFirst, make);
  if (attempt.kind === 'done') return wait('PENDING_CREATE', { physicalId: attempt.answer });
  const token = { conflicts: nextConflicts(attempt, conflicts) };
  return wait(sawOf(attempt), { physicalId: `${STAND_IN}${physicalName}`, token });
}

async function tryUpdate<P>(
  plan: PartPlan<P>,
  live: Live<Cloud, P>,
  names: readonly string[],
  isFirst: boolean,
  conflicts: number,
): Promise<Progress> {
  const { cloud, props, physicalId } = live;
  const { parentId, balancerId } = await plan.site(cloud, props);
  const changes = await plan.changes(live, names);
  if (Object.keys(changes).length === 0) return done();
  const attempt = await cloud.octavia.attempt(balancerId ?? physicalId, isFirst, () =>
    cloud.octavia.update({ kind: plan.kind, parentId }, physicalId, changes),
  );
  if (attempt.kind === 'done') return wait('PENDING_UPDATE', { token: SETTLING });
  return wait(sawOf(attempt), { token: { names, conflicts: nextConflicts(attempt, conflicts) } });
}

async function tryDelete<P>(plan: PartPlan<P>, live: Live<Cloud, P>, isFirst: boolean, conflicts: number): Promise<Progress> {
  const { cloud, props } = live;
  const [left] = isStandIn(live.physicalId) ? await findMarked(plan, live) : [live.physicalId];
  if (left === undefined) return done();
  const { parentId, balancerId } = await plan.site(cloud, props);
  const attempt = await cloud.octavia.attempt(balancerId ?? left, isFirst, () => cloud.octavia.delete({ kind: plan.kind, parentId }, left));
  // Of what has no id of its own yet, it is asked again whether something is left.
  if (attempt.kind === 'done') return wait('PENDING_DELETE', { token: isStandIn(live.physicalId) ? { conflicts: 0 } : ASKED });
  return wait(sawOf(attempt), { token: { conflicts: nextConflicts(attempt, conflicts) } });
}

async function untilGone<P>(plan: PartPlan<P>, live: Live<Cloud, P>, token: Json): Promise<Progress> {
  if (!isJsonObject(token) || token.asked !== true) return tryDelete(plan, live, false, conflictsIn(token));
  const status = statusOf(await live.cloud.octavia.look(await placeOf(plan, live), live.physicalId));
  if (status === 'DELETED') return done();
  if (status === 'ERROR') throw inError();
  // Accepted, and yet there: asked for again.
  return status === 'ACTIVE' ? tryDelete(plan, live, false, 0) : wait(status, { token: ASKED });
}

async function untilActive<P>(plan: PartPlan<P>, live: Live<Cloud, P>, token: Json): Promise<Progress> {
  const status = statusOf(await live.cloud.octavia.look(await placeOf(plan, live), live.physicalId));
  if (status === 'DELETED') throw new ResourceFailed('it disappeared while it was being changed', 'NotFound');
  if (status === 'ERROR') throw inError();
  return status === 'ACTIVE' ? done() : wait(status, { token });
}

type Busy = Extract<Attempt<unknown>, { readonly kind: 'busy' }>;
const sawOf = ({ saw }: Busy): string => `waiting for the load balancer (${saw})`;

function nextConflicts(busy: Busy, before: number): number {
  if (busy.isPassing) return before;
  if (before >= MAX_CONFLICTS && busy.error !== null) throw busy.error;
  return before + 1;
}

/** As the service has it; null when it, or what it is part of, is gone. */
export async function observedPart<P>(plan: PartPlan<P>, live: Live<Cloud, P>): Promise<JsonObject | null> {
  if (isStandIn(live.physicalId)) return null;
  try {
    return await live.cloud.octavia.get(await placeOf(plan, live), live.physicalId);
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

export function given(body: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(body).filter((entry): entry is [string, Json] => entry[1] !== null && entry[1] !== undefined));
}

/** The new values of these properties; null takes one away, and so does an empty text, which is what an explicit null becomes. */
export const changedFields = (props: object, names: readonly string[]): Record<string, Json> =>
  Object.fromEntries(
    names.map((name) => {
      const value = (Reflect.get(props, name) ?? null) as Json;
      return [name, value === '' ? null : value];
    }),
  );

/** Only what the attributes name, null where the service says nothing. */
export function picked<K extends string>(item: JsonObject, names: readonly K[]): { readonly [N in K]: Json } {
  return Object.fromEntries(names.map((name) => [name, item[name] ?? null])) as { [N in K]: Json };
}
