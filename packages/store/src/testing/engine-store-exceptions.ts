/** The part of the engine store's contract that is about what a request leaves out, what a deletion leaves behind, and versions that stay. */
import { asId, type DefinitionId } from '@hearth/kernel';
import { randomUUID } from 'node:crypto';
import type { EngineBatch } from '../engine-store.ts';
import type { Exceptions } from '../exceptions.ts';
import { EMPTY, failureCode, type Suite } from './engine-store-suite.ts';
import { sampleDefinition, sampleResource } from './sample-records.ts';

export function exceptionTests({ test, expect, use, owned }: Suite): void {
  const exceptions: Exceptions = { skipped: [], retained: ['a', 'group/0'], deletion: 'force' };

  test('what a request leaves out is there until a patch clears it', async () => {
    const { stack, fence } = await owned({});
    await use().store.commit(fence, { ...EMPTY, stack: { ifTraversal: 1, patch: { exceptions } } });
    expect((await use().store.load(stack.id))?.stack.exceptions).toEqual(exceptions);
    await use().store.commit(fence, { ...EMPTY, stack: { ifTraversal: 1, patch: { statusReason: 'more' } } });
    expect((await use().store.load(stack.id))?.stack.exceptions).toEqual(exceptions);
    await use().store.commit(fence, { ...EMPTY, stack: { ifTraversal: 1, patch: { exceptions: null } } });
    expect((await use().store.load(stack.id))?.stack.exceptions).toBeNull();
  });

  test('what was left behind is listed once, however often the batch is sent; a stale owner lists nothing', async () => {
    const { stack, fence } = await owned();
    const { id, name, type, physicalName } = sampleResource(stack.id);
    const leftover = { id, stackId: stack.id, resourceName: name, resourceType: type, physicalName, physicalId: 'x', reason: 'so', at: 5 };
    const batch: EngineBatch = { ...EMPTY, leftovers: [leftover] };
    await use().store.commit(fence, batch);
    await use().store.commit(fence, batch);
    expect(await use().leftovers(stack.id)).toEqual(['x']);
    expect(
      await failureCode(use().store.commit({ ...fence, epoch: 99 }, { ...EMPTY, leftovers: [{ ...leftover, id: asId(randomUUID()) }] })),
    ).toBe('lease-lost');
    expect(await use().leftovers(stack.id)).toEqual(['x']);
  });

  test('so many of the newest definitions stay as versions', async () => {
    const { stack, fence } = await owned();
    const later = [2, 3, 4, 5].map((number) => sampleDefinition(stack, { id: asId<DefinitionId>(randomUUID()), number }));
    for (const definition of later) await use().request(stack.id, definition);
    await use().store.pruneDefinitions(fence, [], 3);
    expect([...(await use().definitionIds(stack.id))].sort()).toEqual(
      later
        .slice(1)
        .map(({ id }) => id)
        .sort(),
    );
  });
}
