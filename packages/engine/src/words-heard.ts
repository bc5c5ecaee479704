/**
 * What users say of a resource (it is broken, or well; its hook is cleared) is written to its row by their request, and an owner writes whole rows. So a
 * batch is for what its owner knew: if something was said meanwhile, the rows are read again, and what was said goes into the batch. Who said that the stack
 * is to stop is not answered by a rollback: that is taken out of the batch, and decided anew.
 */
import { Failure, type ResourceId } from '@hearth/kernel';
import type { Claim, CommitResult, EngineBatch, EngineStore, NewEvent, ResourceRecord } from '@hearth/store';
import { asUnhealthy, isUnhealthy, UNHEALTHY } from './health.ts';
import { clearedHook, pendingHook, withClearedHook } from './hooks.ts';
import type { Pending, StackView } from './stack-view.ts';

/** Also where the batch was written already and its answer was lost: a word that came since stays. */
export async function commitHearing(
  store: EngineStore,
  claim: Claim,
  view: StackView,
  pending: Pending,
  batch: EngineBatch,
): Promise<CommitResult> {
  if (batch.resources.length === 0 && !rollsBack(batch)) return store.commit(claim, batch);
  let said = batch;
  for (let seen = view.stack.wakeVersion; ; ) {
    try {
      const result = await store.commit(claim, { ...said, ifWakeVersion: seen });
      return said.stack === batch.stack ? result : { ...result, stackPatched: false };
    } catch (error) {
      if (!(error instanceof Failure && error.code === 'conflict')) throw error;
    }
    const now = await store.load(claim.stackId);
    if (now === null) throw new Failure('lease-lost', `stack ${claim.stackId} is gone`);
    seen = now.stack.wakeVersion;
    said = { ...said, resources: heard(view, pending, said.resources, now.resources) };
    if (now.stack.haltReason !== null && rollsBack(said)) said = { ...said, stack: null, events: said.events.filter(isOfResource) };
  }
}

const rollsBack = ({ stack }: EngineBatch): boolean => stack?.patch.action === 'ROLLBACK';
const isOfResource = ({ physicalId, stackId }: NewEvent): boolean => physicalId !== stackId;

function heard(
  view: StackView,
  pending: Pending,
  ours: readonly ResourceRecord[],
  present: readonly ResourceRecord[],
): readonly ResourceRecord[] {
  const byId = new Map(present.map((row): [ResourceId, ResourceRecord] => [row.id, row]));
  return ours.map((row) => {
    const theirs = byId.get(row.id);
    const after = theirs === undefined ? row : withWord(row, pending.before.get(row.id) ?? null, theirs);
    if (after !== row) view.keep(after);
    return after;
  });
}

/** `before`: the row as the owner knew it. `theirs`: as it is there, with what was said. */
export function withWord(ours: ResourceRecord, before: ResourceRecord | null, theirs: ResourceRecord): ResourceRecord {
  const hook = clearedHook(theirs);
  if (hook !== null && pendingHook(ours) === hook) return withClearedHook(ours, hook);
  // What is being deleted is neither broken nor well.
  if (ours.action === 'DELETE' || !isMarked(before, theirs)) return ours;
  const { [UNHEALTHY]: _before, ...data } = ours.data;
  const told = isUnhealthy(theirs) ? asUnhealthy(ours) : { ...ours, data };
  if (ours.status === 'IN_PROGRESS') return told;
  const { action, status, statusReason, updatedAt } = theirs;
  return { ...told, action, status, statusReason, updatedAt };
}

/** Only users leave a row checked that no visit was under way on. */
function isMarked(before: ResourceRecord | null, theirs: ResourceRecord): boolean {
  if (theirs.action !== 'CHECK' || theirs.status === 'IN_PROGRESS') return false;
  return before === null || before.action !== 'CHECK' || before.status !== theirs.status || before.updatedAt !== theirs.updatedAt;
}
