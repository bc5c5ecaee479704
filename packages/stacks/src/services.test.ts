/** Types whose service or extension the cloud does not have: refused where they are used, not listed; and types by other names. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '@hearth/kernel';
import type { GlobalEnvironment } from './ports.ts';
import { freshStacks } from './testing/fresh-stacks.ts';
import { sampleCreate, sampleUpdate, testCaller } from './testing/index.ts';

const GLOBAL: GlobalEnvironment = {
  resourceRegistry: { 'Old::*': 'Test::*', 'Other::Served': 'Test::Served', 'Made::Of': 'global:made.yaml', 'Nowhere::At': 'No::Such' },
  files: {
    'global:made.yaml': `
heat_template_version: 2018-08-31
description: Made of a template.
parameters:
  size: { type: number, default: 1, description: How big., constraints: [{ range: { min: 1 } }] }
  words: { type: comma_delimited_list }
  key: { type: json, hidden: true }
outputs:
  told: { value: x, description: What it tells. }
  plain: { value: y }
`,
  },
};
const LACK = 'served endpoint is not in service catalog.';
const caller = testCaller('project-a');
const all = { supportStatus: null, name: null, version: null };
const template = (resources: JsonObject): JsonObject => ({ heat_template_version: '2018-08-31', resources });
const SERVED = template({ a: { type: 'Test::Served', properties: { bogus: 1 } } });

const world = freshStacks({ globalEnvironment: GLOBAL });
const unavailable = (name: string, reason: string) => ({
  code: 'invalid',
  type: 'ResourceTypeUnavailable',
  message: expect.stringContaining(`HEAT-E99001 Service served is not available for resource type ${name}, reason: ${reason}`),
});

describe('a service that is not there', () => {
  beforeEach(() => void world.lacking.set('more', LACK));
  test('its types are refused by create and update, and nothing is written', async () => {
    await expect(world.stacks.createStack(caller, sampleCreate({ template: SERVED }))).rejects.toMatchObject(
      unavailable('Test::Served', LACK),
    );
    const stack = await world.stacks.createStack(caller, sampleCreate({ template: template({}) }));
    await world.settle();
    const key = { id: stack.id, name: stack.name };
    await expect(world.stacks.updateStack(caller, key, sampleUpdate({ template: SERVED }))).rejects.toMatchObject(
      unavailable('Test::Served', LACK),
    );
    expect((await world.stacks.findStack(caller, stack.name)).status).toBe('COMPLETE');
  });
  test('by the name that the template has for it', async () => {
    const aliased = template({ a: { type: 'Other::Served' } });
    await expect(world.stacks.createStack(caller, sampleCreate({ template: aliased }))).rejects.toMatchObject(
      unavailable('Other::Served', LACK),
    );
  });
  test('what else is wrong is told, too', async () => {
    const both = template({ a: { type: 'Test::Served' }, b: { type: 'Test::Needy' } });
    await expect(world.stacks.createStack(caller, sampleCreate({ template: both }))).rejects.toMatchObject({
      message: expect.stringMatching(/Test::Served, reason.*Property must not assigned/s),
    });
  });
  test('its types are not listed, are not shown, and have a template all the same', async () => {
    const names = (await world.stacks.listResourceTypes(caller, all)).map(({ name }) => name);
    expect(names).toContain('Test::Needy');
    expect(names).not.toContain('Test::Served');
    await expect(world.stacks.showResourceType(caller, 'Test::Served', false)).rejects.toMatchObject(
      unavailable('Test::Served', 'Service endpoint not in service catalog.'),
    );
    expect(world.stacks.resourceTypeTemplate(caller, 'Test::Served', 'hot')).toMatchObject({ description: 'Initial template of Served' });
  });
});

describe('the same service, there', () => {
  test('properties count', async () => {
    await expect(world.stacks.createStack(caller, sampleCreate({ template: SERVED }))).rejects.toMatchObject({
      type: 'StackValidationFailed',
      message: expect.stringContaining('Unknown Property bogus'),
    });
  });
  test('its types are listed', async () => {
    expect((await world.stacks.listResourceTypes(caller, all)).map(({ name }) => name)).toContain('Test::Served');
  });
});

describe('other names', () => {
  test('are not listed, but for templates', async () => {
    const listed = await world.stacks.listResourceTypes(caller, { ...all, name: '(Old|Other|Made|Nowhere)' });
    expect(listed).toEqual([{ name: 'Made::Of', description: 'Made of a template.' }]);
  });
  test('are shown as the type that they lead to', async () => {
    const shown = await world.stacks.showResourceType(caller, 'Old::Thing', true);
    expect(shown).toEqual({ ...(await world.stacks.showResourceType(caller, 'Test::Thing', true)), resource_type: 'Old::Thing' });
    expect(world.stacks.resourceTypeTemplate(caller, 'Old::Thing', 'cfn')).toMatchObject({
      Description: 'Initial template of Thing',
      Resources: { Thing: { Type: 'Old::Thing' } },
    });
  });
  test('that lead nowhere are not there', async () => {
    await expect(world.stacks.showResourceType(caller, 'Nowhere::At', false)).rejects.toMatchObject({ code: 'not-found' });
  });
  test('a template is shown by its parameters and outputs', async () => {
    expect(await world.stacks.showResourceType(caller, 'Made::Of', true)).toEqual({
      resource_type: 'Made::Of',
      description: 'Made of a template.',
      support_status: { status: 'SUPPORTED', message: null, version: null, previous_status: null },
      properties: {
        size: {
          type: 'number',
          description: 'How big.',
          required: false,
          constraints: [{ range: { min: 1 } }],
          update_allowed: true,
          immutable: false,
        },
        words: { type: 'list', required: true, update_allowed: true, immutable: false },
        key: { type: 'map', required: true, update_allowed: true, immutable: false },
      },
      attributes: { told: { description: 'What it tells.' }, plain: {}, show: { type: 'map', description: expect.any(String) } },
    });
    expect(world.stacks.resourceTypeTemplate(caller, 'Made::Of', 'hot')).toMatchObject({
      description: 'Initial template of Made::Of',
      resources: { 'Made::Of': { type: 'Made::Of' } },
      outputs: { plain: { value: { get_attr: ['Made::Of', 'plain'] }, description: null } },
    });
  });
});

describe('a look at a template', () => {
  const look = (resources: JsonObject, overlooksServices = false) =>
    world.stacks.validateTemplate(caller, sampleCreate({ template: template(resources) }), { showsNested: false, overlooksServices });
  const served = { a: { type: 'Test::Served', properties: { bogus: 1 } } };

  test('refuses a type whose service is not there, and says nothing of its properties', async () => {
    world.lacking.set('more', LACK);
    await expect(look(served)).rejects.toMatchObject(unavailable('Test::Served', LACK));
    await expect(look(served)).rejects.toMatchObject({ message: expect.not.stringContaining('bogus') });
  });
  test('passes it over where it is told to', async () => {
    world.lacking.set('more', LACK);
    expect(await look(served, true)).toMatchObject({ Parameters: {} });
    await expect(look({ ...served, b: { type: 'Test::Thing', properties: { bogus: 1 } } }, true)).rejects.toThrow('bogus');
  });
  test('refuses the deletion policy Snapshot where nothing can be kept, as a creation does', async () => {
    const kept = { a: { type: 'Test::Thing', deletion_policy: 'Snapshot' } };
    await expect(look(kept)).rejects.toMatchObject({
      type: 'HTTPBadRequest',
      message: expect.stringContaining('resources.a.deletion_policy: "Snapshot" deletion policy not supported'),
    });
    await expect(world.stacks.createStack(caller, sampleCreate({ template: template(kept) }))).rejects.toMatchObject({
      type: 'StackValidationFailed',
      message: expect.stringContaining('resources.a.deletion_policy: : "Snapshot" deletion policy not supported'),
    });
    expect(await look({ a: { type: 'Test::Served', deletion_policy: 'Snapshot' } })).toMatchObject({ Parameters: {} });
  });
});
