/** Deleting a container that is not empty, and metadata that cannot be sent: with a fake object store. */
import type { Cloud } from '@hearth/cloud-openstack';
import { Failure } from '@hearth/kernel';
import type { Live } from '@hearth/resource-kit';
import { expect, it } from 'vitest';
import { container } from './container.ts';

function store(objects: string[], mark = 'stack-box-abc') {
  let isThere = true;
  const swift: Partial<Cloud['swift']> = {
    headContainer: async () => (isThere ? { 'x-container-meta-hearth-resource': mark } : null),
    objectNames: async (_name, limit) => (isThere ? objects.slice(0, limit) : null),
    async deleteObject(_name, object) {
      const at = objects.indexOf(object);
      if (at < 0) throw new Failure('not-found', 'gone');
      objects.splice(at, 1);
    },
    async deleteContainer() {
      if (objects.length > 0) throw new Failure('conflict', 'not empty');
      isThere = false;
    },
  };
  const ours = { physicalId: 'box', physicalName: 'stack-box-abc' };
  const live = (purges: boolean) =>
    ({ cloud: { swift } as unknown as Cloud, ...ours, props: { PurgeOnDelete: purges } }) as unknown as Live<Cloud>;
  return { live, objects, exists: () => isThere };
}

it('a container with objects stays unless it is to be purged', async () => {
  const box = store(['a']);
  await expect(container.delete(box.live(false))).rejects.toMatchObject({
    type: 'ResourceActionNotSupported',
    message: expect.stringContaining('(box)'),
  });
  expect([box.objects, box.exists()]).toEqual([['a'], true]);
});

it('objects are purged in steps, then the container goes', async () => {
  const box = store(Array.from({ length: 45 }, (_, index) => `o${index}`));
  let progress = await container.delete(box.live(true));
  for (let looks = 0; progress.kind === 'wait' && looks < 10; looks++)
    progress = (await container.checkDelete?.(box.live(true), null)) ?? progress;
  expect([progress.kind, box.objects, box.exists()]).toEqual(['done', [], false]);
  expect((await container.delete(box.live(true))).kind).toBe('done');
});

it('one of the same name that another resource made since stays', async () => {
  const box = store(['a'], 'stack-other-def');
  expect((await container.delete(box.live(true))).kind).toBe('done');
  expect([box.objects, box.exists()]).toEqual([['a'], true]);
});

it.each([
  [{ Color: 'blue', Count: 3 }, 0],
  [{ 'No good': 'x' }, 1],
  [{ Color: 'two\nlines' }, 1],
])('metadata %j: %i problems', (meta, problems) => {
  expect(container.validate?.({ 'X-Container-Meta': meta, 'X-Account-Meta': {} })).toHaveLength(problems);
});
