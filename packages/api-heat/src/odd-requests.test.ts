/** Requests that nobody means: of every route that changes something each is refused as the caller's mistake, and nothing has changed. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json, JsonObject } from '@hearth/kernel';
import { testDatabase, type TestDatabase } from '@hearth/testkit';
import { testStacks, type TestStacks } from '@hearth/stacks/testing';
import { testApi, type TestApi } from './testing/test-api.ts';

let db: TestDatabase;
let world: TestStacks;
let api: TestApi;
let stack: string;

const TEMPLATE: JsonObject = {
  heat_template_version: '2018-08-31',
  resources: { one: { type: 'Test::Thing', properties: { name: 'x' } } },
};
const member = (value: Json, key: string): Json => (value as JsonObject)[key] ?? null;

beforeAll(async () => {
  db = await testDatabase();
  world = testStacks({ database: db.database });
  api = await testApi(world);
  const made = await api.call('POST', '/stacks', { body: { stack_name: 'web', template: TEMPLATE } });
  await world.settle();
  stack = `/stacks/web/${String(member(member(made.body, 'stack'), 'id'))}`;
});
afterAll(async () => {
  await api.close();
  await db.drop();
});

/** All that could have changed. */
async function state(): Promise<string> {
  const tables = ['stack', 'definition', 'resource', 'event', 'snapshot', 'signal', 'plan'];
  const rows = await Promise.all(
    tables.map((table) => db.database.query({ text: `select to_jsonb(t) - 'due_at' as row from ${table} t order by t::text`, values: [] })),
  );
  return JSON.stringify(rows);
}

const NUL = '\0';
const LONG = 'x'.repeat(100_000);
const ODD: readonly Json[] = [null, 1, true, '', NUL, LONG, [], [[]], {}, { a: { b: NUL } }, ['suspend'], [null]];
const bodiesWith = (keys: readonly string[], base: JsonObject = {}, odd = ODD): JsonObject[] =>
  keys.flatMap((key) => odd.map((value) => ({ ...base, [key]: value })));

interface Sent {
  readonly method: string;
  readonly path: () => string;
  readonly bodies: readonly (JsonObject | string)[];
}
const NO_OBJECTS = ['', '[]', '1', '"suspend"', 'null', '{', '{"a":', `{"suspend": ${'['.repeat(5_000)}`];
const ODD_NAMES = ['%00', '%ff', 'no%2Fsuch', '%2e%2e%2f', 'x'.repeat(3_000), '%F0%9F%92%A9'];
const without = (odd: readonly Json[], ...fine: readonly Json[]): readonly Json[] =>
  odd.filter((value) => !fine.some((one) => JSON.stringify(one) === JSON.stringify(value)));

const REQUESTS: readonly Sent[] = [
  {
    method: 'POST',
    path: () => `${stack}/actions`,
    bodies: [
      ...NO_OBJECTS,
      {},
      { suspend: null, resume: null },
      { [NUL]: null },
      { [LONG]: null },
      { cancel_update: null },
      { resume: null },
    ],
  },
  {
    method: 'PATCH',
    path: () => `${stack}/resources/one`,
    bodies: [
      ...NO_OBJECTS,
      ...bodiesWith(['mark_unhealthy'], {}, without(ODD, true)),
      ...bodiesWith(['resource_status_reason'], { mark_unhealthy: true }, without(ODD, null, '', NUL)),
      { mark_unhealthy: true, other: 1 },
    ],
  },
  {
    method: 'POST',
    path: () => `${stack}/resources/one/signal`,
    bodies: [...bodiesWith(['unset_hook']), {}, { [NUL]: NUL }, ...NO_OBJECTS],
  },
  { method: 'POST', path: () => `${stack}/snapshots`, bodies: bodiesWith(['name'], {}, without(ODD, null, '', NUL)) },
  {
    method: 'POST',
    path: () => '/stacks',
    bodies: [
      ...NO_OBJECTS,
      ...bodiesWith(['adopt_stack_data'], { stack_name: 'new' }),
      ...bodiesWith(['template', 'resources', 'environment', 'files'], { stack_name: 'new' }).map((data) => ({
        stack_name: 'new',
        adopt_stack_data: data,
      })),
      ...bodiesWith(['stack_name'], { template: TEMPLATE }),
      { stack_name: 'new', adopt_stack_data: { template: TEMPLATE, resources: { one: { resource_id: LONG } } } },
      { stack_name: 'new', template: TEMPLATE, converge: true },
    ],
  },
  ...['PUT', 'PATCH'].flatMap((method): readonly Sent[] => [
    {
      method,
      path: () => stack,
      bodies: [
        ...(method === 'PUT' ? NO_OBJECTS : ['{', '{"a":']),
        ...bodiesWith(['template'], {}, without(ODD, null, '')),
        ...bodiesWith(['environment'], { template: TEMPLATE }, without(ODD, null, '', {}, NUL)),
        ...bodiesWith(['files', 'parameters'], { template: TEMPLATE }, [1, true, NUL, LONG, [], [[]]]),
        ...bodiesWith(['environment_files', 'clear_parameters'], { template: TEMPLATE }, [1, true, NUL, LONG, {}, [[]], [null]]),
        ...bodiesWith(['timeout_mins'], { template: TEMPLATE }, [true, NUL, LONG, [], {}, -1, 1e300, 1.5]),
        ...bodiesWith(['tags'], { template: TEMPLATE }, [1, true, LONG, {}, [[]], [null]]),
        ...bodiesWith(['disable_rollback', 'converge'], { template: TEMPLATE }, [1, NUL, LONG, [], {}, [null]]),
      ],
    },
  ]),
];

test('odd bodies are the caller’s mistake, and change nothing', async () => {
  const before = await state();
  for (const { method, path, bodies } of REQUESTS) {
    const answers = await Promise.all(bodies.map((body) => api.call(method, path(), { body })));
    for (const [at, { status, body: answer }] of answers.entries()) {
      const said = JSON.stringify(answer);
      const place = `${method} ${path()} ${JSON.stringify(bodies[at]).slice(0, 200)}: ${status} ${said.slice(0, 300)}`;
      expect.soft(status >= 400 && status < 500, place).toBe(true);
      expect.soft(said.length, place).toBeLessThan(5_000);
    }
  }
  expect(await state()).toBe(before);
});

test('odd names lead nowhere', async () => {
  const before = await state();
  const places: readonly (readonly [string, (name: string) => string, JsonObject?])[] = [
    ['GET', (name) => `/stacks/${name}`],
    ['GET', (name) => `/stacks/web/${name}`],
    ['DELETE', (name) => `/stacks/web/${name}`],
    ['GET', (name) => `/stacks/${name}/${stack.split('/')[3]}`],
    ['GET', (name) => `${stack}/outputs/${name}`],
    ['GET', (name) => `${stack}/resources/${name}`],
    ['GET', (name) => `${stack}/resources/${name}/metadata`],
    ['GET', (name) => `${stack}/resources/${name}/events`],
    ['GET', (name) => `${stack}/resources/one/events/${name}`],
    ['POST', (name) => `${stack}/resources/${name}/signal`, {}],
    ['POST', (name) => `${stack}/resources/${name}/signal`, { unset_hook: 'pre-create' }],
    ['PATCH', (name) => `${stack}/resources/${name}`, { mark_unhealthy: true }],
    ['GET', (name) => `${stack}/snapshots/${name}`],
    ['DELETE', (name) => `${stack}/snapshots/${name}`],
    ['POST', (name) => `${stack}/snapshots/${name}/restore`, {}],
    ['DELETE', (name) => `/stacks/${name}/${stack.split('/')[3]}/abandon`],
  ];
  for (const [method, path, body] of places)
    for (const name of ODD_NAMES) {
      const { status, body: answer } = await api.call(method, path(name), body === undefined ? {} : { body });
      expect.soft([400, 404, 405, 302], `${method} ${path(name).slice(0, 100)}: ${status} ${JSON.stringify(answer)}`).toContain(status);
    }
  expect(await state()).toBe(before);
});

test('odd queries are refused or mean nothing', async () => {
  const values = ['%00', '-1', '1e9', '99999999999999999999999', 'x'.repeat(3_000), '%F0%9F%92%A9'];
  const keys = [
    'limit',
    'marker',
    'sort_keys',
    'sort_dir',
    'nested_depth',
    'resource_name',
    'resource_type',
    'resource_action',
    'resource_status',
  ];
  for (const path of [`${stack}/events`, `${stack}/resources/one/events`])
    for (const key of keys)
      for (const value of values) {
        const { status } = await api.call('GET', `${path}?${key}=${value}`);
        expect.soft([200, 400, 404], `${path}?${key}=${value.slice(0, 40)}: ${status}`).toContain(status);
      }
  for (const value of values)
    for (const key of [
      'resolve_outputs',
      'show_nested',
      'name',
      'id',
      'type',
      'physical_resource_id',
      'nested_depth',
      'with_detail',
      'with_attr',
    ]) {
      for (const path of ['', '/resources', '/resources/one']) {
        const { status } = await api.call('GET', `${stack}${path}?${key}=${value}`);
        expect.soft([200, 400], `${path}?${key}=${value.slice(0, 40)}: ${status}`).toContain(status);
      }
    }
});
