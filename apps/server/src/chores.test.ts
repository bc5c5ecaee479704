/** Several processes and one chore: it is done when due, by one of them, and given back for the next round; also after one died with it. */
import { randomUUID } from 'node:crypto';
import type { LostDelegation } from '@hearth/cloud-openstack';
import { silentLog, Secret } from '@hearth/kernel';
import { startHolder } from '@hearth/leases';
import { insertStack, lastIntegrityReport, noteDelegation, openSecretBox } from '@hearth/store';
import { newHolderId, sampleDefinition, sampleEvent, sampleStack } from '@hearth/store/testing';
import { seededRandom, testDatabase } from '@hearth/testkit';
import { afterAll, afterEach, expect, test } from 'vitest';
import { startChores } from './chores.ts';
import { systemTimers } from './system-ports.ts';

const home = await testDatabase();
const { database } = home;
// The database was made from one that was there before: its chores may be due by now.
await database.query({ text: "update chore set due_at = now() + interval '1 hour'", values: [] });
const box = await openSecretBox(database, { kind: 'given', key: new Secret(Buffer.alloc(32, 1).toString('base64')) });
const ended: LostDelegation[] = [];
const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((stop) => stop()));
});
afterAll(() => home.drop());

async function process(name: string): Promise<void> {
  const shared = { database, ring: box, timers: systemTimers, random: seededRandom(name), log: silentLog };
  const holder = await startHolder({ ...shared, name });
  const chores = await startChores({
    ...shared,
    leaseDatabase: database,
    holder,
    retention: { deletedDays: 90, events: null },
    driftEveryMins: null,
    endLost: async (lost) => void ended.push(...lost),
  });
  running.push(async () => {
    await chores.stop();
    await holder.stop();
  });
}

async function stackDeletedLongAgo(): Promise<void> {
  const stack = sampleStack();
  const event = sampleEvent(stack.id);
  await database.transaction((tx) => insertStack(tx, box, { stack, definition: sampleDefinition(stack), credential: null, event }));
  await database.query({ text: "update stack set due_at = null, deleted_at = now() - interval '100 days'", values: [] });
}
const chore = async () =>
  (
    await database.query<{ epoch: number; holder_id: string | null; due_in: number }>({
      text: "select epoch, holder_id, extract(epoch from due_at - now())::float as due_in from chore where name = 'retention'",
      values: [],
    })
  )[0];
/** Makes it due and says so. */
const due = (holderId: string | null = null, name = 'retention') =>
  database.query({
    text: `with c as (update chore set due_at = now(), holder_id = $1 where name = $2 returning id)
      select pg_notify('hearth_chore', id::text) from c`,
    values: [holderId, name],
  });
const stacksLeft = async () => (await database.query({ text: 'select 1 from stack', values: [] })).length;

test('a chore that is due is done once, and the next round is minutes away', async () => {
  await stackDeletedLongAgo();
  await Promise.all(['one', 'two', 'three'].map(process));
  expect((await chore())?.epoch).toBe(0);
  await due();
  await expect.poll(stacksLeft, { timeout: 5_000 }).toBe(0);
  await expect.poll(chore).toMatchObject({ epoch: 1, holder_id: null });
  expect((await chore())?.due_in).toBeGreaterThan(500);
});

test('the chore of a process that died with it is taken over at the first look of another', async () => {
  await stackDeletedLongAgo();
  await due(newHolderId());
  await process('heir');
  await expect.poll(stacksLeft, { timeout: 5_000 }).toBe(0);
  await expect.poll(async () => (await chore())?.holder_id).toBeNull();
});

test('the look for rows that point nowhere is noted in the database, with what it found', async () => {
  expect(await lastIntegrityReport(database)).toBeNull();
  await process('looker');
  await due(null, 'integrity');
  await expect.poll(() => lastIntegrityReport(database)).toMatchObject({ orphans: 0 });
  await stackDeletedLongAgo();
  await database.query({ text: 'update event set stack_id = gen_random_uuid()', values: [] });
  await due(null, 'integrity');
  await expect.poll(() => lastIntegrityReport(database)).toMatchObject({ orphans: 1 });
});

test('delegations of which nobody knows what came are ended, those being made are not', async () => {
  const [lost, young] = [randomUUID(), randomUUID()];
  for (const id of [lost, young]) await noteDelegation(database, { id, userId: 'user', projectId: 'project' });
  await database.query({ text: "update delegation_intent set made_at = now() - interval '10 minutes' where id = $1", values: [lost] });
  await process('delegations');
  await due(null, 'delegations');
  await expect.poll(() => ended).toEqual([{ mark: lost, userId: 'user', projectId: 'project' }]);
  const left = () => database.query({ text: 'select id from delegation_intent', values: [] });
  await expect.poll(left).toEqual([{ id: young }]);
});
