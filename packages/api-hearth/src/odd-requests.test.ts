/** Requests that nobody means, to every route that changes something: each is refused as the caller's mistake, to guests and strangers too, and nothing has changed. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json, JsonObject } from '@hearth/kernel';
import { sampleCreate, testCaller, type TestStacks } from '@hearth/stacks/testing';
import { PROJECT, testApi, type TestApi } from './testing/test-api.ts';

const caller = testCaller(PROJECT);
const TEMPLATE: JsonObject = { heat_template_version: '2018-08-31', resources: { one: { type: 'Test::Thing' } } };

let api: TestApi;
let world: TestStacks;
let base: string;
let plan: string;

beforeAll(async () => {
  api = await testApi();
  world = api.world;
  base = `${api.base}/${PROJECT}`;
  const { id } = await world.stacks.createStack(caller, sampleCreate({ template: TEMPLATE }));
  await world.settle();
  plan = (await world.stacks.planDeletion(caller, { id, name: null })).id;
});
afterAll(() => api.close());

async function ask(method: string, path: string, body?: JsonObject | string, token = 'demo'): Promise<{ status: number; text: string }> {
  const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
  const headers = { 'X-Auth-Token': token, 'Content-Type': 'application/json' };
  const response = await fetch(`${base}/${path}`, { method, headers, ...sent });
  return { status: response.status, text: await response.text() };
}

/** All that could have changed. */
async function state(): Promise<string> {
  const tables = ['stack', 'definition', 'resource', 'event', 'snapshot', 'signal', 'plan'];
  const rows = await Promise.all(
    tables.map((table) =>
      world.ports.database.query({ text: `select to_jsonb(t) - 'due_at' as row from ${table} t order by t::text`, values: [] }),
    ),
  );
  return JSON.stringify(rows);
}

const LONG = 'x'.repeat(100_000);
const MANY = Array.from({ length: 10_000 }, (_, n) => `a${n}`);
const ODD: readonly Json[] = [
  1,
  true,
  '',
  '\0',
  LONG,
  [],
  [[]],
  {},
  { a: 1 },
  ['\0'],
  [null],
  [''],
  ['no/such'],
  ['one/below'],
  [LONG],
  MANY,
];
const among = (key: string, base: JsonObject = {}, odd = ODD): JsonObject[] => odd.map((value) => ({ ...base, [key]: value }));
const not = (...fine: readonly Json[]): readonly Json[] =>
  ODD.filter((value) => !fine.some((one) => JSON.stringify(one) === JSON.stringify(value)));
const NO_OBJECTS = ['[]', '1', '"x"', '{', `{"a": ${'['.repeat(5_000)}`];

/** Where a change is asked for, and how it is not. */
const CHANGES: readonly (readonly [method: string, path: string, bodies: readonly (JsonObject | string)[]])[] = [
  ['POST', 'stacks/web/retry', [{}, { other: 1 }, ...NO_OBJECTS]],
  ['POST', 'stacks/web/continue', [{}, ...among('skip'), { other: 1 }, ...NO_OBJECTS]],
  ['POST', 'stacks/web/cancel', [{}, ...among('rollback'), { other: 1 }, ...NO_OBJECTS]],
  [
    'POST',
    'stacks/web/force-delete',
    [...among('retain', {}, not([])), ...among('force', {}, not(true)), ...among('timeout_mins', {}, not(1)), { other: 1 }],
  ],
  ['POST', 'stacks/web/force-delete', [{ timeout_mins: 1e300 }, { timeout_mins: 0 }, ...NO_OBJECTS]],
  ['POST', 'stacks/web/versions/9/rollback', [{}]],
  ['POST', 'stacks/web/versions/x/rollback', [{}]],
  ['POST', 'stacks/web/versions/1/rollback', [{ other: 1 }, ...NO_OBJECTS]],
  ['POST', 'stacks/web/drift', [{ other: 1 }, ...NO_OBJECTS]],
  [
    'PUT',
    'stacks/web/drift',
    [{}, ...among('every_minutes', {}, not(1)), { every_minutes: 1.5 }, { every_minutes: -1 }, { every_minutes: 1e300 }],
  ],
  ['POST', 'stacks/web/drift/accept', [{}, ...among('resources'), { other: 1 }, ...NO_OBJECTS]],
  ['POST', 'stacks/web/drift/revert', [...among('resources', {}, not([])), { other: 1 }, ...NO_OBJECTS]],
  [
    'POST',
    'plans',
    [
      {},
      ...among('stack_name', { template: TEMPLATE }),
      ...among('template', { stack_name: 'new' }),
      { adopt_stack_data: {} },
      ...NO_OBJECTS,
    ],
  ],
  [
    'POST',
    'stacks/web/plans',
    [{}, ...among('kind'), { kind: 'delete', template: TEMPLATE }, ...among('existing', {}, not(true)), ...NO_OBJECTS],
  ],
  [
    'POST',
    'stacks/web/plans',
    ['timeout_mins', 'tags', 'disable_rollback', 'clear_parameters', 'files', 'environment', 'parameters'].flatMap((key) =>
      among(key, { existing: true }, [true, LONG, [[]], [null]]).filter((body) => body['disable_rollback'] !== true),
    ),
  ],
  ['POST', 'plans/nosuch/apply', [{}]],
  ['POST', 'plans/%00/apply', [{}]],
];

test('odd bodies are the caller’s mistake, and change nothing', async () => {
  const before = await state();
  for (const [method, path, bodies] of CHANGES) {
    const answers = await Promise.all(bodies.map((body) => ask(method, path, body)));
    for (const [at, { status, text }] of answers.entries()) {
      const place = `${method} ${path} ${JSON.stringify(bodies[at]).slice(0, 100)}: ${status} ${text.slice(0, 300)}`;
      expect.soft(status >= 400 && status < 500, place).toBe(true);
      expect.soft(text.length, place).toBeLessThan(3_000);
    }
  }
  expect(await state()).toBe(before);
});

test('readers change nothing, guests and strangers see nothing, and an administrator of another project only looks', async () => {
  const before = await state();
  const changes = [...new Set(CHANGES.map(([method, path]) => `${method} ${path}`)), `POST plans/${plan}/apply`];
  const looks = [
    'stacks/web/drift',
    'stacks/web/versions',
    'stacks/web/versions/1',
    'stacks/web/explain',
    'stacks/web/leftovers',
    `plans/${plan}`,
    'leftovers',
    'events',
    'exports',
  ];
  for (const one of changes) {
    const [method = '', path = ''] = one.split(' ');
    for (const [who, status] of [
      ['reader', 403],
      ['stackuser', 403],
      ['other', 404],
      ['admin', 404],
    ] as const)
      expect.soft((await ask(method, path, {}, who)).status, `${who} ${one}`).toBe(status);
  }
  for (const path of looks)
    for (const [who, status] of [
      ['reader', 200],
      ['stackuser', 403],
      ['other', 404],
    ] as const)
      expect.soft((await ask('GET', path, undefined, who)).status, `${who} ${path}`).toBe(status);
  expect(await state()).toBe(before);
});

test('odd places lead nowhere', async () => {
  for (const name of ['%00', '%ff', 'no%2Fsuch', 'x'.repeat(3_000), '%F0%9F%92%A9'])
    for (const path of [
      `stacks/${name}/explain`,
      `stacks/web/versions/${name}`,
      `stacks/web/resources/${name}/explain`,
      `stacks/web/explain?resource=${name}`,
      `plans/${name}`,
      `stacks/${name}/drift`,
      `stacks/web/leftovers?limit=${name}`,
      `stacks/web/drift?x=${name}`,
    ]) {
      const { status, text } = await ask('GET', path);
      expect.soft([400, 404], `${path.slice(0, 80)}: ${status} ${text.slice(0, 200)}`).toContain(status);
    }
});
