/** What the planner will decide on one resource, and what else it may, where values are known only on the way. */
import { type Actual, type Decision, decisionFor, type Desired } from '@hearth/planner';
import type { Registry, ResourceType } from '@hearth/resource-kit';
import type { ResourceRecord } from '@hearth/store';
import { asActual, isToBeRenewed } from '../comparison.ts';
import type { CompiledDefinition } from '../compiled.ts';
import type { ChangeKind } from './change-set.ts';
import { type Doubts, type Foreseen, foreseenReferences, type View } from './foreseen.ts';
import type { Level } from './level.ts';
import { changeInView, othersReplace, outlook, type Outlook } from './outlook.ts';

export interface Decided {
  readonly kind: Exclude<ChangeKind, 'deleted'>;
  readonly maybe: readonly ChangeKind[];
  /** The row that stays, is changed or is replaced; null: there is none. */
  readonly row: ResourceRecord | null;
  readonly outlook: Outlook;
  /** The same if all that may change does; null: nothing more may. */
  readonly widest: Outlook | null;
}

/** What is wanted at one place, by the rows that there are for it. */
export interface Wish {
  readonly compiled: CompiledDefinition;
  readonly desired: Desired;
  readonly type: ResourceType;
  readonly rows: readonly ResourceRecord[];
}

export function decide({ around, isKnown, isWidest }: Level, wish: Wish, foreseen: ReadonlyMap<string, Foreseen>): Decided {
  const { compiled, desired, type } = wish;
  const of = (name: string): Foreseen | null => foreseen.get(name) ?? null;
  const seen = (view: View, doubts: Doubts): Outlook =>
    outlook(compiled, around.registry, desired.name, type, foreseenReferences(of, around.registry, view, doubts), isKnown);
  const decision = (view: View, one: Outlook): Decision => settledDecision(wish, one, view, foreseen, around.registry);
  const doubts: Doubts = { met: false };
  const told = seen(isWidest ? 'most' : 'told', doubts);
  const first = decision('told', told);
  const kinds = new Set<ChangeKind>();
  const isOpen = desired.requires.some((name) => isDoubtful(of(name)));
  const isUnknown = told.unknown.size > 0 || told.isMetadataUnknown;
  if (isOpen || isUnknown) kinds.add(kindOf(decision('least', told)));
  const most = (doubts.met || isOpen) && !isWidest ? seen('most', { met: false }) : told;
  if (most !== told) kinds.add(kindOf(decision('most', most)));
  const row = rowOf(first, wish.rows);
  if (row !== null) for (const kind of betweenKinds(type, row, most, kindOf(first), kinds)) kinds.add(kind);
  kinds.delete(kindOf(first));
  return { kind: kindOf(first), maybe: [...kinds], row, outlook: told, widest: most === told ? null : most };
}

const isDoubtful = (one: Foreseen | null): boolean => one !== null && (one.mayBeNew || one.actual.least.id !== one.actual.told.id);

/** Of several values that are not known, some may change and others not; and a type may judge by values. */
function betweenKinds(
  type: ResourceType,
  row: ResourceRecord,
  most: Outlook,
  first: ChangeKind,
  kinds: ReadonlySet<ChangeKind>,
): readonly ChangeKind[] {
  if (most.unknown.size === 0 && !most.isMetadataUnknown) return [];
  const isReplaceable = first === 'replaced' || kinds.has('replaced');
  const isCertain = first === 'replaced' && kinds.size <= 1 && kinds.has('replaced');
  const inPlace = most.isMetadataUnknown || othersReplace(type, row, most.unknown).length < most.unknown.size;
  return [
    ...(isReplaceable && inPlace && !isCertain ? (['updated'] as const) : []),
    ...(type.replaces !== undefined && most.unknown.size > 0 ? (['replaced'] as const) : []),
  ];
}

/** A replaced row that is wanted again is taken back first; what is decided then is what counts. */
function settledDecision(
  { compiled, desired, rows }: Wish,
  one: Outlook,
  view: View,
  foreseen: ReadonlyMap<string, Foreseen>,
  registry: Registry,
): Decision {
  const records = new Map(rows.map((row) => [row.id as string, row]));
  const requires = desired.requires.flatMap((name) => foreseen.get(name)?.actual[view] ?? []);
  const compare = (_desired: Desired, { id }: Actual) => {
    const row = records.get(id) as ResourceRecord;
    return isRenewedAt(row, registry) ? 'replace' : changeInView(compiled, registry, one, row, view !== 'least');
  };
  let actual: readonly Actual[] = rows.map((row) => asActual(row, registry));
  const first = decisionFor({ actual, compare }, desired, requires);
  if (first.kind !== 'revive') return first;
  actual = actual.map((row) => ({ ...row, replacedBy: row.id === first.id ? null : first.id }));
  return decisionFor({ actual, compare }, desired, requires);
}

/** By the next traversal. */
export const isRenewedAt = (row: ResourceRecord, registry: Registry): boolean =>
  isToBeRenewed(row, { action: 'UPDATE', traversal: row.traversal + 1 }, registry);

export function kindOf(decision: Decision): Decided['kind'] {
  switch (decision.kind) {
    case 'relink':
      return 'relinked';
    case 'update':
      return 'updated';
    case 'create':
      return decision.replaces === null ? 'added' : 'replaced';
    default:
      return 'unchanged';
  }
}

function rowOf(decision: Decision, rows: readonly ResourceRecord[]): ResourceRecord | null {
  const id = decision.kind === 'create' ? decision.replaces : 'id' in decision ? decision.id : null;
  return rows.find((row) => row.id === id) ?? null;
}
