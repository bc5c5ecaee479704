/** Deleting what stands for a resource: kept or not as the deletion policy says, and whatever an interrupted creation may have left besides. */
import { Failure, type FailureCode, isJsonObject, type Json } from '@hearth/kernel';
import type { Call, Copying, Live, Progress, ResourceType } from '@hearth/resource-kit';
import type { EngineStore, ResourceRecord } from '@hearth/store';
import { type LeftBy, leftBy } from './left-by.ts';

/** Waits until this process may call; throws once it never will. */
export type UntilOwner = () => Promise<void>;

interface DeletionPorts {
  readonly untilOwner: UntilOwner;
  readonly store: Pick<EngineStore, 'heldByOthers'>;
}

export async function beginDeletion<C>(
  row: ResourceRecord,
  type: ResourceType<C>,
  call: Call<C>,
  { untilOwner, store }: DeletionPorts,
): Promise<Progress> {
  // Where another one has taken its place because it was gone, the same address may lead to that one by now.
  const isKnownGone = row.drift?.state === 'gone' && row.replacedBy !== null;
  if (row.deletionPolicy === 'retain' || isKnownGone) return { kind: 'done' };
  // A creation that was broken off may have left something although no id was ever recorded.
  const isUncertain = row.verifyAt !== null || (row.physicalId === null && type.isFoundByPlace !== true);
  const { ids: found, made } = isUncertain ? await leftByCreation(row, type, call, store) : { ids: [], made: call };
  const physicalId = row.physicalId ?? found[0] ?? null;
  for (const extra of found) if (extra !== physicalId) await removeExtra(type, made, extra, untilOwner);
  if (physicalId === null) return { kind: 'done' };
  if (isUncertain) await untilOwner();
  const live = { ...liveOf(row, row.physicalId === null ? made : call), physicalId };
  const progress = await (keepsCopy(row, type) ? copyThenDelete(type, live, null, untilOwner) : type.delete(live));
  return progress.kind === 'wait' ? { ...progress, physicalId } : progress;
}

/** Where nothing may be looked at, nothing was made: a resource that could not be made is not to keep its stack from going. */
async function leftByCreation<C>(
  row: ResourceRecord,
  type: ResourceType<C>,
  call: Call<C>,
  store: DeletionPorts['store'],
): Promise<LeftBy<C>> {
  try {
    return await leftBy(row, type, call, store);
  } catch (error) {
    if (row.verifyAt === null && error instanceof Failure && OUT_OF_REACH.has(error.code)) return { ids: [], made: call };
    throw error;
  }
}
const OUT_OF_REACH: ReadonlySet<FailureCode> = new Set(['configuration', 'forbidden', 'invalid']);

export async function checkDeletion<C>(
  row: ResourceRecord,
  type: ResourceType<C>,
  call: Call<C>,
  untilOwner: UntilOwner,
): Promise<Progress> {
  const live = liveOf(row, call);
  const { token } = row;
  if (isJsonObject(token) && token[COPYING] !== undefined) return copyThenDelete(type, live, token[COPYING], untilOwner);
  return (await type.checkDelete?.(live, token)) ?? { kind: 'done' };
}

/** In the token of a deletion that makes a copy first: what the copying waits for. */
const COPYING = 'copying';

/** What was never whole, or may be half changed, is not worth a copy. */
export const keepsCopy = <C>(row: ResourceRecord, type: ResourceType<C>): boolean =>
  row.deletionPolicy === 'snapshot' && row.digest !== null && type.copies !== undefined;

/** Nothing is deleted before its copy is whole; a copy that fails fails the deletion. */
async function copyThenDelete<C>(type: ResourceType<C>, live: Live<C>, token: Json, untilOwner: UntilOwner): Promise<Progress> {
  const copying = type.copies;
  if (copying !== undefined) {
    const id = typeof token === 'string' ? token : await soleCopy(copying, live, untilOwner);
    const copy = id === null ? await copying.make(live) : await copying.check({ ...live, physicalId: id });
    if (copy.kind === 'wait') return { ...copy, physicalId: live.physicalId, token: { [COPYING]: copy.physicalId ?? id } };
  }
  await untilOwner();
  return type.delete(live);
}

/** The copy that an interrupted call left; any second one is deleted. */
export async function soleCopy<C>(copying: Copying<C>, live: Live<C>, untilOwner: UntilOwner): Promise<string | null> {
  const [first, ...others] = await copying.find(live);
  for (const physicalId of others) {
    await untilOwner();
    await copying.delete({ ...live, physicalId });
  }
  await untilOwner();
  return first ?? null;
}

/** `call`: as the creation was that made it, for what belongs to it was made by that. */
export async function removeExtra<C>(type: ResourceType<C>, call: Call<C>, physicalId: string, untilOwner: UntilOwner): Promise<void> {
  await untilOwner();
  try {
    const progress = await type.delete({ ...call, physicalId, data: {} });
    // Not asked for yet: what is still being made, for instance, can often not be deleted.
    if (progress.kind === 'wait' && progress.token !== null)
      throw new Failure(
        'busy',
        `a second ${call.resourceName} (${physicalId}) cannot be deleted yet${progress.saw ? `: it is ${progress.saw}` : ''}`,
      );
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'not-found')) throw error;
  }
  call.log.warn('deleted-duplicate', { resource: call.resourceName, stack: call.stackId, physicalId });
}

export const liveOf = <C>(row: ResourceRecord, call: Call<C>): Live<C> => ({
  ...call,
  physicalId: row.physicalId ?? row.physicalName,
  data: row.data,
});
