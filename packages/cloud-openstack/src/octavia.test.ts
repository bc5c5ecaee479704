/** The client of load balancers: one change at a time without a call too many, looks that many share, and what conflicts mean. */
import { silentLog, Failure, type Json, type JsonObject } from '@hearth/kernel';
import { virtualTimers, type VirtualTimers } from '@hearth/testkit';
import { beforeEach, expect, test } from 'vitest';
import { CloudFailure } from './cloud-failure.ts';
import { octaviaOf, type Octavia } from './octavia.ts';
import { sharedLooks } from './shared-observation.ts';
import type { CloudRequest, Session } from './session.ts';

/** A session that answers from a table, and remembers what it was asked. */
let calls: string[];
let balancer: string;
let timers: VirtualTimers;
let octavia: Octavia;

const members = Array.from({ length: 10 }, (_, i) => ({ id: `m${i}`, provisioning_status: 'ACTIVE' }));
function answer({ method, path }: Pick<CloudRequest, 'method' | 'path'>): Json {
  calls.push(`${method} ${path}`);
  if (path === '/lbaas/loadbalancers/lb') return { loadbalancer: { id: 'lb', provisioning_status: balancer } };
  if (path === '/lbaas/pools/p') return { pool: { id: 'p', loadbalancers: [{ id: 'lb' }] } };
  if (path === '/lbaas/l7policies/q') return { l7policy: { id: 'q', listener_id: 'l' } };
  if (path === '/lbaas/listeners/l') return { listener: { id: 'l', loadbalancers: [{ id: 'lb' }] } };
  const member = members.find(({ id }) => path === `/lbaas/pools/p/members/${id}`);
  if (member !== undefined) return { member };
  throw new CloudFailure('not-found', 'not found (HTTP 404)', { status: 404, requestId: null, outcomeUnknown: false });
}
beforeEach(() => {
  calls = [];
  balancer = 'ACTIVE';
  timers = virtualTimers(0);
  const session = {
    timers,
    looks: sharedLooks(timers),
    request: async (request: CloudRequest) => answer(request),
    list: async ({ path }: { path: string }) => {
      calls.push(`LIST ${path}`);
      return path === '/lbaas/pools/p/members' ? members : [];
    },
    log: silentLog,
  };
  octavia = octaviaOf(session as unknown as Session);
});

const conflict = (message: string): CloudFailure =>
  new CloudFailure('conflict', `${message} (HTTP 409)`, { status: 409, requestId: null, outcomeUnknown: false });
/** Lets what waits for company look. */
const settled = async <T>(promise: Promise<T>): Promise<T> => {
  for (let i = 0; i < 10; i++) await timers.advance(10);
  return promise;
};

test('of many who want a change at once, one calls', async () => {
  let made = 0;
  let release = (): void => {};
  const open = new Promise<void>((resolve) => {
    release = resolve;
  });
  const change = async (): Promise<number> => {
    made++;
    await open;
    return made;
  };
  const attempts = Array.from({ length: 5 }, () => octavia.attempt('lb', true, change));
  const others = await Promise.all(attempts.slice(1));
  expect(others.map(({ kind }) => kind)).toEqual(['busy', 'busy', 'busy', 'busy']);
  release();
  expect([await attempts[0], made, calls]).toEqual([{ kind: 'done', answer: 1 }, 1, []]);
});

test('a later try looks first, together with the others, and does not call while it is busy', async () => {
  balancer = 'PENDING_UPDATE';
  const tries = Array.from({ length: 5 }, () => octavia.attempt('lb', false, async () => 'made'));
  const seen = await settled(Promise.all(tries));
  expect(new Set(seen.map((one) => (one.kind === 'busy' ? one.saw : one.kind)))).toEqual(new Set(['PENDING_UPDATE']));
  expect(calls).toEqual(['GET /lbaas/loadbalancers/lb']);
  balancer = 'ACTIVE';
  expect(await settled(octavia.attempt('lb', false, async () => 'made'))).toEqual({ kind: 'done', answer: 'made' });
});

test.each([
  ['another change', 'ACTIVE', 'Load Balancer lb is immutable and cannot be updated.', true],
  ['another change of the whole', 'ACTIVE', 'Invalid state PENDING_UPDATE of loadbalancer resource lb', true],
  ['something in the way', 'ACTIVE', 'This pool already has a health monitor', false],
  ['a load balancer in error', 'ERROR', 'Load Balancer lb is immutable and cannot be updated.', false],
])('a conflict with %s', async (_name, status, message, isPassing) => {
  balancer = status;
  const seen = await settled(
    octavia.attempt('lb', false, async () => {
      throw conflict(message);
    }),
  );
  expect(seen).toMatchObject({ kind: 'busy', isPassing, error: { message: `${message} (HTTP 409)` } });
});

test('what is no conflict is thrown, and the next one may call', async () => {
  const failing = async (): Promise<never> => {
    throw new Failure('forbidden', 'no');
  };
  await expect(octavia.attempt('lb', true, failing)).rejects.toThrow('no');
  expect(await octavia.attempt('lb', true, async () => 1)).toEqual({ kind: 'done', answer: 1 });
});

test('many looks at members of one pool are one list', async () => {
  const place = { kind: 'member', parentId: 'p' } as const;
  const seen = await settled(Promise.all(members.map(({ id }) => octavia.look(place, id))));
  expect([seen.map((one) => (one as JsonObject).id), calls]).toEqual([members.map(({ id }) => id), ['LIST /lbaas/pools/p/members']]);
});

test('what something belongs to is asked for once', async () => {
  expect([
    await octavia.balancerOf('l7policy', 'q'),
    await octavia.balancerOf('l7policy', 'q'),
    await octavia.balancerOf('pool', 'p'),
  ]).toEqual(['lb', 'lb', 'lb']);
  expect(calls).toEqual(['GET /lbaas/l7policies/q', 'GET /lbaas/listeners/l', 'GET /lbaas/pools/p']);
  await expect(octavia.balancerOf('pool', 'gone')).rejects.toMatchObject({ code: 'not-found' });
});
