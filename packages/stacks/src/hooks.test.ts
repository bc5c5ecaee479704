/** Hooks and forbidden actions of environments: where work stops, what is told, how it goes on, and that nothing is stuck. */
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '@hearth/kernel';
import type { StackRecord } from '@hearth/store';
import { freshStacks } from './testing/fresh-stacks.ts';
import { sampleCreate, sampleUpdate, testCaller } from './testing/index.ts';

const world = freshStacks();
const caller = testCaller('project-a');

const template = (name = 'one', size = 1): JsonObject => ({
  heat_template_version: '2018-08-31',
  resources: {
    a: { type: 'Test::Thing', properties: { name, size } },
    b: { type: 'Test::Thing', depends_on: 'a' },
  },
});
const withHooks = (hooks: string | readonly string[], key = 'hooks') => ({
  environment: { resource_registry: { resources: { a: { [key]: hooks } } } },
});
const keyOf = (stack: StackRecord) => ({ id: stack.id, name: stack.name });
const create = (hooks: string | readonly string[]) =>
  world.stacks.createStack(caller, sampleCreate({ template: template(), ...withHooks(hooks) }));
const update = (stack: StackRecord, hooks: string | readonly string[], changed = template('two'), key = 'hooks') =>
  world.stacks.updateStack(caller, keyOf(stack), sampleUpdate({ template: changed, ...withHooks(hooks, key) }));
async function state(stack: StackRecord): Promise<string> {
  const { action, status } = (await world.stacks.showStack(caller, keyOf(stack), false)).stack;
  return `${action}_${status}`;
}
async function row(stack: StackRecord, name: string): Promise<string> {
  const { action, status } = (await world.stacks.showResource(caller, keyOf(stack), name, [])).resource;
  return `${action}_${status}`;
}
async function reasons(stack: StackRecord): Promise<readonly string[]> {
  const rows = await world.database.query<{ reason: string }>({
    text: `select reason from event where stack_id = $1 and resource_name = 'a' order by sequence`,
    values: [stack.id],
  });
  return rows.map(({ reason }) => reason).filter((reason) => reason.includes('Hook'));
}
/** Runs the engine until the resource waits for the hook. */
async function stops(stack: StackRecord, hook: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    await world.step(20 + tries);
    const told = await reasons(stack);
    if (told.at(-1)?.endsWith(`until Hook ${hook} is cleared`)) return;
  }
  throw new Error(`it does not stop at ${hook}: ${(await reasons(stack)).join(', ')}`);
}
const clear = (stack: StackRecord, hook: string, resource = 'a') =>
  world.stacks.signalResource(caller, keyOf(stack), resource, { unset_hook: hook });

test('before and after a creation', async () => {
  const stack = await create(['pre-create', 'post-create']);
  await stops(stack, 'pre-create');
  expect([await state(stack), await row(stack, 'a'), await row(stack, 'b')]).toEqual([
    'CREATE_IN_PROGRESS',
    'CREATE_IN_PROGRESS',
    'INIT_COMPLETE',
  ]);
  expect(world.cloud.things.size).toBe(0);
  await clear(stack, 'pre-create');
  await stops(stack, 'post-create');
  expect([await row(stack, 'a'), await row(stack, 'b'), world.cloud.things.size]).toEqual(['CREATE_COMPLETE', 'INIT_COMPLETE', 1]);
  await clear(stack, 'post-create');
  await world.settle();
  expect(await state(stack)).toBe('CREATE_COMPLETE');
  expect(await reasons(stack)).toEqual([
    'CREATE paused until Hook pre-create is cleared',
    'Hook pre-create is cleared',
    'CREATE paused until Hook post-create is cleared',
    'Hook post-create is cleared',
  ]);
});

test('before an update; what nobody asked for is not stopped', async () => {
  const stack = await create('pre-update');
  await world.settle();
  await update(stack, ['pre-update', 'pre-create']);
  await stops(stack, 'pre-update');
  expect(await row(stack, 'a')).toBe('UPDATE_IN_PROGRESS');
  expect([...world.cloud.things.values()].map(({ name }) => name)).not.toContain('two');
  await clear(stack, 'pre-update');
  await world.settle();
  expect(await state(stack)).toBe('UPDATE_COMPLETE');
  expect([...world.cloud.things.values()].map(({ name }) => name)).toContain('two');
});

test('before and after a deletion', async () => {
  const stack = await create(['pre-delete', 'post-delete']);
  await world.settle();
  await world.stacks.deleteStack(caller, keyOf(stack));
  await stops(stack, 'pre-delete');
  expect([await row(stack, 'a'), world.cloud.things.size]).toEqual(['DELETE_IN_PROGRESS', 1]);
  await clear(stack, 'pre-delete');
  await stops(stack, 'post-delete');
  expect(world.cloud.things.size).toBe(0);
  expect(await state(stack)).toBe('DELETE_IN_PROGRESS');
  await clear(stack, 'post-delete');
  await world.settle();
  expect(await state(stack)).toBe('DELETE_COMPLETE');
});

describe('never stuck', () => {
  test.each(['pre-create', 'post-create'])('a stack that stopped at %s can be updated to something without the hook', async (hook) => {
    const stack = await create(hook);
    await stops(stack, hook);
    await update(stack, [], template());
    await world.settle();
    expect(await state(stack)).toBe('UPDATE_COMPLETE');
    expect(world.cloud.things.size).toBe(2);
  });
  test('or deleted', async () => {
    const stack = await create('pre-create');
    await stops(stack, 'pre-create');
    await world.stacks.deleteStack(caller, keyOf(stack));
    await world.settle();
    expect(await state(stack)).toBe('DELETE_COMPLETE');
  });
  test.each(['pre-create', 'post-create'])('or cancelled at %s', async (hook) => {
    const stack = await create(hook);
    await stops(stack, hook);
    await world.stacks.cancelUpdate(caller, keyOf(stack), false);
    await world.settle();
    expect(await state(stack)).toBe('CREATE_FAILED');
    await update(stack, []);
    await world.settle();
    expect(await state(stack)).toBe('UPDATE_COMPLETE');
    expect(world.cloud.things.size).toBe(2);
  });
});

test('a hook that is none, or is not set, or elsewhere', async () => {
  const stack = await create('pre-create');
  await stops(stack, 'pre-create');
  const refusal = (work: Promise<unknown>) => work.then(() => null).catch((error: unknown) => error);
  expect(await refusal(clear(stack, 'pre-fun'))).toMatchObject({
    type: 'InvalidBreakPointHook',
    message: 'Invalid hook type "pre-fun" for a',
  });
  expect(await refusal(clear(stack, 'pre-update'))).toMatchObject({ message: 'The "pre-update" hook is not defined on a' });
  expect(await refusal(clear(stack, 'pre-create', 'nosuch'))).toMatchObject({ code: 'not-found' });
});

test.each([
  ['update', template('two'), true],
  ['replace', template('one', 5), true],
  ['replace', template('two'), false],
  ['update', template('one', 5), false],
])('%s is forbidden: the thing is not touched', async (action, changed, isRefused) => {
  const stack = await create([]);
  await world.settle();
  const before = new Map(world.cloud.things);
  const immutable = { ...changed, resources: { ...(changed['resources'] as JsonObject) } };
  if (JSON.stringify(changed).includes('"size":5')) {
    (immutable.resources as Record<string, JsonObject>)['a'] = { type: 'Test::Thing', properties: { name: 'one', list: [1] } };
  }
  await update(stack, action, immutable, 'restricted_actions');
  await world.settle();
  expect(await state(stack)).toBe(isRefused ? 'UPDATE_FAILED' : 'UPDATE_COMPLETE');
  if (!isRefused) return;
  expect(world.cloud.things).toEqual(before);
  expect((await world.stacks.showStack(caller, keyOf(stack), false)).stack.statusReason).toBe(
    `Resource UPDATE failed: ResourceActionRestricted: resources.a: ${action} is restricted for resource.`,
  );
  await update(stack, [], immutable);
  await world.settle();
  expect(await state(stack)).toBe('UPDATE_COMPLETE');
});

test('what failed and may not be replaced yet is made anew as soon as it may', async () => {
  world.cloud.stuck.add('one');
  const stack = await create([]);
  await world.step(200);
  await world.stacks.cancelUpdate(caller, keyOf(stack), false);
  await world.settle();
  world.cloud.stuck.clear();
  expect(await row(stack, 'a')).toBe('CREATE_FAILED');
  const halfMade = [...world.cloud.things.keys()];
  await update(stack, 'replace', template(), 'restricted_actions');
  await world.settle();
  expect([await state(stack), [...world.cloud.things.keys()]]).toEqual(['UPDATE_FAILED', halfMade]);
  await update(stack, [], template());
  await world.settle();
  expect([await state(stack), world.cloud.things.size]).toEqual(['UPDATE_COMPLETE', 2]);
  expect([...world.cloud.things.keys()]).not.toContain(halfMade[0]);
});
