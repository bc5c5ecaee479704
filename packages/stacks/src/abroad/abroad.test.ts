/** Stacks that leave and come back: what is told, that nothing hidden leaves in the open, and that the cloud is not touched on the way. */
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '@hearth/kernel';
import { listSinks, type StackRecord } from '@hearth/store';
import { freshStacks } from '../testing/fresh-stacks.ts';
import { sampleCreate, sampleUpdate, testCaller } from '../testing/index.ts';

const world = freshStacks();
const caller = testCaller('project-a');

const TEMPLATE: JsonObject = {
  heat_template_version: '2018-08-31',
  parameters: { word: { type: 'string', hidden: true }, plain: { type: 'string', default: 'p' } },
  resources: {
    kept: { type: 'Test::Kept', properties: { name: { get_param: 'plain' } } },
    thing: { type: 'Test::Thing', depends_on: 'kept', properties: { name: 'one', password: { get_param: 'word' } } },
  },
};
const SECRET = 'the-hidden-word';
const keyOf = (stack: StackRecord) => ({ id: stack.id, name: stack.name });

async function make(): Promise<StackRecord> {
  const stack = await world.stacks.createStack(caller, sampleCreate({ template: TEMPLATE, parameters: { word: SECRET } }));
  await world.settle();
  return stack;
}
async function state(stack: StackRecord): Promise<string> {
  const { action, status, statusReason } = (await world.stacks.showStack(caller, keyOf(stack), false)).stack;
  return status === 'FAILED' ? `${action}_${status}: ${statusReason}` : `${action}_${status}`;
}
async function adopt(data: JsonObject, more: Partial<Parameters<typeof sampleCreate>[0]> = {}, by = caller): Promise<StackRecord> {
  const stack = await world.stacks.createStack(by, { ...sampleCreate({ template: null, ...more }), adopts: data });
  await world.settle();
  return stack;
}
/** A stack that has left; what it left with. */
async function departed(): Promise<JsonObject> {
  const told = await world.stacks.abandonStack(caller, keyOf(await make()));
  await world.settle();
  return told;
}
const resourceOf = (data: JsonObject, name: string): JsonObject => (data['resources'] as JsonObject)[name] as JsonObject;
const withResource = (told: JsonObject, name: string, more: JsonObject): JsonObject => ({
  ...told,
  resources: { ...(told['resources'] as JsonObject), [name]: { ...resourceOf(told, name), ...more } },
});
const things = (): string => JSON.stringify([...world.cloud.things].map(([id, { seen: _seen, ...thing }]) => [id, thing]));
const refusal = (work: Promise<unknown>): Promise<unknown> => work.then(() => null).catch((error: unknown) => error);
async function rowsOf(stack: StackRecord): Promise<readonly string[]> {
  const names = ['kept', 'thing'];
  const shown = await Promise.all(names.map((name) => world.stacks.showResource(caller, keyOf(stack), name, [])));
  return shown.map(({ resource }) => `${resource.name} ${resource.action}_${resource.status} ${resource.physicalId}`);
}

describe('leaving', () => {
  test('an export tells what the stack is, and changes nothing', async () => {
    const stack = await make();
    const told = await world.stacks.exportStack(caller, keyOf(stack));
    expect(told).toMatchObject({
      name: stack.name,
      id: stack.id,
      action: 'CREATE',
      status: 'COMPLETE',
      template: TEMPLATE,
      files: {},
      tags: [],
      project_id: 'project-a',
      stack_user_project_id: 'project-a',
      environment: { parameter_defaults: {}, resource_registry: { resources: {} }, event_sinks: [] },
    });
    expect(resourceOf(told, 'thing')).toMatchObject({
      name: 'thing',
      type: 'Test::Thing',
      action: 'CREATE',
      status: 'COMPLETE',
      metadata: {},
    });
    expect(JSON.stringify(told)).not.toContain(SECRET);
    expect(await state(stack)).toBe('CREATE_COMPLETE');
  });

  test('what is let go is gone here and stays in the cloud, with what was kept for its snapshots', async () => {
    const stack = await make();
    const snapshot = await world.stacks.createSnapshot(caller, keyOf(stack), 'last');
    await world.settle();
    const before = things();
    const told = await world.stacks.abandonStack(caller, keyOf(stack));
    await world.settle();
    expect(await state(stack)).toBe('DELETE_COMPLETE');
    expect(things()).toBe(before);
    expect(world.cloud.copies.size).toBe(1);
    const [copyId] = world.cloud.copies.keys();
    expect(told['snapshots']).toMatchObject([{ id: snapshot.id, name: 'last', copies: [{ resource: 'kept', copy_id: copyId }] }]);
    expect(await world.database.query({ text: 'select id from resource', values: [] })).toEqual([]);
    expect(await world.database.query({ text: 'select id from snapshot', values: [] })).toEqual([]);
    expect(await world.database.query({ text: 'select id from credential', values: [] })).toEqual([]);
  });

  test('is refused while the stack is busy, and where the operator has switched it off', async () => {
    const busy = await world.stacks.createStack(caller, sampleCreate({ template: TEMPLATE, parameters: { word: SECRET } }));
    expect(await refusal(world.stacks.abandonStack(caller, keyOf(busy)))).toMatchObject({ code: 'conflict', type: 'ActionInProgress' });
    world.renew({ limits: { abandons: false, adopts: false } });
    for (const work of [() => world.stacks.abandonStack(caller, keyOf(busy)), () => world.stacks.exportStack(caller, keyOf(busy))])
      expect(await refusal(work())).toMatchObject({ type: 'NotSupported', message: 'Stack Abandon is not supported.' });
    expect(await refusal(adopt({ template: TEMPLATE }, { name: 'other' }))).toMatchObject({
      type: 'NotSupported',
      message: 'Stack Adopt is not supported.',
    });
  });
});

describe('coming back', () => {
  test('what left is taken in as it is; an update that changes nothing touches nothing; a deletion deletes all', async () => {
    const told = await departed();
    const before = things();
    const back = await adopt(told, { name: 'back' });
    expect(await state(back)).toBe('ADOPT_COMPLETE');
    const ids = [...world.cloud.things.keys()];
    expect(await rowsOf(back)).toEqual([`kept ADOPT_COMPLETE ${ids[0]}`, `thing ADOPT_COMPLETE ${ids[1]}`]);
    await world.stacks.updateStack(caller, keyOf(back), { ...sampleUpdate({}), template: null, mode: 'patch' });
    await world.settle();
    expect(await state(back)).toBe('UPDATE_COMPLETE');
    expect(things()).toBe(before);
    expect(await rowsOf(back)).toEqual([`kept ADOPT_COMPLETE ${ids[0]}`, `thing ADOPT_COMPLETE ${ids[1]}`]);
    await world.stacks.deleteStack(caller, keyOf(back));
    await world.settle();
    expect(world.cloud.things.size).toBe(0);
  });

  test('what has no id is made; parameters of the request win', async () => {
    const told = await departed();
    const back = await adopt(withResource(told, 'kept', { resource_id: null }), { name: 'back', parameters: { plain: 'given' } });
    expect(await state(back)).toBe('ADOPT_COMPLETE');
    expect(world.cloud.things.size).toBe(3);
    expect([...world.cloud.things.values()].map(({ name }) => name)).toContain('given');
  });

  test('what is not there any more fails; nothing that was taken in is deleted by the rollback, what was made is', async () => {
    const told = await departed();
    const lost = withResource(told, 'thing', { resource_id: 'gone' });
    const failed = await adopt(lost, { name: 'back', disableRollback: true });
    expect(await state(failed)).toBe(
      'ADOPT_FAILED: Resource ADOPT failed: NotFound: resources.thing: Test::Thing gone, which is to be adopted, is not there',
    );
    const before = things();
    await world.stacks.deleteStack(caller, keyOf(failed));
    await world.settle();
    expect(await state(failed)).toBe('DELETE_COMPLETE');
    expect(things()).toBe(before);
    const rolledBack = await adopt(lost, { name: 'again', disableRollback: false });
    expect(await state(rolledBack)).toBe('ROLLBACK_COMPLETE');
    expect(things()).toBe(before);
  });

  test('an adoption that failed is repaired by an update, and all is the stack’s own then', async () => {
    const told = await departed();
    const lost = withResource(told, 'kept', { resource_id: 'gone' });
    const failed = await adopt(lost, { name: 'back', disableRollback: true });
    // What had not been looked at yet is taken in now, and what was not there is made.
    await world.stacks.updateStack(caller, keyOf(failed), { ...sampleUpdate({}), template: null, mode: 'patch' });
    await world.settle();
    expect(await state(failed)).toBe('UPDATE_COMPLETE');
    const [kept, thing] = await rowsOf(failed);
    expect(kept).toContain('CREATE_COMPLETE');
    expect(thing).toContain('ADOPT_COMPLETE');
    await world.stacks.deleteStack(caller, keyOf(failed));
    await world.settle();
    // The first one had been lost track of.
    expect(world.cloud.things.size).toBe(1);
  });

  test('an adoption that was broken off before it had looked takes in what is there when it is tried again', async () => {
    const told = await departed();
    const before = things();
    const [kept] = [...world.cloud.things.keys()] as [string];
    world.cloud.slowToShow.add(kept);
    const back = await world.stacks.createStack(caller, { ...sampleCreate({ template: null, name: 'back' }), adopts: told });
    const settled = world.settle();
    while (!(await rowsOf(back)).some((row) => row.startsWith('kept ADOPT_IN_PROGRESS'))) await world.timers.sleep(5);
    await world.stacks.cancelStack(caller, keyOf(back), false);
    await settled;
    expect(await state(back)).toBe('ADOPT_FAILED: Stack ADOPT cancelled');
    world.cloud.slowToShow.clear();
    await world.stacks.retryStack(caller, keyOf(back));
    await world.settle();
    expect([await state(back), things()]).toEqual(['ADOPT_COMPLETE', before]);
    expect((await rowsOf(back))[0]).toBe(`kept ADOPT_COMPLETE ${kept}`);
  });

  test('what is hidden comes back to the project it is of, and to no other', async () => {
    const told = await departed();
    const back = await adopt(told, { name: 'back' });
    expect(JSON.stringify(await world.stacks.exportStack(caller, keyOf(back)))).not.toContain(SECRET);
    const [row] = await world.database.query<{ properties: Uint8Array }>({
      text: "select properties from resource where name = 'thing'",
      values: [],
    });
    expect(JSON.stringify(world.secretBox.open((row as { properties: Uint8Array }).properties))).toContain(SECRET);
    const stranger = testCaller('project-b');
    expect(await refusal(adopt(told, { name: 'theirs' }, stranger))).toMatchObject({ code: 'invalid' });
    const bad = ['no map', { template: 'x' }, { template: TEMPLATE, resources: [] }, { template: TEMPLATE, resources: { kept: 1 } }];
    for (const data of bad) expect(await refusal(adopt(data as unknown as JsonObject, { name: 'bad' }))).toMatchObject({ code: 'invalid' });
  });
});

describe('data that was changed on the way', () => {
  const sealedOf = (data: JsonObject, name: string): JsonObject => resourceOf(data, name)['resource_data'] as JsonObject;
  async function adoptedData(told: JsonObject, kept: JsonObject): Promise<JsonObject> {
    await adopt(withResource(told, 'kept', kept), { name: 'back' });
    const rows = await world.database.query<{ data: Uint8Array }>({ text: "select data from resource where name = 'kept'", values: [] });
    const [row] = rows.slice(-1);
    return world.secretBox.open((row as { data: Uint8Array }).data) as JsonObject;
  }

  test('what one thing remembers does not come to another one; what is written by hand makes no accounts and no keys', async () => {
    const told = await departed();
    const thingId = resourceOf(told, 'thing')['resource_id'] as string;
    world.cloud.things.set('stranger', { name: 'p' });
    const stolen = await adoptedData(told, { resource_id: 'stranger', resource_data: sealedOf(told, 'kept') });
    expect(stolen).toEqual({ adopted: 'stranger' });
    const [row] = await world.database.query<{ name: string }>({
      text: "select physical_name as name from resource where name = 'kept'",
      values: [],
    });
    expect(row?.name).toMatch(/^back-kept-/);
    await world.database.query({ text: 'truncate stack, definition, resource, event, credential cascade', values: [] });
    const user = { id: 'somebody', projectId: 'elsewhere' };
    const made = await adoptedData(told, {
      resource_id: thingId,
      resource_data: { user, signing: { access: 'a' }, adopted: 'x', value: 'kept' },
    });
    expect(made).toEqual({ adopted: thingId, value: 'kept' });
  });
});

test('what messages of event sinks are signed with leaves sealed, and signs again', async () => {
  const sink = { type: 'webhook', target: 'https://example.org/events', secret: 'signed with this' };
  const request = sampleCreate({ template: TEMPLATE, parameters: { word: SECRET }, environment: { event_sinks: [sink] } });
  const stack = await world.stacks.createStack(caller, request);
  await world.settle();
  const told = await world.stacks.abandonStack(caller, keyOf(stack));
  await world.settle();
  expect(JSON.stringify(told)).not.toContain(sink.secret);
  expect(JSON.stringify(await world.stacks.stackEnvironment(caller, keyOf(stack)))).not.toContain(sink.secret);
  const back = await adopt(told, { name: 'back' });
  expect((await listSinks(world.database, world.secretBox, back.id)).map(({ detail }) => detail)).toEqual([sink]);
});
