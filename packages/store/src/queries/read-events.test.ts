/** Events in the order that readers go by: nothing is lost or told twice, however the transactions that write them interleave. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asId, type EventId, type ProjectId, type StackId } from '@hearth/kernel';
import { testDatabase, type TestDatabase } from '@hearth/testkit';
import pg from 'pg';
import { driverOptions } from '../connection.ts';
import type { Queryable } from '../database.ts';
import { sampleDefinition, sampleEvent, sampleStack } from '../testing/sample-records.ts';
import { createSecretBox } from '../secret-box.ts';
import { appendEvent } from './append-event.ts';
import { findStackPlaces } from './find-stack-places.ts';
import { insertStack } from './insert-stack.ts';
import {
  eventClock,
  eventHorizon,
  FIRST_CURSOR,
  readEvents,
  settleEventOrder,
  type EventCursor,
  type EventReach,
  type EventsRead,
} from './read-events.ts';

let db: TestDatabase;
const box = createSecretBox(new Uint8Array(32).fill(7));
const writers: pg.Client[] = [];

beforeAll(async () => {
  db = await testDatabase();
});
afterAll(async () => {
  await Promise.all(writers.map((writer) => writer.end()));
  await db.drop();
});

const project = (): ProjectId => asId<ProjectId>(randomUUID().replaceAll('-', ''));

async function newStack(projectId: ProjectId, name = `s-${randomUUID()}`): Promise<StackId> {
  const stack = sampleStack({ projectId, name, credentialId: null });
  const event = sampleEvent(stack.id, { reason: 'begun' });
  await db.database.transaction((tx) => insertStack(tx, box, { stack, definition: sampleDefinition(stack), credential: null, event }));
  return stack.id;
}

/** A child of the id given, named for its resource. */
async function newChild(projectId: ProjectId, rootId: StackId, parentId: StackId, resource: string, depth = 1): Promise<StackId> {
  const id = asId<StackId>(randomUUID());
  await db.database.query({
    text: `insert into stack (id, root_id, parent_id, parent_resource, depth, project_id, name, description, action, status, status_reason, definition_id,
        traversal, timeout_mins, disable_rollback, owner_name, user_id, created_at)
      values ($1, $2, $3, $4, $5, $6, $7, '', 'CREATE', 'COMPLETE', '', gen_random_uuid(), 1, 60, true, 'o', 'u', now())`,
    values: [id, rootId, parentId, resource, depth, projectId, `child-${id}`],
  });
  return id;
}

const tell = (stackId: StackId, reason: string) =>
  appendEvent(db.database, sampleEvent(stackId, { id: asId<EventId>(randomUUID()), reason }));

/** A transaction that tells an event now and ends when it is told to. */
async function openWriter(stackId: StackId, reason: string): Promise<{ end(word: 'commit' | 'rollback'): Promise<void> }> {
  const client = new pg.Client({ ...driverOptions(db.connection), options: '-c search_path=hearth' });
  writers.push(client);
  await client.connect();
  await client.query('begin');
  await appendEvent(
    {
      query: async <Row>(statement: { text: string; values: readonly unknown[] }) =>
        (await client.query(statement.text, [...statement.values])).rows as Row[],
    },
    sampleEvent(stackId, { id: asId<EventId>(randomUUID()), reason }),
  );
  return { end: async (word) => void (await client.query(word)) };
}

/** Looks closely: other tests use other databases of the same server at the same time. */
const read = async (
  reach: EventReach,
  after: EventCursor = FIRST_CURSOR,
  limit = 1_000,
  from: Queryable = db.database,
): Promise<EventsRead> => readEvents(from, reach, after, limit, await eventHorizon(from));
const reasons = async (reach: EventReach, after?: EventCursor): Promise<string[]> =>
  (await read(reach, after)).events.map((event) => event.reason);

test('a reader whose place has been removed, and more behind it, goes on with the oldest that is left', async () => {
  const projectId = project();
  const stackId = await newStack(projectId);
  for (const reason of ['1', '2', '3', '4']) await tell(stackId, reason);
  const reach: EventReach = { kind: 'tree', rootId: stackId };
  const told = (await read(reach)).events;
  const place = told.find(({ reason }) => reason === '1') as EventCursor;
  await db.database.query({ text: "delete from event where stack_id = $1 and reason in ('begun', '1', '2')", values: [stackId] });
  for (const from of [reach, { kind: 'project', projectId } as const, { kind: 'stack', rootId: stackId, stackId } as const])
    expect((await read(from, { xid: place.xid, sequence: place.sequence })).events.map(({ reason }) => reason)).toEqual(['3', '4']);
});

test('an event written earlier but committed later is told in its place, and holds back those behind it until then', async () => {
  const projectId = project();
  const [slow, quick] = [await newStack(projectId), await newStack(projectId)];
  const reach: EventReach = { kind: 'project', projectId };
  const first = await openWriter(slow, 'slow');
  await tell(quick, 'quick');
  // A reader that went by the sequence would give "quick" now and never see "slow".
  const during = await read(reach);
  expect(during.events.map((event) => event.reason)).toEqual(['begun', 'begun']);
  expect(during.isHeld).toBe(true);
  await first.end('commit');
  const cursor = { xid: during.horizon, sequence: 0 };
  const after = await read(reach, cursor);
  expect(after.events.map((event) => event.reason)).toEqual(['slow', 'quick']);
  expect(after.isHeld).toBe(false);
});

test('what is rolled back is never told and holds back nothing for long', async () => {
  const projectId = project();
  const stackId = await newStack(projectId);
  const writer = await openWriter(await newStack(projectId), 'never');
  await tell(stackId, 'kept');
  await writer.end('rollback');
  expect(await reasons({ kind: 'project', projectId })).toEqual(['begun', 'begun', 'kept']);
});

test('many writers at once: a reader that goes on from where it was sees every event exactly once', { timeout: 60_000 }, async () => {
  const projectId = project();
  const stacks = await Promise.all(Array.from({ length: 4 }, () => newStack(projectId)));
  const reach: EventReach = { kind: 'project', projectId };
  let isWriting = true;
  const writing = Promise.all(
    stacks.map(async (stackId, writer) => {
      for (let i = 0; i < 40; i++) {
        const told = [0, 1].map((part) => sampleEvent(stackId, { id: asId<EventId>(randomUUID()), reason: `${writer}.${i}.${part}` }));
        await db.database.transaction(async (tx) => {
          for (const event of told) {
            await appendEvent(tx, event);
            await tx.query({ text: 'select pg_sleep($1)', values: [((writer * 7 + i * 3) % 5) / 1_000] });
          }
        });
      }
    }),
  ).finally(() => {
    isWriting = false;
  });
  const reader = await db.another({ poolSize: 1 });
  const seen: string[] = [];
  let after = FIRST_CURSOR;
  for (;;) {
    const wasWriting = isWriting;
    // Pages that end within a transaction, and a resume at every event.
    const { events, horizon, isHeld } = await read(reach, after, 3, reader);
    seen.push(...events.map((event) => event.reason));
    const last = events.at(-1);
    after = last === undefined ? { xid: horizon, sequence: 0 } : { xid: last.xid, sequence: last.sequence };
    if (!wasWriting && events.length === 0 && !isHeld) break;
  }
  await writing;
  const written = stacks.flatMap((_, writer) => Array.from({ length: 80 }, (_, i) => `${writer}.${i >> 1}.${i & 1}`));
  const told = seen.filter((reason) => reason !== 'begun');
  expect(told.toSorted()).toEqual(written.toSorted());
  for (const writer of stacks.keys())
    expect(told.filter((reason) => reason.startsWith(`${writer}.`))).toEqual(written.slice(writer * 80, writer * 80 + 80));
});

test('a reach has the events of its stacks and no others', async () => {
  const projectId = project();
  const root = await newStack(projectId, 'web');
  const group = await newChild(projectId, root, root, 'group');
  const member = await newChild(projectId, root, group, '0', 2);
  const other = await newStack(projectId);
  await newStack(project());
  for (const [id, reason] of [
    [root, 'root'],
    [group, 'group'],
    [member, 'member'],
    [other, 'other'],
  ] as const)
    await tell(id, reason);
  expect(await reasons({ kind: 'tree', rootId: root })).toEqual(['begun', 'root', 'group', 'member']);
  expect(await reasons({ kind: 'subtree', rootId: root, stackId: group })).toEqual(['group', 'member']);
  expect(await reasons({ kind: 'stack', rootId: root, stackId: group })).toEqual(['group']);
  expect(await reasons({ kind: 'project', projectId })).toEqual(['begun', 'begun', 'root', 'group', 'member', 'other']);
  expect(await reasons({ kind: 'roots', projectId })).toEqual(['begun', 'begun', 'root', 'other']);
  const places = await findStackPlaces(db.database, [member, root, asId<StackId>(randomUUID())]);
  expect(new Map(places.map((place) => [place.id, place.path.join('.')]))).toEqual(
    new Map([
      [member, 'web.group.0'],
      [root, 'web'],
    ]),
  );
});

test('a transaction of another database of the server holds back only those who do not look closely', async () => {
  const stackId = await newStack(project());
  const reach: EventReach = { kind: 'tree', rootId: stackId };
  const place = await testDatabase();
  const stranger = new pg.Client(driverOptions(place.connection));
  await stranger.connect();
  try {
    await stranger.query('begin');
    await stranger.query('select pg_current_xact_id()');
    await tell(stackId, 'news');
    const { events, isHeld } = await readEvents(db.database, reach, FIRST_CURSOR, 100);
    expect({ told: events.map((event) => event.reason), isHeld }).toEqual({ told: ['begun'], isHeld: true });
    expect(await reasons(reach)).toEqual(['begun', 'news']);
  } finally {
    await stranger.end();
    await place.drop();
  }
});

test('"now" leaves out what was readable and nothing else', async () => {
  const projectId = project();
  const stackId = await newStack(projectId);
  const writer = await openWriter(stackId, 'under way');
  const { now, end } = await eventClock(db.database);
  await writer.end('commit');
  await tell(stackId, 'later');
  expect(await reasons({ kind: 'project', projectId }, now)).toEqual(['under way', 'later']);
  expect(BigInt(end)).toBeGreaterThanOrEqual(BigInt(now.xid));
});

test('events from another server, whose transactions were further on, come first and are not lost', async () => {
  const place = await testDatabase();
  try {
    const stack = sampleStack({ credentialId: null });
    const begun = sampleEvent(stack.id, { reason: 'begun' });
    await place.database.transaction((tx) =>
      insertStack(tx, box, { stack, definition: sampleDefinition(stack), credential: null, event: begun }),
    );
    await place.database.query({ text: `update event set xid = '900000000000'`, values: [] });
    const reach: EventReach = { kind: 'tree', rootId: stack.id };
    expect((await read(reach, FIRST_CURSOR, 10, place.database)).events).toEqual([]);
    await settleEventOrder(place.database);
    await settleEventOrder(place.database);
    await appendEvent(place.database, sampleEvent(stack.id, { id: asId<EventId>(randomUUID()), reason: 'new' }));
    expect((await read(reach, FIRST_CURSOR, 10, place.database)).events.map((event) => event.reason)).toEqual(['begun', 'new']);
  } finally {
    await place.drop();
  }
});
