/**
 * Every type that is a stack of its own, through its life with an engine: created, changed, deleted; and the same with the engine dying at every
 * commit, when nothing may be doubled, lost or left over.
 */
import type { JsonObject } from '@hearth/kernel';
import type { ResourceType } from '@hearth/resource-kit';
import { coreTypes } from '@hearth/resources-core';
import { describe, expect, it } from 'vitest';
import { World } from './composite-world.ts';

interface Steps {
  readonly name: string;
  readonly definitions: readonly JsonObject[];
}

async function life(type: string, steps: Steps, dieAt: number): Promise<number> {
  const world = new World(dieAt);
  const [first, ...later] = steps.definitions;
  const resourceOf = (properties: JsonObject): JsonObject => ({ x: { type, properties } });
  const created = await world.create(world.definition(resourceOf(first as JsonObject)));
  expect(`${created.action}_${created.status} ${created.statusReason}`).toContain('CREATE_COMPLETE');
  for (const properties of later) {
    const updated = await world.change(world.definition(resourceOf(properties)));
    expect(`${updated.action}_${updated.status} ${updated.statusReason}`).toContain('UPDATE_COMPLETE');
    expect(world.live()).toHaveLength(
      world.store.stackIds().filter((id) => world.store.rows(world.id).some((row) => row.physicalId === id)).length + 1,
    );
  }
  await world.change(null);
  expect(world.live()).toEqual([]);
  await world.rest();
  for (const id of world.store.stackIds()) expect(world.store.rows(id)).toEqual([]);
  await world.stop();
  return world.store.commits();
}

const examplesOf = (type: ResourceType): readonly Steps[] =>
  type.examples.map(({ name, props, updates = [], replacedBy }) => {
    const definitions: JsonObject[] = [props];
    for (const update of [...updates, ...(replacedBy === undefined ? [] : [replacedBy])])
      definitions.push({ ...definitions.at(-1), ...update });
    return { name, definitions };
  });
const composites = coreTypes.filter((type) => type.composite !== undefined);
const cases: readonly (readonly [string, Steps])[] = [
  ...composites.flatMap((type) => examplesOf(type).map((steps) => [type.name, steps] as const)),
  ['pair.yaml', { name: 'a template', definitions: [{ value: 'a' }, { value: 'b', list: ['x', null] }] }],
];

describe('resources that are stacks of their own', () => {
  it('every such type has examples, or is what a template stands for', () => {
    expect(composites.length).toBeGreaterThanOrEqual(3);
    expect(composites.filter((type) => type.examples.length === 0).map((type) => type.name)).toEqual(['OS::Heat::TemplateResource']);
  });

  it.each(cases)('%s lives and leaves nothing, wherever its engine dies', { timeout: 60_000 }, async (type, steps) => {
    const commits = await life(type, steps, -1);
    expect(commits).toBeGreaterThan(4);
    for (let dieAt = 1; dieAt <= commits; dieAt++) await life(type, steps, dieAt);
  });

  it('attributes reach through groups, templates and groups of templates', async () => {
    const world = new World(-1);
    const outputs = Object.fromEntries(
      [
        ['g', 'value'],
        ['g', 'refs_map'],
        ['g', 'attributes', 'value'],
        ['g', 'resource.1.value'],
        ['t', 'both', 1],
        ['t', 'resource.first.value'],
        ['n', 'both', 0],
      ].map((path) => [path.join(' '), { value: { get_attr: path } }]),
    );
    const resources = {
      g: {
        type: 'OS::Heat::ResourceGroup',
        properties: { count: 2, resource_def: { type: 'OS::Heat::Value', properties: { value: 'v%index%' } } },
      },
      t: { type: 'pair.yaml', properties: { value: { get_attr: ['g', 'resource.0.value'] } } },
      n: {
        type: 'OS::Heat::ResourceGroup',
        properties: { count: 2, resource_def: { type: 'pair.yaml', properties: { value: '%index%' } } },
      },
      all: { type: 'OS::Heat::Value', properties: { value: Object.values(outputs).map(({ value }) => value) } },
    };
    const stack = await world.create(world.definition(resources));
    expect(`${stack.status} ${stack.statusReason}`).toContain('COMPLETE');
    const row = world.store.rows(world.id).find(({ name }) => name === 'all');
    const [values, refs, map, one, both, first, nested] = (row?.properties['value'] ?? []) as readonly unknown[];
    expect(values).toEqual(['v0', 'v1']);
    expect(Object.keys(refs as object)).toEqual(['0', '1']);
    expect(map).toEqual({ 0: 'v0', 1: 'v1' });
    expect([one, both, first]).toEqual(['v1', 'v0', 'v0']);
    expect(nested).toEqual(['0', '1']);
    await world.stop();
  });

  it('a failure below names the whole path, and an update goes on from there', async () => {
    const world = new World(-1);
    const group = (fail: boolean): JsonObject => ({
      g: {
        type: 'OS::Heat::ResourceGroup',
        properties: { count: 2, resource_def: { type: 'OS::Heat::TestResource', properties: { value: 'x%index%', fail } } },
      },
    });
    const failed = await world.create(world.definition(group(true)));
    expect(failed.status).toBe('FAILED');
    expect(failed.statusReason).toMatch(/^Resource CREATE failed: \w+: resources\.g\.resources\[[01]\]: /);
    const before = world.store.rows(world.id).map((row) => row.physicalId);
    const updated = await world.change(world.definition(group(false)));
    expect(`${updated.status} ${updated.statusReason}`).toContain('COMPLETE');
    expect(world.store.rows(world.id).map((row) => row.physicalId)).toEqual(before);
    await world.stop();
  });

  it('a template that uses itself ends at the deepest level, and says so', async () => {
    const world = new World(-1);
    const definition = world.definition({ a: { type: 'self.yaml' } });
    const self = JSON.stringify({ heat_template_version: '2018-08-31', resources: { again: { type: 'self.yaml' } } });
    const stack = await world.create({ ...definition, files: { 'self.yaml': self } });
    expect(stack.status).toBe('FAILED');
    expect(stack.statusReason).toContain('nested');
    await world.change(null);
    expect(world.live()).toEqual([]);
    await world.stop();
  });
});
