/** Ways out: asking again, going on without what will not come right, breaking off, deleting by force, going back to a version, and knowing why. */
import { sampleUpdate } from '@hearth/stacks/testing';
import { testDatabase, type TestDatabase } from '@hearth/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { caller, group, keyOf, ScriptedStacks, thing } from './scripted-stacks.ts';

let db: TestDatabase;
let world: ScriptedStacks;

beforeAll(async () => {
  db = await testDatabase({ poolSize: 10 });
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.database.query({ text: 'truncate stack, definition, resource, event, credential, lease_holder, leftover cascade', values: [] });
  world = new ScriptedStacks(db);
});
const refusal = (work: Promise<unknown>) => work.then(() => null).catch((error: unknown) => error);

describe('retry', () => {
  test('a creation goes on with what is missing, without a template', async () => {
    world.script.refuses.add('create b');
    const stack = await world.create({ a: thing('a'), b: thing('b', {}, { depends_on: 'a' }) });
    expect(await world.settled(stack)).toBe('CREATE_FAILED');
    world.script.clear();
    await world.stacks.retryStack(caller, keyOf(stack));
    expect(await world.settled(stack)).toBe('CREATE_COMPLETE');
    expect(world.script.calls.filter((call) => call === 'create a')).toHaveLength(1);
    expect(world.things()).toEqual(['a', 'b']);
  });
  test('from in progress: what is under way is awaited, not doubled', async () => {
    world.script.lingers.add('create a');
    const stack = await world.create({ a: thing('a') });
    await world.until(stack, () => world.things().length === 1);
    const { traversal } = await world.show(stack);
    await world.stacks.retryStack(caller, keyOf(stack));
    expect((await world.show(stack)).traversal).toBe(traversal + 1);
    await world.world.step(100);
    world.script.clear();
    expect(await world.settled(stack)).toBe('CREATE_COMPLETE');
    expect(world.script.calls.filter((call) => call === 'create a')).toHaveLength(1);
  });
  test('reaches what failed in nested stacks', async () => {
    world.script.refuses.add('create member1');
    const stack = await world.create({ many: group(2) });
    expect(await world.settled(stack)).toBe('CREATE_FAILED');
    world.script.clear();
    await world.stacks.retryStack(caller, keyOf(stack));
    expect(await world.settled(stack)).toBe('CREATE_COMPLETE');
    expect(world.things()).toEqual(['member0', 'member1']);
  });
  test('not of what is complete', async () => {
    const stack = await world.create({ a: thing('a') });
    await world.settled(stack);
    const { stacks } = world;
    for (const work of [() => stacks.retryStack(caller, keyOf(stack)), () => stacks.continueStack(caller, keyOf(stack), [])])
      expect(await refusal(work())).toMatchObject({ code: 'conflict', type: 'NothingToRetry' });
  });
});

describe('continue', () => {
  test('a rollback that cannot delete what was added', async () => {
    const stack = await world.create({ a: thing('a') }, { disableRollback: false });
    await world.settled(stack);
    world.script.refuses.add('delete added').add('create worse');
    await world.update(stack, { a: thing('a'), added: thing('added'), worse: thing('worse', {}, { depends_on: 'added' }) });
    expect(await world.settled(stack)).toBe('ROLLBACK_FAILED');
    await world.stacks.continueStack(caller, keyOf(stack), ['added']);
    expect(await world.settled(stack)).toBe('ROLLBACK_COMPLETE');
    expect(world.things()).toEqual(['a', 'added']);
    const { findings } = await world.stacks.explainStack(caller, keyOf(stack), null);
    expect(findings).toMatchObject([{ path: 'added', cause: 'skipped' }]);
    // The next update looks at it again.
    world.script.clear();
    await world.update(stack, { a: thing('a') });
    expect(await world.settled(stack)).toBe('UPDATE_COMPLETE');
    expect(world.things()).toEqual(['a']);
  });
  test('what hangs is let be; what needs its value fails and says so, what only follows it comes', async () => {
    world.script.lingers.add('create a');
    const stack = await world.create({
      a: thing('a'),
      after: thing('after', {}, { depends_on: 'a' }),
      user: thing('user', { uses: { get_resource: 'a' } }),
    });
    await world.until(stack, () => world.things().length === 1);
    await world.stacks.continueStack(caller, keyOf(stack), ['a']);
    expect(await world.settled(stack)).toBe('CREATE_FAILED');
    const { statusReason } = await world.show(stack);
    expect(statusReason).toContain('resources.user');
    expect(statusReason).toContain('needs a, which was skipped and does not stand');
    expect(await world.resource(stack, 'after')).toBe('CREATE_COMPLETE');
    await world.stacks.continueStack(caller, keyOf(stack), ['a', 'user']);
    expect(await world.settled(stack)).toBe('CREATE_COMPLETE');
  });
  test('down in a nested stack', async () => {
    world.script.refuses.add('create member1');
    const stack = await world.create({ many: group(3), last: thing('last', {}, { depends_on: 'many' }) });
    expect(await world.settled(stack)).toBe('CREATE_FAILED');
    await world.stacks.continueStack(caller, keyOf(stack), ['many/1']);
    expect(await world.settled(stack)).toBe('CREATE_COMPLETE');
    expect(world.things()).toEqual(['last', 'member0', 'member2']);
    world.script.clear();
    await world.update(stack, { many: group(3), last: thing('last', {}, { depends_on: 'many' }) });
    await world.settled(stack);
    await world.stacks.updateStack(caller, keyOf(stack), sampleUpdate({ mode: 'patch' }));
    await world.settled(stack);
    expect(world.things()).toEqual(['last', 'member0', 'member1', 'member2']);
  });
  test('names that lead nowhere are refused with what there is', async () => {
    world.script.refuses.add('create a');
    const stack = await world.create({ a: thing('a'), many: group(1) });
    await world.settled(stack);
    for (const [path, words] of [
      ['nosuch', 'web has '],
      ['many/7', 'has 0'],
      ['a/b', 'a has no resources of its own'],
    ] as const)
      expect(await refusal(world.stacks.continueStack(caller, keyOf(stack), [path]))).toMatchObject({
        type: 'InvalidResourcePath',
        message: expect.stringContaining(words),
      });
  });
});

describe('force-delete', () => {
  test('what is retained stays and is listed; the rest goes', async () => {
    const stack = await world.create({ a: thing('a'), b: thing('b'), many: group(2) });
    await world.settled(stack);
    await world.stacks.forceDeleteStack(caller, keyOf(stack), { retain: ['a', 'many/1'], isForced: false, timeoutMins: null });
    expect(await world.settled(stack)).toBe('DELETE_COMPLETE');
    expect(world.things()).toEqual(['a', 'member1']);
    const left = await world.stacks.listLeftovers(caller, { id: stack.id, name: null }, 10);
    expect(left.map(({ resourceName, reason }) => [resourceName, reason]).sort()).toEqual([
      ['1', 'it was to be retained'],
      ['a', 'it was to be retained'],
    ]);
    expect(left.every(({ physicalId }) => world.script.things.has(physicalId as string))).toBe(true);
    expect(await world.stacks.listLeftovers(caller, null, 10)).toEqual(left);
  });
  test('a whole nested stack is retained with all its resources', async () => {
    const stack = await world.create({ many: group(2) });
    await world.settled(stack);
    await world.stacks.forceDeleteStack(caller, keyOf(stack), { retain: ['many'], isForced: false, timeoutMins: null });
    expect(await world.settled(stack)).toBe('DELETE_COMPLETE');
    expect(world.things()).toEqual(['member0', 'member1']);
    expect(await world.stacks.listLeftovers(caller, null, 10)).toHaveLength(2);
  });
  test('whatever the cloud refuses is left behind, down through nested stacks', async () => {
    const stack = await world.create({ a: thing('a'), b: thing('b', {}, { depends_on: 'a' }), many: group(2) });
    await world.settled(stack);
    world.script.refuses.add('delete b').add('delete member0');
    await world.stacks.deleteStack(caller, keyOf(stack));
    expect(await world.settled(stack)).toBe('DELETE_FAILED');
    await world.stacks.forceDeleteStack(caller, keyOf(stack), { retain: [], isForced: true, timeoutMins: null });
    expect(await world.settled(stack)).toBe('DELETE_COMPLETE');
    expect(world.things()).toEqual(['b', 'member0']);
    const left = await world.stacks.listLeftovers(caller, { id: stack.id, name: null }, 10);
    expect(left.map(({ resourceName }) => resourceName).sort()).toEqual(['0', 'b']);
    expect(left[0]?.reason).toContain('no delete');
  });
  test('calls that hang are given up at the deadline', async () => {
    const stack = await world.create({ a: thing('a'), many: group(1), b: thing('b', {}, { depends_on: 'a' }) });
    await world.settled(stack);
    world.script.hangs.add('delete b').add('delete member0');
    await world.stacks.forceDeleteStack(caller, keyOf(stack), { retain: [], isForced: true, timeoutMins: 0.005 });
    await world.until(stack, (state) => state === 'DELETE_COMPLETE', 3_000);
    const left = await world.stacks.listLeftovers(caller, { id: stack.id, name: null }, 10);
    expect(left.map(({ resourceName }) => resourceName).sort()).toEqual(['0', 'a', 'b']);
  });
  test('while a deletion hangs already', async () => {
    const stack = await world.create({ a: thing('a'), many: group(1) });
    await world.settled(stack);
    world.script.lingers.add('delete a').add('delete member0');
    await world.stacks.deleteStack(caller, keyOf(stack));
    await world.until(stack, () => world.script.calls.includes('delete member0'));
    await world.stacks.forceDeleteStack(caller, keyOf(stack), { retain: [], isForced: true, timeoutMins: 0.005 });
    await world.until(stack, (state) => state === 'DELETE_COMPLETE', 3_000);
    expect(await world.stacks.listLeftovers(caller, null, 10)).toHaveLength(2);
  });
});

describe('versions', () => {
  test('are listed with what changed, and can be gone back to', async () => {
    const stack = await world.create({ a: thing('a', { size: 1 }) });
    await world.settled(stack);
    await world.update(stack, { a: thing('a', { size: 2 }), b: thing('b') });
    await world.settled(stack);
    world.script.refuses.add('create c');
    await world.update(stack, { c: thing('c') });
    expect(await world.settled(stack)).toBe('UPDATE_FAILED');
    const { versions } = await world.stacks.listVersions(caller, keyOf(stack));
    expect(versions.map(({ number, madeBy, completedAt, changes }) => [number, madeBy, completedAt !== null, changes])).toEqual([
      [3, 'demo', false, { added: ['c'], removed: ['a', 'b'], changed: [], parameters: [], others: [] }],
      [2, 'demo', true, { added: ['b'], removed: [], changed: ['a'], parameters: [], others: [] }],
      [1, 'demo', true, null],
    ]);
    await world.stacks.returnToVersion(caller, keyOf(stack), 1);
    expect(await world.settled(stack)).toBe('UPDATE_COMPLETE');
    expect(world.things()).toEqual(['a']);
    const after = (await world.stacks.listVersions(caller, keyOf(stack))).versions;
    expect(after[0]).toMatchObject({ number: 4, returnsTo: 1, isPresent: true });
    expect(after.map(({ number }) => number)).toEqual([4, 3, 2, 1]);
    expect((await world.stacks.showVersion(caller, keyOf(stack), 2)).template).toMatchObject({ resources: { b: {} } });
    expect(await refusal(world.stacks.returnToVersion(caller, keyOf(stack), 9))).toMatchObject({
      type: 'VersionNotFound',
      message: 'Stack web has no version 9; kept are 4, 3, 2, 1.',
    });
  });
  test('the last ten are kept', async () => {
    const stack = await world.create({ a: thing('a', { size: 1 }) });
    await world.settled(stack);
    for (let size = 2; size <= 12; size++) {
      await world.update(stack, { a: thing('a', { size }) });
      await world.settled(stack);
    }
    const { versions } = await world.stacks.listVersions(caller, keyOf(stack));
    expect(versions.map(({ number }) => number)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
  });
});

describe('why', () => {
  test('what waits for what, what is under way, what failed below', async () => {
    world.script.lingers.add('create a').add('create member1');
    const stack = await world.create({
      a: thing('a'),
      b: thing('b', {}, { depends_on: 'a' }),
      c: thing('c', {}, { depends_on: 'b' }),
      many: group(2),
    });
    await world.until(
      stack,
      async () => world.things().length === 3 && (await world.stacks.explainStack(caller, keyOf(stack), null)).findings.length === 5,
    );
    const { findings, summary } = await world.stacks.explainStack(caller, keyOf(stack), null);
    expect(summary).toContain('web is CREATE_IN_PROGRESS');
    const causes = Object.fromEntries(findings.map(({ path, cause, waitsFor }) => [path, [cause, ...waitsFor]]));
    expect(causes).toEqual({
      a: ['in-flight'],
      b: ['requires', 'a'],
      c: ['requires', 'b'],
      many: ['in-flight'],
      'many/1': ['in-flight'],
    });
    expect((await world.stacks.explainStack(caller, keyOf(stack), 'many/1')).findings.map(({ path }) => path)).toEqual(['many/1']);
  });
  test('a failure deep down has its path and a remedy', async () => {
    world.script.refuses.add('create member1');
    const stack = await world.create({ many: group(2), last: thing('last', {}, { depends_on: 'many' }) });
    await world.settled(stack);
    const { findings, summary, remedy } = await world.stacks.explainStack(caller, keyOf(stack), null);
    expect(summary).toContain(
      'web is CREATE_FAILED: Resource CREATE failed: BadRequest: resources.many.resources[1]: no create member1 today',
    );
    expect(remedy).toContain('hearth stack retry web');
    expect(findings.find(({ path }) => path === 'many/1')).toMatchObject({
      cause: 'failed',
      remedy: expect.stringContaining('--skip many/1'),
    });
    expect(findings.find(({ path }) => path === 'last')?.cause).toBe('requires');
  });
  test('nobody serves', async () => {
    const stack = await world.create({ a: thing('a') });
    expect(await world.stacks.explainStack(caller, keyOf(stack), null)).toMatchObject({
      summary: expect.stringContaining('No engine process lives'),
      remedy: expect.stringContaining('hearth serve'),
      findings: [{ path: 'a', cause: 'next' }],
    });
  });
});
