/** Suspending, resuming, checking, cancelling and marking, as users ask for them: what is allowed when, what comes of it, what is told. */
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '@hearth/kernel';
import type { StackRecord } from '@hearth/store';
import type { StackVisit } from './stack-actions.ts';
import { freshStacks } from './testing/fresh-stacks.ts';
import { EVERY_EVENT, sampleCreate, sampleUpdate, testCaller } from './testing/index.ts';

const world = freshStacks();
const caller = testCaller('project-a');

const template = (resources: JsonObject): JsonObject => ({ heat_template_version: '2018-08-31', resources });
const PAIR = template({
  below: { type: 'Test::Thing', properties: { name: 'below' } },
  above: { type: 'Test::Thing', depends_on: 'below', properties: { name: 'above' } },
});
const keyOf = (stack: StackRecord) => ({ id: stack.id, name: stack.name });

async function make(source: JsonObject = PAIR): Promise<StackRecord> {
  const stack = await world.stacks.createStack(caller, sampleCreate({ template: source }));
  await world.settle();
  return stack;
}
async function state(stack: StackRecord): Promise<string> {
  const { action, status } = (await world.stacks.showStack(caller, keyOf(stack), false)).stack;
  return `${action}_${status}`;
}
async function rows(stack: StackRecord): Promise<Readonly<Record<string, string>>> {
  const names = ['below', 'above'];
  const shown = await Promise.all(names.map((name) => world.stacks.showResource(caller, keyOf(stack), name, [])));
  return Object.fromEntries(shown.map(({ resource }) => [resource.name, `${resource.action}_${resource.status}`]));
}
async function visit(stack: StackRecord, action: StackVisit): Promise<string> {
  await world.stacks.visitStack(caller, keyOf(stack), action);
  await world.settle();
  return state(stack);
}
const physicalId = async (stack: StackRecord, name: string): Promise<string> =>
  (await world.stacks.showResource(caller, keyOf(stack), name, [])).resource.physicalId as string;
const refusal = (work: Promise<unknown>) => work.then(() => null).catch((error: unknown) => error);

describe('visits', () => {
  test('suspend and resume go through every resource; between them an update is refused', async () => {
    const stack = await make();
    expect(await visit(stack, 'SUSPEND')).toBe('SUSPEND_COMPLETE');
    expect(await rows(stack)).toEqual({ below: 'SUSPEND_COMPLETE', above: 'SUSPEND_COMPLETE' });
    expect(world.cloud.rested).toEqual(['above', 'below']);
    expect(await refusal(world.stacks.updateStack(caller, keyOf(stack), sampleUpdate({ template: PAIR })))).toMatchObject({
      type: 'NotSupported',
      message: 'Updating a stack when it is SUSPEND_COMPLETE is not supported.',
    });
    expect(await visit(stack, 'RESUME')).toBe('RESUME_COMPLETE');
    expect(world.cloud.rested).toEqual([]);
    await world.stacks.updateStack(caller, keyOf(stack), sampleUpdate({ template: PAIR }));
    await world.settle();
    expect(await state(stack)).toBe('UPDATE_COMPLETE');
  });
  test('what is so already stays so, and tells nothing', async () => {
    const stack = await make();
    await visit(stack, 'SUSPEND');
    const before = (await world.stacks.showStack(caller, keyOf(stack), false)).stack;
    await world.stacks.visitStack(caller, keyOf(stack), 'SUSPEND');
    expect((await world.stacks.showStack(caller, keyOf(stack), false)).stack).toEqual(before);
  });
  test('not while the stack is busy, and no resume of what is awake', async () => {
    world.cloud.stuck.add('above');
    const busy = await world.stacks.createStack(caller, sampleCreate({ template: PAIR }));
    for (const action of ['SUSPEND', 'RESUME', 'CHECK'] as const)
      expect(await refusal(world.stacks.visitStack(caller, keyOf(busy), action))).toMatchObject({
        code: 'conflict',
        type: 'ActionInProgress',
      });
    world.cloud.stuck.clear();
    await world.settle();
    expect(await refusal(world.stacks.visitStack(caller, keyOf(busy), 'RESUME'))).toMatchObject({ type: 'NotSupported' });
  });
  test('a check tells everything that is wrong, and the next update mends it', async () => {
    const stack = await make(template({ a: { type: 'Test::Thing' }, b: { type: 'Test::Thing' }, c: { type: 'Test::Thing' } }));
    const [first, second, third] = [await physicalId(stack, 'a'), await physicalId(stack, 'b'), await physicalId(stack, 'c')];
    expect(await visit(stack, 'CHECK')).toBe('CHECK_COMPLETE');
    world.cloud.things.delete(first);
    world.cloud.things.set(second, { ...world.cloud.things.get(second), seen: 2_000 });
    expect(await visit(stack, 'CHECK')).toBe('CHECK_FAILED');
    const { statusReason } = (await world.stacks.showStack(caller, keyOf(stack), false)).stack;
    expect(statusReason).toContain(`resources.a: Test::Thing ${first} is gone`);
    expect(statusReason).toContain('resources.b: it is worn out');
    expect(statusReason).not.toContain('resources.c');
    const same = template({ a: { type: 'Test::Thing' }, b: { type: 'Test::Thing' }, c: { type: 'Test::Thing' } });
    await world.stacks.updateStack(caller, keyOf(stack), sampleUpdate({ template: same }));
    await world.settle();
    expect(await state(stack)).toBe('UPDATE_COMPLETE');
    expect(await physicalId(stack, 'a')).not.toBe(first);
    expect(await physicalId(stack, 'b')).not.toBe(second);
    expect(await physicalId(stack, 'c')).toBe(third);
    expect(await visit(stack, 'CHECK')).toBe('CHECK_COMPLETE');
  });
  test('a check that was cancelled has found nothing broken', async () => {
    const stack = await make();
    const before = await physicalId(stack, 'below');
    world.cloud.slowToShow.add(before);
    await world.stacks.visitStack(caller, keyOf(stack), 'CHECK');
    const settled = world.settle();
    while ((await rows(stack))['below'] !== 'CHECK_IN_PROGRESS') await world.timers.sleep(5);
    await world.stacks.cancelStack(caller, keyOf(stack), false);
    await settled;
    expect([await state(stack), (await rows(stack))['below']]).toEqual(['CHECK_FAILED', 'CHECK_FAILED']);
    world.cloud.slowToShow.clear();
    await world.stacks.updateStack(caller, keyOf(stack), sampleUpdate({ template: PAIR }));
    await world.settle();
    expect(await state(stack)).toBe('UPDATE_COMPLETE');
    expect(await physicalId(stack, 'below')).toBe(before);
  });
  test('what was found broken, or said to be, is so after a rest, too', async () => {
    const stack = await make();
    const before = [await physicalId(stack, 'below'), await physicalId(stack, 'above')];
    const [below] = before as [string];
    await world.stacks.markResource(caller, keyOf(stack), 'above', { isUnhealthy: true, reason: null });
    world.cloud.things.set(below, { ...world.cloud.things.get(below), seen: 2_000 });
    await visit(stack, 'CHECK');
    await world.stacks.markResource(caller, keyOf(stack), 'above', { isUnhealthy: true, reason: null });
    expect(await rows(stack)).toEqual({ below: 'CHECK_FAILED', above: 'CHECK_FAILED' });
    expect([await visit(stack, 'SUSPEND'), await visit(stack, 'RESUME')]).toEqual(['SUSPEND_COMPLETE', 'RESUME_COMPLETE']);
    await world.stacks.updateStack(caller, keyOf(stack), sampleUpdate({ template: PAIR }));
    await world.settle();
    expect(before).not.toContain(await physicalId(stack, 'below'));
    expect(before).not.toContain(await physicalId(stack, 'above'));
  });
  test('a stack that failed cannot rest, and is told why; it can be checked, updated, deleted', async () => {
    const stack = await make(template({ a: { type: 'Test::Thing', properties: { fails: true } } }));
    expect(await visit(stack, 'SUSPEND')).toBe('SUSPEND_FAILED');
    expect((await world.stacks.showStack(caller, keyOf(stack), false)).stack.statusReason).toContain(
      'State CREATE_FAILED invalid for suspend',
    );
    expect(await visit(stack, 'RESUME')).toBe('RESUME_COMPLETE');
    expect(await visit(stack, 'CHECK')).toBe('CHECK_FAILED');
    await world.stacks.deleteStack(caller, keyOf(stack));
    await world.settle();
    expect(world.cloud.things.size).toBe(0);
  });
});

describe('cancelling', () => {
  async function underWay(): Promise<StackRecord> {
    const stack = await make();
    world.cloud.stuck.add('new');
    const next = template({ ...(PAIR['resources'] as JsonObject), added: { type: 'Test::Thing', properties: { name: 'new' } } });
    await world.stacks.updateStack(caller, keyOf(stack), sampleUpdate({ template: next }));
    await world.step(200);
    expect(await state(stack)).toBe('UPDATE_IN_PROGRESS');
    return stack;
  }
  test('with rollback the stack becomes what it was', async () => {
    const stack = await underWay();
    await world.stacks.cancelUpdate(caller, keyOf(stack), true);
    await world.settle();
    expect(await state(stack)).toBe('ROLLBACK_COMPLETE');
    expect(world.cloud.things.size).toBe(2);
    expect((await world.stacks.stackTemplate(caller, keyOf(stack)))['resources']).not.toHaveProperty('added');
  });
  test('what was cancelled is nothing to go back to, although all that there is was checked', async () => {
    const stack = await underWay();
    await world.stacks.cancelUpdate(caller, keyOf(stack), false);
    await world.settle();
    world.cloud.stuck.clear();
    expect(await visit(stack, 'CHECK')).toBe('CHECK_COMPLETE');
    const failing = template({ ...(PAIR['resources'] as JsonObject), other: { type: 'Test::Thing', properties: { fails: true } } });
    await world.stacks.updateStack(caller, keyOf(stack), sampleUpdate({ template: failing, disableRollback: false }));
    await world.settle();
    expect(await state(stack)).toBe('ROLLBACK_COMPLETE');
    expect(Object.keys((await world.stacks.stackTemplate(caller, keyOf(stack)))['resources'] as JsonObject)).toEqual(['below', 'above']);
    const versions = await world.database.query({
      text: 'select number from definition where stack_id = $1 and completed_at is not null',
      values: [stack.id],
    });
    expect(versions).toEqual([{ number: 1 }]);
  });
  test('without, it has failed at once, and can be asked for anything again', async () => {
    const stack = await underWay();
    await world.stacks.cancelUpdate(caller, keyOf(stack), false);
    await world.settle();
    expect(await state(stack)).toBe('UPDATE_FAILED');
    expect((await world.stacks.showStack(caller, keyOf(stack), false)).stack.statusReason).toBe('Stack UPDATE cancelled');
    await world.stacks.updateStack(caller, keyOf(stack), sampleUpdate({ template: PAIR }));
    await world.settle();
    expect(await state(stack)).toBe('UPDATE_COMPLETE');
    expect(world.cloud.things.size).toBe(2);
  });
  test('a creation too, but only without rollback', async () => {
    world.cloud.stuck.add('above');
    const stack = await world.stacks.createStack(caller, sampleCreate({ template: PAIR }));
    await world.step(200);
    expect(await refusal(world.stacks.cancelUpdate(caller, keyOf(stack), true))).toMatchObject({ type: 'NotSupported' });
    await world.stacks.cancelUpdate(caller, keyOf(stack), false);
    await world.settle();
    expect(await state(stack)).toBe('CREATE_FAILED');
    expect(await rows(stack)).toEqual({ below: 'CREATE_COMPLETE', above: 'CREATE_FAILED' });
  });
  test('nothing is under way', async () => {
    const stack = await make();
    expect(await refusal(world.stacks.cancelUpdate(caller, keyOf(stack), false))).toMatchObject({
      type: 'NotSupported',
      message: 'Cancelling update when stack is CREATE_COMPLETE is not supported.',
    });
  });
});

describe('a mark', () => {
  test('by name or id; the next update replaces it', async () => {
    const stack = await make();
    const before = await physicalId(stack, 'above');
    await world.stacks.markResource(caller, keyOf(stack), before, { isUnhealthy: true, reason: 'noisy' });
    expect(await rows(stack)).toEqual({ below: 'CREATE_COMPLETE', above: 'CHECK_FAILED' });
    expect((await world.stacks.showResource(caller, keyOf(stack), 'above', [])).resource.statusReason).toBe('noisy');
    const { events } = await world.stacks.listEvents(caller, keyOf(stack), { ...EVERY_EVENT, resource: 'above', actions: ['CHECK'] });
    expect(events).toMatchObject([{ action: 'CHECK', status: 'FAILED', reason: 'noisy' }]);
    await world.stacks.updateStack(caller, keyOf(stack), sampleUpdate({ template: PAIR }));
    await world.settle();
    expect(await physicalId(stack, 'above')).not.toBe(before);
    expect(world.cloud.things.size).toBe(2);
  });
  test('taken back, nothing happens', async () => {
    const stack = await make();
    const before = await physicalId(stack, 'above');
    await world.stacks.markResource(caller, keyOf(stack), 'above', { isUnhealthy: true, reason: null });
    await world.stacks.markResource(caller, keyOf(stack), 'above', { isUnhealthy: false, reason: null });
    expect(await rows(stack)).toEqual({ below: 'CREATE_COMPLETE', above: 'CHECK_COMPLETE' });
    await world.stacks.updateStack(caller, keyOf(stack), sampleUpdate({ template: PAIR }));
    await world.settle();
    expect(await physicalId(stack, 'above')).toBe(before);
  });
  test('what is well is not marked well, and what is not there cannot be', async () => {
    const stack = await make();
    await world.stacks.markResource(caller, keyOf(stack), 'above', { isUnhealthy: false, reason: null });
    expect(await rows(stack)).toEqual({ below: 'CREATE_COMPLETE', above: 'CREATE_COMPLETE' });
    expect(await refusal(world.stacks.markResource(caller, keyOf(stack), 'nosuch', { isUnhealthy: true, reason: null }))).toMatchObject({
      code: 'not-found',
    });
  });
});

test("what administrators alone may make is not touched by members, who would act with an administrator's rights", async () => {
  const admin = testCaller('project-a', ['admin'], 'root');
  const template = { heat_template_version: '2018-08-31', resources: { flavor: { type: 'OS::Nova::Flavor' } } };
  const { id, name } = await world.stacks.createStack(admin, sampleCreate({ name: 'privileged', template }));
  await world.settle();
  const key = { id, name };
  const { stacks } = world;
  const empty = sampleUpdate({ template: { heat_template_version: '2018-08-31', resources: {} } });
  const plan = await stacks.planDeletion(caller, key);
  const attempts: readonly (() => Promise<unknown>)[] = [
    () => stacks.deleteStack(caller, key),
    () => stacks.forceDeleteStack(caller, key, { retain: [], isForced: true, timeoutMins: null }),
    () => stacks.abandonStack(caller, key),
    () => stacks.applyPlan(caller, plan.id, key),
    () => stacks.updateStack(caller, key, empty),
    () => stacks.returnToVersion(caller, key, 1),
    () => stacks.revertDrift(caller, key, []),
    () => stacks.visitStack(caller, key, 'SUSPEND'),
  ];
  for (const attempt of attempts)
    await expect(attempt(), attempt.toString()).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('OS::Nova::Flavor'),
    });
  await stacks.visitStack(caller, key, 'CHECK');
  await world.settle();
  await stacks.deleteStack(admin, key);
  await world.settle();
});
