/** `…/drift` over HTTP: bodies and answers, what is refused, and who may ask. */
import type { Json } from '@hearth/kernel';
import { sampleCreate, testCaller, type TestStacks } from '@hearth/stacks/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROJECT, testApi, type TestApi } from './testing/test-api.ts';

const caller = testCaller(PROJECT);
let api: TestApi;
let world: TestStacks;
let base: string;
let id = '';

beforeAll(async () => {
  api = await testApi();
  ({ world, base } = api);
  const resources = { thing: { type: 'Test::Thing', properties: { name: 'wanted' } } };
  const stack = await world.stacks.createStack(
    caller,
    sampleCreate({ name: 'web', template: { heat_template_version: '2018-08-31', resources } }),
  );
  id = stack.id;
  await world.settle();
});
afterAll(() => api.close());

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
