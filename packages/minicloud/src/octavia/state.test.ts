/** What a part of a load balancer shows as the clock moves on. */
import { expect, test } from 'vitest';
import { isGone, statusAt } from './state.ts';

test.each([
  ['being made', 'PENDING_CREATE', 'ACTIVE', null, ['PENDING_CREATE', 'ACTIVE']],
  ['that failed to be made', 'PENDING_CREATE', 'ERROR', null, ['PENDING_CREATE', 'ERROR']],
  ['whose deletion fails', 'PENDING_DELETE', 'ERROR', null, ['PENDING_DELETE', 'ERROR']],
  [
    'that goes: never in error, though it was found a moment before',
    'PENDING_DELETE',
    'ERROR',
    1_000,
    ['PENDING_DELETE', 'PENDING_DELETE'],
  ],
] as const)('one %s', (_title, pending_status, settled_status, gone_at_ms, shown) => {
  const body = { pending_status, settled_status, settles_at_ms: 1_000, gone_at_ms };
  expect([999, 1_000].map((nowMs) => statusAt({ body }, nowMs))).toEqual(shown);
});

test('what goes is gone from its time on', () => {
  const part = { body: { gone_at_ms: 1_000 } } as unknown as Parameters<typeof isGone>[0];
  expect([999, 1_000].map((nowMs) => isGone(part, nowMs))).toEqual([false, true]);
});
