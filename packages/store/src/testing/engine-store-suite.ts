/** What the parts of the engine store's contract have in common: the store under test, stacks with an owner, and what failures they look for. */
import { Failure, type CredentialId, type DefinitionId, type HolderId, type StackId } from '@hearth/kernel';
import type * as Vitest from 'vitest';
import type { EngineBatch, EngineStore, Fence } from '../engine-store.ts';
import type { CredentialRecord, DefinitionRecord, NewEvent, StackRecord } from '../records.ts';
import type { SignalRecord } from '../signal-record.ts';

/** A store, and what others than the owner do to its rows. */
export interface EngineStoreHarness {
  readonly store: EngineStore;
  /** A new stack, due and free, without events. */
  insert(stack: StackRecord, definition: DefinitionRecord, credential: CredentialRecord | null): Promise<void>;
  /** Makes `holderId` the owner whoever had it before, under the next epoch. */
  claim(stackId: StackId, holderId: HolderId): Promise<Fence>;
  /** A request as the use cases commit it: the definition is wanted and shown, traversal and wake version grow by one. */
  request(stackId: StackId, definition: DefinitionRecord): Promise<void>;
  /** In the order of commit. */
  events(stackId: StackId): Promise<readonly NewEvent[]>;
  /** Physical ids of what deletions of the stack left behind. */
  leftovers(stackId: StackId): Promise<readonly (string | null)[]>;
  /** `dueAt` counts for a free stack only. */
  ownership(stackId: StackId): Promise<{ readonly holderId: HolderId | null; readonly dueAt: number | null }>;
  definitionIds(stackId: StackId): Promise<readonly DefinitionId[]>;
  hasCredential(id: CredentialId): Promise<boolean>;
  /** As the use case takes one down. */
  signal(stackId: StackId, signal: SignalRecord): Promise<void>;
  close(): Promise<void>;
}

/** Vitest itself, handed in, so that this module can also be loaded by programs that run outside it. */
export type TestRunner = Pick<typeof Vitest, 'describe' | 'test' | 'expect' | 'beforeAll' | 'afterAll'>;

export const EMPTY: EngineBatch = { stack: null, resources: [], removed: [], events: [], children: [] };

export interface Suite extends Pick<TestRunner, 'test' | 'expect'> {
  readonly use: () => EngineStoreHarness;
  readonly owned: (given?: Partial<StackRecord>, credential?: CredentialRecord | null) => Promise<{ stack: StackRecord; fence: Fence }>;
}

/** The code of the failure that the work ends with; null when it succeeds. */
export async function failureCode(work: Promise<unknown>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    return error instanceof Failure ? error.code : `not a failure: ${String(error)}`;
  }
}
