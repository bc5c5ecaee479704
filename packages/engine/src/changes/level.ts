/** One level of a tree of stacks, as its changes are worked out. */
import type { JsonObject, StackId } from '@hearth/kernel';
import type { Registry } from '@hearth/resource-kit';
import type { ResourceRecord, StackRecord, StackSnapshot } from '@hearth/store';
import type { CompiledDefinition } from '../compiled.ts';
import { clearedHook, pendingHook, withoutHook } from '../hooks.ts';
import { externalIdOf, wantedDigest } from '../transitions.ts';

/** What is the same for the whole tree. */
export interface Around {
  readonly registry: Registry;
  readonly projectId: StackRecord['projectId'];
  /** A nested stack; null: it is gone; undefined: it is not known here, and asked for by this. */
  child(id: StackId): StackSnapshot | null | undefined;
  /** Told of every definition that is looked at, by the place of its stack. */
  seen?(path: readonly string[], definition: CompiledDefinition): void;
}

export interface Level {
  readonly around: Around;
  readonly path: readonly string[];
  readonly stackName: string;
  /** Null: nothing is wanted. */
  readonly wanted: CompiledDefinition | null;
  /** What it was to be before, so that what was hidden in it stays hidden. */
  readonly before: readonly CompiledDefinition[];
  readonly rows: readonly ResourceRecord[];
  /** False: null in a value may stand for what is not known yet above. */
  readonly isKnown: boolean;
  /** All that may change is taken to change. */
  readonly isWidest: boolean;
  /** Texts that must not be seen. */
  readonly hidden: ReadonlySet<string>;
  /** What an environment forbids counts for updates alone. */
  readonly isUpdate: boolean;
}

/** The row once what is under way on it has ended well. */
export function asIfDone(row: ResourceRecord): ResourceRecord {
  const free = pendingHook(row) === null && clearedHook(row) === null ? row : withoutHook(row);
  if (row.status !== 'IN_PROGRESS' || row.action === 'DELETE') return free;
  const done = { ...free, status: 'COMPLETE', phase: null } as const;
  if (row.action !== 'CREATE' && row.action !== 'UPDATE') return done;
  const properties: JsonObject = row.pending ?? row.properties;
  const { metadata, deletionPolicy } = row;
  const digest = wantedDigest({ properties, metadata, deletionPolicy, externalId: externalIdOf(row) });
  return { ...done, properties, pending: null, uncertain: [], digest };
}
