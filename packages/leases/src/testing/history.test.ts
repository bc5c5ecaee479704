/** Histories written by hand: what may have been, and what may not. */
import { expect, test } from 'vitest';
import { type Fact, historyProblems } from './history.ts';

const asked = (by: string, epoch: number, from: number, to: number) => ({ by, row: 'r', epoch, from, to });
const claim = (by: string, epoch: number, from: number, to = from + 1): Fact => ({ kind: 'claim', ...asked(by, epoch, from, to) });
const act = (by: string, epoch: number, at: number): Fact => ({ kind: 'act', ...asked(by, epoch, at, at) });
type Answer = 'accepted' | 'refused' | 'unknown';
const write = (by: string, epoch: number, from: number, to: number, answer: Answer = 'accepted'): Fact => ({
  kind: 'write',
  ...asked(by, epoch, from, to),
  answer,
});
const release = (by: string, epoch: number, from: number, to: number, answer: Answer | 'kept' = 'accepted'): Fact => ({
  kind: 'release',
  ...asked(by, epoch, from, to),
  answer,
});

const logOf = (...log: readonly (readonly [string, number])[]) => new Map([['r', log.map(([by, epoch]) => ({ by, epoch }))]]);

test('what may have been', () => {
  const facts = [
    claim('a', 1, 0),
    act('a', 1, 2),
    write('a', 1, 3, 4),
    // Committed before the other's claim, answered after it.
    write('a', 1, 5, 12),
    claim('b', 2, 6, 8),
    write('a', 1, 13, 14, 'refused'),
    write('a', 1, 13, 14, 'unknown'),
    release('b', 2, 15, 16, 'kept'),
    write('b', 2, 17, 18),
    release('b', 2, 19, 20),
    // The answer to the claim of epoch 3 got lost.
    claim('a', 4, 21),
  ];
  expect(historyProblems(facts, logOf(['a', 1], ['a', 1], ['b', 2]))).toEqual([]);
});

test.each<[string, readonly Fact[], ReturnType<typeof logOf>, string]>([
  ['two at one epoch', [claim('a', 1, 0), claim('b', 1, 3)], logOf(), 'claim of r by b at epoch 1: a holds it at that epoch'],
  ['an epoch that falls', [claim('a', 2, 0), claim('b', 1, 3)], logOf(), 'claim of r by b at epoch 1: after one at epoch 2'],
  [
    'a write after another claim',
    [claim('a', 1, 0), claim('b', 2, 3), write('a', 1, 5, 6)],
    logOf(),
    'write of r by a at epoch 1: b had it at epoch 2',
  ],
  [
    'an act after another claim',
    [claim('a', 1, 0), claim('b', 2, 3), act('a', 1, 5)],
    logOf(),
    'act of r by a at epoch 1: b had it at epoch 2',
  ],
  [
    'a release after another claim',
    [claim('a', 1, 0), claim('b', 2, 3), release('a', 1, 5, 6)],
    logOf(),
    'release of r by a at epoch 1: b had it at epoch 2',
  ],
  ['a write without a claim', [claim('a', 1, 0), write('b', 1, 3, 4)], logOf(), 'write of r by b at epoch 1: it never claimed that'],
  [
    'a write after giving back',
    [claim('a', 1, 0), release('a', 1, 3, 4), write('a', 1, 5, 6)],
    logOf(),
    'write of r by a at epoch 1: it had given it back',
  ],
  ['a late write in the log', [claim('a', 1, 0), claim('b', 2, 1)], logOf(['b', 2], ['a', 1]), 'r: written at epoch 1 after 2'],
  ['two writers of one epoch', [claim('a', 3, 0)], logOf(['a', 3], ['b', 3]), 'r: b wrote at epoch 3 of a'],
  ['two writers whose claims nobody heard', [act('a', 9, 0), claim('a', 9, 0)], logOf(['a', 2], ['b', 2]), 'r: b wrote at epoch 2 of a'],
])('what may not: %s', (_name, facts, log, problem) => {
  expect(historyProblems(facts, log)).toEqual([problem]);
});
