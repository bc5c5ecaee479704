/** What is done once a stack is as it was wanted, or gone: versions that nobody needs are dropped, and a delegation ends with the last who used it. */
import { messageOf } from '@hearth/kernel';
import type { Claim, CredentialRecord, EngineStore, StackRecord } from '@hearth/store';
import { type EnginePorts, KEPT_VERSIONS } from './ports.ts';
import { revokeAgainAt } from './retry.ts';
import type { StackView } from './stack-view.ts';
import { isTombstone } from './transitions.ts';

type Ports = Pick<EnginePorts<never>, 'revoke' | 'timers' | 'log'>;

/** Nothing of the stack is there any more, or may still land. */
export const onlyDelegationIsLeft = (view: StackView): boolean =>
  view.stack.deletedAt !== null && view.stack.credentialId !== null && !view.everyRow().some(isTombstone) && view.copies.rows.size === 0;

/** Null: it is done, or given up. A time: when it is to be tried again. */
export async function endDelegation(
  stack: StackRecord,
  credential: CredentialRecord,
  claim: Claim,
  store: EngineStore,
  { revoke, timers, log }: Ports,
): Promise<number | null> {
  // A whole tree acts with what its root was given: who goes last ends it, be it a child that was retained.
  if (await store.letGoOfCredential(claim, credential.id)) return null;
  try {
    await revoke(stack, credential);
  } catch (error) {
    const again = revokeAgainAt(error, stack.deletedAt as number, timers.now());
    log.warn('delegation-not-revoked', { stack: stack.id, reason: messageOf(error), isTriedAgain: again !== null });
    if (again !== null) return again;
  }
  await store.deleteCredential(claim, credential.id);
  return null;
}

/** Versions of nested stacks come with their root's. */
export function pruneVersions(stack: StackRecord, claim: Claim, store: EngineStore, versions = KEPT_VERSIONS): Promise<void> {
  const { definitionId, rollbackDefinitionId, targetDefinitionId } = stack;
  const keep = [definitionId, rollbackDefinitionId, targetDefinitionId].filter((id) => id !== null);
  return store.pruneDefinitions(claim, keep, stack.parentId === null ? versions : 0);
}
