/** What is kept and what goes, turn by turn, on a real PostgreSQL; and that after any life nothing points nowhere. */
import { asId, type StackId } from '@hearth/kernel';
import { seededRandom, testDatabase } from '@hearth/testkit';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createEngineStore } from './engine-store-postgres.ts';
import { findOrphans } from './queries/find-orphans.ts';
import { insertStack } from './queries/insert-stack.ts';
import type { StackRecord } from './records.ts';
import { type Retention, retentionTurn } from './retention.ts';
import { createSecretBox } from './secret-box.ts';
import { randomLife } from './testing/random-life.ts';
import { newHolderId, sampleCredential, sampleDefinition, sampleEvent, sampleResource, sampleStack } from './testing/sample-records.ts';

const home = await testDatabase();
const { database } = home;
const box = createSecretBox(randomBytes(32));
const clock = { now: () => performance.now() };
afterAll(() => home.drop());
beforeEach(() => run('truncate stack, event, credential, definition, content cascade'));

const KEPT: Retention = { deletedDays: 90, events: { newest: 10, days: 1 } };

async function run(text: string, values: readonly unknown[] = []): Promise<void> {
  await database.query({ text, values });
}
const numberOf = async (text: string, values: readonly unknown[] = []): Promise<number> =>
  (await database.query<{ n: number }>({ text: `select count(*) as n from ${text}`, values }))[0]?.n ?? -1;
const namesLeft = async (): Promise<readonly string[]> =>
  (await database.query<{ name: string }>({ text: 'select name from stack order by name', values: [] })).map(({ name }) => name);

/** Turns until a round is done, each with so little time that it stops wherever it may. */
async function round(
  retention: Retention = KEPT,
): Promise<{ readonly stacks: number; readonly events: number; readonly contents: number; readonly turns: number }> {
  const sum = { stacks: 0, events: 0, contents: 0, turns: 0 };
  let place: string | null = null;
  for (;;) {
    const turn = await retentionTurn(database, retention, place, { clock, budgetMs: 0 });
    place = turn.place;
    sum.stacks += turn.stacks;
    sum.events += turn.events;
    sum.contents += turn.contents;
    sum.turns++;
    if (turn.isDone) return sum;
  }
}

interface Given {
  readonly parent?: StackRecord;
  readonly deletedDays?: number;
}
/** A stack with a definition and an event, that came to rest; deleted so many days ago. */
async function stackNamed(name: string, { parent, deletedDays }: Given = {}): Promise<StackRecord> {
  const credential = sampleCredential(sampleStack());
  const stack = sampleStack({ name, credentialId: parent?.credentialId ?? credential.id });
  const [definition, event] = [sampleDefinition(stack), sampleEvent(stack.id)];
  await database.transaction((tx) =>
    insertStack(tx, box, { stack, definition, credential: parent === undefined ? credential : null, event }),
  );
  const placed = { ...stack, parentId: parent?.id ?? null, rootId: parent?.rootId ?? stack.id };
  await run('update stack set due_at = null, parent_id = $2, root_id = $3 where id = $1', [stack.id, placed.parentId, placed.rootId]);
  await run('update event set root_id = $2 where stack_id = $1', [stack.id, placed.rootId]);
  if (deletedDays !== undefined) await deleted(stack.id, deletedDays);
  return placed;
}
const deleted = (id: StackId, days: number): Promise<void> =>
  run("update stack set deleted_at = now() - $2 * interval '1 day', credential_id = null where id = $1", [id, days]);
/** The row that a nested stack stands for. */
async function standFor(parent: StackRecord, child: StackRecord): Promise<void> {
  const holderId = newHolderId();
  await run('update stack set holder_id = $2 where id = $1', [parent.id, holderId]);
  const resource = sampleResource(parent.id, { id: asId(child.id) });
  const batch = { stack: null, resources: [resource], removed: [], events: [], children: [] };
  await createEngineStore(database, box).commit({ stackId: parent.id, holderId, epoch: 0 }, batch);
  await run('update stack set holder_id = null where id = $1', [parent.id]);
}
const eventsOf = (id: StackId, count: number, daysOld: number): Promise<void> =>
  run(
    `insert into event (id, stack_id, root_id, project_id, resource_name, resource_type, action, status, reason, at)
     select gen_random_uuid(), s.id, s.root_id, s.project_id, 'r', 't', 'CREATE', 'COMPLETE', n::text, now() - $3 * interval '1 day'
     from stack s, generate_series(1, $2::integer) n where s.id = $1`,
    [id, count, daysOld],
  );

test('a deleted stack goes with its definitions, rows and events once it has been kept long enough', async () => {
  await stackNamed('live');
  await stackNamed('fresh', { deletedDays: 89 });
  const old = await stackNamed('old', { deletedDays: 91 });
  await eventsOf(old.id, 5, 100);
  await run('delete from credential c where not exists (select from stack s where s.credential_id = c.id)');
  expect(await round()).toMatchObject({ stacks: 1, events: 6 });
  expect(await namesLeft()).toEqual(['fresh', 'live']);
  expect([await numberOf('definition'), await numberOf('event'), await findOrphans(database)]).toEqual([2, 2, []]);
});

test('a credential that only the purged stack still had goes with it; one that others use stays', async () => {
  const [alone, shared] = [await stackNamed('alone'), await stackNamed('shared')];
  await stackNamed('child', { parent: shared });
  await run("update stack set deleted_at = now() - interval '91 days' where name in ('alone', 'child')");
  expect(alone.credentialId).not.toBe(shared.credentialId);
  expect((await round()).stacks).toBe(2);
  expect(await database.query({ text: 'select id from credential', values: [] })).toEqual([{ id: shared.credentialId }]);
});

test('nested stacks go with their root, and before it; those of a live root when they have been kept long enough and nothing stands for them', async () => {
  const root = await stackNamed('root');
  const inner = await stackNamed('inner', { parent: root });
  await stackNamed('leaf', { parent: inner, deletedDays: 200 });
  await deleted(inner.id, 95);
  await deleted(root.id, 89);
  await round();
  expect(await namesLeft()).toEqual(['inner', 'leaf', 'root']);
  const live = await stackNamed('live');
  await stackNamed('replaced', { parent: live, deletedDays: 91 });
  const awaited = await stackNamed('awaited', { parent: live, deletedDays: 91 });
  await standFor(live, awaited);
  await round();
  expect(await namesLeft()).toEqual(['awaited', 'inner', 'leaf', 'live', 'root']);
  await deleted(root.id, 91);
  await round();
  expect(await namesLeft()).toEqual(['awaited', 'live']);
});

test('what still has work, is held, or has something live below it stays', async () => {
  const [busy, held, above] = await Promise.all(['busy', 'held', 'above'].map((name) => stackNamed(name, { deletedDays: 91 })));
  await run('update stack set due_at = now() where id = $1', [busy?.id]);
  await run('update stack set holder_id = gen_random_uuid() where id = $1', [held?.id]);
  await stackNamed('below', above === undefined ? {} : { parent: above });
  expect((await round()).stacks).toBe(0);
  expect(await namesLeft()).toEqual(['above', 'below', 'busy', 'held']);
});

test('of a live stack the newest events stay, and all that are young', async () => {
  const [many, young, few] = [await stackNamed('many'), await stackNamed('young'), await stackNamed('few')];
  await run('delete from event');
  await eventsOf(many.id, 2_500, 2);
  await eventsOf(many.id, 7, 0.5);
  await eventsOf(young.id, 30, 0.5);
  await eventsOf(few.id, 10, 400);
  expect((await round()).events).toBe(2_497);
  const left = await database.query<{ reason: string }>({
    text: 'select reason from event where stack_id = $1 order by sequence',
    values: [many.id],
  });
  expect(left.map(({ reason }) => Number(reason))).toEqual([2_498, 2_499, 2_500, 1, 2, 3, 4, 5, 6, 7]);
  expect([await numberOf('event where stack_id = $1', [young.id]), await numberOf('event where stack_id = $1', [few.id])]).toEqual([
    30, 10,
  ]);
});

test('a turn is short: work of many stacks and events is spread over several', async () => {
  for (let i = 0; i < 120; i++) await stackNamed(`s${i}`, i % 2 === 0 ? { deletedDays: 100 } : {});
  const big = await stackNamed('big', { deletedDays: 100 });
  await eventsOf(big.id, 4_500, 100);
  const done = await round();
  expect(done.stacks).toBe(61);
  // Of the deleted: at most 50 stacks or 2,000 events a turn; of the live: 50 looked at.
  expect(done.turns).toBeGreaterThanOrEqual(5);
  expect([await numberOf('stack'), await numberOf('stack where deleted_at is not null')]).toEqual([60, 0]);
});

test('what is to be kept for ever is kept', async () => {
  const old = await stackNamed('old', { deletedDays: 10_000 });
  const live = await stackNamed('live');
  await Promise.all([old, live].map(({ id }) => eventsOf(id, 50, 5_000)));
  expect(await round({ deletedDays: null, events: null })).toEqual({ stacks: 0, events: 0, contents: 0, turns: 1 });
  expect(await numberOf('event')).toBe(102);
});

test.each(['seed 1', 'seed 2', 'seed 3'])('after a random life nothing points nowhere: %s', async (seed) => {
  const life = randomLife(database, box, seededRandom(seed));
  const gone = { stacks: 0, events: 0 };
  for (let step = 0; step < 60; step++) {
    await life.step();
    if (step % 6 === 0) {
      const { stacks, events } = await round({ deletedDays: 1, events: { newest: 3, days: 1 } });
      gone.stacks += stacks;
      gone.events += events;
    }
    expect(await findOrphans(database), `step ${step}`).toEqual([]);
  }
  expect(Math.min(...Object.values({ ...life.told(), ...gone }))).toBeGreaterThan(0);
});

test.each<[string, string]>([
  ['event of no stack', 'update event set stack_id = gen_random_uuid()'],
  ["event under another root or project than its stack's", "update event set project_id = 'another'"],
  ["event under another root or project than its stack's", 'update event set root_id = gen_random_uuid()'],
  ['stack without its root', 'update stack set root_id = gen_random_uuid()'],
  ["stack outside its parent's tree", "update stack set parent_id = (select id from stack where name = 'one') where name = 'two'"],
  ['stack without a definition that it names', 'update stack set rollback_definition_id = gen_random_uuid()'],
  [
    'stack without a definition that it names',
    "update stack set definition_id = (select definition_id from stack where name = 'one') where name = 'two'",
  ],
  ['credential that no stack uses', "update stack set credential_id = null where name = 'one'"],
  [
    'export of another stack than its definition',
    "insert into stack_export (definition_id, stack_id, project_id, name, output) select definition_id, gen_random_uuid(), project_id, 'n', 'o' from stack where name = 'one'",
  ],
  [
    'import of another stack than its definition',
    "insert into stack_import (definition_id, stack_id, project_id, name) select definition_id, gen_random_uuid(), project_id, 'n' from stack where name = 'one'",
  ],
])('found: %s', async (what, change) => {
  await stackNamed('one');
  await stackNamed('two');
  expect(await findOrphans(database)).toEqual([]);
  await run(change);
  expect((await findOrphans(database)).map((orphan) => orphan.what)).toContain(what);
});
