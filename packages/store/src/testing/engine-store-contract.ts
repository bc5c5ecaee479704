/**
 * What every implementation of the engine's port must keep, as a suite of tests: all or nothing, nothing under a stale fence, no newer
 * request overwritten, no wake-up lost. Run by PostgreSQL's implementation here and by the one in memory in the engine.
 */
import { asId, type DefinitionId, type ResourceId, type StackId } from '@hearth/kernel';
import { randomUUID } from 'node:crypto';
import type { EngineBatch, Fence } from '../engine-store.ts';
import type { CredentialRecord, DefinitionRecord, NewEvent, ResourceRecord, StackRecord } from '../records.ts';
import { childTests } from './engine-store-children.ts';
import { exceptionTests } from './engine-store-exceptions.ts';
import { signalTests } from './engine-store-signals.ts';
import { EMPTY, failureCode, type EngineStoreHarness, type Suite, type TestRunner } from './engine-store-suite.ts';
import { newHolderId, sampleCredential, sampleDefinition, sampleEvent, sampleResource, sampleStack } from './sample-records.ts';

export function engineStoreContract(runner: TestRunner, title: string, makeHarness: () => Promise<EngineStoreHarness>): void {
  runner.describe(`engine store: ${title}`, () => {
    let harness: EngineStoreHarness;
    runner.beforeAll(async () => {
      harness = await makeHarness();
    });
    runner.afterAll(() => harness.close());
    const owned = async (
      given: Partial<StackRecord> = {},
      credential: CredentialRecord | null = null,
    ): Promise<{ stack: StackRecord; fence: Fence }> => {
      const stack = sampleStack(credential === null ? given : { ...given, credentialId: credential.id });
      await harness.insert(stack, sampleDefinition(stack), credential);
      return { stack, fence: await harness.claim(stack.id, newHolderId()) };
    };
    const suite: Suite = { test: runner.test, expect: runner.expect, use: () => harness, owned };
    loadTests(suite);
    commitTests(suite);
    fenceTests(suite);
    childTests(suite);
    exceptionTests(suite);
    releaseTests(suite);
    tidyingTests(suite);
    signalTests(suite);
  });
}

const byId = (rows: readonly ResourceRecord[]): readonly ResourceRecord[] => [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));

function loadTests({ test, expect, use, owned }: Suite): void {
  test('what others stand for is told of every stack, but for who was replaced or is deleted', async () => {
    const [mine, theirs] = [await owned(), await owned()];
    const handler = `Test::${randomUUID()}`;
    const of = (stack: StackRecord, name: string, given: Partial<ResourceRecord> = {}): ResourceRecord =>
      sampleResource(stack.id, { name, handler, physicalId: name, ...given });
    const [own, near] = [of(mine.stack, 'own'), of(mine.stack, 'near')];
    await use().store.commit(mine.fence, { ...EMPTY, resources: [own, near, of(mine.stack, 'before', { replacedBy: own.id })] });
    const gone = of(theirs.stack, 'gone', { action: 'DELETE', status: 'COMPLETE' });
    const leaving = of(theirs.stack, 'leaving', { action: 'DELETE', status: 'IN_PROGRESS', phase: 'calling' });
    const otherType = of(theirs.stack, 'other type', { handler: 'Test::Other' });
    await use().store.commit(theirs.fence, {
      ...EMPTY,
      resources: [of(theirs.stack, 'far'), of(theirs.stack, 'near'), gone, leaving, otherType],
    });
    const asked = ['own', 'near', 'before', 'far', 'gone', 'leaving', 'other type', 'nobody'];
    expect(await use().store.heldByOthers(own, asked)).toEqual(['far', 'leaving', 'near']);
  });

  test('a stack that is not there loads as null', async () => {
    expect(await use().store.load(asId<StackId>(randomUUID()))).toBeNull();
  });

  test('a stack loads as it was inserted, with the definitions it names and its credential', async () => {
    const credential = sampleCredential(sampleStack());
    const { stack } = await owned({ description: 'ünï', tags: ['a', 'b,c'], deadlineAt: 1_800_000_000_001 }, credential);
    const loaded = await use().store.load(stack.id);
    expect(loaded?.stack).toEqual({ ...stack, wakeVersion: loaded?.stack.wakeVersion });
    expect(loaded?.definitions).toEqual([sampleDefinition(stack)]);
    expect(Object.keys((loaded?.definitions[0]?.template['resources'] as object | undefined) ?? {})).toEqual(['b', 'a']);
    expect(loaded?.credential).toEqual(credential);
    expect(loaded?.resources).toEqual([]);
  });

  test('after a request both the wanted definition and the one of a rollback are there', async () => {
    const { stack, fence } = await owned();
    const next = sampleDefinition(stack, { id: asId<DefinitionId>(randomUUID()), number: 2 });
    await use().request(stack.id, next);
    await use().store.commit(fence, { ...EMPTY, stack: { ifTraversal: 2, patch: { rollbackDefinitionId: stack.definitionId } } });
    const loaded = await use().store.load(stack.id);
    expect(loaded?.stack).toMatchObject({ traversal: 2, targetDefinitionId: next.id, rollbackDefinitionId: stack.definitionId });
    expect(loaded?.definitions.map((definition) => definition.number).sort()).toEqual([1, 2]);
  });
}

function commitTests({ test, expect, use, owned }: Suite): void {
  test('every field of a resource survives', async () => {
    const { stack, fence } = await owned();
    const other = sampleResource(stack.id, { name: 'net', type: 'OS::Neutron::Net' });
    const whole = sampleResource(stack.id, {
      physicalId: 'id "quoted", {braced} \\',
      action: 'UPDATE',
      status: 'IN_PROGRESS',
      phase: 'waiting',
      statusReason: 'line\nline\ttab',
      requires: [other.id],
      replaces: asId<ResourceId>(randomUUID()),
      replacedBy: other.id,
      digest: 'abc',
      properties: { z: 1, a: ['deep', { ü: null }], text: 'with \u0000 and \ud800' },
      pending: { flavor: 'm1.small' },
      attributes: { addresses: {} },
      data: { password: 'hidden' },
      metadata: { later: 1, earlier: ['\u0000', "it's"] },
      deletionPolicy: 'retain',
      token: { poll: 'http://x', n: 1.5 },
      attempts: 3,
      wakeAt: 1_700_000_009_999,
      verifyAt: 1_700_000_030_001,
      creation: { properties: { name: 'former' }, startedAt: 1_700_000_000_001 },
      lookedFor: 1_700_000_030_002,
      drift: { state: 'differs', at: 3, since: 2, differences: [{ property: 'name', expected: 'a', actual: null }], reason: null },
    });
    await use().store.commit(fence, { ...EMPTY, resources: [other, whole] });
    const loaded = await use().store.load(stack.id);
    expect(byId(loaded?.resources ?? [])).toEqual(byId([other, whole]));
    for (const token of ['text', 0, false, [], [[1]], {}] as const) {
      await use().store.commit(fence, { ...EMPTY, resources: [{ ...whole, token }] });
      expect((await use().store.load(stack.id))?.resources.find((row) => row.id === whole.id)?.token).toEqual(token);
    }
  });

  test('rows are inserted, overwritten and removed, and events told, in one batch', async () => {
    const { stack, fence } = await owned();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => sampleResource(stack.id, { name })) as [ResourceRecord, ResourceRecord, ResourceRecord];
    await use().store.commit(fence, { ...EMPTY, resources: [a, b] });
    const changed: ResourceRecord = { ...b, status: 'FAILED', statusReason: 'quota', updatedAt: b.updatedAt + 1 };
    const events = Array.from({ length: 30 }, (_, i) => sampleEvent(stack.id, { reason: `number ${i}` }));
    await use().store.commit(fence, { stack: null, resources: [changed, c], removed: [a.id], events, children: [] });
    expect(byId((await use().store.load(stack.id))?.resources ?? [])).toEqual(byId([changed, c]));
    expect((await use().events(stack.id)).map((event) => event.reason)).toEqual(events.map((event) => event.reason));
    expect((await use().events(stack.id))[0]).toMatchObject(events[0] as NewEvent);
  });

  test('a batch repeated, because its answer was lost, changes nothing more', async () => {
    const { stack, fence } = await owned();
    const batch: EngineBatch = { ...EMPTY, resources: [sampleResource(stack.id)], events: [sampleEvent(stack.id), sampleEvent(stack.id)] };
    await use().store.commit(fence, batch);
    await use().store.commit(fence, batch);
    expect(await use().events(stack.id)).toHaveLength(2);
    expect((await use().store.load(stack.id))?.resources).toHaveLength(1);
  });

  test('text that some databases cannot hold does not make a batch fail', async () => {
    const { stack, fence } = await owned();
    const odd = 'odd \u0000 text \ud800';
    await use().store.commit(fence, {
      stack: { ifTraversal: 1, patch: { statusReason: odd } },
      resources: [sampleResource(stack.id, { statusReason: odd, physicalId: odd })],
      removed: [],
      events: [sampleEvent(stack.id, { reason: odd })],
      children: [],
    });
    expect((await use().store.load(stack.id))?.resources).toHaveLength(1);
    expect(await use().events(stack.id)).toHaveLength(1);
  });

  test('a patch changes what it names, nulls included, and leaves the rest', async () => {
    const { stack, fence } = await owned();
    const result = await use().store.commit(fence, {
      ...EMPTY,
      stack: {
        ifTraversal: 1,
        patch: {
          status: 'COMPLETE',
          statusReason: 'Stack CREATE completed successfully',
          targetDefinitionId: null,
          updatedAt: 1_700_000_000_777,
        },
      },
    });
    expect(result.stackPatched).toBe(true);
    const loaded = await use().store.load(stack.id);
    expect(loaded?.stack).toEqual({
      ...stack,
      wakeVersion: result.wakeVersion,
      status: 'COMPLETE',
      statusReason: 'Stack CREATE completed successfully',
      targetDefinitionId: null,
      updatedAt: 1_700_000_000_777,
    });
  });

  test('a patch may move the traversal itself, and mark the stack deleted', async () => {
    const { stack, fence } = await owned();
    expect(
      await use().store.commit(fence, { ...EMPTY, stack: { ifTraversal: 1, patch: { traversal: 2, action: 'ROLLBACK' } } }),
    ).toMatchObject({ stackPatched: true });
    expect(
      await use().store.commit(fence, { ...EMPTY, stack: { ifTraversal: 2, patch: { action: 'DELETE', deletedAt: 1_700_000_000_888 } } }),
    ).toMatchObject({ stackPatched: true });
    expect((await use().store.load(stack.id))?.stack).toMatchObject({ traversal: 2, action: 'DELETE', deletedAt: 1_700_000_000_888 });
  });

  test('a newer request is not overwritten, but results are written, and the larger wake version is told', async () => {
    const { stack, fence } = await owned();
    const before = await use().store.commit(fence, EMPTY);
    const next = sampleDefinition(stack, { id: asId<DefinitionId>(randomUUID()), number: 2 });
    await use().request(stack.id, next);
    const result = await use().store.commit(fence, {
      stack: { ifTraversal: 1, patch: { status: 'COMPLETE', targetDefinitionId: null } },
      resources: [sampleResource(stack.id)],
      removed: [],
      events: [sampleEvent(stack.id)],
      children: [],
    });
    expect(result.stackPatched).toBe(false);
    expect(result.wakeVersion).toBeGreaterThan(before.wakeVersion);
    const loaded = await use().store.load(stack.id);
    expect(loaded?.stack).toMatchObject({ status: 'IN_PROGRESS', targetDefinitionId: next.id, traversal: 2 });
    expect(loaded?.resources).toHaveLength(1);
    expect(await use().events(stack.id)).toHaveLength(1);
  });
}

function fenceTests({ test, expect, use, owned }: Suite): void {
  test('a stale owner writes nothing, whatever it tries', async () => {
    const credential = sampleCredential(sampleStack());
    const { stack, fence } = await owned({}, credential);
    const kept = sampleResource(stack.id, { name: 'kept' });
    const spare = sampleDefinition(stack, { id: asId<DefinitionId>(randomUUID()), number: 2 });
    await use().store.commit(fence, { ...EMPTY, resources: [kept] });
    await use().request(stack.id, spare);
    const next = await use().claim(stack.id, newHolderId());
    expect(next.epoch).toBeGreaterThan(fence.epoch);
    const before = await use().store.load(stack.id);

    const stale: readonly Fence[] = [
      fence,
      { ...next, epoch: fence.epoch },
      { ...fence, epoch: next.epoch },
      { ...next, epoch: next.epoch + 1 },
    ];
    for (const old of stale) {
      const full: EngineBatch = {
        stack: { ifTraversal: 2, patch: { status: 'FAILED' } },
        resources: [{ ...kept, name: 'changed' }, sampleResource(stack.id)],
        removed: [],
        events: [sampleEvent(stack.id)],
        children: [],
      };
      expect(await failureCode(use().store.commit(old, full))).toBe('lease-lost');
      expect(await failureCode(use().store.commit(old, { ...EMPTY, removed: [kept.id] }))).toBe('lease-lost');
      expect(await failureCode(use().store.commit(old, EMPTY))).toBe('lease-lost');
      expect(await failureCode(use().store.release(old, before?.stack.wakeVersion ?? 0, null))).toBe('lease-lost');
      expect(await failureCode(use().store.deleteCredential(old, credential.id))).toBe('lease-lost');
      expect(await failureCode(use().store.pruneDefinitions(old, []))).toBe('lease-lost');
    }
    expect(await use().store.load(stack.id)).toEqual(before);
    expect(await use().events(stack.id)).toEqual([]);
    expect((await use().ownership(stack.id)).holderId).toBe(next.holderId);
    expect(await use().definitionIds(stack.id)).toHaveLength(2);
    await use().store.commit(next, { ...EMPTY, resources: [{ ...kept, name: 'changed' }] });
  });

  test('a batch that is for what its owner knew is refused whole once somebody has said more', async () => {
    const { stack, fence } = await owned();
    const { wakeVersion } = await use().store.commit(fence, EMPTY);
    const row = sampleResource(stack.id);
    const batch: EngineBatch = { ...EMPTY, resources: [row], events: [sampleEvent(stack.id)], ifWakeVersion: wakeVersion };
    await use().store.commit(fence, batch);
    await use().request(stack.id, sampleDefinition(stack, { id: asId<DefinitionId>(randomUUID()), number: 2 }));
    const late: EngineBatch = { ...batch, resources: [{ ...row, name: 'late' }], events: [sampleEvent(stack.id)] };
    expect(await failureCode(use().store.commit(fence, late))).toBe('conflict');
    const loaded = await use().store.load(stack.id);
    expect([loaded?.resources, (await use().events(stack.id)).length]).toEqual([[row], 1]);
    await use().store.commit(fence, { ...late, ifWakeVersion: loaded?.stack.wakeVersion as number });
    expect((await use().store.load(stack.id))?.resources[0]?.name).toBe('late');
    expect(await failureCode(use().store.commit({ ...fence, epoch: 99 }, late))).toBe('lease-lost');
  });

  test('the same holder under an older epoch is stale too', async () => {
    const { stack, fence } = await owned();
    await use().claim(stack.id, fence.holderId);
    expect(await failureCode(use().store.commit(fence, EMPTY))).toBe('lease-lost');
  });

  test('commits of two stacks do not touch each other', async () => {
    const [one, two] = [await owned(), await owned()];
    const row = sampleResource(one.stack.id);
    await use().store.commit(one.fence, { ...EMPTY, resources: [row] });
    await use().store.commit(two.fence, { ...EMPTY, removed: [row.id] });
    expect((await use().store.load(one.stack.id))?.resources).toEqual([row]);
  });

  test('a batch that cannot be written as a whole is not written at all', async () => {
    const { stack, fence } = await owned();
    const row = sampleResource(stack.id);
    const { stack: stranger } = await owned();
    const batch: EngineBatch = {
      stack: { ifTraversal: 1, patch: { status: 'FAILED' } },
      resources: [row, sampleResource(stranger.id)],
      removed: [],
      events: [sampleEvent(stack.id)],
      children: [],
    };
    await expect(use().store.commit(fence, batch)).rejects.toThrow();
    expect(await use().store.load(stack.id)).toMatchObject({ stack: { status: 'IN_PROGRESS' }, resources: [] });
    expect(await use().events(stack.id)).toEqual([]);
  });
}

function releaseTests({ test, expect, use, owned }: Suite): void {
  for (const dueAt of [null, 1_900_000_000_456]) {
    test(`a released stack is free and due at ${dueAt}`, async () => {
      const { stack, fence } = await owned();
      const { wakeVersion } = await use().store.commit(fence, EMPTY);
      expect(await use().store.release(fence, wakeVersion, dueAt)).toBe(true);
      expect(await use().ownership(stack.id)).toEqual({ holderId: null, dueAt });
      expect(await failureCode(use().store.commit(fence, EMPTY))).toBe('lease-lost');
      expect(await failureCode(use().store.release(fence, wakeVersion, null))).toBe('lease-lost');
    });
  }

  test('a request that the owner has not seen refuses the release; the owner goes on', async () => {
    const { stack, fence } = await owned();
    const { wakeVersion } = await use().store.commit(fence, EMPTY);
    await use().request(stack.id, sampleDefinition(stack, { id: asId<DefinitionId>(randomUUID()), number: 2 }));
    expect(await use().store.release(fence, wakeVersion, null)).toBe(false);
    expect((await use().ownership(stack.id)).holderId).toBe(fence.holderId);
    const seen = await use().store.commit(fence, EMPTY);
    expect(await use().store.release(fence, seen.wakeVersion, null)).toBe(true);
  });
}

function tidyingTests({ test, expect, use, owned }: Suite): void {
  test('a credential is detached and deleted; again does no harm', async () => {
    const credential = sampleCredential(sampleStack());
    const { stack, fence } = await owned({}, credential);
    await use().store.deleteCredential(fence, credential.id);
    await use().store.deleteCredential(fence, credential.id);
    expect(await use().store.load(stack.id)).toMatchObject({ stack: { credentialId: null }, credential: null });
    expect(await use().hasCredential(credential.id)).toBe(false);
  });

  test('of those who share a credential all but the last let go of it', async () => {
    const credential = sampleCredential(sampleStack());
    const root = await owned({}, credential);
    const child = await owned({ credentialId: credential.id, parentId: root.stack.id, rootId: root.stack.id, depth: 1 });
    const others = await owned();
    expect(await use().store.letGoOfCredential(others.fence, credential.id)).toBe(false);
    expect(await use().store.letGoOfCredential(root.fence, credential.id)).toBe(true);
    expect((await use().store.load(root.stack.id))?.stack.credentialId).toBeNull();
    expect(await use().store.letGoOfCredential(child.fence, credential.id)).toBe(false);
    expect((await use().store.load(child.stack.id))?.stack.credentialId).toBe(credential.id);
    expect(await failureCode(use().store.letGoOfCredential({ ...child.fence, epoch: 99 }, credential.id))).toBe('lease-lost');
  });

  test('definitions that nobody names are dropped; those the stack names stay, listed or not', async () => {
    const { stack, fence } = await owned();
    const [second, third, fourth] = [2, 3, 4].map((number) =>
      sampleDefinition(stack, { id: asId<DefinitionId>(randomUUID()), number }),
    ) as [DefinitionRecord, DefinitionRecord, DefinitionRecord];
    for (const definition of [second, third, fourth]) await use().request(stack.id, definition);
    await use().store.pruneDefinitions(fence, [second.id]);
    expect([...(await use().definitionIds(stack.id))].sort()).toEqual([second.id, fourth.id].sort());
  });
}
