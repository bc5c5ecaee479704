/** What the use cases need of the world around them; put together in the server, replaced in tests. */
import type { Clock, Json, JsonObject, Log, Random, ResourceId } from '@hearth/kernel';
import type { DefinitionCache } from '@hearth/engine';
import type { Registry } from '@hearth/resource-kit';
import type { Database, ResourceRecord, SecretBox, StackRecord } from '@hearth/store';
import type { Caller } from './caller.ts';
import type { SharedDelegations } from './shared-delegations.ts';

export interface StackPorts {
  readonly database: Database;
  readonly secretBox: SecretBox;
  readonly registry: Registry;
  readonly constraints: ConstraintChecker;
  readonly services: Services;
  readonly zones: AvailabilityZones;
  readonly delegation: Delegation;
  readonly delegations: SharedDelegations;
  readonly observer: Observer;
  readonly remote: RemoteContent;
  readonly globalEnvironment: GlobalEnvironment;
  readonly definitions: DefinitionCache;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly limits: StackLimits;
  /** Every update looks first at what the cloud has, and brings back what drifted; absent: only those that say so. */
  readonly observesOnUpdate?: boolean;
  /** Revision shown by `build info`. */
  readonly revision: string;
}

/** Judges values that only the cloud knows: `nova.flavor`, `glance.image` … */
export interface ConstraintChecker {
  /**
   * One answer per question, in order: null when the value is fine, else what is wrong with it as users know it
   * (`Error validating value 'huge': …`), shown only where the value may be. Unknown names are never fine.
   */
  check(caller: Caller, questions: readonly ConstraintQuestion[]): Promise<readonly (string | null)[]>;
}
export interface ConstraintQuestion {
  readonly constraint: string;
  readonly value: Json;
}

/** Where the cloud can put servers. */
export interface AvailabilityZones {
  /** Names, as the caller may see them; `nova` alone where the cloud has no compute service. Throws a `Failure` when it cannot be asked. */
  list(caller: Caller): Promise<readonly string[]>;
}

/** What of the cloud a caller has. */
export interface Services {
  /** One answer per wish, in order: null when it is there, else why not. Answers may be a minute old. */
  available(caller: Caller, wishes: readonly ServiceWish[]): Promise<readonly (string | null)[]>;
}
export interface ServiceWish {
  /** As resource types call it: `nova`, `neutron` … */
  readonly service: string;
  readonly extension?: string;
}

/** What later work may act with, once the caller's token has ended. */
export interface Delegation {
  /** Throws a `Failure` or `Refusal` when the cloud does not grant it. By the mark, a UUID, what came of it can be found. */
  create(caller: Caller, mark: string): Promise<DelegatedTrust>;
  /** Ends a delegation that was not used after all. One that is gone already is fine. */
  revoke(caller: Caller, trust: DelegatedTrust): Promise<void>;
}
export interface DelegatedTrust extends JsonObject {
  readonly trustId: string;
  readonly trustorUserId: string;
  /** Somebody else's: used, but not ended with the stack. */
  readonly isBorrowed?: boolean;
}

/** Reads attributes from the cloud now, with the stack's credentials. */
export interface Observer {
  /** By row id; a row that is gone or could not be read is missing. Never throws for a single row. */
  observe(stack: StackRecord, rows: readonly ResourceRecord[]): Promise<ReadonlyMap<ResourceId, JsonObject>>;
}

/** What a definition names and does not bring along: it is fetched before anything is stored, so that the engine never has to. */
export interface RemoteContent {
  /** UTF-8 text. Throws a `Refusal` or `Failure` that tells nothing secret of the URL. */
  fetchText(url: string, limits: { readonly maxBytes: number; readonly timeoutMs: number }): Promise<string>;
  /** A URL as it may be shown: without what may be secret in it. */
  shownUrl(url: string): string;
  /**
   * The objects of one of the caller's containers as files by name, but for those named in `except`; null: there is no such container.
   * Throws a `Refusal` or `Failure`; `Refusal('too-large')` when there is more than allowed.
   */
  containerFiles(
    caller: Caller,
    container: string,
    limits: { readonly maxFiles: number; readonly maxBytes: number; readonly except: ReadonlySet<string> },
  ): Promise<Readonly<Record<string, string>> | null>;
}

/** What the operator has mapped for all stacks. */
export interface GlobalEnvironment {
  readonly resourceRegistry: JsonObject;
  /** The templates it names; each name begins with `GLOBAL_FILE_PREFIX`. */
  readonly files: Readonly<Record<string, string>>;
}
export const GLOBAL_FILE_PREFIX = 'global:';
export const NO_GLOBAL_ENVIRONMENT: GlobalEnvironment = { resourceRegistry: {}, files: {} };

/** -1 = unlimited, where said. */
export interface StackLimits {
  /** Characters of the template as sent. */
  readonly templateSize: number;
  /** Characters of an environment as sent; of each, when they come as files. */
  readonly environmentSize: number;
  /** Files of a definition, those that are fetched for it included. */
  readonly filesCount: number;
  /** Characters of all of them together. */
  readonly filesSize: number;
  /** Of those, how many may be fetched for one request, and how long that may take in all. */
  readonly fetchedCount: number;
  readonly fetchTimeoutMs: number;
  /** -1 = unlimited. */
  readonly resourcesPerStack: number;
  /** Live root stacks; administrators are exempt; -1 = unlimited. */
  readonly stacksPerProject: number;
  /** Administrators are exempt; -1 = unlimited. */
  readonly softwareConfigsPerProject: number;
  /** To one resource, and all of them together as they are stored. */
  readonly signalsPerResource: number;
  readonly signalBytesPerResource: number;
  /** Administrators are exempt; -1 = unlimited. */
  readonly snapshotsPerStack: number;
  /** Whether stacks may be let go, and taken in. */
  readonly abandons: boolean;
  readonly adopts: boolean;
  /** When the request names none. */
  readonly timeoutMins: number;
  /** How long a plan may be applied. */
  readonly planMins: number;
  /** The oldest go. */
  readonly plansPerProject: number;
  /** Rows of one list answer, whatever was asked for. */
  readonly listRows: number;
  /** Stacks with one of these tags are left out of lists unless hidden ones are asked for. */
  readonly hiddenStackTags: readonly string[];
}

export const DEFAULT_STACK_LIMITS: StackLimits = {
  templateSize: 524_288,
  environmentSize: 524_288,
  filesCount: 1_000,
  filesSize: 4_194_304,
  fetchedCount: 64,
  fetchTimeoutMs: 60_000,
  resourcesPerStack: 1000,
  stacksPerProject: 512,
  softwareConfigsPerProject: 4096,
  snapshotsPerStack: 32,
  abandons: true,
  adopts: true,
  signalsPerResource: 10_000,
  signalBytesPerResource: 16 * 1024 * 1024,
  timeoutMins: 60,
  planMins: 24 * 60,
  plansPerProject: 100,
  listRows: 10_000,
  hiddenStackTags: [],
};
