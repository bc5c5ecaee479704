/**
 * Copies that are kept for snapshots: rows of their own beside those of the resources, made, looked for and deleted by the same steps, and never shown.
 * A resource that is being copied waits for its copy's row. Pure.
 */
import { Bug, isJsonObject, type JsonObject, type ResourceId } from '@hearth/kernel';
import type { Call, Copying, ResourceType } from '@hearth/resource-kit';
import type { ResourceRecord, SnapshotState, StackRecord } from '@hearth/store';
import { physicalName } from './physical-name.ts';
import { beginCreate, beginDelete, isTombstone } from './transitions.ts';

const SUFFIX = '#copy';

/** The registered type of which a copy's row keeps a copy; null for the handlers of resources. */
export const copiedType = (handler: string): string | null => (handler.endsWith(SUFFIX) ? handler.slice(0, -SUFFIX.length) : null);

const known = new WeakMap<ResourceType, ResourceType>();

/** Copies of a type as a type of their own, so that they are made and deleted like anything else. */
export function copyTypeOf<C>(type: ResourceType<C>): ResourceType<C> {
  const before = known.get(type as ResourceType);
  if (before !== undefined) return before as ResourceType<C>;
  const made = madeCopyType(type);
  known.set(type as ResourceType, made as ResourceType);
  return made;
}

function madeCopyType<C>(type: ResourceType<C>): ResourceType<C> {
  const copies = type.copies as Copying<C>;
  return {
    name: `${type.name}${SUFFIX}`,
    doc: `A copy of ${type.name}.`,
    support: type.support,
    service: type.service,
    properties: {},
    attributes: {},
    examples: [],
    find: (call) => copies.find(asThing(call)),
    create: (call) => copies.make({ ...asThing(call), physicalId: sourceOf(call.props), data: {} }),
    checkCreate: (live) => copies.check({ ...live, ...asThing(live) }),
    delete: (live) => copies.delete({ ...live, ...asThing(live) }),
    ...(copies.checkDelete !== undefined && {
      checkDelete: async (live) => copies.checkDelete?.({ ...live, ...asThing(live) }) ?? { kind: 'done' },
    }),
    observe: async () => ({}),
  };
}

/** A copy's row keeps the properties of the thing. */
const asThing = <C>(call: Call<C>): Call<C> => ({ ...call, props: isJsonObject(call.props['props']) ? call.props['props'] : {} });

function sourceOf(properties: JsonObject): string {
  const source = properties['source'];
  if (typeof source !== 'string') throw new Bug('a copy knows nothing of what it is a copy of');
  return source;
}

/** The intent to make a copy, and what it is made of waiting for it. */
export function beginCopy(row: ResourceRecord, id: ResourceId, stack: StackRecord, now: number): readonly [ResourceRecord, ResourceRecord] {
  const { name, type, handler, properties, physicalId, stackId } = row;
  const wanted = {
    properties: { source: physicalId, props: properties },
    metadata: {},
    deletionPolicy: 'delete',
    externalId: null,
  } as const;
  const named = physicalName(stack.name, name, id, 255);
  const begun = beginCreate(
    {
      id,
      stackId,
      name,
      type,
      handler: `${handler}${SUFFIX}`,
      physicalName: named,
      requires: [],
      replaces: null,
      traversal: stack.traversal,
    },
    wanted,
    now,
  );
  const waiting: ResourceRecord = { ...row, phase: 'waiting', token: { copy: id }, wakeAt: null };
  return [waiting, { ...begun, snapshotId: stack.snapshotId }];
}

/** The copy that a resource waits for; null: none. */
export function awaitedCopy({ action, phase, token }: ResourceRecord): ResourceId | null {
  if (action !== 'SNAPSHOT' || phase !== 'waiting' || !isJsonObject(token)) return null;
  return typeof token['copy'] === 'string' ? (token['copy'] as ResourceId) : null;
}

/** Why nothing can be kept for the snapshot any more; null: it can. */
export function cannotKeep({ snapshotId }: StackRecord, snapshots: readonly SnapshotState[]): string | null {
  const snapshot = snapshots.find(({ id }) => id === snapshotId);
  return snapshot === undefined || snapshot.action === 'DELETE' ? 'NotFound: the snapshot is being deleted' : null;
}

/** Copies of snapshots that are to go, and that nothing is done about yet, as rows whose deletion begins. */
export function copiesToDelete(
  copies: Iterable<ResourceRecord>,
  snapshots: readonly SnapshotState[],
  now: number,
): readonly ResourceRecord[] {
  const attempts = new Map(snapshots.filter(isDoomed).map(({ id, attempt }) => [id, attempt]));
  return [...copies].flatMap((copy) => {
    const attempt = copy.snapshotId === null ? undefined : attempts.get(copy.snapshotId);
    if (attempt === undefined || copy.phase === 'calling' || isTombstone(copy)) return [];
    const isTried = copy.action === 'DELETE' && (copy.status === 'IN_PROGRESS' || copy.traversal === attempt);
    return isTried ? [] : [beginDelete(copy, attempt, now)];
  });
}

export const isDoomed = ({ action, status }: SnapshotState): boolean => action === 'DELETE' && status === 'IN_PROGRESS';
