/** The changes of one level of a tree of stacks, in the order in which resources depend on each other, and of all below it. */
import { dependencyOrder } from '@hearth/graph';
import { Bug, type ResourceId } from '@hearth/kernel';
import type { Actual } from '@hearth/planner';
import type { ResourceType } from '@hearth/resource-kit';
import type { ResourceRecord } from '@hearth/store';
import type { Implementation } from '@hearth/template';
import { type CompiledDefinition, handlerOf } from '../compiled.ts';
import { isTombstone } from '../transitions.ts';
import type { ChangeKind, ResourceChange } from './change-set.ts';
import { childChanges, type ChildOutcome, deletedBelow, type LevelResult } from './child-changes.ts';
import { type Decided, decide, type Wish } from './decided.ts';
import { driftBelow } from './drift-below.ts';
import type { Foreseen } from './foreseen.ts';
import { hiddenParts } from './hidden-values.ts';
import { asIfDone, type Level } from './level.ts';
import { deletedChange, deletionOf, toldChange } from './told-change.ts';

export function levelChanges(level: Level): LevelResult {
  const rows = level.rows.filter(isOfStack).map(asIfDone);
  const byName = rowsByName(rows);
  const changes: ResourceChange[] = [];
  const foreseen = new Map<string, Foreseen>();
  const told = new Set<ResourceId>();
  const { wanted } = level;
  if (wanted !== null) {
    level.around.seen?.(level.path, wanted);
    for (const { name } of dependencyOrder([...wanted.requires].map(([name, requires]) => ({ name, requires })))) {
      const one = resourceChanges(level, wishFor(level, wanted, name, byName.get(name) ?? []), foreseen);
      for (const change of one.changes) changes.push(change);
      foreseen.set(name, one.foreseen);
      if (one.row !== null) told.add(one.row.id);
    }
  }
  for (const row of rows.toReversed()) {
    if (told.has(row.id)) continue;
    changes.push(deletedChange(level.path, row, level.around.registry), ...deletedBelow(level.around, level.path, row));
  }
  return { changes, foreseen };
}

/** Neither gone nor a copy that a snapshot keeps. */
const isOfStack = (row: ResourceRecord): boolean => !isTombstone(row) && row.snapshotId === null;

function rowsByName(rows: readonly ResourceRecord[]): ReadonlyMap<string, readonly ResourceRecord[]> {
  const byName = new Map<string, ResourceRecord[]>();
  for (const row of rows) {
    const others = byName.get(row.name);
    if (others === undefined) byName.set(row.name, [row]);
    else others.push(row);
  }
  return byName;
}

function wishFor({ around }: Level, compiled: CompiledDefinition, name: string, rows: readonly ResourceRecord[]): Wish {
  const handler = handlerOf(compiled.implementations.get(name) as Implementation);
  const type = around.registry.get(handler) as ResourceType | null;
  if (type === null) throw new Bug(`resource type ${handler} is not registered`);
  return { compiled, desired: { name, type: handler, requires: compiled.requires.get(name) ?? [] }, type, rows };
}

interface Told {
  readonly changes: readonly ResourceChange[];
  readonly foreseen: Foreseen;
  readonly row: ResourceRecord | null;
}

function resourceChanges(level: Level, wish: Wish, known: ReadonlyMap<string, Foreseen>): Told {
  const decided = decide(level, wish, known);
  const change = toldChange(level, wish, decided);
  const child = wish.type.composite === undefined ? null : childOutcome(level, wish, decided, change);
  if (child?.kind === 'gone') return withNewChild(level, wish, decided);
  const nested = child?.kind === 'changed' ? withWidest(child.changes, level, wish, decided, change) : [];
  const gone = decided.kind === 'replaced' && decided.row !== null ? deletedBelow(level.around, level.path, decided.row) : [];
  const failure = child?.kind === 'failed' ? child.reason : change.failure;
  const isLeftAlone = decided.kind === 'unchanged' || decided.kind === 'relinked';
  const drifted = isLeftAlone && decided.row !== null ? driftBelow(level.around, level.path, decided.row) : [];
  return {
    changes: [{ ...change, failure }, ...nested, ...gone, ...drifted],
    foreseen: foresee(wish, decided, change, child, known),
    row: decided.row,
  };
}

/** What becomes of each resource below if values that may change do: what is told of it may turn out so, too. */
function withWidest(
  changes: readonly ResourceChange[],
  level: Level,
  wish: Wish,
  decided: Decided,
  change: ResourceChange,
): readonly ResourceChange[] {
  const { widest, kind } = decided;
  if (widest === null || kind !== 'updated') return changes;
  const other = childOutcome({ ...level, isWidest: true }, wish, { ...decided, outlook: widest, widest: null }, change);
  if (other?.kind !== 'changed') return changes;
  const kinds = new Map<string, Set<ChangeKind>>();
  for (const { path, kind: may, maybe } of other.changes) kinds.set(JSON.stringify(path), new Set([may, ...maybe]));
  return changes.map((one) => {
    const maybe = new Set([...one.maybe, ...(kinds.get(JSON.stringify(one.path)) ?? [])]);
    maybe.delete(one.kind);
    return { ...one, maybe: [...maybe] };
  });
}

/** The stack that it consisted of is not there any more: it is made anew. */
function withNewChild(level: Level, wish: Wish, decided: Decided): Told {
  const anew: Decided = { ...decided, kind: 'replaced', maybe: [] };
  const { registry } = level.around;
  const change = toldChange(level, wish, anew);
  const child = childOutcome(level, wish, anew, change);
  const deletion = decided.row === null ? null : deletionOf(decided.row, registry);
  const told: ResourceChange = { ...change, reason: { code: 'nested-stack-gone', properties: [] }, deletion };
  const nested = child?.kind === 'changed' ? child.changes : [];
  return { changes: [told, ...nested], foreseen: foresee(wish, anew, told, child, new Map()), row: decided.row };
}

function childOutcome(
  level: Level,
  { compiled, desired, type }: Wish,
  { kind, row, outlook }: Decided,
  change: ResourceChange,
): ChildOutcome | null {
  const { wanted } = outlook.wantedFor(row);
  if (wanted === null || (change.failure !== null && kind !== 'added')) return null;
  if (kind === 'unchanged' || kind === 'relinked') return null;
  const isMade = kind !== 'updated';
  const hidden = hiddenParts([compiled], desired.name, type);
  const place = {
    compiled,
    name: desired.name,
    type,
    row: isMade ? null : row,
    wanted,
    partly: outlook.partly,
    unknown: outlook.unknown,
    isHidden: (property: string) => hidden.isHidden(property),
  };
  return childChanges(level, place, levelChanges);
}

function foresee(
  { desired, type }: Wish,
  { kind, maybe, row }: Decided,
  change: ResourceChange,
  child: ChildOutcome | null,
  known: ReadonlyMap<string, Foreseen>,
): Foreseen {
  const isNew = kind === 'replaced' || kind === 'added';
  const mayBeNew = maybe.includes('replaced') || maybe.includes('added');
  const requires = desired.requires.flatMap((name) => known.get(name)?.actual.told.id ?? []);
  const made: Actual = newActual(desired.name, type.name, requires);
  const stays: Actual = row === null ? made : { ...asStanding(row), requires };
  const mayStay = maybe.some((one) => one === 'unchanged' || one === 'relinked' || one === 'updated');
  const told = isNew ? made : stays;
  return {
    actual: { told, least: isNew && mayStay ? stays : told, most: mayBeNew ? made : told },
    row: isNew ? null : row,
    isNew,
    mayBeNew: !isNew && mayBeNew,
    mayChange: kind === 'updated' || maybe.includes('updated') || maybe.includes('replaced'),
    changing: new Set(change.properties.filter((one) => one.part === 'property').map(({ name }) => name)),
    nested: child?.kind === 'changed' ? child.child : null,
  };
}

/** Of what will be made: an id that no row has. */
const newActual = (name: string, type: string, requires: readonly string[]): Actual => ({
  id: `new ${name}`,
  name,
  type,
  requires,
  action: 'create',
  status: 'complete',
  replacedBy: null,
  traversal: 0,
});

const asStanding = (row: ResourceRecord): Actual => ({ ...newActual(row.name, row.handler, row.requires), id: row.id });
