/** What the engine needs of the world. It does not know OpenStack: types and clients come from outside. */
import type { Log, Random, Timers } from '@hearth/kernel';
import type { ConfigShelf, Registry } from '@hearth/resource-kit';
import type { Claim, CredentialRecord, EngineStore, StackRecord } from '@hearth/store';
import type { CallLimit } from './call-limit.ts';
import type { DefinitionCache } from './definition-cache.ts';
import { RETRIES } from './retries.ts';

export interface EnginePorts<C> {
  readonly store: EngineStore;
  readonly registry: Registry<C>;
  /** Clients acting for the stack's user. Called once per run; may log in. */
  cloudFor(stack: StackRecord, credential: CredentialRecord | null): Promise<C>;
  /** The software configs of the stack's project. */
  configsFor(stack: StackRecord): ConfigShelf;
  /** Ends a deleted stack's delegation; one that is gone already is fine. */
  revoke(stack: StackRecord, credential: CredentialRecord): Promise<void>;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  readonly calls: CallLimit;
  readonly lease: { isValid(): boolean };
  /** Lets everything else that is ready go first. Absent: nothing else is there. */
  readonly breathe?: () => Promise<void>;
  /** Does the work; calls to the cloud that it begins while the gate is closed fail with `lease-lost` and are not sent. */
  readonly guard?: <T>(gate: () => boolean, work: () => Promise<T>) => Promise<T>;
  /** This process is done with the claim: given back, or lost. */
  ended(claim: Claim): void;
  readonly limits: EngineLimits;
  /** What the use cases of this process compiled; absent: there are none. */
  readonly definitions?: Pick<DefinitionCache, 'get'>;
  /** From the answer that allowed a step to the moment its call begins, ms: planning and commit. For measuring; absent: nobody asks. */
  reacted?(ms: number): void;
}

export interface EngineLimits {
  /** Steps under way in one stack at once. */
  readonly inFlightPerStack: number;
  /** How long after its caller's death a call may still take effect. */
  readonly lateCallMs: number;
  /** How many definitions a root stack keeps as versions; absent: the usual number. */
  readonly versions?: number;
  /** How often a creation or a deletion that the cloud let fail is tried again within one traversal. */
  readonly retries: number;
}
export const KEPT_VERSIONS = 10;
export const DEFAULT_LIMITS: EngineLimits = { inFlightPerStack: 250, lateCallMs: 30_000, retries: RETRIES };
