/** Drift as users ask for it: looking, what is told, accepting, bringing back, by schedule; what is allowed when, and to whom. */
import type { JsonObject } from '@hearth/kernel';
import { driftTurn, type StackRecord } from '@hearth/store';
import { describe, expect, test } from 'vitest';
import { freshStacks } from '../testing/fresh-stacks.ts';
import { EVERY_EVENT, sampleCreate, sampleUpdate, testCaller } from '../testing/index.ts';

const world = freshStacks();
const caller = testCaller('project-a');
const stranger = testCaller('project-b');

const TEMPLATE: JsonObject = {
  heat_template_version: '2018-08-31',
  parameters: { word: { type: 'string', hidden: true, default: 'hidden-word' } },
  resources: {
    named: { type: 'Test::Thing', properties: { name: 'as-wanted' } },
    secret: { type: 'Test::Thing', properties: { name: { get_param: 'word' } } },
    plain: { type: 'Test::Thing' },
  },
};
const keyOf = (stack: StackRecord) => ({ id: stack.id, name: null });
const refusal = (work: Promise<unknown>) => work.then(() => null).catch((error: unknown) => error);
async function make(): Promise<StackRecord> {
  const stack = await world.stacks.createStack(caller, sampleCreate({ template: TEMPLATE }));
  await world.settle();
  return stack;
}
const idOf = async (stack: StackRecord, name: string): Promise<string> =>
  (await world.stacks.showResource(caller, keyOf(stack), name, [])).resource.physicalId as string;
const rename = async (stack: StackRecord, resource: string, name: string) => {
  const id = await idOf(stack, resource);
  world.cloud.things.set(id, { ...world.cloud.things.get(id), name });
};
async function detected(stack: StackRecord) {
  await world.stacks.detectDrift(caller, keyOf(stack));
  await world.settle();
  return world.stacks.driftReport(caller, keyOf(stack));
}
const states = async (stack: StackRecord) =>
  Object.fromEntries((await world.stacks.driftReport(caller, keyOf(stack))).resources.map(({ path, state }) => [path, state]));

describe('looking', () => {
  test('tells what differs, what is gone and what is as it was, and masks what is hidden', async () => {
    const stack = await make();
    expect(await world.stacks.driftReport(caller, keyOf(stack))).toMatchObject({ askedAt: null, isComplete: false });
    await rename(stack, 'named', 'another');
    await rename(stack, 'secret', 'something');
    world.cloud.things.delete(await idOf(stack, 'plain'));
    const report = await detected(stack);
    expect(report).toMatchObject({ isComplete: true, counts: { drifted: 2, gone: 1, 'in-sync': 0, waiting: 0 } });
    const of = (path: string) => report.resources.find((one) => one.path === path);
    expect(of('named')?.differences).toEqual([
      { property: 'name', expected: 'as-wanted', actual: 'another', isAccepted: false, isSecret: false },
    ]);
    expect(of('secret')?.differences).toMatchObject([{ expected: '***', actual: '***', isSecret: true }]);
    expect(JSON.stringify(report.resources)).not.toContain('hidden-word');
    expect(of('plain')).toMatchObject({ state: 'gone', lookedAt: expect.any(Number) });
    expect((await world.stacks.showStack(caller, keyOf(stack), false)).stack).toMatchObject({ action: 'CREATE', status: 'COMPLETE' });
  });

  test('what is wanted and not seen yet is waited for', async () => {
    const stack = await make();
    await world.stacks.detectDrift(caller, keyOf(stack));
    expect(await world.stacks.driftReport(caller, keyOf(stack))).toMatchObject({ isComplete: false, counts: { waiting: 3 } });
  });

  test('a stack that is being deleted is not looked at, one of another project is not there', async () => {
    const stack = await make();
    for (const work of [
      () => world.stacks.detectDrift(stranger, keyOf(stack)),
      () => world.stacks.driftReport(stranger, keyOf(stack)),
      () => world.stacks.acceptDrift(stranger, keyOf(stack), ['named']),
      () => world.stacks.revertDrift(stranger, keyOf(stack), []),
      () => world.stacks.revertDrift(stranger, keyOf(stack), ['named']),
      () => world.stacks.scheduleDrift(stranger, keyOf(stack), 5),
    ])
      expect(await refusal(work())).toMatchObject({ code: 'not-found', type: 'EntityNotFound' });
    await world.stacks.deleteStack(caller, keyOf(stack));
    expect(await refusal(world.stacks.detectDrift(caller, keyOf(stack)))).toMatchObject({
      message: 'Looking for drift in a stack when it is DELETE_IN_PROGRESS is not supported.',
    });
  });
});

describe('accepting', () => {
  test('what differs counts as it is, until it changes again', async () => {
    const stack = await make();
    await rename(stack, 'named', 'another');
    await detected(stack);
    expect(await world.stacks.acceptDrift(caller, keyOf(stack), ['named'])).toEqual(['named']);
    expect((await world.stacks.driftReport(caller, keyOf(stack))).resources.find(({ path }) => path === 'named')).toMatchObject({
      state: 'in-sync',
      differences: [{ property: 'name', isAccepted: true }],
    });
    await detected(stack);
    expect(await states(stack)).toMatchObject({ named: 'in-sync' });
    await rename(stack, 'named', 'yet-another');
    await detected(stack);
    expect(await states(stack)).toMatchObject({ named: 'drifted' });
    const events = (await world.stacks.listEvents(caller, keyOf(stack), EVERY_EVENT)).events;
    expect(events.some(({ reason }) => reason === 'Drift accepted: name')).toBe(true);
  });

  test('is refused for what is gone, unknown, not there or not looked at', async () => {
    const stack = await make();
    expect(await refusal(world.stacks.acceptDrift(caller, keyOf(stack), ['named']))).toMatchObject({ type: 'NothingToAccept' });
    world.cloud.things.delete(await idOf(stack, 'plain'));
    await detected(stack);
    expect(await refusal(world.stacks.acceptDrift(caller, keyOf(stack), ['plain']))).toMatchObject({
      code: 'conflict',
      type: 'NothingToAccept',
    });
    for (const paths of [[], ['nothing'], ['named/below'], ['named', 'nothing']])
      expect(await refusal(world.stacks.acceptDrift(caller, keyOf(stack), paths))).toMatchObject({ type: 'InvalidResourcePath' });
    expect(await world.stacks.acceptDrift(caller, keyOf(stack), ['named'])).toEqual([]);
  });
});

describe('bringing back', () => {
  const nameOf = async (stack: StackRecord, resource: string) => world.cloud.things.get(await idOf(stack, resource))?.['name'];

  test('all that drifted and was not accepted, or what is named', async () => {
    const stack = await make();
    await rename(stack, 'named', 'another');
    await rename(stack, 'plain', 'another');
    await detected(stack);
    await world.stacks.acceptDrift(caller, keyOf(stack), ['named']);
    await world.stacks.revertDrift(caller, keyOf(stack), []);
    await world.settle();
    expect([await nameOf(stack, 'named'), await nameOf(stack, 'plain')]).toEqual(['another', await idOf(stack, 'plain')]);
    await world.stacks.revertDrift(caller, keyOf(stack), ['named']);
    await world.settle();
    expect(await nameOf(stack, 'named')).toBe('as-wanted');
    expect((await world.stacks.showStack(caller, keyOf(stack), false)).stack).toMatchObject({ action: 'UPDATE', status: 'COMPLETE' });
  });

  test('what was broken off is brought back when it is tried again', async () => {
    const stack = await make();
    await rename(stack, 'named', 'another');
    await world.stacks.revertDrift(caller, keyOf(stack), []);
    await world.stacks.cancelStack(caller, keyOf(stack), false);
    await world.settle();
    expect((await world.stacks.showStack(caller, keyOf(stack), false)).stack).toMatchObject({ action: 'UPDATE', status: 'FAILED' });
    expect(world.cloud.things.get(await idOf(stack, 'named'))).toMatchObject({ name: 'another' });
    await world.stacks.retryStack(caller, keyOf(stack));
    await world.settle();
    expect((await world.stacks.showStack(caller, keyOf(stack), false)).stack).toMatchObject({ action: 'UPDATE', status: 'COMPLETE' });
    expect(world.cloud.things.get(await idOf(stack, 'named'))).toMatchObject({ name: 'as-wanted' });
  });

  test('is refused for what is not there, and where an update is', async () => {
    const stack = await make();
    expect(await refusal(world.stacks.revertDrift(caller, keyOf(stack), ['nothing']))).toMatchObject({ type: 'InvalidResourcePath' });
    await world.stacks.visitStack(caller, keyOf(stack), 'SUSPEND');
    await world.settle();
    for (const paths of [[], ['named']])
      expect(await refusal(world.stacks.revertDrift(caller, keyOf(stack), paths))).toMatchObject({ type: 'NotSupported' });
  });

  test('that is refused leaves what was accepted as it was', async () => {
    const stack = await make();
    await rename(stack, 'named', 'another');
    await detected(stack);
    await world.stacks.acceptDrift(caller, keyOf(stack), ['named']);
    for (const paths of [['named', 'nothing'], Array.from({ length: 1_001 }, () => 'named')])
      expect(await refusal(world.stacks.revertDrift(caller, keyOf(stack), paths))).toMatchObject({ type: 'InvalidResourcePath' });
    expect(await states(stack)).toMatchObject({ named: 'in-sync' });
  });

  test('happens with every update where the operator says so', async () => {
    const stack = await make();
    await rename(stack, 'named', 'another');
    await world.stacks.updateStack(caller, keyOf(stack), sampleUpdate({ template: TEMPLATE }));
    await world.settle();
    expect(await nameOf(stack, 'named')).toBe('another');
    const { updateStack } = await import('../update-stack.ts');
    await updateStack({ ...world.ports, observesOnUpdate: true }, caller, keyOf(stack), sampleUpdate({ template: TEMPLATE }));
    await world.settle();
    expect(await nameOf(stack, 'named')).toBe('as-wanted');
  });
});

test('by schedule', async () => {
  const stack = await make();
  for (const every of [-1, 1.5, 1e9])
    expect(await refusal(world.stacks.scheduleDrift(caller, keyOf(stack), every))).toMatchObject({ type: 'InvalidSchedule' });
  await world.stacks.scheduleDrift(caller, keyOf(stack), 30);
  await driftTurn(world.database, null, Date.now());
  expect(await world.stacks.driftReport(caller, keyOf(stack))).toMatchObject({ everyMins: 30, nextAt: expect.any(Number), askedAt: null });
  await world.database.query({ text: "update stack set drift_due_at = now() - interval '1 second'", values: [] });
  await driftTurn(world.database, null, Date.now());
  await world.settle();
  expect(await states(stack)).toEqual({ named: 'in-sync', plain: 'in-sync', secret: 'in-sync' });
});
