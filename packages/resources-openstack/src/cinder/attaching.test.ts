/** When a volume is taken off a server, and the services do not take the question: whether it has to be asked again. */
import type { Cloud } from '@hearth/cloud-openstack';
import { Failure } from '@hearth/kernel';
import { expect, it } from 'vitest';
import { askToDetach } from './attaching.ts';

it.each([
  ['conflict', false],
  ['busy', false],
  // It is just being attached.
  ['invalid', false],
  ['not-found', true],
] as const)('refused as %s: that was all that had to be asked: %s', async (code, isAsked) => {
  const cloud = { cinder: { detachFromServer: () => Promise.reject(new Failure(code, 'no')) } } as unknown as Cloud;
  expect(await askToDetach(cloud, 'server', 'volume')).toBe(isAsked);
});

it('what may pass is told to whoever asked', async () => {
  const cloud = { cinder: { detachFromServer: () => Promise.reject(new Failure('unavailable', 'later')) } } as unknown as Cloud;
  await expect(askToDetach(cloud, 'server', 'volume')).rejects.toThrow('later');
});
