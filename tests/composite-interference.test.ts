/** Others act on nested stacks while their parents rest or work: users, deadlines, deletions. Nothing may hang, be doubled or be left over. */
import type { JsonObject, StackId } from '@hearth/kernel';
import { describe, expect, it } from 'vitest';
import { World } from './composite-world.ts';

const group = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  g: { type: 'OS::Heat::ResourceGroup', properties: { count: 2, resource_def: { type: 'OS::Heat::TestResource', properties } }, ...more },
});
const childOf = (world: World): StackId => world.store.stackIds().find((id) => world.store.stack(id).parentId === world.id) as StackId;
const state = ({ action, status, statusReason }: { action: string; status: string; statusReason: string }): string =>
  `${action}_${status} ${statusReason}`;

async function gone(world: World): Promise<void> {
  const deleted = await world.change(null);
  expect(state(deleted)).toContain('DELETE_COMPLETE');
  expect(world.live()).toEqual([]);
  await world.rest();
  for (const id of world.store.stackIds()) expect(world.store.rows(id)).toEqual([]);
  await world.stop();
}

describe('others act on a nested stack', () => {
  it('deleted by a user while its parent rests: the next change of the resource makes another one', async () => {
    const world = new World(-1);
    await world.create(world.definition(group({ value: 'a' })));
    const first = childOf(world);
    world.begin(first, null);
    expect(state(await world.settle(first))).toContain('DELETE_COMPLETE');
    expect(state(await world.change(world.definition(group({ value: 'b' }))))).toContain('UPDATE_COMPLETE');
    const live = world.live().filter((id) => id !== world.id);
    expect(live).toHaveLength(1);
    expect(live).not.toEqual([first]);
    await gone(world);
  });

  it('deleted by a user while its parent waits for it: the parent fails and an update makes another one', async () => {
    const world = new World(-1);
    world.insert(world.definition(group({ wait_secs: 300 })));
    await world.seconds(20);
    const first = childOf(world);
    world.begin(first, null);
    const failed = await world.settle();
    expect(state(failed)).toContain('CREATE_FAILED');
    expect(failed.statusReason).toContain('nested stack was deleted');
    const repaired = await world.change(world.definition(group({ wait_secs: 1 })));
    expect(state(repaired)).toContain('UPDATE_COMPLETE');
    expect(world.live().filter((id) => id !== world.id)).toHaveLength(1);
    await gone(world);
  });

  it('changed by a user while its parent waits for it: it ends as the parent wants it', async () => {
    const world = new World(-1);
    world.insert(world.definition(group({ wait_secs: 60 })));
    await world.seconds(10);
    const child = childOf(world);
    const other = world.definition({ only: { type: 'OS::Heat::Value', properties: { value: 'x' } } });
    world.begin(child, { ...other, stackId: child });
    expect(state(await world.settle())).toContain('CREATE_COMPLETE');
    expect(world.store.rows(child).map(({ name }) => name)).toEqual(['0', '1']);
    await gone(world);
  });

  it('its parent is deleted while it works', async () => {
    const world = new World(-1);
    world.insert(world.definition(group({ action_wait_secs: { create: 600 } })));
    await world.seconds(20);
    await gone(world);
  });

  it('its parent is updated while it works: both end', async () => {
    const world = new World(-1);
    world.insert(world.definition(group({ action_wait_secs: { create: 60 } })));
    await world.seconds(5);
    expect(state(await world.change(world.definition(group({ value: 'b', action_wait_secs: { create: 60 } }))))).toContain(
      'UPDATE_COMPLETE',
    );
    expect(state(world.store.stack(childOf(world)))).toContain('_COMPLETE');
    await gone(world);
  });

  it('never ends: the parent times out, so does the child, and both can be deleted', async () => {
    const world = new World(-1);
    const stack = await world.create(world.definition(group({ action_wait_secs: { create: -1 } })), 5);
    expect(state(stack)).toContain('CREATE_FAILED');
    await world.rest();
    expect(world.store.stack(childOf(world)).status).toBe('FAILED');
    await gone(world);
  });

  it('is kept when its resource is, and belongs to nobody then', async () => {
    const world = new World(-1);
    await world.create(world.definition(group({ value: 'a' }, { deletion_policy: 'retain' })));
    expect(state(await world.change(null))).toContain('DELETE_COMPLETE');
    expect(world.live()).toHaveLength(1);
    await world.stop();
  });
});
