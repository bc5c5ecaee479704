/** Snapshots as users ask for them: what is kept, what goes back, what is refused, and that nothing kept is left behind. */
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '@hearth/kernel';
import type { StackRecord } from '@hearth/store';
import { freshStacks } from '../testing/fresh-stacks.ts';
import { sampleCreate, sampleUpdate, testCaller } from '../testing/index.ts';

const world = freshStacks();
const caller = testCaller('project-a');

const template = (name: string, more: JsonObject = {}): JsonObject => ({
  heat_template_version: '2018-08-31',
  resources: {
    plain: { type: 'Test::Thing', properties: { name: 'plain' } },
    kept: { type: 'Test::Kept', depends_on: 'plain', properties: { name } },
    ...more,
  },
});
const keyOf = (stack: StackRecord) => ({ id: stack.id, name: stack.name });

async function make(source: JsonObject = template('first')): Promise<StackRecord> {
  const stack = await world.stacks.createStack(caller, sampleCreate({ template: source }));
  await world.settle();
  return stack;
}
async function state(stack: StackRecord): Promise<string> {
  const { action, status, statusReason } = (await world.stacks.showStack(caller, keyOf(stack), false)).stack;
  return status === 'FAILED' ? `${action}_${status}: ${statusReason}` : `${action}_${status}`;
}
async function snapshot(stack: StackRecord, name: string | null = null): Promise<string> {
  const { id } = await world.stacks.createSnapshot(caller, keyOf(stack), name);
  await world.settle();
  return id;
}
async function standing(stack: StackRecord): Promise<readonly string[]> {
  return (await world.stacks.listSnapshots(caller, keyOf(stack))).map(({ action, status }) => `${action}_${status}`);
}
const things = (): readonly unknown[] => [...world.cloud.things.values()].filter((thing) => 'source' in thing);
const refusal = (work: Promise<unknown>): Promise<unknown> => work.then(() => null).catch((error: unknown) => error);

describe('taking a snapshot', () => {
  test('visits every resource, and keeps copies of what can be copied', async () => {
    const stack = await make();
    const made = await world.stacks.createSnapshot(caller, keyOf(stack), 'before');
    expect(made).toMatchObject({ name: 'before', action: 'CREATE', status: 'IN_PROGRESS', statusReason: null });
    await world.settle();
    expect(await state(stack)).toBe('SNAPSHOT_COMPLETE');
    expect([...world.cloud.copies.values()]).toMatchObject([{ name: 'first' }]);
    const [copyId] = world.cloud.copies.keys();
    const shown = await world.stacks.showSnapshot(caller, keyOf(stack), made.id);
    expect(shown).toMatchObject({ status: 'COMPLETE', statusReason: 'Stack SNAPSHOT completed successfully' });
    expect(shown.data).toMatchObject({
      name: stack.name,
      id: stack.id,
      template: template('first'),
      resources: { kept: { resource_data: { copy_id: copyId } }, plain: { resource_data: {} } },
    });
    for (const name of ['plain', 'kept']) {
      const { resource } = await world.stacks.showResource(caller, keyOf(stack), name, []);
      expect(`${resource.action}_${resource.status}`).toBe('SNAPSHOT_COMPLETE');
    }
  });

  test('fails with what cannot be copied; the snapshot can be deleted, and takes what was copied along', async () => {
    const stack = await make(template('uncopied', { other: { type: 'Test::Kept', properties: { name: 'fine' } } }));
    const id = await snapshot(stack);
    expect(await state(stack)).toBe('SNAPSHOT_FAILED: Resource SNAPSHOT failed: ResourceInError: resources.kept: it cannot be copied');
    expect(await standing(stack)).toEqual(['CREATE_FAILED']);
    expect(await refusal(world.stacks.restoreSnapshot(caller, keyOf(stack), id))).toMatchObject({ code: 'invalid' });
    await world.stacks.deleteSnapshot(caller, keyOf(stack), id);
    await world.settle();
    expect(await standing(stack)).toEqual([]);
    expect(world.cloud.copies.size).toBe(0);
  });

  test('is refused while the stack is busy, beyond the limit, and for others', async () => {
    world.renew({ limits: { snapshotsPerStack: 1 } });
    const stack = await world.stacks.createStack(caller, sampleCreate({ template: template('first') }));
    expect(await refusal(world.stacks.createSnapshot(caller, keyOf(stack), null))).toMatchObject({
      code: 'conflict',
      type: 'ActionInProgress',
    });
    await world.settle();
    const id = await snapshot(stack);
    expect(await refusal(world.stacks.createSnapshot(caller, keyOf(stack), null))).toMatchObject({ type: 'RequestLimitExceeded' });
    const stranger = testCaller('project-b');
    const requests = [
      world.stacks.listSnapshots(stranger, keyOf(stack)),
      world.stacks.showSnapshot(stranger, keyOf(stack), id),
      world.stacks.deleteSnapshot(stranger, keyOf(stack), id),
      world.stacks.restoreSnapshot(stranger, keyOf(stack), id),
      world.stacks.exportStack(stranger, keyOf(stack)),
      world.stacks.abandonStack(stranger, keyOf(stack)),
    ];
    for (const answer of await Promise.all(requests.map(refusal))) expect(answer).toMatchObject({ code: 'not-found' });
    expect(await refusal(world.stacks.showSnapshot(caller, keyOf(stack), stack.id))).toMatchObject({ code: 'not-found', type: 'NotFound' });
  });

  test('gives way to a newer request; what was copied so far goes with the snapshot', async () => {
    const stack = await make();
    world.cloud.stuck.add('copy of first');
    const { id } = await world.stacks.createSnapshot(caller, keyOf(stack), null);
    await world.step(300);
    expect(await refusal(world.stacks.deleteSnapshot(caller, keyOf(stack), id))).toMatchObject({ type: 'NotSupported' });
    await world.stacks.updateStack(caller, keyOf(stack), sampleUpdate({ template: template('second') }));
    world.cloud.stuck.clear();
    await world.settle();
    expect(await state(stack)).toBe('UPDATE_COMPLETE');
    expect(await standing(stack)).toEqual(['CREATE_FAILED']);
    expect(world.cloud.copies.size).toBe(1);
    await world.stacks.deleteSnapshot(caller, keyOf(stack), id);
    await world.settle();
    expect(world.cloud.copies.size).toBe(0);
  });
});

describe('going back', () => {
  test('is an update to what was, in which what was kept takes the place of what it was made from', async () => {
    const stack = await make();
    const id = await snapshot(stack);
    const [copyId] = world.cloud.copies.keys();
    await world.stacks.updateStack(caller, keyOf(stack), sampleUpdate({ template: template('second', { more: { type: 'Test::Thing' } }) }));
    await world.settle();
    await world.stacks.restoreSnapshot(caller, keyOf(stack), id);
    await world.settle();
    expect(await state(stack)).toBe('RESTORE_COMPLETE');
    expect(things()).toEqual([{ name: 'first', source: copyId }]);
    expect(await world.stacks.stackTemplate(caller, keyOf(stack))).toEqual(template('first'));
  });

  test('stays so through a patch, and ends with the next template', async () => {
    const stack = await make();
    const id = await snapshot(stack);
    const [copyId] = world.cloud.copies.keys();
    await world.stacks.restoreSnapshot(caller, keyOf(stack), id);
    await world.settle();
    await world.stacks.updateStack(caller, keyOf(stack), { ...sampleUpdate({}), template: null, mode: 'patch' });
    await world.settle();
    expect(things()).toEqual([{ name: 'first', source: copyId }]);
    await world.stacks.updateStack(caller, keyOf(stack), sampleUpdate({ template: template('first') }));
    await world.settle();
    expect(things()).toEqual([{ name: 'first', source: null }]);
  });
});

describe('deleting', () => {
  test('a snapshot deletes the copies first; one that cannot be deleted is kept, and can be tried again', async () => {
    const stack = await make();
    const id = await snapshot(stack);
    const [copyId] = world.cloud.copies.keys();
    world.cloud.stuck.add(`deletion of ${copyId}`);
    await world.stacks.deleteSnapshot(caller, keyOf(stack), id);
    await world.settle();
    expect(await world.stacks.listSnapshots(caller, keyOf(stack))).toMatchObject([
      { action: 'DELETE', status: 'FAILED', statusReason: 'ResourceInError: resources.kept: it is in use' },
    ]);
    world.cloud.stuck.clear();
    await world.stacks.deleteSnapshot(caller, keyOf(stack), id);
    await world.settle();
    expect(await standing(stack)).toEqual([]);
    expect(world.cloud.copies.size).toBe(0);
    expect(await state(stack)).toBe('SNAPSHOT_COMPLETE');
  });

  test('the stack deletes its snapshots; it is not gone before they are', async () => {
    const stack = await make();
    await snapshot(stack);
    await snapshot(stack);
    const [copyId] = world.cloud.copies.keys();
    world.cloud.stuck.add(`deletion of ${copyId}`);
    await world.stacks.deleteStack(caller, keyOf(stack));
    await world.settle();
    expect(await state(stack)).toBe('DELETE_FAILED: Snapshot deletion failed: ResourceInError: resources.kept: it is in use');
    expect(world.cloud.copies.size).toBe(1);
    world.cloud.stuck.clear();
    await world.stacks.deleteStack(caller, keyOf(stack));
    await world.settle();
    expect(await state(stack)).toBe('DELETE_COMPLETE');
    expect(world.cloud.copies.size).toBe(0);
  });
});
