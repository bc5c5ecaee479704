/** Every call that this API answers, beside what a real service answered: status, headers, fault type, fields and their kinds. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { testDatabase, type TestDatabase } from '@hearth/testkit';
import { testStacks, type TestStacks } from '@hearth/stacks/testing';
import { OTHER_PROJECT, testApi, type CallOptions, type TestApi } from './testing/test-api.ts';

interface Shape {
  readonly call: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers?: readonly string[];
  readonly error?: string;
  readonly fields: Readonly<Record<string, string>>;
}
const SHAPES = JSON.parse(readFileSync(new URL('../../../testdata/rest/shapes.json', import.meta.url), 'utf8')) as readonly Shape[];

const PARAMETERS = {
  length: {
    type: 'number',
    default: 5,
    label: 'Length',
    description: 'how long',
    constraints: [{ range: { min: 1, max: 10 }, description: 'not too long' }],
  },
  choice: { type: 'string', default: 'x', tags: ['t'], constraints: [{ allowed_values: ['x', 'y'] }] },
  data: { type: 'json', default: { a: 1 } },
  flag: { type: 'boolean', default: true, immutable: true },
  items: { type: 'comma_delimited_list', default: 'a,b' },
  secret: { type: 'string', default: 'sesame', hidden: true, constraints: [{ allowed_pattern: '[a-z]+' }, { length: { max: 20 } }] },
};
const TEMPLATE: JsonObject = {
  heat_template_version: '2018-08-31',
  description: 'all sorts',
  parameter_groups: [{ label: 'group', description: 'some', parameters: ['length'] }],
  parameters: PARAMETERS,
  resources: {
    string: { type: 'Test::Thing', properties: { size: { get_param: 'length' }, name: 'a' }, metadata: { k: 'v' } },
    after: { type: 'Test::Thing', properties: { name: { get_attr: ['string', 'name'] } } },
  },
  outputs: { out: { description: 'its name', value: { get_attr: ['string', 'name'] } } },
};
const small = (resources: JsonObject, more: JsonObject = {}): JsonObject => ({ heat_template_version: '2018-08-31', resources, ...more });
const create = (template: Json, more: JsonObject = {}): JsonObject => ({ stack_name: 'new', template, ...more });
const THING = { type: 'Test::Thing' };

/** What each call sends, where it sends something. */
const SENT: Readonly<Record<string, CallOptions>> = {
  validate: { body: { template: TEMPLATE } },
  create: { body: create(TEMPLATE, { files: { f: 'x' }, tags: 'one,two', disable_rollback: true, parameters: { length: 6 } }) },
  'error: stack name taken': { body: create(TEMPLATE) },
  'update (put)': { body: { template: TEMPLATE, parameters: { length: 7 }, tags: 'one' } },
  'update (patch)': { body: { parameters: { length: 8 } } },
  'update while in progress': { body: { template: TEMPLATE } },
  'error: update of no stack': { body: { template: small({}) } },
  'error: no stack name': { body: { template: small({}) } },
  'error: bad stack name': { body: { ...create(small({})), stack_name: '1 bad' } },
  'error: no template': { body: { stack_name: 'fresh' } },
  'error: bad timeout': { body: { ...create(small({})), timeout_mins: 'soon' } },
  'error: no version': { body: { stack_name: 'fresh', template: { resources: {} } } },
  'error: unknown version': { body: { stack_name: 'fresh', template: { heat_template_version: '1999-01-01', resources: {} } } },
  'error: unknown section': { body: { stack_name: 'fresh', template: small({}, { nosuch: {} }) } },
  'error: template not YAML': { body: { stack_name: 'fresh', template: '{bad: [' } },
  'error: unknown resource type': { body: { stack_name: 'fresh', template: small({ r: { type: 'No::Such' } }) } },
  'error: unknown property': { body: { stack_name: 'fresh', template: small({ r: { ...THING, properties: { nosuch: 1 } } }) } },
  'error: missing property': { body: { stack_name: 'fresh', template: small({ r: { type: 'Test::Needy' } }) } },
  'error: value out of range': { body: { stack_name: 'fresh', template: small({ r: { ...THING, properties: { size: 99 } } }) } },
  'error: unknown reference': {
    body: { stack_name: 'fresh', template: small({ r: { ...THING, properties: { name: { get_resource: 'zz' } } } }) },
  },
  'error: missing parameter': { body: { stack_name: 'fresh', template: small({ r: THING }, { parameters: { p: { type: 'string' } } }) } },
  'error: unknown parameter': { body: { stack_name: 'fresh', template: small({ r: THING }), parameters: { nosuch: 1 } } },
  'error: parameter constraint': {
    body: {
      stack_name: 'fresh',
      template: small({ r: THING }, { parameters: { p: { type: 'string', constraints: [{ length: { max: 1 } }] } } }),
      parameters: { p: 'long' },
    },
  },
  'error: resource type needs a role': { body: { stack_name: 'fresh', template: small({ r: { type: 'OS::Nova::Flavor' } }) } },
  'error: validate failure': { body: { template: { heat_template_version: '1999-01-01' } } },
  preview: { body: { ...create(TEMPLATE, { tags: 'one' }), stack_name: 'fresh' } },
  'update preview': { body: { template: TEMPLATE, parameters: { length: 9 } } },
  'update preview (patch)': { body: { parameters: { length: 9 } } },
  'error: signal not supported': { body: {} },
  'snapshot create': { body: { name: 'first' } },
  'snapshot while in progress': { body: { name: 'second' } },
  'action check': { body: { check: null } },
  'action suspend': { body: { suspend: null } },
  'action resume': { body: { resume: null } },
  'mark unhealthy': { body: { mark_unhealthy: true, resource_status_reason: 'said so' } },
  'services (admin)': { token: 'admin', project: OTHER_PROJECT },
  'error: cancel_update when idle': { body: { cancel_update: null } },
  'error: two actions': { body: { check: null, suspend: null } },
  'error: unknown action': { body: { nosuch: null } },
  'error: forbidden, other project': { project: OTHER_PROJECT },
  'error: no token': { token: null },
  'error: bad token': { token: 'nosuch' },
};
/** Calls before which the engine must have done its work. */
const AFTER_WORK: ReadonlySet<string> = new Set([
  'show',
  'show after delete',
  'update (put)',
  'resources',
  'events',
  'error: cancel_update when idle',
  'snapshot restore',
  'snapshot delete',
  'action check',
  'action suspend',
  'action resume',
  'mark unhealthy',
  'abandon',
]);

let db: TestDatabase;
let world: TestStacks;
let api: TestApi;
let ids: Record<string, string>;
let exported = '';

beforeAll(async () => {
  db = await testDatabase();
  world = testStacks({ database: db.database });
  api = await testApi(world);
  ids = { stack_name: 'new', missing_id: randomUUID() };
});
afterAll(async () => {
  await api.close();
  await db.drop();
});

describe('as recorded', () => {
  test.each(SHAPES.map((shape) => [shape.call, shape] as const))('%s', async (name, shape) => {
    if (AFTER_WORK.has(name)) await world.settle();
    if (name === 'event') ids['event_id'] = await firstEvent();
    const path = shape.path.replaceAll(/\{(\w+)\}/g, (_, key: string) => ids[key] ?? '').replace('OS::Heat::RandomString', 'Test::Thing');
    const sent = name === 'adopt' ? { body: { stack_name: 'adopted', adopt_stack_data: exported } } : SENT[name];
    const reply = await api.call(shape.method, name === 'versions' ? `${api.url}/` : path, sent);
    learn(name, reply.body);
    expect(reply.status, JSON.stringify(reply.body)).toBe(shape.status);
    expect(reply.headers.get('x-openstack-request-id')).toMatch(/^req-/);
    for (const header of shape.headers ?? []) expect(reply.headers.get(header), header).not.toBeNull();
    if (shape.error !== undefined) expect(reply.body).toMatchObject({ code: shape.status, error: { type: shape.error } });
    expect(differences(shape.fields, fieldsOf(reply.body))).toEqual([]);
  });
});

/** What later calls name. */
function learn(name: string, body: Json): void {
  const idIn = (object: Json | undefined): string => String((object as JsonObject)['id']);
  if (name === 'create') ids['stack_id'] = idIn((body as JsonObject)['stack']);
  if (name === 'snapshot create') ids['snapshot_id'] = idIn(body);
  if (name === 'export') exported = JSON.stringify(body);
  if (name === 'adopt') Object.assign(ids, { stack_name: 'adopted', stack_id: idIn((body as JsonObject)['stack']) });
}

async function firstEvent(): Promise<string> {
  const { body } = await api.call('GET', `/stacks/new/${ids['stack_id']}/resources/string/events`);
  return (((body as JsonObject)['events'] as readonly JsonObject[])[0] as JsonObject)['id'] as string;
}

// ---- the shape of a body, as testdata/rest/README.md says -----------------------------------------------------------------------------------

const OPEN = [
  'parameters',
  'attributes',
  'properties',
  'outputs',
  'resources',
  'Parameters',
  'Outputs',
  'Resources',
  'Properties',
  'metadata',
  'resource_properties',
];
const DATA = ['default', 'Default', 'AllowedValues', 'Value', 'value', 'get_attr', 'template'];

function fieldsOf(body: Json): ReadonlyMap<string, ReadonlySet<string>> {
  const fields = new Map<string, Set<string>>();
  const note = (path: string, kind: string) => fields.set(path, (fields.get(path) ?? new Set()).add(kind));
  const open: (readonly [string, Json])[] = body === null ? [] : [['', body]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [path, value] = next;
    const key = path.split('.').at(-1) ?? '';
    if (DATA.includes(key)) note(path, 'any');
    else if (isJsonArray(value)) {
      note(path, 'list');
      for (const item of value) open.push([`${path}[]`, item]);
    } else if (isJsonObject(value)) {
      if (Object.keys(value).length === 0) note(path, 'map');
      for (const [name, item] of Object.entries(value))
        open.push([path === '' ? name : `${path}.${OPEN.includes(key) ? '*' : name}`, item]);
    } else note(path, kindOf(value));
  }
  return fields;
}

function kindOf(value: null | boolean | number | string): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return 'integer';
  if (typeof value === 'boolean') return 'boolean';
  if (/^https?:/.test(value)) return 'url';
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)) return 'datetimeZ';
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)) return 'uuid';
  return 'string';
}

/** Fields that are null at one moment and not at another. */
const NULLABLE = /(_time|\.tags|\.parent|output_value)$/;
/** Depends on what the user sent, or on what the resources are. */
const USERS = (path: string): boolean =>
  path.includes('*') || path.endsWith('[]') || /(parameter_defaults|Environment\.parameters)/.test(path);

function differences(recorded: Readonly<Record<string, string>>, ours: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const found: string[] = [];
  for (const path of Object.keys(recorded)) {
    const item = path.lastIndexOf('[].');
    const isBelowEmptyList =
      item >= 0 && ours.has(path.slice(0, item)) && ![...ours.keys()].some((other) => other.startsWith(path.slice(0, item + 3)));
    if (!ours.has(path) && !USERS(path) && !isBelowEmptyList) found.push(`missing: ${path}`);
  }
  for (const [path, kinds] of ours) {
    const known = recorded[path]?.split('|');
    if (known === undefined) {
      if (!USERS(path) || !Object.keys(recorded).some((other) => parentOf(other) === parentOf(path) || other === parentOf(path)))
        found.push(`extra: ${path}`);
      continue;
    }
    for (const kind of kinds) {
      const fits =
        known.includes(kind) ||
        known.includes('any') ||
        USERS(path) ||
        (NULLABLE.test(path) && (kind === 'null' || known.includes('null'))) ||
        (known.includes('string') && ['url', 'uuid', 'hex32'].includes(kind));
      if (!fits) found.push(`${path}: ${kind}, recorded ${known.join(' or ')}`);
    }
  }
  return found;
}
const parentOf = (path: string): string => path.replace(/(\.[^.]*|\[\])$/, '');
