/** Types that judge the other resources of a template, take any attribute, or judge their update policy: what a creation is told. */
import type { JsonObject } from '@hearth/kernel';
import { a, declaredType, p, registryOf } from '@hearth/resource-kit';
import { testDatabase, type TestDatabase } from '@hearth/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleCreate, testCaller, testStacks, type TestStacks } from './testing/index.ts';

const thing = declaredType({
  name: 'Test::Thing',
  doc: 'Has one attribute.',
  properties: { value: p.any('Anything.') },
  attributes: { told: a.string('What it tells.') },
});
const friend = declaredType({
  name: 'Test::Friend',
  doc: 'Must not be alone, and has whatever is asked of it.',
  hasOpenAttributes: true,
  properties: { of: p.string('Whose.') },
  attributes: {},
  updatePolicy: { pause: p.integer('Seconds.') },
  validateUpdatePolicy: ({ pause }) => (pause === 13 ? ['13 brings bad luck'] : []),
  validateAmong: ({ properties: { of: name } }, others) =>
    typeof name === 'string' && others.named(name) === null ? [`nobody is called ${name}`] : [],
});
const anything = declaredType({ name: 'Test::Anything', doc: 'Takes everything.', acceptsAnything: true, properties: {}, attributes: {} });

let db: TestDatabase;
let world: TestStacks;
beforeAll(async () => {
  db = await testDatabase({ poolSize: 4 });
  world = testStacks({ database: db.database, registry: registryOf([thing, friend, anything]) });
});
afterAll(() => db.drop());

/** All that a creation is told; that these types cannot be made comes with it. */
async function told(resources: JsonObject): Promise<string> {
  const template = { heat_template_version: '2018-08-31', resources };
  const refusal: unknown = await world.stacks.createStack(testCaller('project-a'), sampleCreate({ template })).catch((error) => error);
  expect(refusal).toMatchObject({ code: 'invalid' });
  return String((refusal as Error).message);
}

const POLICY = 'resources.r.update_policy: : ';

describe('refused', () => {
  it.each<[string, JsonObject, string]>([
    ['the friend of nobody', { r: { type: 'Test::Friend', properties: { of: 'bob' } } }, 'resources.r.properties: : nobody is called bob'],
    ['a policy that the type does not know', { r: { type: 'Test::Thing', update_policy: { foo: 1 } } }, `${POLICY}Unknown Property foo`],
    ['another key of a policy', { r: { type: 'Test::Friend', update_policy: { foo: 1 } } }, `${POLICY}Unknown Property foo`],
    ['a policy that the type does not like', { r: { type: 'Test::Friend', update_policy: { pause: 13 } } }, `${POLICY}13 brings bad luck`],
    [
      'an attribute that is not there',
      { r: { type: 'Test::Thing' }, s: { type: 'Test::Thing', properties: { value: { get_attr: ['r', 'any'] } } } },
      'The Referenced Attribute (r any) is incorrect.',
    ],
  ])('%s', async (_what, resources, message) => expect(await told(resources)).toContain(message));
});

/** That declared types cannot be made, and where they stand. */
const ABOUT_TYPES = /cannot be made by this server| at resources\.\w+\.type;/;

describe('fine, but for the type', () => {
  it.each<[string, JsonObject]>([
    ['a friend of somebody', { r: { type: 'Test::Friend', properties: { of: 's' } }, s: { type: 'Test::Thing' } }],
    ['a friend of a reference', { r: { type: 'Test::Friend', properties: { of: { get_resource: 's' } } }, s: { type: 'Test::Thing' } }],
    ['a policy that it knows', { r: { type: 'Test::Friend', update_policy: { pause: 12 } } }],
    ['no policy at all', { r: { type: 'Test::Thing', update_policy: {} } }],
    ['any policy of what takes everything', { r: { type: 'Test::Anything', update_policy: { foo: 1 } } }],
    [
      'any attribute where there may be any',
      { r: { type: 'Test::Friend' }, s: { type: 'Test::Thing', properties: { value: { get_attr: ['r', 'any'] } } } },
    ],
  ])('%s', async (_what, resources) => {
    const lines = (await told(resources)).split('\n').filter((line) => !ABOUT_TYPES.test(line));
    expect(lines.join('\n')).not.toMatch(/resources\.|Referenced|policy/);
  });
});
