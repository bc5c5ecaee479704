/**
 * Why what is not settled is not: the planner's own reasons, for people. Asks the very functions that plan, and is asked only when somebody wants to
 * know, so that planning costs nothing more.
 */
import { type Choice, chooseRows, cleanup, failures, forward, isInFlight, isSkipped, nextSteps } from './next-steps.ts';
import { nextVisits, orderOf, type VisitWorld } from './next-visits.ts';
import type { Actual, Desired, Plan, World } from './world.ts';

/** The nearest cause, never the whole chain. */
export type Cause =
  /** Something of it is under way. */
  | { readonly kind: 'in-flight' }
  /** It has failed, and is tried again. */
  | { readonly kind: 'retrying' }
  /** It comes after these, by name. */
  | { readonly kind: 'requires'; readonly names: readonly string[] }
  /** These rows still use it, by id. */
  | { readonly kind: 'used'; readonly ids: readonly string[] }
  /** It goes once what takes its place stands. */
  | { readonly kind: 'successor' }
  /** It would be begun, and enough is under way. */
  | { readonly kind: 'limit' }
  /** It is what comes next. */
  | { readonly kind: 'next' }
  /** Its own step failed. */
  | { readonly kind: 'failed' }
  /** Nothing is begun any more: these rows failed, by id. */
  | { readonly kind: 'broken'; readonly ids: readonly string[] }
  | { readonly kind: 'halted' }
  | { readonly kind: 'skipped' };

export interface Explained {
  /** Null: there is nothing of it yet. */
  readonly id: string | null;
  readonly name: string;
  /** It is to be there, or it is to go. */
  readonly wish: 'there' | 'gone';
  readonly cause: Cause;
}

/** One for each wanted name that is not settled, and one for each row that is to go. */
export function explain(world: World): readonly Explained[] {
  const choice = chooseRows(world);
  const plan = nextSteps(world);
  const failed = failures(world, choice).flatMap((reason) => reason.id ?? []);
  const context: Context = { world, choice, failed, begun: begunBy(plan), isBroken: failed.length > 0 };
  return [...world.desired.flatMap((desired) => ofDesired(context, desired)), ...ofLeaving(context)];
}

interface Context {
  readonly world: World;
  readonly choice: Choice;
  readonly failed: readonly string[];
  /** Ids of rows and names that the plan's steps begin. */
  readonly begun: ReadonlySet<string>;
  readonly isBroken: boolean;
}

const begunBy = ({ steps }: Plan): ReadonlySet<string> => new Set(steps.map((step) => (step.kind === 'create' ? step.name : step.id)));

function ofDesired(context: Context, desired: Desired): readonly Explained[] {
  const { world, choice } = context;
  const row = choice.chosen.get(desired.name) ?? null;
  const told = (cause: Cause): readonly Explained[] => [{ id: row?.id ?? null, name: desired.name, wish: 'there', cause }];
  if (isSkipped(world, desired.name)) return told({ kind: 'skipped' });
  const step = forward(world, desired, choice);
  if (step === 'settled') return [];
  if (step === 'in-flight') return told({ kind: row?.isBetweenTries === true ? 'retrying' : 'in-flight' });
  if (row !== null && context.failed.includes(row.id)) return told({ kind: 'failed' });
  if (step === 'requires') {
    const names = desired.requires.filter((name) => !choice.settled.has(name) && !isSkipped(world, name));
    return told({ kind: 'requires', names });
  }
  return told(held(context) ?? comes(context, step.kind === 'create' ? step.name : step.id));
}

/** Nothing of this kind is begun at all. */
function held({ world, isBroken, failed }: Context): Cause | null {
  if (world.halted) return { kind: 'halted' };
  return isBroken ? { kind: 'broken', ids: failed } : null;
}
const comes = ({ begun }: Context, key: string): Cause => ({ kind: begun.has(key) ? 'next' : 'limit' });

function ofLeaving(context: Context): readonly Explained[] {
  const { world, choice } = context;
  const staying = cleanup(world, choice);
  const wanted = new Set(world.desired.map(({ name }) => name));
  const usersOf = (row: Actual): readonly string[] => world.actual.filter(({ requires }) => requires.includes(row.id)).map(({ id }) => id);
  return world.actual.flatMap((row) => {
    const step = staying(row);
    const told = (cause: Cause): readonly Explained[] => [{ id: row.id, name: row.name, wish: 'gone', cause }];
    switch (step) {
      case 'wanted':
        return [];
      case 'skipped':
        return wanted.has(row.name) ? [] : told({ kind: 'skipped' });
      case 'in-flight':
        return told({ kind: row.isBetweenTries === true ? 'retrying' : step });
      case 'failed':
      case 'successor':
        return told({ kind: step });
      case 'used':
        return told(isInFlight(row) && row.action === 'delete' ? { kind: 'in-flight' } : { kind: 'used', ids: usersOf(row) });
      default:
        return told(held(context) ?? comes(context, row.id));
    }
  });
}

/** The same for a visit: one for each row that has not been visited well. */
export function explainVisits(world: VisitWorld): readonly Explained[] {
  const plan = nextVisits(world);
  const failed = plan.reasons.flatMap((reason) => (reason.kind === 'failed' ? (reason.id ?? []) : []));
  const begun = begunBy(plan);
  const waitsFor = orderOf(world);
  return world.rows.flatMap((row): readonly Explained[] => {
    const told = (cause: Cause): readonly Explained[] => [{ id: row.id, name: row.name, wish: 'there', cause }];
    if (row.status === 'calling' || row.status === 'waiting') return told({ kind: 'in-flight' });
    if (row.isVisited) return row.status === 'failed' ? told({ kind: 'failed' }) : [];
    if (world.halted) return told({ kind: 'halted' });
    const before = waitsFor(row).filter((other) => !other.isVisited || other.status !== 'complete');
    if (before.length > 0) return told({ kind: 'requires', names: before.map(({ name }) => name) });
    if (begun.has(row.id)) return told({ kind: 'next' });
    return told(failed.length > 0 ? { kind: 'broken', ids: failed } : { kind: 'limit' });
  });
}
