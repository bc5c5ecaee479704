/** What signals say, what one look at them leads to, and the words for both. */
import { Refusal, type Json } from '@hearth/kernel';
import { ResourceFailed, type Signal } from '@hearth/resource-kit';
import { expect, test } from 'vitest';
import { AWS_WORDS, awsSignals, dataText, HEAT_WORDS, heatSignals } from './told.ts';
import { lookAtSignals } from './waiting.ts';

const place = { props: {}, count: 2 };

test.each<[Json, string, object]>([
  [null, '3', { status: 'SUCCESS', reason: 'Signal 3 received', data: null }],
  [{}, '3', { status: 'SUCCESS', reason: 'Signal 3 received', data: null }],
  [{ status: 'FAILURE', id: 'x', reason: 'bad', data: [1] }, 'x', { status: 'FAILURE', reason: 'bad', data: [1] }],
  [{ id: 7 }, '7', { status: 'SUCCESS', reason: 'Signal 3 received', data: null }],
])('the signal %j is kept as %s', (details, key, body) => {
  expect(heatSignals.judge(details, place)).toMatchObject({ kind: 'keep', key, body });
});

const aws = { Status: 'SUCCESS', UniqueId: 'a', Data: 'd', Reason: 'r' };
test('where everything must be said, it is', () => {
  expect(awsSignals.judge(aws, place)).toEqual({
    kind: 'keep',
    key: 'a',
    body: { Status: 'SUCCESS', Data: 'd', Reason: 'r' },
    reason: 'status:SUCCESS reason:r',
  });
  expect(awsSignals.judge(null, place)).toEqual({ kind: 'ignore' });
});

test.each<[string, () => unknown, RegExp]>([
  ['another status', () => heatSignals.judge({ status: 'OK' }, place), /status must be SUCCESS or FAILURE/],
  ['a strange key', () => heatSignals.judge({ Status: 'SUCCESS' }, place), /no "Status"; it has status, id, data, reason/],
  ['text', () => heatSignals.judge('SUCCESS', place), /a signal is a map of/],
  ['a list', () => awsSignals.judge([], place), /a signal is a map of/],
  ['too little', () => awsSignals.judge({ Status: 'SUCCESS' }, place), /UniqueId, Data, Reason missing/],
  ['nothing', () => awsSignals.judge({}, place), /Status, UniqueId, Data, Reason missing/],
  ['too much', () => awsSignals.judge({ ...aws, Extra: 1 }, place), /no "Extra"/],
])('%s is refused', (_name, judge, message) => {
  expect(judge).toThrow(message);
  expect(judge).toThrow(Refusal);
});

const told = (...said: readonly (readonly [key: string, status: string, reason: string, data?: Json])[]): readonly Signal[] =>
  said.map(([key, status, reason, data = null]) => ({ key, body: { status, reason, data }, at: 0 }));
const look = (signals: readonly Signal[], more: Partial<Parameters<typeof lookAtSignals>[0]> = {}) =>
  lookAtSignals({ signals, words: HEAT_WORDS, count: 2, startedAt: 0, now: 1_000, seconds: 60, pauseMs: 15_000, ...more });
const failure = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof ResourceFailed) return `${error.type}: ${error.message}`;
  }
  return '';
};

test('one look', () => {
  const one = told(['a', 'SUCCESS', 'up']);
  const two = [...one, ...told(['b', 'SUCCESS', 'too'])];
  const failed = [...two, ...told(['c', 'FAILURE', 'no disk'], ['d', 'FAILURE', 'no net'])];
  expect(look(one)).toMatchObject({ kind: 'wait', afterMs: 15_000, saw: '1 of 2 received' });
  expect(look(one, { now: 58_000 })).toMatchObject({ kind: 'wait', afterMs: 2_000, isSteady: true });
  expect(look(two)).toEqual({ kind: 'done' });
  expect(failure(() => look(failed))).toBe('WaitConditionFailure: no disk;no net');
  expect(failure(() => look([], { now: 60_000 }))).toBe('WaitConditionTimeout: 0 of 2 received');
  expect(failure(() => look(one, { now: 60_000 }))).toBe('WaitConditionTimeout: 1 of 2 received - up');
  // Nobody looked in time, but they were told in time.
  expect(look(two, { now: 600_000 })).toEqual({ kind: 'done' });
});

test('data is by id in the order of the signals, as Python writes JSON', () => {
  const signals = told(['5', 'SUCCESS', '', { b: 1, a: [true, null] }], ['1', 'SUCCESS', '', 'é']);
  expect(dataText(signals, HEAT_WORDS)).toBe('{"5": {"b": 1, "a": [true, null]}, "1": "\\u00e9"}');
  expect(dataText([], AWS_WORDS)).toBe('{}');
});
