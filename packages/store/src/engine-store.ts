/**
 * The narrow port between engine and database: what an owner of a stack reads once and writes in batches. Implemented on
 * PostgreSQL here and in memory in `@hearth/engine/testing`, under one contract suite.
 */
import type { CredentialId, DefinitionId, HolderId, ResourceId, SnapshotId, StackId } from '@hearth/kernel';
import type { DeleteRequest } from './queries/request-delete.ts';
import type { HaltRequest } from './queries/request-halt.ts';
import type { UpdatePatch } from './queries/request-update.ts';
import type { SignalRecord } from './signal-record.ts';
import type { LookRequest } from './queries/request-look.ts';
import type { VisitRequest } from './queries/request-visit.ts';
import type {
  CredentialRecord,
  DefinitionRecord,
  LeftoverRecord,
  NewEvent,
  ResourceRecord,
  SnapshotRecord,
  StackRecord,
} from './records.ts';

/** Proof of ownership: every write carries it, and changes nothing once somebody else has taken over. */
export interface Fence {
  readonly stackId: StackId;
  readonly holderId: HolderId;
  /** Grows with every take-over of this stack. */
  readonly epoch: number;
}

/** A stack handed to this process. `tookOver`: the previous owner did not release it; its calls may still land. */
export interface Claim extends Fence {
  readonly tookOver: boolean;
}

/** One stack, read in one snapshot. */
export interface StackSnapshot {
  readonly stack: StackRecord;
  /** Every definition that target, shown and rollback ids name. */
  readonly definitions: readonly DefinitionRecord[];
  readonly resources: readonly ResourceRecord[];
  readonly credential: CredentialRecord | null;
  /** The stack's own, and those that its copies are kept for. */
  readonly snapshots: readonly SnapshotState[];
}

export type StackPatch = Partial<
  Pick<
    StackRecord,
    | 'action'
    | 'status'
    | 'statusReason'
    | 'targetDefinitionId'
    | 'definitionId'
    | 'rollbackDefinitionId'
    | 'traversal'
    | 'updatedAt'
    | 'deadlineAt'
    | 'deletedAt'
    | 'haltReason'
    | 'exceptions'
    | 'adopting'
    | 'snapshotId'
    | 'credentialId'
  >
>;

/** How a snapshot stands, as far as the owners of its copies must know. */
export type SnapshotState = Pick<SnapshotRecord, 'id' | 'stackId' | 'name' | 'action' | 'status' | 'statusReason' | 'attempt'>;

/** What has come of a snapshot: made or not; not deleted; no copies left here, as the owner of its stack is told; none anywhere, so that it goes. */
export type SnapshotWrite =
  | { readonly kind: 'made'; readonly id: SnapshotId; readonly status: 'COMPLETE' | 'FAILED'; readonly reason: string | null }
  | { readonly kind: 'not-deleted'; readonly id: SnapshotId; readonly attempt: number; readonly reason: string }
  | { readonly kind: 'cleared' | 'gone'; readonly id: SnapshotId };

export interface EngineBatch {
  /** Applied only if the stack's traversal still is `ifTraversal`: a newer request's target must not be overwritten. */
  readonly stack: { readonly ifTraversal: number; readonly patch: StackPatch } | null;
  /** Whole rows, inserted or overwritten. */
  readonly resources: readonly ResourceRecord[];
  readonly removed: readonly ResourceId[];
  readonly events: readonly NewEvent[];
  readonly children: readonly ChildWrite[];
  /** Absent: none. */
  readonly snapshots?: readonly SnapshotWrite[];
  /** Absent: nothing was left behind. */
  readonly leftovers?: readonly LeftoverRecord[];
  /** Written only while the stack's wake version is this, so that no word of a user on a row is overwritten unread. Absent: in any case. */
  readonly ifWakeVersion?: number;
}

/**
 * What happens to a child in the commit of its parent's row. Each kind is harmless when repeated: the batch may be sent twice. `definition.number`
 * of an update is put in by the store.
 */
export type ChildWrite =
  | { readonly kind: 'create'; readonly stack: StackRecord; readonly definition: DefinitionRecord; readonly event: NewEvent }
  | { readonly kind: 'update'; readonly definition: DefinitionRecord; readonly patch: UpdatePatch; readonly event: NewEvent }
  | ({ readonly kind: 'delete' } & DeleteRequest)
  | ({ readonly kind: 'visit' } & VisitRequest)
  | ({ readonly kind: 'look' } & LookRequest)
  | ({ readonly kind: 'halt' } & HaltRequest);

/** How a child stands, as far as its parent must know. */
export type ChildState = Pick<StackRecord, 'id' | 'action' | 'status' | 'statusReason' | 'definitionId' | 'deletedAt'>;

export interface CommitResult {
  /** The stack row's wake version after the commit: larger than the one seen means desired state has changed. */
  readonly wakeVersion: number;
  /** False when a newer request had changed the traversal, so that the stack patch was not applied (all else was). */
  readonly stackPatched: boolean;
}

export interface EngineStore {
  load(stackId: StackId): Promise<StackSnapshot | null>;
  /** Those that are there, deleted ones too, in any order. */
  childStates(ids: readonly StackId[]): Promise<readonly ChildState[]>;
  /** Those of the physical ids that other resources of the same type stand for, of whatever stack, in order; who was replaced stands for nothing. */
  heldByOthers(row: Pick<ResourceRecord, 'id' | 'handler'>, physicalIds: readonly string[]): Promise<readonly string[]>;
  /**
   * All or nothing, in one transaction. Throws `Failure('lease-lost')` when the fence is stale, and `Failure('conflict')` when the wake version is not
   * the one the batch is for: nothing was written.
   */
  commit(fence: Fence, batch: EngineBatch): Promise<CommitResult>;
  /**
   * Gives the stack back, to be claimed again at `dueAt` (null: when somebody wakes it). Refused (false) when the wake version
   * is no longer the one seen: a request arrived meanwhile. `now`: what the owner's clock says. Where the database has a clock of its own, the stack is
   * due as far ahead of that; or else one that is ahead would have it claimed over and over before the owner sees anything to do.
   */
  release(fence: Fence, seenWakeVersion: number, dueAt: number | null, now?: number): Promise<boolean>;
  /** True: detached, for another stack still uses it. False: this one is the last, and keeps it until it is deleted. */
  letGoOfCredential(fence: Fence, credentialId: CredentialId): Promise<boolean>;
  deleteCredential(fence: Fence, credentialId: CredentialId): Promise<void>;
  /** Signals to a resource, in the order in which they came. */
  signals(resourceId: ResourceId): Promise<readonly SignalRecord[]>;
  /** Those to a resource of the stack that have come so far are forgotten. */
  forgetSignals(fence: Fence, resourceId: ResourceId): Promise<void>;
  /** Drops definitions of the stack that nothing refers to any more, but for so many of the newest. */
  pruneDefinitions(fence: Fence, keep: readonly DefinitionId[], newest?: number): Promise<void>;
}
