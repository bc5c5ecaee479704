/** The planner against a simulated world: random graphs, changes in mid-flight, failures, rollbacks; and the rules one by one. */
import { describe, expect, it } from 'vitest';
import { type Actual, type Change, type Desired, nextSteps, type World } from './index.ts';
import { row, want, world } from './testing/sample-world.ts';

const compareBy = (changes: Record<string, Change>) => (_: Desired, r: Actual) => changes[r.id] ?? 'same';

describe('nextSteps', () => {
  it.each<[string, Partial<World>, string[], string]>([
    ['nothing wanted, nothing there', {}, [], 'converged'],
    ['creates what needs nothing first', { desired: [want('a'), want('b', ['a'])] }, ['create a'], 'working'],
    ['creates what its requirements allow', { desired: [want('a'), want('b', ['a'])], actual: [row('a1')] }, ['create b'], 'working'],
    ['waits for what is under way', { desired: [want('a'), want('b', ['a'])], actual: [row('a1', { status: 'calling' })] }, [], 'working'],
    ...(['same', 'update', 'replace'] as const).map((change): [string, Partial<World>, string[], string] => [
      `what waits for guests of an earlier traversal: ${change}`,
      {
        desired: [want('a')],
        actual: [row('a1', { status: 'waiting', isSupersedable: true, isKeptWhenSame: true })],
        traversal: 2,
        compare: () => change,
      },
      { same: [], update: ['update a1'], replace: ['create a for a1'] }[change],
      'working',
    ]),
    ['is done', { desired: [want('a')], actual: [row('a1')] }, [], 'converged'],
    ['updates in place', { desired: [want('a')], actual: [row('a1')], compare: () => 'update' }, ['update a1'], 'working'],
    ['replaces', { desired: [want('a')], actual: [row('a1')], compare: () => 'replace' }, ['create a for a1'], 'working'],
    ['replaces when the type changed', { desired: [{ ...want('a'), type: 'U' }], actual: [row('a1')] }, ['create a for a1'], 'working'],
    [
      'keeps the old copy until the successor stands',
      { desired: [want('a')], actual: [row('a1', { replacedBy: 'a2' }), row('a2', { status: 'waiting' })] },
      [],
      'working',
    ],
    [
      'then deletes it',
      { desired: [want('a')], actual: [row('a1', { replacedBy: 'a2' }), row('a2')], compare: compareBy({ a1: 'replace' }) },
      ['delete a1'],
      'working',
    ],
    [
      'not while another row uses it',
      {
        desired: [want('a'), want('b', ['a'])],
        actual: [row('a1', { replacedBy: 'a2' }), row('a2'), row('b1', { requires: ['a1'], status: 'calling', action: 'update' })],
        compare: compareBy({ a1: 'replace' }),
      },
      [],
      'working',
    ],
    [
      'relinks a row whose requirement was replaced',
      {
        desired: [want('a'), want('b', ['a'])],
        actual: [row('a1', { replacedBy: 'a2' }), row('a2'), row('b1', { requires: ['a1'] })],
        compare: compareBy({ a1: 'replace' }),
      },
      ['relink b1'],
      'working',
    ],
    ['deletes dependants first', { actual: [row('a1'), row('b1', { requires: ['a1'] })] }, ['delete b1'], 'working'],
    ['deletes a row that only waits', { actual: [row('a1', { status: 'waiting' })] }, ['delete a1'], 'working'],
    ['not one that is being called', { actual: [row('a1', { status: 'calling' })] }, [], 'working'],
    [
      'replaces a failed creation of an earlier traversal',
      { desired: [want('a')], actual: [row('a1', { status: 'failed' })], traversal: 2 },
      ['create a for a1'],
      'working',
    ],
    [
      'fails when one failed in this traversal',
      { desired: [want('a'), want('b')], actual: [row('a1', { status: 'failed' })] },
      [],
      'failed',
    ],
    [
      'but lets the others end first',
      { desired: [want('a'), want('b'), want('c')], actual: [row('a1', { status: 'failed' }), row('b1', { status: 'waiting' })] },
      [],
      'working',
    ],
    [
      'updates again what an update broke',
      { desired: [want('a')], actual: [row('a1', { status: 'failed', action: 'update' })], traversal: 2 },
      ['update a1'],
      'working',
    ],
    [
      'goes on deleting others when one deletion failed',
      { actual: [row('a1', { action: 'delete', status: 'failed' }), row('b1')] },
      ['delete b1'],
      'working',
    ],
    ['and then fails', { actual: [row('a1', { action: 'delete', status: 'failed' })] }, [], 'failed'],
    [
      'tries a failed deletion again in the next traversal',
      { actual: [row('a1', { action: 'delete', status: 'failed' })], traversal: 2 },
      ['delete a1'],
      'working',
    ],
    [
      'revives the old copy on rollback',
      {
        desired: [want('a')],
        actual: [row('a1', { replacedBy: 'a2' }), row('a2', { status: 'failed' })],
        traversal: 2,
        compare: compareBy({ a2: 'replace' }),
      },
      ['revive a1'],
      'working',
    ],
    [
      'revives the old copy, to change it in place, when the successor would have to be replaced',
      {
        desired: [want('a')],
        actual: [row('a1', { replacedBy: 'a2' }), row('a2')],
        traversal: 2,
        compare: compareBy({ a1: 'update', a2: 'replace' }),
      },
      ['revive a1'],
      'working',
    ],
    [
      'revives the old copy instead of a successor that is under way and can be told something else',
      {
        desired: [want('a')],
        actual: [row('a1', { replacedBy: 'a2' }), row('a2', { status: 'waiting', isSupersedable: true })],
        traversal: 2,
        compare: compareBy({ a2: 'update' }),
      },
      ['revive a1'],
      'working',
    ],
    [
      'revives it also when the successor is whole',
      { desired: [want('a')], actual: [row('a1', { replacedBy: 'a2' }), row('a2')], traversal: 2, compare: compareBy({ a2: 'replace' }) },
      ['revive a1'],
      'working',
    ],
    ['keeps to the limit', { desired: [want('a'), want('b'), want('c')], limits: { inFlight: 2 } }, ['create a', 'create b'], 'working'],
    [
      'what an earlier traversal could not delete goes before what may need its place',
      {
        desired: [want('a')],
        actual: [row('a1', { action: 'delete', status: 'failed', replacedBy: 'a2' }), row('a2', { status: 'failed' })],
        traversal: 2,
        limits: { inFlight: 1 },
      },
      ['delete a1'],
      'working',
    ],
    ['starts nothing when halted', { desired: [want('a')], halted: true }, [], 'failed'],
  ])('%s', (_, patch, steps, verdict) => {
    const plan = nextSteps(world(patch));
    expect(
      plan.steps.map((s) =>
        s.kind === 'create' ? `create ${s.name}${s.replaces === null ? '' : ` for ${s.replaces}`}` : `${s.kind} ${s.id}`,
      ),
    ).toEqual(steps);
    expect(plan.verdict).toBe(verdict);
  });

  it('plans a chain of 20,000 and its deletion without recursion', () => {
    const n = 20_000;
    const desired = Array.from({ length: n }, (_, i) => want(`r${i}x`, i === 0 ? [] : [`r${i - 1}x`]));
    expect(nextSteps(world({ desired })).steps).toHaveLength(1);
    const actual = desired.map((d, i) => row(`id${i}`, { name: d.name, requires: i === 0 ? [] : [`id${i - 1}`] }));
    expect(nextSteps(world({ desired, actual })).verdict).toBe('converged');
    expect(nextSteps(world({ actual })).steps).toEqual([{ kind: 'delete', id: `id${n - 1}` }]);
  });
});

/** A small generator with a seed, so that a failure can be replayed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

interface Wish {
  readonly desired: readonly Desired[];
  readonly props: ReadonlyMap<string, { readonly u: number; readonly r: number }>;
}
type SimRow = { -readonly [K in keyof Actual]: Actual[K] } & {
  applied: string | null;
  target: { applied: string; requires: readonly string[] } | null;
  whole: boolean;
};

function wish(r: () => number): Wish {
  const names = [...'abcdefgh'].sort(() => r() - 0.5).slice(0, 1 + Math.floor(r() * 8));
  const props = new Map(names.map((name) => [name, { u: Math.floor(r() * 2), r: Math.floor(r() * 2) }]));
  const desired = names.map((name, i) => ({ name, type: r() < 0.9 ? 'X' : 'Y', requires: names.slice(0, i).filter(() => r() < 0.35) }));
  return { desired, props };
}

/** Runs one seeded life of a stack and checks every rule at every step. Returns the number of steps taken. */
function live(seed: number): number {
  const r = random(seed);
  const rows = new Map<string, SimRow>();
  const history = [wish(r)];
  let current = history[0] as Wish;
  let changes = Math.floor(r() * 4);
  let traversal = 1;
  let sequence = 0;
  let taken = 0;

  const digest = (d: Desired, requires: readonly Actual[]) => JSON.stringify([current.props.get(d.name), requires.map((q) => q.id).sort()]);
  const compare = (d: Desired, row: Actual, requires: readonly Actual[]): Change => {
    const { applied } = rows.get(row.id) as SimRow;
    const now = digest(d, requires);
    if (applied === null) return 'update';
    if (applied === now) return 'same';
    const [before] = JSON.parse(applied) as [{ u: number; r: number }];
    const after = current.props.get(d.name) as { u: number; r: number };
    return before.r !== after.r ? 'replace' : 'update';
  };
  const switchTo = (next: Wish) => {
    current = next;
    traversal++;
  };

  for (let turn = 0; turn < 3_000; turn++) {
    if (changes > 0 && r() < 0.05) {
      changes--;
      const next =
        r() < 0.15 ? { desired: [], props: new Map() } : r() < 0.4 ? (history[Math.floor(r() * history.length)] as Wish) : wish(r);
      history.push(next);
      switchTo(next);
    }
    const state: World = {
      desired: current.desired,
      actual: [...rows.values()],
      traversal,
      halted: false,
      compare,
      limits: { inFlight: 1 + Math.floor(r() * 5) },
    };
    const plan = nextSteps(state);
    expect(nextSteps(state)).toEqual(plan);
    if (plan.verdict === 'failed') switchTo(current); // the user says: again
    if (plan.verdict === 'converged' && changes === 0) {
      expect([...rows.values()].map((x) => x.name).sort()).toEqual(current.desired.map((d) => d.name).sort());
      for (const x of rows.values()) expect((JSON.parse(x.applied as string) as unknown[])[0]).toEqual(current.props.get(x.name));
      return taken;
    }
    for (const step of plan.steps) {
      taken++;
      if (step.kind === 'create') {
        for (const id of step.requires) if (rows.get(id)?.status !== 'complete') throw new Error('created before its requirement');
        const id = `${step.name}${++sequence}`;
        const d = current.desired.find((x) => x.name === step.name) as Desired;
        const target = {
          applied: digest(
            d,
            step.requires.map((q) => rows.get(q) as SimRow),
          ),
          requires: step.requires,
        };
        rows.set(id, {
          id,
          name: step.name,
          type: step.type,
          requires: step.requires,
          status: r() < 0.5 ? 'calling' : 'waiting',
          action: 'create',
          replacedBy: null,
          traversal,
          applied: null,
          target,
          whole: false,
        });
        if (step.replaces !== null) (rows.get(step.replaces) as SimRow).replacedBy = id;
        continue;
      }
      const x = rows.get(step.id) as SimRow;
      if (x.status === 'calling') throw new Error('two actions on one row');
      if (step.kind === 'relink') x.requires = step.requires;
      else if (step.kind === 'revive') {
        if (x.status !== 'complete') throw new Error('revived something broken');
        x.replacedBy = null;
        for (const id of step.instead) (rows.get(id) as SimRow).replacedBy = x.id;
      } else if (step.kind === 'update') {
        if (x.action === 'create' && !x.whole) throw new Error('updated something half-created');
        const d = current.desired.find((y) => y.name === x.name) as Desired;
        x.target = {
          applied: digest(
            d,
            step.requires.map((q) => rows.get(q) as SimRow),
          ),
          requires: step.requires,
        };
        Object.assign(x, {
          status: 'calling',
          action: 'update',
          traversal,
          applied: null,
          requires: [...new Set([...x.requires, ...step.requires])],
        });
      } else {
        for (const other of rows.values()) if (other.requires.includes(x.id)) throw new Error('deleted while required');
        if (x.replacedBy !== null && x.action !== 'delete' && current.desired.some((d) => d.name === x.name)) {
          const successor = [...rows.values()].find((y) => y.name === x.name && y !== x && y.replacedBy === null && y.action !== 'delete');
          if (successor?.status !== 'complete') throw new Error('old copy deleted before its successor stood');
        }
        Object.assign(x, { status: 'calling', action: 'delete', traversal });
      }
    }
    for (const x of [...rows.values()]) {
      if ((x.status !== 'calling' && x.status !== 'waiting') || r() >= 0.4) continue;
      if (r() < 0.15) x.status = 'failed';
      else if (x.action === 'delete') rows.delete(x.id);
      else
        Object.assign(x, {
          status: 'complete',
          whole: true,
          applied: x.target?.applied ?? null,
          requires: x.target?.requires ?? x.requires,
        });
    }
    const liveRows = new Map<string, number>();
    for (const x of rows.values())
      if (x.replacedBy === null && x.action !== 'delete') liveRows.set(x.name, (liveRows.get(x.name) ?? 0) + 1);
    for (const [name, count] of liveRows) if (count > 1) throw new Error(`${count} live rows of ${name}`);
  }
  throw new Error('did not converge');
}

describe('simulated lives', () => {
  it('converge under every seed', () => {
    let steps = 0;
    for (let seed = 1; seed <= 3_000; seed++) {
      try {
        steps += live(seed);
      } catch (error) {
        throw new Error(`seed ${seed}: ${String(error)}`);
      }
    }
    expect(steps).toBeGreaterThan(10_000);
  });
});
