/** Contents on a real PostgreSQL: kept once, found again, removed when nobody names them, and never while somebody does. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { asId, type DefinitionId, type JsonObject } from '@hearth/kernel';
import { testDatabase } from '@hearth/testkit';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createEngineStore } from '../engine-store-postgres.ts';
import { orchestrationMigrations } from '../migrations-folder.ts';
import { findDefinition } from '../queries/find-definition.ts';
import { findOrphans } from '../queries/find-orphans.ts';
import { insertStack } from '../queries/insert-stack.ts';
import { nextDefinitionNumber, requestUpdate } from '../queries/request-update.ts';
import type { DefinitionRecord, StackRecord } from '../records.ts';
import { createSecretBox } from '../secret-box.ts';
import { newHolderId, sampleDefinition, sampleEvent, sampleStack } from '../testing/sample-records.ts';
import { contentCache } from './content-cache.ts';
import { REMOVING } from './content-lock.ts';
import { insertDefinitions } from './insert-definitions.ts';
import { removeContents } from './remove-contents.ts';

const home = await testDatabase();
const { database } = home;
const box = createSecretBox(randomBytes(32));
afterAll(() => home.drop());
beforeEach(() => run('truncate stack, event, credential, definition, content cascade'));

const run = (text: string, values: readonly unknown[] = []) => database.query({ text, values });
const count = async (table: string): Promise<number> =>
  (await database.query<{ n: number }>({ text: `select count(*) as n from ${table}`, values: [] }))[0]?.n ?? -1;
const rounds = async (): Promise<number> => {
  let sum = 0;
  for (let removed = -1; removed !== 0; sum += removed) ({ removed } = await removeContents(database, null, 500));
  return sum;
};

async function gone({ id }: StackRecord): Promise<void> {
  await run('delete from event where stack_id = $1', [id]);
  await run('delete from stack where id = $1', [id]);
}

/** Says something that no other test says. */
const unique = (): JsonObject => ({ heat_template_version: '2018-08-31', description: randomBytes(8).toString('hex') });

async function stackWith(
  given: Partial<DefinitionRecord>,
): Promise<{ readonly stack: StackRecord; readonly definition: DefinitionRecord }> {
  const stack = sampleStack({ name: `s-${randomBytes(4).toString('hex')}` });
  const definition = sampleDefinition(stack, given);
  await database.transaction((tx) => insertStack(tx, box, { stack, definition, credential: null, event: sampleEvent(stack.id) }));
  return { stack, definition };
}

async function updated(stack: StackRecord, given: Partial<DefinitionRecord>): Promise<DefinitionRecord> {
  const definition = sampleDefinition(stack, { ...given, id: asId<DefinitionId>(crypto.randomUUID()) });
  return database.transaction(async (tx) => {
    const numbered = { ...definition, number: await nextDefinitionNumber(tx, stack.id) };
    await requestUpdate(tx, box, numbered, { ...stack, rollbackDefinitionId: null }, sampleEvent(stack.id));
    return numbered;
  });
}

test('stacks that say the same keep it once, and read what they wrote', async () => {
  const template = unique();
  const files = { 'a.yaml': 'one \u0000 text', 'b.sh': 'two', 'c.sh': 'two' };
  const made = [];
  for (let i = 0; i < 3; i++) made.push(await stackWith({ template: structuredClone(template), files: { ...files } }));
  // The template, two texts, and the list of the files.
  expect([await count('content'), await count('content_part')]).toEqual([4, 2]);
  for (const { stack, definition } of made) expect(await findDefinition(database, box, stack.id, definition.id)).toEqual(definition);
  expect(await findOrphans(database)).toEqual([]);
});

test('an update that changes one parameter stores no template and no file again; one that changes a file stores that one', async () => {
  const { stack, definition } = await stackWith({ template: unique(), files: { a: 'x', b: 'y' } });
  const before = await count('content');
  await updated(stack, { ...definition, environment: { parameters: { secret: 'another' } } });
  expect(await count('content')).toBe(before);
  await updated(stack, { ...definition, files: { a: 'x', b: 'z' } });
  expect(await count('content')).toBe(before + 2);
});

test('a thousand nested stacks of one template hold it once, unreadable', async () => {
  const { stack: parent } = await stackWith({});
  const holderId = newHolderId();
  await run('update stack set holder_id = $2 where id = $1', [parent.id, holderId]);
  const template = { ...unique(), resources: { one: { type: 'T', properties: { password: 'open sesame' } } } };
  const children = Array.from({ length: 1_000 }, () => {
    const stack = sampleStack({ parentId: parent.id, parentResource: 'r', rootId: parent.id, depth: 1 });
    return { kind: 'create', stack, definition: sampleDefinition(stack, { template }), event: sampleEvent(stack.id) } as const;
  });
  const before = await count('content');
  const engineStore = createEngineStore(database, box);
  const fence = { stackId: parent.id, holderId, epoch: 0 };
  await engineStore.commit(fence, { stack: null, resources: [], removed: [], events: [], children });
  expect(await count('content')).toBe(before + 1);
  const bytes = await database.query<{ text: string }>({ text: 'select row_to_json(c)::text as text from content c', values: [] });
  expect(bytes.map(({ text }) => text).join()).not.toContain('sesame');
  const loaded = await Promise.all(children.slice(0, 2).map(({ stack }) => engineStore.load(stack.id)));
  expect(loaded.map((snapshot) => snapshot?.definitions)).toEqual(children.slice(0, 2).map(({ definition }) => [definition]));
  expect(loaded[0]?.definitions[0]?.template).toBe(loaded[1]?.definitions[0]?.template);
});

test('what nobody names any more goes, lists before what they list; the rest stays', async () => {
  const kept = await stackWith({ template: unique(), files: { a: 'shared', b: 'kept' } });
  const other = await stackWith({ template: unique(), files: { a: 'shared', b: 'gone' } });
  expect(await rounds()).toBe(0);
  await gone(other.stack);
  expect(await rounds()).toBe(3);
  expect([await count('content'), await count('content_part')]).toEqual([4, 2]);
  expect(await findDefinition(database, box, kept.stack.id, kept.definition.id)).toEqual(kept.definition);
});

test('a reference that is about to be committed keeps its content; the removal does not wait for its end', async () => {
  const template = unique();
  const { stack } = await stackWith({ template });
  await gone(stack);
  const next = sampleStack();
  await database.transaction(async (tx) => {
    await insertStack(tx, box, {
      stack: next,
      definition: sampleDefinition(next, { template, files: {} }),
      credential: null,
      event: sampleEvent(next.id),
    });
    // Whoever waited would wait for ever: this transaction ends afterwards.
    expect((await removeContents(database, null, 500)).removed).toBe(0);
  });
  // What the first one had beside the template.
  expect(await rounds()).toBe(2);
  expect(await findOrphans(database)).toEqual([]);
});

test('a removal under way is waited for, and the content written again', async () => {
  const template = unique();
  const { stack } = await stackWith({ template, files: {} });
  await gone(stack);
  const next = await stackWith({ template: unique(), files: {} });
  let isWritten = false;
  let writing = Promise.resolve();
  await database.transaction(async (tx) => {
    await tx.query({ text: REMOVING, values: [] });
    await tx.query({ text: 'delete from content c where not exists (select from definition d where d.template_id = c.id)', values: [] });
    const definition = sampleDefinition(next.stack, { id: asId(crypto.randomUUID()), number: 2, template, files: {} });
    writing = database
      .transaction((other) => insertDefinitions(other, box, [definition], 'plain'))
      .then(() => {
        isWritten = true;
      });
    await sleep(100);
    expect(isWritten).toBe(false);
  });
  await writing;
  expect(await findOrphans(database)).toEqual([]);
});

test('writers and the removal at the same time: no definition is ever without its contents', async () => {
  const templates = Array.from({ length: 3 }, unique);
  const until = performance.now() + 1_500;
  let removed = 0;
  const writer = async (): Promise<void> => {
    while (performance.now() < until) {
      const template = templates[Math.floor(Math.random() * templates.length)] as JsonObject;
      const { stack } = await stackWith({ template, files: { f: String(Math.floor(Math.random() * 3)) } });
      if (Math.random() < 0.9) await gone(stack);
    }
  };
  const remover = async (): Promise<void> => {
    while (performance.now() < until) {
      removed += (await removeContents(database, null, 500)).removed;
      expect((await findOrphans(database)).filter(({ what }) => what.startsWith('definition'))).toEqual([]);
    }
  };
  await Promise.all([writer(), writer(), writer(), remover()]);
  expect(removed).toBeGreaterThan(0);
});

test('definitions of an older database are brought over, their texts as they were', async () => {
  const old = await testDatabase({ migrations: [] });
  try {
    const { folder } = orchestrationMigrations();
    const files = readdirSync(folder).sort();
    const at = files.indexOf('0016-content.sql');
    for (const file of files.slice(0, at)) await old.database.query({ text: readFileSync(`${folder}/${file}`, 'utf8'), values: [] });
    const stack = sampleStack();
    const template = { heat_template_version: '2018-08-31', description: 'ü "quoted" \u0000' };
    const made = { 'a.yaml': 'text \u0000 with NUL and \\u0000 without, \\\\ \u0000', 'b.sh': 'more' };
    await old.database.transaction(async (tx) => {
      await tx.query({
        text: `insert into stack (id, project_id, name, description, action, status, status_reason, definition_id, traversal, timeout_mins, disable_rollback, owner_name, user_id, created_at, root_id)
          values ($1, 'p', 'n', '', 'CREATE', 'COMPLETE', '', $2, 1, 60, true, 'o', 'u', now(), $1)`,
        values: [stack.id, stack.definitionId],
      });
      for (const [number, environment] of [box.seal({}), box.seal({ sealedTemplate: { a: 1 } })].entries()) {
        await tx.query({
          text: 'insert into definition (id, stack_id, number, template, environment, files) values ($1, $2, $3, $4, $5, $6)',
          values: [
            number === 0 ? stack.definitionId : crypto.randomUUID(),
            stack.id,
            number + 1,
            JSON.stringify(number === 0 ? template : {}),
            environment,
            JSON.stringify(number === 0 ? made : {}),
          ],
        });
      }
    });
    for (const file of files.slice(at)) await old.database.query({ text: readFileSync(`${folder}/${file}`, 'utf8'), values: [] });
    expect(await findDefinition(old.database, box, stack.id, stack.definitionId)).toMatchObject({ template, files: made });
    const [child] = await old.database.query<{ id: DefinitionId }>({ text: 'select id from definition where number = 2', values: [] });
    expect(await findDefinition(old.database, box, stack.id, child?.id as DefinitionId)).toMatchObject({
      template: { a: 1 },
      files: {},
      environment: {},
    });
    // What is written now finds what was brought over.
    const [before] = await old.database.query<{ n: number }>({ text: 'select count(*) as n from content', values: [] });
    const again = sampleDefinition(stack, { id: asId(crypto.randomUUID()), number: 3, template, files: made });
    await old.database.transaction((tx) => insertDefinitions(tx, box, [again], 'plain'));
    const [after] = await old.database.query<{ n: number }>({ text: 'select count(*) as n from content', values: [] });
    expect(after).toEqual(before);
  } finally {
    await old.drop();
  }
});

test('the cache keeps what was used last, and gives the earlier object for the same id', () => {
  const cache = contentCache(10);
  const first = { a: 1 };
  expect(cache.put('a', first, 4)).toBe(first);
  expect(cache.put('a', { a: 1 }, 4)).toBe(first);
  cache.put('b', 'b', 4);
  cache.get('a');
  cache.put('c', 'c', 4);
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([first, undefined, 'c']);
  cache.put('too large', 'x', 11);
  expect([cache.get('too large'), cache.get('c')]).toEqual([undefined, 'c']);
});
