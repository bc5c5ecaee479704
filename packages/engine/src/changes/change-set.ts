/** What an update, a creation or a deletion would do to each resource of a tree of stacks. Plain data. */
import type { Json, ResourceId } from '@hearth/kernel';
import type { DriftState } from '@hearth/store';

/**
 * `relinked`: only what it requires becomes another; nobody notices. `replaced`: a new thing is made, what requires the old one is moved over, and
 * the old one is deleted.
 */
export type ChangeKind = 'unchanged' | 'relinked' | 'updated' | 'replaced' | 'added' | 'deleted';

export interface ResourceChange {
  /** Logical names from the root stack down to the resource. */
  readonly path: readonly string[];
  /** As the template says it; of what goes, as it was. */
  readonly type: string;
  readonly rowId: ResourceId | null;
  readonly physicalId: string | null;
  readonly kind: ChangeKind;
  /** How it may turn out instead, where that depends on what is known only on the way. Empty: it is certain. */
  readonly maybe: readonly ChangeKind[];
  readonly reason: ChangeReason | null;
  readonly properties: readonly PropertyChange[];
  /** What the cloud has of it; null: it was never looked at, or changed since. */
  readonly seen: SeenInCloud | null;
  /** What becomes of the thing that goes; null where none does. */
  readonly deletion: Deletion | null;
  /** Why it is bound to fail; null: nothing is known against it. */
  readonly failure: string | null;
}

/** The third side: a look at the thing itself, and where that is not as it was applied and nobody has accepted it. */
export interface SeenInCloud {
  readonly state: DriftState;
  readonly at: number;
  readonly differences: readonly SeenDifference[];
}
export interface SeenDifference {
  readonly name: string;
  readonly applied: Json;
  readonly cloud: Json;
  /** Neither value may be seen: both are `***`. */
  readonly isSecret: boolean;
}
export const hasDrifted = ({ seen }: ResourceChange): boolean => seen?.state === 'differs' || seen?.state === 'gone';

/** `left`: it was there before and is only no longer looked at. */
export type Deletion = 'deleted' | 'retained' | 'copied' | 'left';

export type ReasonCode =
  // of a replacement
  | 'property'
  | 'type-rule'
  | 'type'
  | 'unhealthy'
  | 'creation-failed'
  | 'refused-in-place'
  | 'nested-stack-gone'
  // of what is made and deleted on the way
  | 'rolling-update'
  // of a change in place
  | 'properties'
  | 'metadata'
  | 'deletion-policy'
  | 'nested-stack'
  | 'unfinished'
  | 'attributes';

export interface ChangeReason {
  readonly code: ReasonCode;
  /** Names of the properties that are the reason; empty where others are. */
  readonly properties: readonly string[];
}

export interface PropertyChange {
  readonly part: 'property' | 'metadata' | 'deletion-policy';
  /** Of a property; else as `part`. */
  readonly name: string;
  readonly before: Json;
  readonly after: Json;
  /** The value after is known only once other resources are made or changed; `after` is null then. */
  readonly isUnknown: boolean;
  /** Neither value may be seen: both are `***`. */
  readonly isSecret: boolean;
  /** This change alone would replace the resource. */
  readonly replaces: boolean;
}

export const HIDDEN = '***';
