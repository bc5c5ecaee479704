/** Every use case that works in a transaction asks the database by that one alone: whoever waited for a second connection could wait for himself. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '@hearth/kernel';
import { testDatabase, type TestDatabase } from '@hearth/testkit';
import { definitionCache } from '@hearth/engine';
import { sampleCreate, sampleUpdate, testCaller, testStacks, type TestStacks } from './testing/index.ts';
import { stackUseCases, type StackUseCases } from './use-cases.ts';

let db: TestDatabase;
let world: TestStacks;
const caller = testCaller('project-a');
const TEMPLATE: JsonObject = {
  heat_template_version: '2018-08-31',
  resources: { kept: { type: 'Test::Kept' }, thing: { type: 'Test::Thing', properties: { name: 'one' } } },
};

beforeAll(async () => {
  db = await testDatabase({ poolSize: 1 });
  world = testStacks({ database: db.database });
});
afterAll(() => db.drop());

/** Remembering no definitions, so that each has to be read. */
const stacks = (): StackUseCases => stackUseCases({ ...world.ports, definitions: definitionCache() });

test('a process with a single connection can do everything', async () => {
  const { id, name } = await stacks().createStack(caller, sampleCreate({ template: TEMPLATE }));
  const key = { id, name };
  await expect(stacks().signalResource(caller, key, 'thing', {})).rejects.toMatchObject({ type: 'ResourceNotAvailable' });
  await expect(stacks().cancelStack(caller, key, false)).resolves.toMatchObject({ haltReason: 'Stack CREATE cancelled' });
  await world.settle();
  await stacks().retryStack(caller, key);
  await world.settle();
  const snapshot = await stacks().createSnapshot(caller, key, null);
  await world.settle();
  await stacks().restoreSnapshot(caller, key, snapshot.id);
  await world.settle();
  await stacks().detectDrift(caller, key);
  await world.settle();
  expect(await stacks().acceptDrift(caller, key, ['thing'])).toEqual([]);
  await stacks().revertDrift(caller, key, ['thing']);
  await world.settle();
  await stacks().returnToVersion(caller, key, 1);
  await world.settle();
  await stacks().markResource(caller, key, 'thing', { isUnhealthy: true, reason: null });
  const plan = await stacks().planUpdate(caller, key, sampleUpdate({ mode: 'patch' }));
  await stacks().applyPlan(caller, plan.id, key);
  await world.settle();
  expect((await stacks().explainStack(caller, key, null)).summary).toContain('UPDATE_COMPLETE');
  const told = await stacks().abandonStack(caller, key);
  await world.settle();
  const back = await stacks().createStack(caller, { ...sampleCreate({ template: null, name: 'back' }), adopts: told });
  await world.settle();
  await stacks().forceDeleteStack(caller, { id: back.id, name: back.name }, { retain: ['thing'], isForced: false, timeoutMins: null });
  await world.settle();
  expect(world.cloud.things.size).toBe(1);
});
