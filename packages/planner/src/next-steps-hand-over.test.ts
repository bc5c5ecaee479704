/** The planner on what only one can have, on what is broken, and on what is between two tries: the rules one by one. */
import { expect, it } from 'vitest';
import { type Actual, nextSteps, type World } from './index.ts';
import { row, want, world } from './testing/sample-world.ts';

const BETWEEN: Partial<Actual> = { status: 'waiting', isBetweenTries: true };
const GUESTS: Partial<Actual> = { status: 'waiting', isSupersedable: true, isKeptWhenSame: true };
const failedBeside: Pick<World, 'desired' | 'actual'> = {
  desired: [want('a'), want('b')],
  actual: [row('a1', BETWEEN), row('b1', { status: 'failed' })],
};

it.each<[string, Partial<World>, readonly string[]]>([
  ['who is there hands over first', { actual: [row('a1', { handOver: 'possible' })], compare: () => 'replace' }, ['hand-over a1']],
  [
    'and who has handed over in this traversal is succeeded',
    { actual: [row('a1', { handOver: 'given' })], compare: () => 'replace' },
    ['create a'],
  ],
  [
    'in an earlier one: it is asked again, for another thing may be wanted',
    { actual: [row('a1', { handOver: 'given' })], traversal: 2, compare: () => 'replace' },
    ['hand-over a1'],
  ],
  [
    'who was replaced long ago and is still there hands over, too',
    {
      actual: [row('a1', { handOver: 'possible', replacedBy: 'a2' }), row('a2', { handOver: 'given' })],
      compare: () => 'replace',
    },
    ['hand-over a1'],
  ],
  ['who stays takes back what it gave', { actual: [row('a1', { handOver: 'given' })] }, ['take-back a1']],
  ['what is broken is made anew, even where it is as wanted', { actual: [row('a1', { isUnhealthy: true })] }, ['create a']],
  ['what is between two tries is awaited', { actual: [row('a1', BETWEEN)] }, []],
  ['and given up in a newer traversal', { actual: [row('a1', BETWEEN)], traversal: 2 }, ['give-up a1']],
  ['and once its traversal has failed', failedBeside, ['give-up a1']],
  ['guests are awaited', { actual: [row('a1', GUESTS)] }, []],
  [
    'and no longer once something else has failed',
    { ...failedBeside, actual: [row('a1', GUESTS), ...failedBeside.actual.slice(1)] },
    ['give-up a1'],
  ],
  ['but where everything is broken off they are not given up twice', { actual: [row('a1', GUESTS)], halted: true }, []],
])('%s', (_name, given, expected) => {
  const steps = nextSteps(world({ desired: [want('a')], ...given })).steps.map(
    (step) => `${step.kind} ${step.kind === 'create' ? step.name : 'id' in step ? step.id : ''}`,
  );
  expect(steps).toEqual(expected);
});

const gone = { desired: [], actual: [], traversal: 2, halted: false, compare: () => 'same', limits: { inFlight: 10 } } satisfies World;
it.each<[string, readonly Actual[], readonly string[]]>([
  ['who uses the other goes first', [row('a1'), row('b1', { requires: ['a1'] })], ['b1']],
  [
    'where an update that was to turn that round has failed, what failed has no say',
    [row('a1', { requires: ['b1'] }), row('b1', { requires: ['a1'], action: 'update', status: 'failed' })],
    ['a1'],
  ],
  [
    'what the failed one uses besides waits for it',
    [row('a1', { requires: ['b1'] }), row('b1', { requires: ['a1', 'c1'], action: 'update', status: 'failed' }), row('c1')],
    ['a1'],
  ],
  ['where nobody failed one of them goes', [row('a1', { requires: ['b1'] }), row('b1', { requires: ['a1'] })], ['a1']],
  [
    'while something else can be done nobody is passed over',
    [row('a1', { requires: ['b1'] }), row('b1', { requires: ['a1'], status: 'failed' }), row('c1')],
    ['c1'],
  ],
])('of two that are to go %s', (_name, actual, expected) => {
  const { steps, verdict } = nextSteps({ ...gone, actual });
  expect([steps.map((step) => ('id' in step ? step.id : '')), verdict]).toEqual([expected, 'working']);
});

it('what stays keeps what it uses, and what that uses', () => {
  const actual = [row('w1', { requires: ['a1'] }), row('a1', { requires: ['b1'] }), row('b1', { requires: ['a1'] })];
  const { steps } = nextSteps({ ...gone, desired: [{ name: 'w', type: 'T', requires: [] }], skipped: new Set(['w']), actual });
  expect(steps).toEqual([]);
});
