/** The part of the engine store's contract that is about children: made, changed, looked at and deleted in the commit of their parent's row. */
import { asId, type DefinitionId, type StackId } from '@hearth/kernel';
import { randomUUID } from 'node:crypto';
import type { EngineBatch } from '../engine-store.ts';
import type { StackRecord } from '../records.ts';
import { EMPTY, failureCode, type Suite } from './engine-store-suite.ts';
import { newHolderId, sampleDefinition, sampleEvent, sampleResource, sampleStack } from './sample-records.ts';

export function childTests({ test, expect, use, owned }: Suite): void {
  const childOf = (parent: StackRecord) => {
    const row = sampleResource(parent.id, { name: 'group', type: 'OS::Heat::ResourceGroup', status: 'IN_PROGRESS', phase: 'waiting' });
    const stack = sampleStack({
      id: asId<StackId>(row.id),
      name: `${parent.name}-group`,
      parentId: parent.id,
      parentResource: 'group',
      rootId: parent.rootId,
      depth: 1,
    });
    return { row, stack, definition: sampleDefinition(stack), event: sampleEvent(stack.id) };
  };
  const born = async () => {
    const { stack: parent, fence } = await owned();
    const child = childOf(parent);
    const create = { kind: 'create', stack: child.stack, definition: child.definition, event: child.event } as const;
    const batch: EngineBatch = { ...EMPTY, resources: [child.row], children: [create] };
    await use().store.commit(fence, batch);
    return { parent, fence, child, batch };
  };
  const stateOf = async (id: StackId) => (await use().store.childStates([id]))[0];

  test('a child is there with its parent’s batch, due and free; the same batch again makes no second one', async () => {
    const { fence, child, batch } = await born();
    await use().store.commit(fence, batch);
    expect(await use().store.load(child.stack.id)).toMatchObject({ stack: child.stack, definitions: [child.definition], resources: [] });
    expect(await use().events(child.stack.id)).toHaveLength(1);
    expect((await use().ownership(child.stack.id)).holderId).toBeNull();
    expect((await use().ownership(child.stack.id)).dueAt).not.toBeNull();
    expect(await stateOf(child.stack.id)).toMatchObject({ action: 'CREATE', status: 'IN_PROGRESS', definitionId: child.definition.id });
  });

  test('a child gets a new definition once, whatever is repeated; a deleted one gets none', async () => {
    const { fence, child } = await born();
    const definition = sampleDefinition(child.stack, { id: asId<DefinitionId>(randomUUID()), number: 0 });
    const patch = {
      ...{ description: '', statusReason: 'Stack UPDATE started', rollbackDefinitionId: null, timeoutMins: 60, disableRollback: true },
      ...{ tags: null, updatedAt: 5, deadlineAt: null },
    };
    const batch: EngineBatch = { ...EMPTY, children: [{ kind: 'update', definition, patch, event: sampleEvent(child.stack.id) }] };
    await use().store.commit(fence, batch);
    await use().store.commit(fence, batch);
    const loaded = await use().store.load(child.stack.id);
    expect(loaded?.stack).toMatchObject({ action: 'UPDATE', status: 'IN_PROGRESS', traversal: 2, targetDefinitionId: definition.id });
    expect(loaded?.definitions.find(({ id }) => id === definition.id)?.number).toBe(2);

    const gone = { stackId: child.stack.id, statusReason: 'Stack DELETE started', updatedAt: 6, deadlineAt: 7 };
    const deletion: EngineBatch = { ...EMPTY, children: [{ kind: 'delete', ...gone, event: sampleEvent(child.stack.id) }] };
    await use().store.commit(fence, deletion);
    await use().store.commit(fence, deletion);
    expect(await stateOf(child.stack.id)).toMatchObject({ action: 'DELETE', status: 'IN_PROGRESS', deletedAt: null });
    const late = { ...definition, id: asId<DefinitionId>(randomUUID()) };
    await use().store.commit(fence, {
      ...EMPTY,
      children: [{ kind: 'update', definition: late, patch, event: sampleEvent(child.stack.id) }],
    });
    expect((await use().store.load(child.stack.id))?.stack).toMatchObject({ action: 'DELETE', traversal: 3, targetDefinitionId: null });
    expect(await use().events(child.stack.id)).toHaveLength(3);
  });

  test('a wish to be looked at reaches a child once, and one of its own that came later stays', async () => {
    const { fence, child } = await born();
    const seen = async () => (await use().store.load(child.stack.id))?.stack;
    const look = (at: number): EngineBatch => ({ ...EMPTY, children: [{ kind: 'look', stackId: child.stack.id, at }] });
    await use().store.commit(fence, look(500));
    const first = await seen();
    expect(first).toMatchObject({ looksAskedAt: 500, action: 'CREATE', traversal: 1 });
    expect(first?.wakeVersion).toBeGreaterThan(child.stack.wakeVersion);
    await use().store.commit(fence, look(500));
    await use().store.commit(fence, look(499));
    expect(await seen()).toEqual(first);
  });

  test('an update of a child may bring back what drifted in it: of that traversal alone, after new looks', async () => {
    const { fence, child } = await born();
    const definition = sampleDefinition(child.stack, { id: asId<DefinitionId>(randomUUID()), number: 0 });
    const patch = {
      ...{ description: '', statusReason: 'Stack UPDATE started', rollbackDefinitionId: null, timeoutMins: 60, disableRollback: true },
      ...{ tags: null, updatedAt: 5, deadlineAt: null, mends: ['inner', 'other/inner'] },
    };
    const event = sampleEvent(child.stack.id);
    await use().store.commit(fence, { ...EMPTY, children: [{ kind: 'update', definition, patch, event }] });
    expect((await use().store.load(child.stack.id))?.stack).toMatchObject({
      traversal: 2,
      mending: { traversal: 2, paths: ['inner', 'other/inner'] },
      looksAskedAt: event.at,
    });
  });

  test('a stale owner makes no child', async () => {
    const { stack: parent, fence } = await owned();
    const { stack, definition, event, row } = childOf(parent);
    await use().claim(parent.id, newHolderId());
    const batch: EngineBatch = { ...EMPTY, resources: [row], children: [{ kind: 'create', stack, definition, event }] };
    expect(await failureCode(use().store.commit(fence, batch))).toBe('lease-lost');
    expect(await use().store.load(stack.id)).toBeNull();
    expect(await use().store.childStates([stack.id])).toEqual([]);
  });
}
