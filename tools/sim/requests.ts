/** What users ask of a stack, as values, and what each changes in the stack's row: as the use cases commit it. */
import { asId, type CredentialId, type DefinitionId, type ProjectId, type SnapshotId, type StackId, type UserId } from '@hearth/kernel';
import type { CredentialRecord, DefinitionRecord, Exceptions, StackPatch, StackRecord, VisitAction } from '@hearth/store';

export type Request =
  /** `mends`: what drifted is brought back, too. `restores`: it goes back to a snapshot. */
  | { readonly kind: 'update'; readonly definition: DefinitionRecord; readonly mends?: readonly string[]; readonly restores?: true }
  /** Without exceptions: all of it goes. */
  | { readonly kind: 'delete'; readonly exceptions?: Exceptions }
  /** What was asked for last is done again, but for what is skipped. */
  | { readonly kind: 'again'; readonly skipped: readonly string[] }
  /** Back to what the stack last completed with; to nothing, if it never did. */
  | { readonly kind: 'rollback' }
  /** Nothing more is begun, and the stack has failed. */
  | { readonly kind: 'halt'; readonly reason: string }
  | { readonly kind: 'visit'; readonly action: Exclude<VisitAction, 'SNAPSHOT'> }
  | { readonly kind: 'snapshot'; readonly id: SnapshotId }
  /** A snapshot goes. */
  | { readonly kind: 'forget'; readonly id: SnapshotId }
  /** Everything is looked at for its drift; nothing of the stack changes. */
  | { readonly kind: 'look' };
export type Change = Exclude<Request, { readonly kind: 'forget' | 'look' }>;

/** What a user says of a resource. */
export const SAID_BROKEN = 'said to be broken';

export const TIMEOUT_MINS = 20;
const TIMEOUT_MS = TIMEOUT_MINS * 60_000;

export function newStack(id: StackId, definition: DefinitionRecord, disableRollback: boolean, now: number): StackRecord {
  return {
    id,
    // Names are unique in a project, and all stacks of these lives are called alike.
    projectId: asId<ProjectId>(id),
    name: 'sim',
    parentId: null,
    parentResource: null,
    rootId: id,
    depth: 0,
    description: '',
    action: 'CREATE',
    status: 'IN_PROGRESS',
    statusReason: '',
    targetDefinitionId: definition.id,
    definitionId: definition.id,
    rollbackDefinitionId: null,
    traversal: 1,
    timeoutMins: TIMEOUT_MINS,
    disableRollback,
    tags: null,
    ownerName: 'demo',
    userId: asId<UserId>('demo'),
    credentialId: asId<CredentialId>(id),
    createdAt: now,
    updatedAt: null,
    deletedAt: null,
    deadlineAt: now + TIMEOUT_MS,
    haltReason: null,
    exceptions: null,
    looksAskedAt: 0,
    mending: null,
    snapshotId: null,
    adopting: false,
    wakeVersion: 1,
  };
}

/** What a tree of stacks acts with. */
export const credentialOf = ({ id, projectId }: StackRecord): CredentialRecord => ({
  id: asId<CredentialId>(id),
  projectId,
  kind: 'trust',
  data: {},
});

/** Where a rollback of an update that begins now leads. */
export const rollbackTargetOf = ({ status, targetDefinitionId, rollbackDefinitionId, definitionId }: StackRecord): DefinitionId | null =>
  status === 'COMPLETE' && targetDefinitionId === null ? null : (rollbackDefinitionId ?? definitionId);

export function patchOf(request: Change, stack: StackRecord, now: number): StackPatch {
  if (request.kind === 'halt') return { haltReason: request.reason };
  const begun = {
    status: 'IN_PROGRESS',
    statusReason: '',
    haltReason: null,
    exceptions: null,
    traversal: stack.traversal + 1,
    updatedAt: now,
    deadlineAt: now + TIMEOUT_MS,
  } as const;
  switch (request.kind) {
    case 'update': {
      const { id } = request.definition;
      const action = request.restores === true ? 'RESTORE' : 'UPDATE';
      return { ...begun, action, targetDefinitionId: id, definitionId: id, rollbackDefinitionId: rollbackTargetOf(stack) };
    }
    case 'delete':
      return { ...begun, action: 'DELETE', targetDefinitionId: null, rollbackDefinitionId: null, exceptions: request.exceptions ?? null };
    case 'again': {
      const { skipped } = request;
      return { ...begun, exceptions: skipped.length === 0 ? null : { skipped, retained: [], deletion: 'usual' } };
    }
    case 'rollback': {
      const target = stack.rollbackDefinitionId;
      return { ...begun, action: 'ROLLBACK', targetDefinitionId: target, ...(target === null ? {} : { definitionId: target }) };
    }
    case 'visit':
      return { ...begun, action: request.action, snapshotId: null };
    case 'snapshot':
      return { ...begun, action: 'SNAPSHOT', snapshotId: request.id };
  }
}
