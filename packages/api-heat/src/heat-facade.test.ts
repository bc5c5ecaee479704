/** What the façade decides itself: versions, redirects, who may call what, bodies, faults, links, pages. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Bug, Failure, Refusal, type FailureCode, type Json, type JsonObject, type RefusalCode } from '@hearth/kernel';
import { testDatabase, type TestDatabase } from '@hearth/testkit';
import { testStacks, type TestStacks } from '@hearth/stacks/testing';
import { UNAVAILABLE_ACTIONS } from './unavailable-actions.ts';
import { OTHER_PROJECT, PROJECT, testApi, type Reply, type TestApi } from './testing/test-api.ts';

let db: TestDatabase;
let world: TestStacks;
let api: TestApi;

beforeAll(async () => {
  db = await testDatabase();
  world = testStacks({ database: db.database });
  api = await testApi(world);
});
afterAll(async () => {
  await api.close();
  await db.drop();
});
beforeEach(async () => {
  await db.database.query({ text: 'truncate stack, definition, resource, event, credential, lease_holder cascade', values: [] });
});

const TEMPLATE: JsonObject = {
  heat_template_version: '2018-08-31',
  resources: { one: { type: 'Test::Thing', properties: { name: 'x' } } },
};
async function create(name: string, more: JsonObject = {}): Promise<string> {
  const reply = await api.call('POST', '/stacks', { body: { stack_name: name, template: TEMPLATE, ...more } });
  expect(reply.status, JSON.stringify(reply.body)).toBe(201);
  return ((reply.body as JsonObject)['stack'] as JsonObject)['id'] as string;
}
const at = (value: Json, ...path: readonly (string | number)[]): Json =>
  path.reduce<Json>((inner, key) => ((inner as never)?.[key] ?? null) as Json, value);
const fault = (reply: Reply) => ({
  status: reply.status,
  type: at(reply.body, 'error', 'type'),
  message: at(reply.body, 'error', 'message'),
});
const listed = (reply: Reply) => (at(reply.body, 'stacks') as readonly JsonObject[]).map((stack) => stack['stack_name']);

test.each([['/'], ['/versions'], ['/v2'], ['/v2.1/x'], ['/v3/']])('%s gives the versions, without a token', async (path) => {
  const reply = await api.call('GET', `${api.url}${path}`, {
    token: null,
    headers: { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'heat.example.org' },
  });
  expect(reply.status).toBe(300);
  expect(reply.body).toEqual({
    versions: [{ id: 'v1.0', status: 'CURRENT', links: [{ rel: 'self', href: 'https://heat.example.org/v1/' }] }],
  });
});

test('unknown URLs, methods and tokens', async () => {
  for (const path of ['/v1', '/v1/', '/foo', `/v1/${PROJECT}/nosuch`]) {
    expect(await api.call('GET', `${api.url}${path}`)).toMatchObject({ status: 404, body: { code: '404 Not Found', title: 'Not Found' } });
    const stranger = await api.call('GET', `${api.url}${path}`, { token: null });
    expect(stranger).toMatchObject({ status: 401, body: { error: { code: 401, title: 'Unauthorized' } } });
    expect(stranger.headers.get('www-authenticate')).toBe('Keystone uri="http://keystone/v3"');
  }
  const wrong = await api.call('PUT', '/stacks');
  expect(fault(wrong)).toMatchObject({ status: 405, type: 'HTTPMethodNotAllowed' });
  expect(wrong.headers.get('allow')?.split(/, ?/).toSorted()).toEqual(['GET', 'HEAD', 'POST']);
  const options = await api.call('OPTIONS', '/stacks');
  expect(options.status).toBe(204);
  expect(options.headers.get('allow')).toContain('POST');
  expect(fault(await api.call('GET', '/stacks', { token: 'outage' }))).toMatchObject({
    status: 503,
    message: 'Keystone cannot be reached.',
  });
  expect((await api.call('GET', `${api.url}/v1.0/${PROJECT}/stacks`)).status).toBe(200);
});

test('names, ids and ARNs are redirected with their query; by id also to a deleted stack', async () => {
  const id = await create('web');
  const base = `${api.url}/v1/${PROJECT}/stacks/web/${id}`;
  const location = async (method: string, path: string) => {
    const reply = await api.call(method, path);
    expect(reply.status, JSON.stringify(reply.body)).toBe(302);
    return reply.headers.get('location');
  };
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) expect(await location(method, '/stacks/web')).toBe(base);
  expect(await location('GET', `/stacks/${id}`)).toBe(base);
  expect(await location('GET', `/stacks/${id.replaceAll('-', '')}`)).toBe(base);
  expect(await location('GET', '/stacks/web/events?limit=3&sort_dir=asc')).toBe(`${base}/events?limit=3&sort_dir=asc`);
  for (const part of ['resources', 'template', 'actions', 'environment', 'files'])
    expect(await location('GET', `/stacks/web/${part}`)).toBe(`${base}/${part}`);
  const arn = `arn:openstack:heat::${PROJECT}:stacks/web/${id}`;
  expect(await location('GET', `/stacks/${encodeURIComponent(arn)}`)).toBe(base);
  expect(await location('DELETE', `/stacks/${arn}`)).toBe(base);
  expect(await location('GET', `/stacks/${arn}/resources/one?x=1`)).toBe(`${base}/resources/one?x=1`);
  expect(fault(await api.call('GET', '/stacks/nosuch/resources'))).toEqual({
    status: 404,
    type: 'EntityNotFound',
    message: 'The Stack (nosuch) could not be found.',
  });
  expect(fault(await api.call('GET', '/stacks/web/outputs'))).toMatchObject({
    status: 404,
    message: 'The Stack (web) could not be found.',
  });
  await api.call('DELETE', `/stacks/web/${id}`);
  await world.settle();
  expect(await location('GET', `/stacks/${id}`)).toBe(base);
  expect((await api.call('GET', '/stacks/web')).status).toBe(404);
});

test('the URL must name the token’s project, but an administrator may follow any link', async () => {
  const id = await create('web');
  for (const [method, path] of [
    ['GET', '/stacks'],
    ['GET', `/stacks/web/${id}`],
    ['DELETE', `/stacks/web/${id}`],
    ['GET', '/build_info'],
  ] as const) {
    expect(fault(await api.call(method, path, { token: 'other' }))).toMatchObject({ status: 403, type: 'HTTPForbidden' });
  }
  expect(fault(await api.call('GET', `/stacks/web/${id}`, { token: 'other', project: OTHER_PROJECT }))).toMatchObject({
    status: 404,
    type: 'EntityNotFound',
  });
  expect(listed(await api.call('GET', `/stacks?tenant=${PROJECT}&show_deleted=true`, { token: 'other', project: OTHER_PROJECT }))).toEqual(
    [],
  );
  expect(fault(await api.call('GET', '/stacks', { token: 'unscoped' }))).toMatchObject({ status: 403 });
  expect((await api.call('GET', `/stacks/web/${id}`, { token: 'admin' })).status).toBe(200);
  expect((await api.call('GET', `/stacks/${id}`, { token: 'admin', project: OTHER_PROJECT })).headers.get('location')).toBe(
    `${api.url}/v1/${PROJECT}/stacks/web/${id}`,
  );
  await api.call('POST', '/stacks', { token: 'admin', project: OTHER_PROJECT, body: { stack_name: 'theirs', template: TEMPLATE } });
  expect(at((await api.call('GET', '/stacks', { token: 'admin', project: OTHER_PROJECT })).body, 'stacks', 0, 'project')).toBe(
    OTHER_PROJECT,
  );
});

test('personas: readers change nothing, users inside a stack see what is meant for them', async () => {
  const resources = { one: { type: 'Test::Thing', properties: { guest: 'stackuser-id' } }, two: { type: 'Test::Thing' } };
  const id = await create('web', { template: { ...TEMPLATE, resources } });
  await world.settle();
  const status = async (token: string, method: string, path: string) => (await api.call(method, path, { token })).status;
  const stack = `/stacks/web/${id}`;
  for (const path of ['/stacks', stack, `${stack}/resources`, `${stack}/events`, `${stack}/template`, '/resource_types', '/build_info']) {
    expect(await status('reader', 'GET', path), path).toBe(200);
    expect(await status('stackuser', 'GET', path), path).toBe(403);
  }
  for (const [method, path] of [
    ['POST', '/stacks'],
    ['PUT', stack],
    ['PATCH', stack],
    ['DELETE', stack],
    ['POST', '/validate'],
  ] as const) {
    expect(await status('reader', method, path), path).toBe(403);
    expect(await status('stackuser', method, path), path).toBe(403);
  }
  expect(await status('stackuser', 'GET', `${stack}/resources/one/metadata`)).toBe(200);
  expect(await status('stackuser', 'GET', `${stack}/resources/two/metadata`)).toBe(404);
  expect(await status('stackuser', 'GET', '/stacks/web')).toBe(302);
  expect(fault(await api.call('GET', '/services'))).toEqual({
    status: 403,
    type: 'Forbidden',
    message: 'You are not authorized to use service:index.',
  });
  expect(fault(await api.call('GET', '/stacks?global_tenant=true'))).toEqual({
    status: 403,
    type: 'Forbidden',
    message: 'You are not authorized to use stacks:global_index.',
  });
});

test('what is not there yet says so, and not that it does not exist', async () => {
  const id = await create('web');
  expect(UNAVAILABLE_ACTIONS).not.toEqual([]);
  for (const { method, path, rule } of UNAVAILABLE_ACTIONS) {
    const full = path.replace(':name', 'web').replace(':id', id).replaceAll(/:\w+/g, randomUUID());
    const reply = await api.call(method, full, { token: 'admin' });
    expect(fault(reply), `${method} ${path}`).toMatchObject({ status: 400, type: 'NotSupported' });
    expect(fault(reply).message).toContain(rule);
  }
});

test.each<[string, JsonObject | string, { type: string; says: RegExp }]>([
  ['no body', '', { type: 'HTTPBadRequest', says: /body/ }],
  ['a body that is no object', '[1]', { type: 'HTTPBadRequest', says: /JSON object/ }],
  ['broken JSON', '{bad', { type: 'HTTPBadRequest', says: /JSON/ }],
  ['JSON that is too deep', `{"a":${'['.repeat(200)}${']'.repeat(200)}}`, { type: 'HTTPBadRequest', says: /nested/ }],
  ['no name', { template: TEMPLATE }, { type: 'HTTPBadRequest', says: /^No stack name specified$/ }],
  ['a name that is no text', { stack_name: 1, template: TEMPLATE }, { type: 'HTTPBadRequest', says: /stack_name/ }],
  ['no template', { stack_name: 'x' }, { type: 'HTTPBadRequest', says: /^No template specified$/ }],
  ['a list for a template', { stack_name: 'x', template: [] }, { type: 'HTTPBadRequest', says: /template/ }],
  [
    'a timeout in words',
    { stack_name: 'x', template: TEMPLATE, timeout_mins: 'x' },
    { type: 'HTTPBadRequest', says: /^Only integer is acceptable by 'timeout_mins'\.$/ },
  ],
  [
    'a negative timeout',
    { stack_name: 'x', template: TEMPLATE, timeout_mins: -1 },
    { type: 'HTTPBadRequest', says: /^Value '-1' is invalid for 'timeout_mins' which only accepts non-negative integer\.$/ },
  ],
  ['an endless timeout', { stack_name: 'x', template: TEMPLATE, timeout_mins: 1e15 }, { type: 'StackValidationFailed', says: /minutes/ }],
  [
    'a rollback flag that is none',
    { stack_name: 'x', template: TEMPLATE, disable_rollback: 'x' },
    { type: 'ValueError', says: /disable_rollback/ },
  ],
  ['converge', { stack_name: 'x', template: TEMPLATE, converge: true }, { type: 'HTTPBadRequest', says: /^converge flag only supported/ }],
  [
    'a long tag',
    { stack_name: 'x', template: TEMPLATE, tags: 'x'.repeat(81) },
    { type: 'HTTPBadRequest', says: /is longer than 80 characters/ },
  ],
  ['a list of parameters', { stack_name: 'x', template: TEMPLATE, parameters: [1] }, { type: 'HTTPBadRequest', says: /parameters/ }],
  [
    'a template by URL that cannot be had',
    { stack_name: 'x', template_url: 'http://x/y' },
    { type: 'HTTPBadRequest', says: /^Could not retrieve template: Nothing can be fetched here\. .*send the template itself/ },
  ],
])('create refuses %s', async (_what, body, { type, says }) => {
  const reply = await api.call('POST', '/stacks', { body });
  expect(fault(reply)).toMatchObject({ status: 400, type });
  expect(String(fault(reply).message)).toMatch(says);
  expect(listed(await api.call('GET', '/stacks?show_deleted=true'))).toEqual([]);
});

test('a body is looked at only under a content type that allows it, and up to a size', async () => {
  const body = JSON.stringify({ stack_name: 'typed', template: TEMPLATE });
  for (const type of ['application/json; charset=utf-8', 'text/plain', 'JSON']) {
    const reply = await api.call('POST', '/stacks', { body: body.replace('typed', `t${type.length}`), headers: { 'Content-Type': type } });
    expect(reply.status, type).toBe(201);
  }
  expect((await api.call('POST', '/stacks', { body, headers: { 'Content-Type': 'application/xml' } })).status).toBe(400);
  const huge = await api.call('POST', '/stacks', { body: { stack_name: 'huge', template: TEMPLATE, files: { f: 'x'.repeat(2_000_000) } } });
  expect(fault(huge)).toMatchObject({ status: 400, type: 'RequestLimitExceeded' });
  expect(String(fault(huge).message)).toMatch(/^Request limit exceeded: /);
  expect(listed(await api.call('GET', '/stacks?name=huge&name=typed'))).toEqual([]);
});

test.each<[string, RegExp]>([
  ['/stacks?limit=x', /^Only integer is acceptable by 'limit'\.$/],
  ['/stacks?limit=-1', /^Value '-1' is invalid for 'limit' which only accepts non-negative integer\.$/],
  ['/stacks?show_deleted=maybe', /^Unrecognized value "maybe" for "show_deleted", acceptable values are: true, false\.$/],
  ['/stacks?sort_dir=up', /sort/],
  [`/stacks?tags=${'x'.repeat(81)}`, /longer than 80/],
  ['/resource_types?support_status=foo', /SUPPORTED/],
  [
    '/resource_types/Test::Thing/template?template_type=foo',
    /^Template type is not supported: Invalid template type "foo", valid types are: cfn, hot\.$/,
  ],
])('%s is refused', async (path, says) => {
  const reply = await api.call('GET', path);
  expect(reply.status).toBe(400);
  expect(String(fault(reply).message)).toMatch(says);
});

test('pages of stacks are linked with every other parameter kept', async () => {
  for (const name of ['a', 'b', 'c']) await create(name, { tags: 'x' });
  const seen: Json[] = [];
  let next: string | null = `${api.url}/v1/${PROJECT}/stacks?limit=2&tags=x&sort_keys=stack_name`;
  for (let page = 0; next !== null && page < 5; page++) {
    const reply: Reply = await api.call('GET', next);
    seen.push(...listed(reply).map((name) => name ?? null));
    next = at(reply.body, 'links', 0, 'href') as string | null;
    if (next !== null) expect(next).toContain('limit=2&tags=x&sort_keys=stack_name&marker=');
  }
  expect(seen).toEqual(['a', 'b', 'c']);
  expect(at((await api.call('GET', '/stacks?limit=0')).body, 'links')).toBeNull();
  expect(listed(await api.call('GET', '/stacks?marker=nosuch'))).toEqual([]);
  expect(listed(await api.call('GET', '/stacks?stack_status=CREATE_IN_PROGRESS&stack_name=a&sort_keys=nosuch'))).toEqual(['a']);
  expect(listed(await api.call('GET', '/stacks?disable_rollback=False'))).toEqual([]);
  expect(at((await api.call('GET', '/stacks?with_count=true&limit=1')).body, 'count')).toBe(3);
});

test('actions on a stack: a wrong request is told what is wrong', async () => {
  const id = await create('web');
  const act = async (body: JsonObject, token = 'demo') => fault(await api.call('POST', `/stacks/web/${id}/actions`, { body, token }));
  expect(await act({})).toMatchObject({ status: 400, message: 'No action specified' });
  expect(await act({ check: null, suspend: null })).toMatchObject({ status: 400, message: 'Multiple actions specified' });
  expect(await act({ nosuch: null })).toMatchObject({ status: 400, type: 'HTTPBadRequest', message: 'Invalid action nosuch specified' });
  expect(await act({ cancel_update: null })).toEqual({
    status: 400,
    type: 'NotSupported',
    message: 'Cancelling update when stack is CREATE_IN_PROGRESS is not supported.',
  });
  expect(await act({ suspend: null }, 'reader')).toMatchObject({ status: 403, message: 'You are not authorized to use actions:suspend.' });
  expect(await act({ check: null }, 'reader')).toMatchObject({ status: 409, type: 'ActionInProgress' });
  expect(await act({ resume: null })).toMatchObject({ status: 409, type: 'ActionInProgress' });
  expect((await api.call('POST', `/stacks/web/${id}/actions`, { body: { cancel_without_rollback: null }, token: 'demo' })).body).toBeNull();
});

test('resources: only known filters', async () => {
  const id = await create('web');
  const list = (query: string) => api.call('GET', `/stacks/web/${id}/resources?${query}`);
  expect(fault(await list('foo=1'))).toEqual({ status: 400, type: 'HTTPBadRequest', message: "Invalid filter parameters ['foo']" });
  expect(fault(await list('nested_depth=x'))).toMatchObject({ status: 400, message: "Only integer is acceptable by 'nested_depth'." });
  expect((await list('type=A&type=B')).status).toBe(400);
  expect(at((await list('type=Thing&nested_depth=2')).body, 'resources', 0)).toMatchObject({
    resource_name: 'one',
    resource_status: 'INIT_COMPLETE',
    physical_resource_id: '',
  });
  expect(at((await list('name=nosuch')).body, 'resources')).toEqual([]);
});

const REFUSALS: readonly (readonly [RefusalCode, number])[] = [
  ['invalid', 400],
  ['unauthorized', 401],
  ['forbidden', 403],
  ['not-found', 404],
  ['conflict', 409],
  ['too-large', 400],
  ['unavailable', 503],
];
const FAILURES: readonly (readonly [FailureCode, number])[] = [
  ['not-found', 400],
  ['conflict', 409],
  ['busy', 503],
  ['over-quota', 403],
  ['unauthorized', 403],
  ['forbidden', 403],
  ['invalid', 400],
  ['unavailable', 503],
  ['unknown', 500],
  ['lease-lost', 503],
  ['configuration', 500],
];
test('every kind of error has its fault; defects give away nothing', async () => {
  const failing = { ...world, stacks: { ...world.stacks } };
  const other = await testApi(failing);
  const outcome = async (error: Error) => {
    failing.stacks.revision = () => {
      throw error;
    };
    return fault(await other.call('GET', '/build_info'));
  };
  try {
    for (const [code, status] of REFUSALS)
      expect(await outcome(new Refusal(code, 'SomeType', 'some words'))).toEqual({ status, type: 'SomeType', message: 'some words' });
    for (const [code, status] of FAILURES) {
      const answer = await outcome(new Failure(code, 'words from outside'));
      expect(answer.status, code).toBe(status);
      if (status === 500) expect(answer.message).not.toContain('words from outside');
      else expect(answer.message).toBe('words from outside');
    }
    const bug = await outcome(new Bug('at line 5 of secret.ts'));
    expect(bug).toMatchObject({ status: 500, type: 'InternalError' });
    expect(bug.message).toMatch(/^The server's log has the reason under req-/);
  } finally {
    await other.close();
  }
});
