/** The rows of the orchestration schema, as values. Secret columns are plain here and encrypted in the database. */
import type { Accepted, DriftFinding, Mending } from './drift.ts';
import type { Exceptions } from './exceptions.ts';
import type {
  CredentialId,
  DefinitionId,
  EventId,
  Json,
  JsonObject,
  ProjectId,
  ResourceId,
  SnapshotId,
  StackId,
  UserId,
} from '@hearth/kernel';

export type StackAction = 'CREATE' | 'DELETE' | 'UPDATE' | 'ROLLBACK' | 'SUSPEND' | 'RESUME' | 'ADOPT' | 'SNAPSHOT' | 'CHECK' | 'RESTORE';
export type Status = 'IN_PROGRESS' | 'COMPLETE' | 'FAILED';
/** Actions that go once to every resource and change no definition. */
export type VisitAction = 'SUSPEND' | 'RESUME' | 'CHECK' | 'SNAPSHOT';
export type ResourceAction = 'CREATE' | 'UPDATE' | 'DELETE' | 'ADOPT' | VisitAction;

export interface StackRecord {
  readonly id: StackId;
  readonly projectId: ProjectId;
  readonly name: string;
  /** The stack whose resource this one is; null for a root stack. */
  readonly parentId: StackId | null;
  /** The name of that resource in the parent's template; null for a root stack. */
  readonly parentResource: string | null;
  /** The stack at the top of the tree; a root stack's own id. */
  readonly rootId: StackId;
  /** 0 for a root stack. */
  readonly depth: number;
  readonly description: string;
  readonly action: StackAction;
  readonly status: Status;
  readonly statusReason: string;
  /** What is wanted now; null means nothing (being deleted, or rolled back to nothing). */
  readonly targetDefinitionId: DefinitionId | null;
  /** The definition users see: the last one they asked for, or rolled back to. */
  readonly definitionId: DefinitionId;
  /** Where a rollback of the running traversal leads; null = to nothing. */
  readonly rollbackDefinitionId: DefinitionId | null;
  readonly traversal: number;
  readonly timeoutMins: number;
  readonly disableRollback: boolean;
  readonly tags: readonly string[] | null;
  readonly ownerName: string;
  readonly userId: UserId;
  readonly credentialId: CredentialId | null;
  readonly createdAt: number;
  readonly updatedAt: number | null;
  readonly deletedAt: number | null;
  /** When the running traversal gives up. */
  readonly deadlineAt: number | null;
  /** Why the running traversal starts nothing more; null: it goes on. */
  readonly haltReason: string | null;
  /** What the running or last traversal leaves out; null: nothing. */
  readonly exceptions: Exceptions | null;
  /** The snapshot that the running, or last, SNAPSHOT makes. */
  readonly snapshotId: SnapshotId | null;
  /** What was adopted is not the stack's own before everything is: until then no deletion touches it. */
  readonly adopting: boolean;
  /** When somebody last wanted the resources looked at; 0: never. Grows with every such wish. */
  readonly looksAskedAt: number;
  /** What a traversal brings back, where it drifted; null: none ever did. */
  readonly mending: Mending | null;
  /** Grows with every request that the owner must notice. */
  readonly wakeVersion: number;
}

export interface DefinitionRecord {
  readonly id: DefinitionId;
  readonly stackId: StackId;
  /** 1, 2, 3 … per stack. */
  readonly number: number;
  readonly template: JsonObject;
  /** Encrypted at rest: parameters may be hidden. */
  readonly environment: JsonObject;
  readonly files: Readonly<Record<string, string>>;
}

export interface ResourceRecord {
  readonly id: ResourceId;
  readonly stackId: StackId;
  readonly name: string;
  /** As the template says. */
  readonly type: string;
  /** The registered type that acts for it: another one where the environment maps the type to a type or a template. */
  readonly handler: string;
  readonly physicalName: string;
  readonly physicalId: string | null;
  readonly action: ResourceAction;
  readonly status: Status;
  readonly statusReason: string;
  /** While IN_PROGRESS: `calling` from the intent to the first answer, then `waiting`. */
  readonly phase: 'calling' | 'waiting' | null;
  readonly requires: readonly ResourceId[];
  readonly replaces: ResourceId | null;
  readonly replacedBy: ResourceId | null;
  readonly traversal: number;
  /** Digest of the properties last applied; null when what is applied is not known. */
  readonly digest: string | null;
  /** Resolved properties last applied, or being created with. Encrypted at rest. */
  readonly properties: JsonObject;
  /** What a running or failed update was applying; null otherwise. Encrypted at rest. */
  readonly pending: JsonObject | null;
  /** Names of properties that a failed or interrupted update may have changed already: the next one sets them again. */
  readonly uncertain: readonly string[];
  /** Encrypted at rest. Null: never observed. */
  readonly attributes: JsonObject | null;
  /** Encrypted at rest. */
  readonly data: JsonObject;
  readonly metadata: JsonObject;
  readonly deletionPolicy: 'delete' | 'retain' | 'snapshot';
  readonly token: Json;
  /** How often the current step has been begun. */
  readonly attempts: number;
  /** When the current step's intent was committed. */
  readonly startedAt: number;
  /** When a waiting row is looked at next. */
  readonly wakeAt: number | null;
  /** When to look for what a late call of an earlier owner left behind. */
  readonly verifyAt: number | null;
  /** What the creation that this is about was called with; null: what the row says. Encrypted at rest. */
  readonly creation: { readonly properties: JsonObject; readonly startedAt: number } | null;
  /** For which wish (`looksAskedAt`) it was last looked at; 0: none. */
  readonly lookedFor: number;
  /** What that look found; null: nothing yet, or changed since. Encrypted at rest. */
  readonly drift: DriftFinding | null;
  /** What users took for good of it. Encrypted at rest; written by requests, never by the owner. */
  readonly accepted: Accepted | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The row is a copy that is kept for this snapshot, and nothing that users see. */
  readonly snapshotId: SnapshotId | null;
  /** The present step has failed in this traversal and is tried again; null: it has not. */
  readonly retry: Retry | null;
  /** What only one can have goes to the row that takes its place (`giving`, then `given`), or comes back (`taking`); null: it has it all. */
  readonly handOver: 'giving' | 'given' | 'taking' | null;
}

/** A step that is tried again. */
export interface Retry {
  readonly failures: number;
  /** Of the first failure: it is the one that is told when all have failed. */
  readonly reason: string;
  /** What failed is removed first; then it rests for a while; then it is tried like the first time. */
  readonly stage: 'clearing' | 'resting' | 'trying';
}

export interface EventRecord {
  readonly id: EventId;
  readonly stackId: StackId;
  /** Grows within a stack. Over several stacks a lower one may become visible later than a higher one: go by `EventCursor` there. */
  readonly sequence: number;
  /** The stack's name for stack events. */
  readonly resourceName: string;
  readonly resourceType: string;
  readonly physicalId: string | null;
  readonly action: string;
  readonly status: string;
  readonly reason: string;
  readonly at: number;
}
export type NewEvent = Omit<EventRecord, 'sequence'>;

/** What a deletion left in the cloud. */
export interface LeftoverRecord {
  /** Of the row that stood for it. */
  readonly id: ResourceId;
  readonly stackId: StackId;
  readonly resourceName: string;
  readonly resourceType: string;
  readonly physicalName: string;
  /** Null: it is not known whether there is anything. */
  readonly physicalId: string | null;
  readonly reason: string;
  readonly at: number;
}

export interface CredentialRecord {
  readonly id: CredentialId;
  readonly projectId: ProjectId;
  readonly kind: 'trust';
  /** Encrypted at rest: `{trustId, trustorUserId}`. */
  readonly data: JsonObject;
}

/** What a stack was, by its definition, and what types kept of its resources. */
export interface SnapshotRecord {
  readonly id: SnapshotId;
  /** The stack that was asked for it; its copies may be of stacks below. */
  readonly stackId: StackId;
  readonly projectId: ProjectId;
  readonly name: string | null;
  /** DELETE once it is to go. */
  readonly action: 'CREATE' | 'DELETE';
  readonly status: Status;
  readonly statusReason: string | null;
  /** Grows with every request to delete it. */
  readonly attempt: number;
  /** Encrypted at rest. */
  readonly data: JsonObject;
  readonly createdAt: number;
}
