/** Settings of what is kept: their defaults, what switches them off, and what is refused. */
import { expect, test } from 'vitest';
import { readSettings, type Variables } from './settings.ts';

const retention = (variables: Variables) => readSettings(variables, {}).retention;

test('retention is on by default', () => {
  expect(retention({})).toEqual({ deletedDays: 90, events: { newest: 10_000, days: 1 } });
});

test.each<[Variables, unknown]>([
  [{ HEARTH_KEEP_DELETED_DAYS: '7' }, { deletedDays: 7, events: { newest: 10_000, days: 1 } }],
  [{ HEARTH_KEEP_DELETED_DAYS: 'forever' }, { deletedDays: null, events: { newest: 10_000, days: 1 } }],
  [
    { HEARTH_MAX_EVENTS_PER_STACK: '500', HEARTH_KEEP_EVENTS_DAYS: '30' },
    { deletedDays: 90, events: { newest: 500, days: 30 } },
  ],
  [{ HEARTH_MAX_EVENTS_PER_STACK: 'forever' }, { deletedDays: 90, events: null }],
  [{ HEARTH_KEEP_EVENTS_DAYS: 'forever' }, { deletedDays: 90, events: null }],
])('%j', (variables, expected) => {
  expect(retention(variables)).toEqual(expected);
});

test.each(['HEARTH_KEEP_DELETED_DAYS', 'HEARTH_KEEP_EVENTS_DAYS', 'HEARTH_MAX_EVENTS_PER_STACK'])(
  '%s: a wrong value stops the start and says what is right',
  (name) => {
    for (const value of ['0', '-1', '1.5', '', 'never', '1d', '12345678901'])
      expect(() => retention({ [name]: value })).toThrowError(
        new RegExp(`Setting ${name}: "${value}" is not a whole number from 1 up. What to do: for example \\d+; or "forever"`),
      );
  },
);

test('nothing is looked at for drift unless the operator wants it', () => {
  expect(readSettings({}, {})).toMatchObject({ driftEveryMins: null, observesOnUpdate: false });
  const wanted = readSettings({ HEARTH_DRIFT_EVERY_MINUTES: '60', HEARTH_OBSERVE_ON_UPDATE: 'on' }, {});
  expect(wanted).toMatchObject({ driftEveryMins: 60, observesOnUpdate: true });
});

test.each(['0', '-1', '1.5', 'never', '12345678'])('HEARTH_DRIFT_EVERY_MINUTES=%s stops the start', (value) => {
  expect(() => readSettings({ HEARTH_DRIFT_EVERY_MINUTES: value }, {})).toThrowError(/is not a whole number from 1 up/);
});
