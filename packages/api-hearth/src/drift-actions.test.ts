/** `…/drift` over HTTP: bodies and answers, what is refused, and who may ask. */
import { createListener, type Identity, type Listener } from '@hearth/http-kit';
import { revealSecret, silentLog, type Json } from '@hearth/kernel';
import { eventFeed, type EventFeed } from '@hearth/stacks';
import { sampleCreate, testCaller, testStacks, type TestStacks } from '@hearth/stacks/testing';
import { testDatabase, type TestDatabase } from '@hearth/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hearthFacade } from './hearth-facade.ts';

const PROJECT = 'a'.repeat(32);
const OTHER = 'b'.repeat(32);
const WHO: Readonly<Record<string, readonly [project: string, role: string]>> = {
  demo: [PROJECT, 'member'],
  reader: [PROJECT, 'reader'],
  stackuser: [PROJECT, 'heat_stack_user'],
  other: [OTHER, 'member'],
  admin: [OTHER, 'admin'],
};
const caller = testCaller(PROJECT);
let db: TestDatabase;
let world: TestStacks;
let feed: EventFeed;
let listener: Listener;
let base: string;
let id = '';

beforeAll(async () => {
  db = await testDatabase();
  world = testStacks({ database: db.database });
  feed = eventFeed({ database: db.database, timers: world.timers, log: silentLog, limits: { streamsPerProcess: 1, streamsPerProject: 1 } });
  listener = createListener({ host: '127.0.0.1', port: 0, log: silentLog, random: world.random, timers: world.timers });
  const verifier = { verify: async (token: Parameters<typeof revealSecret>[0]) => identityOf(revealSecret(token)) };
  listener.register(hearthFacade({ events: feed, stacks: world.stacks, verifier, authUri: 'http://keystone/v3' }));
  base = `${(await listener.listen()).url}/hearth/v1`;
  const resources = { thing: { type: 'Test::Thing', properties: { name: 'wanted' } } };
  const stack = await world.stacks.createStack(
    caller,
    sampleCreate({ name: 'web', template: { heat_template_version: '2018-08-31', resources } }),
  );
  id = stack.id;
  await world.settle();
});
afterAll(async () => {
  await feed?.close();
  await listener?.close();
  await db?.drop();
});

function identityOf(name: string): Identity | null {
  const [projectId, role] = WHO[name] ?? [];
  if (projectId === undefined || role === undefined) return null;
  const names = { userId: `${name}-id`, userName: name, userDomainId: 'default', projectName: 'p', projectDomainId: 'default' };
  const rest = { roles: [role], expiresAt: Number.MAX_SAFE_INTEGER, trustId: null, token: caller.token, catalog: null };
  return { ...names, ...rest, projectId };
}

async function ask(
  method: string,
  path: string,
  body: Json | undefined = undefined,
  token = 'demo',
): Promise<{ status: number; body: Json }> {
  const response = await fetch(`${base}/${PROJECT}/stacks/${path}`, {
    method,
    headers: { 'X-Auth-Token': token, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Json };
}

test('a stack is looked at, its drift is told, accepted and brought back, by name or id', async () => {
  expect(await ask('POST', 'web/drift')).toMatchObject({ status: 202, body: { complete: false, summary: { resources: 1, waiting: 1 } } });
  await world.settle();
  expect(await ask('GET', `${id}/drift`)).toMatchObject({
    status: 200,
    body: {
      stack: { id, name: 'web', action: 'CREATE', status: 'COMPLETE' },
      complete: true,
      schedule: { every_minutes: null, next_at: null },
      summary: { resources: 1, in_sync: 1, drifted: 0, gone: 0, unknown: 0, waiting: 0, under_way: 0, not_looked_at: 0 },
      resources: [{ path: 'thing', type: 'Test::Thing', state: 'in_sync', looked_at: expect.stringMatching(/Z$/), differences: [] }],
    },
  });
  const [[physicalId] = ['']] = [...world.cloud.things];
  world.cloud.things.set(physicalId, { ...world.cloud.things.get(physicalId), name: 'other' });
  await ask('POST', 'web/drift', {});
  await world.settle();
  const difference = { property: 'name', expected: 'wanted', actual: 'other', secret: false };
  const told = async () => (await ask('GET', 'web/drift')).body;
  expect(await told()).toMatchObject({ resources: [{ state: 'drifted', differences: [{ ...difference, accepted: false }] }] });
  expect(await ask('POST', 'web/drift/accept', { resources: ['thing'] })).toEqual({ status: 200, body: { accepted: ['thing'] } });
  expect(await told()).toMatchObject({ resources: [{ state: 'in_sync', differences: [{ ...difference, accepted: true }] }] });
  expect(await ask('POST', 'web/drift/revert', { resources: ['thing'] })).toMatchObject({
    status: 202,
    body: { stack: { id, name: 'web', action: 'UPDATE', status: 'IN_PROGRESS' } },
  });
  await world.settle();
  expect(world.cloud.things.get(physicalId)).toMatchObject({ name: 'wanted' });
  expect(await ask('PUT', 'web/drift', { every_minutes: 5 })).toMatchObject({ status: 200, body: { schedule: { every_minutes: 5 } } });
  expect(await ask('PUT', 'web/drift', { every_minutes: null })).toMatchObject({ body: { schedule: { every_minutes: null } } });
});

describe('refused', () => {
  const rows: readonly [method: string, path: string, body: Json | undefined, says: RegExp][] = [
    ['GET', 'web/drift?deep=1', undefined, /^There is no parameter "deep" here/],
    ['POST', 'web/drift', { all: true }, /^There is no "all" in the body; the body is empty here/],
    ['POST', 'web/drift', [], /^The body must be a JSON object/],
    ['POST', 'web/drift/accept', { resources: 'thing' }, /^"resources" must be a list of names/],
    ['POST', 'web/drift/accept', { resources: [''] }, /^"resources" must be a list of names/],
    ['POST', 'web/drift/accept', {}, /^Name the resources/],
    ['POST', 'web/drift/revert', { resources: ['thing/below'] }, /^There is no resource thing\/below in stack web; there are thing\./],
    ['POST', 'web/drift/revert', { paths: [] }, /^There is no "paths" in the body; there is resources/],
    ['PUT', 'web/drift', {}, /^"every_minutes" must be/],
    ['PUT', 'web/drift', { every_minutes: '5' }, /^"every_minutes" must be/],
    ['PUT', 'web/drift', { every_minutes: 0.5 }, /^"every_minutes" must be/],
  ];
  test.each(rows)('%s %s %j', async (method, path, body, says) => {
    expect(await ask(method, path, body)).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(says) } } });
  });

  test('to those who may only read, to guests, and to other projects', async () => {
    for (const [method, path] of [
      ['POST', ''],
      ['PUT', ''],
      ['POST', '/accept'],
      ['POST', '/revert'],
    ] as const)
      expect((await ask(method, `web/drift${path}`, {}, 'reader')).status).toBe(403);
    expect((await ask('GET', 'web/drift', undefined, 'reader')).status).toBe(200);
    expect((await ask('GET', 'web/drift', undefined, 'stackuser')).status).toBe(403);
    for (const method of ['GET', 'POST', 'PUT'])
      expect((await ask(method, `${id}/drift`, method === 'GET' ? undefined : {}, 'other')).status).toBe(404);
    expect((await ask('GET', `${id}/drift`, undefined, 'admin')).status).toBe(200);
    expect((await ask('GET', 'nothing/drift')).status).toBe(404);
  });
});
