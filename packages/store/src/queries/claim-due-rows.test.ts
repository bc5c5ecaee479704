/** Claims on a real PostgreSQL: who gets which row, and that idle rows cost nothing. */
import { asId, type HolderId, type StackId } from '@hearth/kernel';
import { testDatabase } from '@hearth/testkit';
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createSecretBox } from '../secret-box.ts';
import { newHolderId, sampleDefinition, sampleEvent, sampleStack } from '../testing/sample-records.ts';
import { claimDueRows, claimStatement, heldRows, nextDueAt, wakeRow, type DueClaim } from './claim-due-rows.ts';
import { STACK_DUE } from './due-table.ts';
import { insertStack } from './insert-stack.ts';
import { endLease, listLeaseHolders, removePassedLeases, renewLease } from './lease-holder.ts';

const place = await testDatabase({ poolSize: 6 });
const { database } = place;
const secretBox = createSecretBox(randomBytes(32));
afterAll(() => place.drop());

beforeEach(async () => {
  await database.query({ text: 'truncate stack, lease_holder cascade', values: [] });
});

/** A stack due in `dueInMs` (null: never), held by `holderId`. */
async function stackDue(dueInMs: number | null, holderId: HolderId | null = null, project = 'project-1'): Promise<StackId> {
  const stack = sampleStack({ projectId: asId(project) });
  await database.transaction((tx) =>
    insertStack(tx, secretBox, { stack, definition: sampleDefinition(stack), credential: null, event: sampleEvent(stack.id) }),
  );
  await database.query({
    text: "update stack set due_at = now() + $2 * interval '1 millisecond', holder_id = $3, epoch = 5 where id = $1",
    values: [stack.id, dueInMs, holderId],
  });
  return stack.id;
}

async function holder(ttlMs = 60_000): Promise<HolderId> {
  const id = newHolderId();
  await renewLease(database, { id, name: 'test', ttlMs });
  return id;
}

const claim = async (
  holderId: HolderId,
  given: { limit?: number; sweep?: boolean; known?: readonly string[]; full?: readonly string[] } = {},
) => (await claimDueRows(database, { table: STACK_DUE, holderId, limit: 10, sweep: true, known: [], ...given })).claims;
const ids = (claims: readonly DueClaim[]): readonly string[] => claims.map(({ id }) => id).sort();

test('free rows that are due are claimed once, the longest due first', async () => {
  const me = await holder();
  const [second, first, third] = [await stackDue(-100), await stackDue(-200), await stackDue(-50)];
  await stackDue(60_000);
  await stackDue(null);
  expect(ids(await claim(me, { limit: 2 }))).toEqual([first, second].sort());
  const rest = await claim(me, { known: [first, second] });
  expect(rest).toEqual([{ id: third, holderId: me, epoch: 6, wakeVersion: 1, share: 'project-1', tookOver: false }]);
  expect(await claim(me, { known: [first, second, third] })).toEqual([]);
  expect((await heldRows(database, STACK_DUE, me)).map(({ id }) => id).sort()).toEqual([first, second, third].sort());
});

test('who has enough is passed over; what was held of it is taken over all the same', async () => {
  const me = await holder();
  const [mine, later] = [await stackDue(-300, null, 'a'), await stackDue(-50, null, 'a')];
  const [others, third] = [await stackDue(-200, null, 'b'), await stackDue(-100, null, 'c')];
  await stackDue(60_000, null, 'b');
  const orphan = await stackDue(-100, newHolderId(), 'a');
  const claims = await claim(me, { full: ['a'] });
  expect(ids(claims)).toEqual([others, third, orphan].sort());
  expect(claims.find(({ id }) => id === others)).toMatchObject({ share: 'b', tookOver: false });
  expect(ids(await claim(me, { known: ids(claims), limit: 1 }))).toEqual([mine]);
  expect(ids(await claim(me, { known: [...ids(claims), mine] }))).toEqual([later]);
});

test.each([
  ['due', -1000],
  ['not due yet', 60_000],
  ['never due', null],
])('a row of a dead holder is taken over, although it is %s', async (_, dueInMs) => {
  const [me, living, passed, gone] = [await holder(), await holder(), await holder(-1), newHolderId()];
  await stackDue(dueInMs, living);
  const orphans = [await stackDue(dueInMs, passed), await stackDue(dueInMs, gone), await stackDue(dueInMs, passed)];
  expect(await claim(me, { sweep: false })).toEqual([]);
  const claims = await claim(me);
  expect(ids(claims)).toEqual([...orphans].sort());
  expect(claims.every(({ tookOver, epoch }) => tookOver && epoch === 6)).toBe(true);
  expect(await claim(me, { known: orphans })).toEqual([]);
});

test('a row of ours that this process does not know comes back under a new epoch', async () => {
  const me = await holder();
  const [known, stray] = [await stackDue(null, me), await stackDue(null, me)];
  expect(await claim(me, { known: [known] })).toEqual([
    { id: stray, holderId: me, epoch: 6, wakeVersion: 1, share: 'project-1', tookOver: true },
  ]);
});

test('a holder whose own lease has passed or ended gets nothing', async () => {
  const [late, ended] = [await holder(-1), await holder()];
  await endLease(database, ended);
  const id = await stackDue(-1);
  expect(await claim(late)).toEqual([]);
  expect(await claim(ended)).toEqual([]);
  expect(ids(await claim(await holder()))).toEqual([id]);
});

test('the limit holds over all kinds of rows together', async () => {
  const me = await holder();
  for (let i = 0; i < 4; i++) await Promise.all([stackDue(-1), stackDue(null, newHolderId()), stackDue(null, me)]);
  const first = ids(await claim(me, { limit: 5 }));
  const second = ids(await claim(me, { limit: 50, known: first }));
  expect([first.length, new Set([...first, ...second]).size]).toEqual([5, 12]);
});

test('the next due time leaves held rows out', async () => {
  const me = await holder();
  expect(await nextDueAt(database, STACK_DUE)).toBeNull();
  await stackDue(1000, await holder());
  await stackDue(9000);
  const answer = await claimDueRows(database, { table: STACK_DUE, holderId: me, limit: 1, sweep: true, known: [] });
  expect(answer.nextDueAt).toBe(await nextDueAt(database, STACK_DUE));
  expect((answer.nextDueAt as number) - answer.databaseNow).toBeGreaterThan(7000);
});

test('waking makes a row due now, counts, and is heard once the transaction commits', async () => {
  const [me, id] = [await holder(), await stackDue(null)];
  const heard: string[] = [];
  const stop = await database.listen(STACK_DUE.channel, (payload) => heard.push(payload));
  await database.transaction(async (tx) => {
    await wakeRow(tx, STACK_DUE, id);
    await wakeRow(tx, STACK_DUE, randomUUID());
  });
  expect(await claim(me)).toMatchObject([{ id, wakeVersion: 2 }]);
  await expect.poll(() => heard).toEqual([id]);
  await database.transaction((tx) => wakeRow(tx, STACK_DUE, id));
  expect(await heldRows(database, STACK_DUE, me)).toEqual([{ id, epoch: 6, wakeVersion: 3 }]);
  await stop();
});

test('leases long passed are removed once their holders have nothing', async () => {
  const [living, justPassed, owning, idle] = [await holder(), await holder(-120_000), await holder(-3_700_000), await holder(-3_700_000)];
  await stackDue(null, owning);
  await removePassedLeases(database, STACK_DUE);
  const left = await database.query<{ id: HolderId }>({ text: 'select id from lease_holder', values: [] });
  expect(left.map(({ id }) => id).sort()).toEqual([living, justPassed, owning].sort());
  expect(left.some(({ id }) => id === idle)).toBe(false);
});

test('leases are listed with how they stand, the oldest first', async () => {
  const [dead, living] = [await holder(-1000), await holder()];
  const listed = await listLeaseHolders(database);
  expect(listed.map(({ id, name, isAlive }) => [id, name, isAlive])).toEqual([
    [dead, 'test', false],
    [living, 'test', true],
  ]);
  expect(
    listed.every(({ startedAt, renewedAt }) => Math.abs(renewedAt - startedAt) < 1000 && Math.abs(Date.now() - startedAt) < 60_000),
  ).toBe(true);
});

test('holders that claim at the same time never get the same row', async () => {
  const dead = newHolderId();
  const wanted = new Set<string>();
  for (let i = 0; i < 15; i++)
    for (const id of await Promise.all([stackDue(-i), stackDue(-1), stackDue(null, dead), stackDue(null, dead)])) wanted.add(id);
  const claimed: DueClaim[] = [];
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      const me = await holder();
      const mine: string[] = [];
      for (;;) {
        const claims = await claim(me, { limit: 3, known: mine });
        if (claims.length === 0) return;
        mine.push(...ids(claims));
        claimed.push(...claims);
      }
    }),
  );
  expect(claimed).toHaveLength(wanted.size);
  expect(new Set(ids(claimed))).toEqual(wanted);
  expect(claimed.every(({ epoch }) => epoch === 6)).toBe(true);
});

test('with 100,000 idle stacks no statement of the loop scans the table', { timeout: 60_000 }, async () => {
  await database.query({
    text: `insert into stack (id, root_id, project_id, name, description, action, status, status_reason, definition_id, traversal, timeout_mins,
             disable_rollback, owner_name, user_id, created_at, due_at, holder_id)
           select gen_random_uuid(), gen_random_uuid(), 'p', 'idle-' || n, '', 'CREATE', 'COMPLETE', '', gen_random_uuid(), 1, 60, true, '', '', now(),
             case when n % 20 = 0 then now() + interval '1 day' end, null
           from generate_series(1, 100000) n`,
    values: [],
  });
  const me = await holder();
  for (let i = 0; i < 20; i++) await stackDue(null, me);
  await stackDue(null, newHolderId());
  await database.query({ text: 'analyze stack', values: [] });
  await database.transaction(async (tx) => {
    const plan = async (text: string): Promise<string> =>
      (await tx.query<{ 'QUERY PLAN': string }>({ text: `explain ${text}`, values: [] })).map((row) => row['QUERY PLAN']).join('\n');
    const { text } = claimStatement({ table: STACK_DUE, holderId: me, limit: 10, sweep: true, known: [] });
    await tx.query({ text: `prepare claim (uuid, integer, uuid[], boolean, text[]) as ${text}`, values: [] });
    await tx.query({ text: 'prepare held (uuid) as select id, epoch, wake_version from stack where holder_id = $1', values: [] });
    for (const mode of ['force_generic_plan', 'force_custom_plan']) {
      await tx.query({ text: `set local plan_cache_mode = ${mode}`, values: [] });
      for (const sweep of [true, false]) {
        const claimPlan = await plan(`execute claim ('${me}', 10, '{${me}}', ${sweep}, '{q}')`);
        expect(claimPlan, claimPlan).not.toContain('Seq Scan on stack');
        expect(claimPlan).toContain('stack_due');
      }
      expect(await plan(`execute held ('${me}')`)).not.toContain('Seq Scan on stack');
    }
  });
  const known = (await heldRows(database, STACK_DUE, me)).map(({ id }) => id);
  expect(await claim(me, { known })).toHaveLength(1);
  const { text, values } = claimStatement({ table: STACK_DUE, holderId: me, limit: 10, sweep: true, known });
  const [told] = await database.query<{ 'QUERY PLAN': readonly [{ readonly Plan: Readonly<Record<string, number>> }] }>({
    text: `explain (analyze, buffers, format json) ${text}`,
    values,
  });
  const { 'Shared Hit Blocks': hit = Number.NaN, 'Shared Read Blocks': read = Number.NaN } = told?.['QUERY PLAN'][0].Plan ?? {};
  expect(hit + read).toBeLessThan(500);
});
