/** What handlers tell replaces what they told before, and nothing that the engine notes beside it. */
import { asId } from '@hearth/kernel';
import { sampleResource } from '@hearth/store/testing';
import { expect, test } from 'vitest';
import { beginAdoption, isNotOwnYet } from './adoption.ts';
import { asUnhealthy, isUnhealthy } from './health.ts';
import { dataAfter } from './row-data.ts';
import { afterOutcome } from './transitions.ts';

const row = sampleResource(asId('s'), { action: 'UPDATE', status: 'IN_PROGRESS', data: { port: 'old', home: 'here' } });

test('a handler gives its own whole, or says nothing', () => {
  expect(dataAfter(row, { port: 'new' })).toEqual({ port: 'new' });
  expect(dataAfter(row, null)).toBe(row.data);
});

test.each(['done', 'wait'] as const)('what was adopted is not ours, and what is broken not well, by what a handler tells: %s', (kind) => {
  const taken = asUnhealthy({
    ...beginAdoption(row, { id: 'x', data: { port: 'old' }, physicalName: null, below: null }),
    action: 'UPDATE',
  });
  const told = { kind, physicalId: 'x', data: { port: 'new' }, attributes: null, token: null, afterMs: 1, saw: '' } as const;
  const after = afterOutcome(taken, told, 1, null) ?? row;
  expect(after.data).toMatchObject({ port: 'new' });
  expect([isUnhealthy(after), isNotOwnYet({ adopting: true }, after)]).toEqual([true, true]);
});
