/** Reading stacks: lists and pages, resources, events, outputs; and that nobody sees what belongs to another project. */
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { Refusal, type JsonObject } from '@hearth/kernel';
import type { ResourceRecord, StackRecord } from '@hearth/store';
import type { Caller } from './caller.ts';
import type { ListEvents } from './events.ts';
import { EVERY_STACK, type ListStacks } from './list-stacks.ts';
import type { ListResources } from './resources.ts';
import { visibleRows } from '@hearth/engine';
import { freshStacks } from './testing/fresh-stacks.ts';
import { EVERY_EVENT, EVERY_RESOURCE, NOTHING_SENT, sampleCreate, sampleUpdate, testCaller, type TestStacks } from './testing/index.ts';

const LOOK = { showsNested: false, overlooksServices: false };

const world = freshStacks();
const caller = testCaller('project-a');

const template = (resources: JsonObject, more: JsonObject = {}): JsonObject => ({
  heat_template_version: '2018-08-31',
  resources,
  ...more,
});
function make(
  name: string,
  tags: readonly string[] | null = null,
  source: JsonObject = template({}),
  by: Caller = caller,
): Promise<StackRecord> {
  return world.stacks.createStack(by, sampleCreate({ name, tags, template: source }));
}
const keyOf = (stack: StackRecord) => ({ id: stack.id, name: stack.name });
const names = async (more: Partial<ListStacks> = {}) =>
  (await world.stacks.listStacks(caller, { ...EVERY_STACK, ...more })).stacks.map(({ name }) => name);
test('lists newest first, by keys ascending, and pages through everything once in any order', async () => {
  for (const name of ['b', 'd', 'a', 'c', 'e']) await make(name);
  expect(await names()).toEqual(['e', 'c', 'a', 'd', 'b']);
  expect(await names({ descending: false })).toEqual(['b', 'd', 'a', 'c', 'e']);
  expect(await names({ sortKeys: ['name'] })).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(await names({ sortKeys: ['state', 'name'], descending: true })).toEqual(['e', 'd', 'c', 'b', 'a']);
  for (const sort of [
    {},
    { descending: false },
    { sortKeys: ['name'] },
    { sortKeys: ['state'] },
    { sortKeys: ['updatedAt', 'createdAt'], descending: true },
  ] as Partial<ListStacks>[]) {
    const seen: string[] = [];
    let marker: string | null = null;
    for (let page = 0; page < 10; page++) {
      const { stacks, full }: Awaited<ReturnType<TestStacks['stacks']['listStacks']>> = await world.stacks.listStacks(caller, {
        ...EVERY_STACK,
        ...sort,
        limit: 2,
        marker,
      });
      seen.push(...stacks.map(({ name }) => name));
      expect(full).toBe(stacks.length === 2);
      if (!full) break;
      marker = stacks.at(-1)?.id ?? null;
    }
    expect(seen).toEqual(await names(sort));
  }
  expect(await names({ marker: 'nosuch' })).toEqual([]);
  expect(await names({ marker: randomUUID() })).toEqual([]);
  expect((await world.stacks.listStacks(caller, { ...EVERY_STACK, limit: 1, counts: true })).count).toBe(5);
});

test('filters by fields, states and tags', async () => {
  const one = await make('one', ['x', 'y']);
  await make('two', ['x']);
  await make('three', null);
  await world.settle();
  const four = await make('four', ['secret']);
  expect(await names({ equals: { name: ['one', 'two', 'nosuch'] }, sortKeys: ['name'] })).toEqual(['one', 'two']);
  expect(await names({ equals: { id: [one.id] } })).toEqual(['one']);
  expect(await names({ equals: { name: ["x' or 1=1 --", '\0'] } })).toEqual([]);
  expect(await names({ equals: { ownerName: ['nobody'] } })).toEqual([]);
  expect(await names({ statuses: ['IN_PROGRESS'] })).toEqual(['four']);
  expect(await names({ statuses: ['CREATE_IN_PROGRESS', 'UPDATE_COMPLETE'] })).toEqual(['four']);
  expect(await names({ statuses: ['COMPLETE'], equals: { action: ['CREATE'] }, sortKeys: ['name'] })).toEqual(['one', 'three', 'two']);
  expect(await names({ tagsAll: ['x', 'y'] })).toEqual(['one']);
  expect(await names({ tagsAny: ['y', 'secret'], sortKeys: ['name'] })).toEqual(['four', 'one']);
  expect(await names({ notTagsAll: ['x', 'y'], sortKeys: ['name'] })).toEqual(['four', 'three', 'two']);
  expect(await names({ notTagsAny: ['x', 'secret'] })).toEqual(['three']);
  await world.stacks.deleteStack(caller, keyOf(four));
  await world.settle();
  expect(await names({ equals: { name: ['four'] } })).toEqual([]);
  expect(await names({ equals: { name: ['four'] }, showsDeleted: true })).toEqual(['four']);
  world.renew({ limits: { hiddenStackTags: ['y'], listRows: 1 } });
  expect((await world.stacks.listStacks(caller, { ...EVERY_STACK, limit: 50 })).full).toBe(true);
  expect(await names({ sortKeys: ['name'], equals: { name: ['one'] } })).toEqual([]);
  expect(await names({ sortKeys: ['name'], equals: { name: ['one'] }, showsHidden: true })).toEqual(['one']);
});

const LINKED = template(
  {
    a: { type: 'Test::Thing', description: 'the first', properties: { name: 'a', password: 'sesame' }, metadata: { k: 'v' } },
    b: { type: 'Test::Thing', properties: { name: { get_attr: ['a', 'name'] } } },
    c: { type: 'Test::Shown', depends_on: ['a', 'b'] },
  },
  {
    outputs: {
      name: { description: 'of b', value: { get_attr: ['b', 'name'] } },
      id: { value: { get_resource: 'a' } },
      bad: { value: { str_replace_strict: { template: 'no', params: { x: { get_attr: ['a', 'name'] } } } } },
    },
  },
);

test('an output of what changes behind our back is asked of the cloud; of the rest, what was stored', async () => {
  const outputs = { seen: { value: { get_attr: ['a', 'seen'] } }, name: { value: { get_attr: ['a', 'name'] } } };
  const stack = await make('looked-at', null, template({ a: { type: 'Test::Thing', properties: { name: 'a' } } }, { outputs }));
  await world.settle();
  const { physicalId } = (await world.stacks.showResource(caller, keyOf(stack), 'a', [])).resource;
  world.cloud.things.set(physicalId ?? '', { name: 'renamed', seen: 9 });
  expect((await world.stacks.showOutput(caller, keyOf(stack), 'seen')).value).toBe(9);
  expect((await world.stacks.showOutput(caller, keyOf(stack), 'name')).value).toBe('a');
  await world.stacks.deleteStack(caller, keyOf(stack));
  await world.settle();
});

test('resources: to be begun, there, required by others, shown live, and gone', async () => {
  const stack = await make('web', null, LINKED);
  const key = keyOf(stack);
  const before = await world.stacks.listResources(caller, key, EVERY_RESOURCE);
  expect(before.resources.map(({ name, action, status, physicalId }) => ({ name, action, status, physicalId }))).toEqual(
    ['a', 'b', 'c'].map((name) => ({ name, action: 'INIT', status: 'COMPLETE', physicalId: null })),
  );
  expect(await world.stacks.showOutput(caller, key, 'name')).toEqual({
    name: 'name',
    description: 'of b',
    value: null,
    error: null,
    isSecret: false,
    isUnknown: true,
  });
  await world.settle();

  const { resources } = await world.stacks.listResources(caller, key, EVERY_RESOURCE);
  expect(resources.map(({ name, action, status, requiredBy, attributes }) => ({ name, action, status, requiredBy, attributes }))).toEqual([
    { name: 'a', action: 'CREATE', status: 'COMPLETE', requiredBy: ['b', 'c'], attributes: null },
    { name: 'b', action: 'CREATE', status: 'COMPLETE', requiredBy: ['c'], attributes: null },
    { name: 'c', action: 'CREATE', status: 'COMPLETE', requiredBy: [], attributes: null },
  ]);
  const listed = async (more: Partial<ListResources>) =>
    (await world.stacks.listResources(caller, key, { ...EVERY_RESOURCE, ...more })).resources.map(({ name }) => name);
  expect(await listed({ names: ['a', 'c'] })).toEqual(['a', 'c']);
  expect(await listed({ typePart: 'Shown' })).toEqual(['c']);
  expect(await listed({ statuses: ['COMPLETE'], actions: ['CREATE'] })).toHaveLength(3);
  expect(await listed({ statuses: ['FAILED'] })).toEqual([]);
  expect(await listed({ physicalIds: [resources[1]?.physicalId ?? ''] })).toEqual(['b']);

  const { resource } = await world.stacks.showResource(caller, key, 'a', []);
  expect(resource).toMatchObject({ name: 'a', type: 'Test::Thing', description: 'the first', attributes: { name: 'a' } });
  // Live: what the cloud says now, not what was stored.
  world.cloud.things.set(resource.physicalId ?? '', { name: 'renamed', seen: 9 });
  expect((await world.stacks.showResource(caller, key, 'a', ['nosuch'])).resource.attributes).toEqual({
    name: 'renamed',
    seen: 9,
    nosuch: null,
  });
  world.cloud.things.delete(resource.physicalId ?? '');
  expect((await world.stacks.showResource(caller, key, 'a', [])).resource.attributes).toMatchObject({ name: 'a' });
  expect(await world.stacks.resourceMetadata(caller, key, 'a')).toEqual({ k: 'v' });
  await expect(world.stacks.showResource(caller, key, 'nosuch', [])).rejects.toMatchObject({
    type: 'ResourceNotFound',
    message: 'The Resource (nosuch) could not be found in Stack web.',
  });

  const view = await world.stacks.showStack(caller, key, true);
  expect(view.outputs).toMatchObject([
    { name: 'name', value: 'a', error: null },
    { name: 'id', value: resource.physicalId },
    { name: 'bad', value: null, error: expect.stringContaining('x') },
  ]);
  expect((await world.stacks.showStack(caller, key, false)).outputs).toBeNull();
  expect(await world.stacks.listOutputs(caller, key)).toEqual([
    { name: 'name', description: 'of b' },
    { name: 'id', description: 'No description given' },
    { name: 'bad', description: 'No description given' },
  ]);
  await expect(world.stacks.showOutput(caller, key, 'nosuch')).rejects.toMatchObject({ code: 'not-found', type: 'NotFound' });

  await world.stacks.deleteStack(caller, key);
  await world.settle();
  expect((await world.stacks.listResources(caller, key, EVERY_RESOURCE)).resources).toEqual([]);
  await expect(world.stacks.showResource(caller, key, 'a', [])).rejects.toMatchObject({ type: 'EntityNotFound' });
  expect(await world.stacks.showStack(caller, key, true)).toMatchObject({ stack: { action: 'DELETE', status: 'COMPLETE' }, outputs: null });
  expect(await world.stacks.stackTemplate(caller, key)).toMatchObject({ resources: { a: {} } });
});

test('events: pages, order, filters, one with the properties it was about', async () => {
  const stack = await make('web', null, LINKED);
  await world.settle();
  const key = keyOf(stack);
  const list = async (more: Partial<ListEvents> = {}) => (await world.stacks.listEvents(caller, key, { ...EVERY_EVENT, ...more })).events;
  const ascending = await list({ sortKeys: ['time'] });
  expect(ascending.map(({ sequence }) => sequence)).toEqual(ascending.map(({ sequence }) => sequence).toSorted((x, y) => x - y));
  expect(ascending[0]).toMatchObject({ reason: 'Stack CREATE started' });
  expect(ascending.at(-1)).toMatchObject({ reason: 'Stack CREATE completed successfully' });
  expect((await list()).map(({ id }) => id)).toEqual(ascending.map(({ id }) => id).toReversed());
  for (const sort of [
    {},
    { sortKeys: ['time'] },
    { sortKeys: ['resourceType', 'time'] },
    { sortKeys: ['resourceType'], descending: true },
  ] as Partial<ListEvents>[]) {
    const seen: string[] = [];
    for (let marker: string | null = null; ; marker = seen.at(-1) ?? null) {
      const page: Awaited<ReturnType<typeof list>> = await list({ ...sort, limit: 3, marker });
      seen.push(...page.map(({ id }) => id));
      if (page.length < 3) break;
    }
    expect(seen).toEqual((await list(sort)).map(({ id }) => id));
  }
  expect(await list({ marker: 'nosuch', limit: 1 })).toHaveLength(1);
  expect((await list({ resource: 'a' })).map(({ status }) => status)).toEqual(['COMPLETE', 'IN_PROGRESS']);
  expect(await list({ statuses: ['COMPLETE'], resourceTypes: ['Test::Shown'] })).toHaveLength(1);
  await expect(list({ resource: 'nosuch' })).rejects.toMatchObject({ code: 'not-found' });
  const [event] = await list({ resource: 'a', limit: 1 });
  const shown = await world.stacks.showEvent(caller, key, 'a', event?.id ?? '');
  expect(shown.properties).toEqual({ name: 'a', password: '******', fails: false });
  await expect(world.stacks.showEvent(caller, key, 'b', event?.id ?? '')).rejects.toMatchObject({ code: 'not-found' });
  await expect(world.stacks.showEvent(caller, key, 'a', randomUUID())).rejects.toMatchObject({ code: 'not-found' });
});

test('another project sees nothing and can do nothing; an administrator follows an id', async () => {
  const stack = await make('web', null, LINKED);
  await world.settle();
  const key = keyOf(stack);
  const event = (await world.stacks.listEvents(caller, key, EVERY_EVENT)).events[0];
  const { stacks } = world;
  const attempts = (by: Caller): Readonly<Record<string, () => Promise<unknown>>> => ({
    findStack: () => stacks.findStack(by, stack.id),
    findStackByName: () => stacks.findStack(by, 'web'),
    showStack: () => stacks.showStack(by, key, true),
    stackTemplate: () => stacks.stackTemplate(by, key),
    stackEnvironment: () => stacks.stackEnvironment(by, key),
    stackFiles: () => stacks.stackFiles(by, key),
    listOutputs: () => stacks.listOutputs(by, key),
    showOutput: () => stacks.showOutput(by, key, 'name'),
    listResources: () => stacks.listResources(by, key, EVERY_RESOURCE),
    showResource: () => stacks.showResource(by, key, 'a', []),
    resourceMetadata: () => stacks.resourceMetadata(by, key, 'a'),
    listEvents: () => stacks.listEvents(by, key, EVERY_EVENT),
    showEvent: () => stacks.showEvent(by, key, event?.resourceName ?? '', event?.id ?? ''),
    updateStack: () => stacks.updateStack(by, key, sampleUpdate({ mode: 'patch' })),
    deleteStack: () => stacks.deleteStack(by, key),
  });
  const stranger = testCaller('project-b');
  for (const [what, attempt] of Object.entries(attempts(stranger))) {
    const outcome = await attempt().catch((error: unknown) => error);
    expect(outcome, what).toBeInstanceOf(Refusal);
    expect(outcome, what).toMatchObject({
      code: 'not-found',
      type: 'EntityNotFound',
      message: `The Stack (${what === 'findStack' ? stack.id : 'web'}) could not be found.`,
    });
  }
  expect(
    (await stacks.listStacks(stranger, { ...EVERY_STACK, counts: true, showsDeleted: true, equals: { projectId: ['project-a'] } })).count,
  ).toBe(0);
  expect((await stacks.listStacks(stranger, { ...EVERY_STACK, marker: stack.id })).stacks).toEqual([]);
  // The name is free for others.
  await make('web', null, template({}), stranger);

  const administrator = testCaller('project-admin', ['admin']);
  expect((await stacks.showStack(administrator, key, false)).stack.id).toBe(stack.id);
  expect((await stacks.listStacks(administrator, EVERY_STACK)).stacks).toEqual([]);
  await expect(stacks.findStack(administrator, 'web')).rejects.toMatchObject({ code: 'not-found' });
  await expect(stacks.showStack(caller, { id: stack.id, name: 'other' }, false)).rejects.toMatchObject({
    message: 'The Stack (other) could not be found.',
  });
  await stacks.updateStack(administrator, key, sampleUpdate({ mode: 'patch' }));
  expect((await stacks.showStack(caller, key, false)).parameters).toMatchObject({ 'OS::project_id': 'project-a' });
});

test('the catalogue: types by filter, without those for administrators; functions; validation without values', async () => {
  const { stacks } = world;
  const all = { supportStatus: null, name: null, version: null };
  const types = async (more = {}) => (await stacks.listResourceTypes(caller, { ...all, ...more })).map(({ name }) => name);
  expect(await types()).toEqual(['Test::Kept', 'Test::Needy', 'Test::Served', 'Test::Shown', 'Test::Thing']);
  expect(await types({ name: 'Test::T' })).toEqual(['Test::Thing']);
  expect(await types({ name: 'Thing' })).toEqual([]);
  expect(await types({ name: '(' })).toEqual([]);
  expect(await types({ supportStatus: 'DEPRECATED' })).toEqual([]);
  await expect(types({ supportStatus: 'foo' })).rejects.toThrow(Refusal);
  expect(await stacks.listResourceTypes(testCaller('a', ['admin']), all)).toHaveLength(6);
  await expect(stacks.showResourceType(caller, 'OS::Nova::Flavor', false)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(stacks.showResourceType(caller, 'No::Such', false)).rejects.toMatchObject({
    code: 'not-found',
    message: 'The Resource Type (No::Such) could not be found.',
  });
  expect(await stacks.showResourceType(caller, 'Test::Thing', true)).toMatchObject({
    resource_type: 'Test::Thing',
    properties: { size: { constraints: [{ range: { min: 1, max: 10 } }] } },
  });
  expect(() => stacks.listTemplateFunctions('nosuch', false)).toThrow(expect.objectContaining({ code: 'not-found' }));
  const needs = template(
    { a: { type: 'Test::Thing', properties: { name: { get_param: 'p' } } } },
    { parameters: { p: { type: 'string' } } },
  );
  expect(await stacks.validateTemplate(caller, { ...NOTHING_SENT, template: needs }, LOOK)).toMatchObject({
    Parameters: { p: { Type: 'String', NoEcho: 'false', Label: 'p' } },
  });
  await expect(stacks.validateTemplate(caller, { ...NOTHING_SENT, template: template({ a: { type: 'No::Such' } }) }, LOOK)).rejects.toThrow(
    expect.objectContaining({
      type: 'HTTPBadRequest',
      message: expect.stringMatching(/^The Resource Type \(No::Such\) could not be found/),
    }),
  );
  const properties = template(
    {
      a: { type: 'Test::Thing', properties: { nosuch: 1, size: 99 } },
      b: { type: 'Test::Needy' },
      c: { type: 'Test::Needy', properties: { must: { get_param: 'p' } } },
    },
    { parameters: { p: { type: 'string' } } },
  );
  const refused = stacks.validateTemplate(caller, { ...NOTHING_SENT, template: properties }, LOOK);
  await expect(refused).rejects.toThrow(/^Property error: resources\.a\.properties: Unknown Property nosuch/);
  // What is missing may still be given: Heat refuses that at creation only.
  await expect(refused).rejects.toThrow(expect.objectContaining({ message: expect.not.stringContaining('not assigned') }));
});

test('the row that stands for a name: the successor, not the replaced; the living, not the dying; never the dead', () => {
  const row = (id: string, more: Partial<ResourceRecord>) =>
    ({ id, name: 'r', action: 'CREATE', status: 'COMPLETE', replacedBy: null, createdAt: 1, ...more }) as unknown as ResourceRecord;
  const pick = (...rows: readonly ResourceRecord[]) => visibleRows(rows).get('r')?.id;
  const old = row('old', { replacedBy: 'new' as ResourceRecord['replacedBy'] });
  expect(pick(old, row('new', { createdAt: 2 }))).toBe('new');
  expect(pick(row('new', { createdAt: 2 }), old)).toBe('new');
  expect(pick(row('dying', { action: 'DELETE', status: 'IN_PROGRESS', createdAt: 5 }), row('living', {}))).toBe('living');
  expect(pick(row('dying', { action: 'DELETE', status: 'IN_PROGRESS' }))).toBe('dying');
  expect(pick(row('dead', { action: 'DELETE', status: 'COMPLETE' }))).toBeUndefined();
});
