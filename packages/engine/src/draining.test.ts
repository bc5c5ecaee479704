/** A process that is told to stop, and what it leaves to the next one. */
import { asId, type HolderId, silentLog } from '@hearth/kernel';
import { registryOf } from '@hearth/resource-kit';
import { memoryConfigShelf } from '@hearth/resource-kit/testing';
import { sampleCredential, sampleDefinition, sampleStack } from '@hearth/store/testing';
import { seededRandom, virtualTimers } from '@hearth/testkit';
import { expect, test } from 'vitest';
import { callLimit } from './call-limit.ts';
import { createEngine, type Engine } from './engine.ts';
import { DEFAULT_LIMITS } from './ports.ts';
import { memoryStore } from './testing/index.ts';

test('the delegation of a stack that is just gone is ended by the next owner', async () => {
  const timers = virtualTimers(1_000);
  const random = seededRandom(1);
  const store = memoryStore();
  const given = sampleStack();
  const credential = sampleCredential(given);
  const stack = { ...given, action: 'DELETE', status: 'IN_PROGRESS', targetDefinitionId: null, credentialId: credential.id } as const;
  store.insert(stack, sampleDefinition(stack), credential);
  const revoked: string[] = [];
  let stopsWhenGone = true;
  const engineOf = (): Engine => {
    const engine = createEngine<null>({
      store: {
        ...store,
        commit: async (fence, batch) => {
          const result = await store.commit(fence, batch);
          if (stopsWhenGone && store.stack(stack.id).deletedAt !== null) void engine.stop(60_000);
          return result;
        },
      },
      registry: registryOf([]),
      cloudFor: async () => null,
      configsFor: () => memoryConfigShelf({ clock: timers, random }),
      revoke: async (_stack, { id }) => void revoked.push(id),
      timers,
      random,
      log: silentLog,
      calls: callLimit(1),
      lease: { isValid: () => true },
      ended: () => {},
      limits: DEFAULT_LIMITS,
    });
    return engine;
  };
  const ownBy = async (engine: Engine): Promise<void> => {
    engine.take(store.seize(stack.id, asId<HolderId>(random.uuid())));
    await timers.runUntilIdle(50);
  };

  await ownBy(engineOf());
  expect(store.stack(stack.id).deletedAt).not.toBeNull();
  expect(revoked).toEqual([]);
  expect(store.ownership(stack.id)).toEqual({ holderId: null, dueAt: expect.any(Number) });

  stopsWhenGone = false;
  await ownBy(engineOf());
  expect(revoked).toEqual([credential.id]);
  expect(store.ownership(stack.id)).toEqual({ holderId: null, dueAt: null });
});
