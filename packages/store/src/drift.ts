/** What a look at a resource found, what users made of it, and which resources a traversal brings back. Pure. */
import { jsonEqual, type Json, type JsonObject } from '@hearth/kernel';

/** A property whose value in the cloud is another one than what was applied. */
export interface Difference {
  readonly property: string;
  readonly expected: Json;
  readonly actual: Json;
}

/** `unknown`: it cannot be told. */
export type DriftState = 'in-sync' | 'differs' | 'gone' | 'unknown';

export interface DriftFinding {
  readonly state: DriftState;
  /** When it was looked at. */
  readonly at: number;
  /** When this very finding was first made. */
  readonly since: number;
  readonly differences: readonly Difference[];
  /** Why it cannot be told; null otherwise. */
  readonly reason: string | null;
}

/** What a user took for good: it counts as long as both sides stay what they were. */
export interface Accepted {
  readonly differences: readonly Difference[];
}

interface Looked {
  readonly drift: DriftFinding | null;
  readonly accepted: Accepted | null;
}

const isAccepted = (accepted: Accepted | null, difference: Difference): boolean =>
  accepted?.differences.some((one) => sameDifference(one, difference)) === true;

const sameDifference = (one: Difference, other: Difference): boolean =>
  one.property === other.property && jsonEqual(one.expected, other.expected) && jsonEqual(one.actual, other.actual);

/** What is not as it was applied, but for what was accepted. */
export const openDifferences = ({ drift, accepted }: Looked): readonly Difference[] =>
  (drift?.differences ?? []).filter((difference) => !isAccepted(accepted, difference));

/** The state as it counts; null: never looked at, or changed since. */
export function countedState(row: Looked): DriftState | null {
  const state = row.drift?.state ?? null;
  return state === 'differs' && openDifferences(row).length === 0 ? 'in-sync' : state;
}

/** Two findings that tell the same. */
export function sameFinding(one: Pick<DriftFinding, 'state' | 'differences' | 'reason'> | null, other: DriftFinding): boolean {
  if (one === null || one.state !== other.state || one.reason !== other.reason) return false;
  return (
    one.differences.length === other.differences.length &&
    one.differences.every((difference, i) => sameDifference(difference, other.differences[i] as Difference))
  );
}

/** What a traversal brings back. Names are paths: `server`, `group/0/server`; none means everything. */
export interface Mending {
  readonly traversal: number;
  readonly paths: readonly string[];
}

/** The paths that the traversal under way brings back; null: it brings nothing back. */
export const mendedPaths = ({
  mending,
  traversal,
}: {
  readonly mending: Mending | null;
  readonly traversal: number;
}): readonly string[] | null => (mending?.traversal === traversal ? mending.paths : null);

/** Whether the resource itself is brought back: one that is a stack of its own is, where something in it is. */
export const isMended = (paths: readonly string[] | null, name: string): boolean => mendedBelow(paths, name) !== null;

/** What is brought back in the stack that a resource of this name consists of; null: nothing. */
export function mendedBelow(paths: readonly string[] | null, name: string): readonly string[] | null {
  if (paths === null || paths.length === 0 || paths.includes(name)) return paths === null ? null : [];
  const below = paths.flatMap((path) => (path.startsWith(`${name}/`) ? [path.slice(name.length + 1)] : []));
  return below.length === 0 ? null : below;
}

/** The columns hold plain JSON. */
export const asColumn = (value: DriftFinding | Accepted): JsonObject => value as unknown as JsonObject;
