/** Software configs over HTTP, through use cases and a real database: what is kept, who sees it, what is refused. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '@hearth/kernel';
import { testDatabase, type TestDatabase } from '@hearth/testkit';
import { testStacks, type TestStacks } from '@hearth/stacks/testing';
import { PROJECT, testApi, type Reply, type TestApi } from './testing/test-api.ts';

let db: TestDatabase;
let world: TestStacks;
let api: TestApi;

beforeAll(async () => {
  db = await testDatabase();
  world = testStacks({ database: db.database, limits: { softwareConfigsPerProject: 5 } });
  api = await testApi(world);
});
afterAll(async () => {
  await api.close();
  await db.drop();
});
beforeEach(async () => {
  await db.database.query({ text: 'truncate software_config', values: [] });
});

const CONFIG = {
  name: 'setup',
  group: 'script',
  config: '#!/bin/sh\necho secret-word\n',
  inputs: [{ name: 'foo', type: 'String', default: 'bar' }],
  outputs: [{ name: 'result', type: 'String' }],
  options: { a: 'b' },
};
const made = async (body: JsonObject = CONFIG): Promise<JsonObject> => {
  const reply = await api.call('POST', '/software_configs', { body });
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  return (reply.body as { software_config: JsonObject }).software_config;
};
const listed = (reply: Reply): readonly JsonObject[] => (reply.body as { software_configs: readonly JsonObject[] }).software_configs;
const fault = (reply: Reply) => [
  reply.status,
  (reply.body as { error: JsonObject }).error['type'],
  (reply.body as { error: JsonObject }).error['message'],
];

test('one is made, shown, listed and deleted', async () => {
  const config = await made();
  expect(config).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    ...CONFIG,
    outputs: [{ name: 'result', type: 'String', error_output: false }],
    creation_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  });
  const url = `/software_configs/${String(config['id'])}`;
  expect((await api.call('GET', url)).body).toEqual({ software_config: config });
  const { id, name, group, creation_time } = config;
  expect(listed(await api.call('GET', '/software_configs'))).toEqual([{ id, name, group, creation_time }]);
  expect((await api.call('DELETE', url)).status).toBe(204);
  for (const method of ['GET', 'DELETE'])
    expect(fault(await api.call(method, url))).toEqual([404, 'NotFound', `Software config with id ${String(id)} not found`]);
});

test('what is in it is encrypted at rest', async () => {
  await made();
  const rows = await db.database.query<{ content: Uint8Array }>({ text: 'select content from software_config', values: [] });
  expect(Buffer.from(rows[0]?.content as Uint8Array).includes('secret-word')).toBe(false);
});

test('everything but the request itself may be left out', async () =>
  expect(await made({})).toMatchObject({ name: null, group: null, config: null, inputs: [], outputs: [], options: {} }));

test('pages go from the newest to the oldest', async () => {
  const ids = [];
  for (const name of ['a', 'b', 'c']) ids.unshift((await made({ name }))['id']);
  const page = async (query: string) => listed(await api.call('GET', `/software_configs?${query}`)).map(({ id }) => id);
  expect(await page('limit=2')).toEqual(ids.slice(0, 2));
  expect(await page(`limit=2&marker=${String(ids[1])}`)).toEqual(ids.slice(2));
  expect(await page(`marker=${randomUUID()}`)).toEqual(ids);
  expect(await page('marker=x')).toEqual(ids);
});

describe('others', () => {
  test('see and delete nothing, except administrators who know the id', async () => {
    const url = `/software_configs/${String((await made())['id'])}`;
    const other = { token: 'other', project: 'b'.repeat(32) };
    expect(listed(await api.call('GET', '/software_configs', other))).toEqual([]);
    expect((await api.call('GET', url, other)).status).toBe(404);
    expect((await api.call('DELETE', url, other)).status).toBe(404);
    const admin = { token: 'admin', project: PROJECT };
    expect((await api.call('GET', url, admin)).status).toBe(200);
    expect(listed(await api.call('GET', '/software_configs', admin))).toEqual([]);
  });
  test('who only read make none; users of a stack see none', async () => {
    expect((await api.call('POST', '/software_configs', { token: 'reader', body: CONFIG })).status).toBe(403);
    expect((await api.call('GET', '/software_configs', { token: 'stackuser' })).status).toBe(403);
    expect((await api.call('GET', '/software_configs?global_tenant=true', { token: 'reader' })).status).toBe(403);
  });
});

test.each<[string, JsonObject | string, readonly unknown[]]>([
  ['no body', '', [400, 'HTTPBadRequest', 'The request needs a body that is a JSON object.']],
  ['inputs that are no list', { inputs: 'a' }, [400, 'TypeError', 'Software Config I/O Schema must be in a list']],
  ['an input that is no map', { inputs: ['a'] }, [400, 'TypeError', 'Software Config I/O Schema must be a dict']],
  ['an input without a name', { inputs: [{}] }, [400, 'ValueError', 'Property name not assigned']],
  ['an input with more', { inputs: [{ name: 'a', x: 1 }] }, [400, 'ValueError', 'Unknown Property x']],
  [
    'an unknown type',
    { outputs: [{ name: 'a', type: 'Text' }] },
    [400, 'ValueError', 'Property error: type: "Text" is not an allowed value [String, Number, CommaDelimitedList, Json, Boolean]'],
  ],
  [
    'a default of another type',
    { inputs: [{ name: 'a', type: 'Boolean', default: 'maybe' }] },
    [400, 'ValueError', 'Property error: default: "maybe" is not a valid boolean'],
  ],
  ['a name that is no text', { name: 1 }, [400, 'HTTPBadRequest', '"name" must be text.']],
])('%s: refused', async (_case, body, expected) => {
  expect(fault(await api.call('POST', '/software_configs', { body }))).toEqual(expected);
});

test('a project has room for so many, administrators for more', async () => {
  for (let i = 0; i < 5; i++) await made();
  expect(fault(await api.call('POST', '/software_configs', { body: CONFIG }))).toEqual([
    400,
    'RequestLimitExceeded',
    'Request limit exceeded: You have reached the maximum software configs per tenant, 5. Please delete some software configs.',
  ]);
});
