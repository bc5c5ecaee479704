/** Plans: what they tell, what they hide, that they are applied exactly, and that they are not when anything has moved. */
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '@hearth/kernel';
import type { StackRecord } from '@hearth/store';
import { freshStacks } from '../testing/fresh-stacks.ts';
import { sampleCreate, sampleUpdate, testCaller, testStacks } from '../testing/index.ts';
import type { Plan } from './plan.ts';

const world = freshStacks();
const caller = testCaller('project-a');

const thing = (properties: JsonObject = {}, more: JsonObject = {}): JsonObject => ({ type: 'Test::Thing', properties, ...more });
const template = (resources: JsonObject, parameters: JsonObject = {}): JsonObject => ({
  heat_template_version: '2018-08-31',
  parameters,
  resources,
});
const keyOf = ({ id, name }: Pick<StackRecord, 'id' | 'name'>) => ({ id, name });

async function made(resources: JsonObject): Promise<StackRecord> {
  const stack = await world.stacks.createStack(caller, sampleCreate({ template: template(resources) }));
  await world.settle();
  return stack;
}
const plan = (stack: StackRecord, resources: JsonObject): Promise<Plan> =>
  world.stacks.planUpdate(caller, keyOf(stack), sampleUpdate({ template: template(resources) }));
const apply = ({ id }: Plan) => world.stacks.applyPlan(caller, id, null);
async function state(stack: Pick<StackRecord, 'id' | 'name'>): Promise<string> {
  const { action, status } = (await world.stacks.showStack(caller, keyOf(stack), false)).stack;
  return `${action}_${status}`;
}
const told = ({ changes }: Plan): readonly string[] => changes.map(({ kind, path }) => `${kind} ${path.join('/')}`);

describe('a plan', () => {
  test('tells each change with values before and after, and changes nothing', async () => {
    const stack = await made({ keep: thing({ name: 'k' }), grow: thing({ name: 'g', size: 1 }), swap: thing({ list: [1] }), go: thing() });
    const one = await plan(stack, {
      keep: thing({ name: 'k' }),
      grow: thing({ name: 'g', size: 2 }),
      swap: thing({ list: [2] }),
      come: thing({ name: { get_resource: 'swap' } }),
    });
    expect(told(one)).toEqual(['updated grow', 'replaced swap', 'added come', 'deleted go']);
    expect(one.summary).toEqual({ unchanged: 1, relinked: 0, updated: 1, replaced: 1, added: 1, deleted: 1, uncertain: 0, drifted: 0 });
    const [grow, swap, come] = one.changes;
    expect(grow?.properties).toMatchObject([{ name: 'size', before: 1, after: 2, isUnknown: false, replaces: false }]);
    expect(swap).toMatchObject({ reason: { code: 'property', properties: ['list'] }, deletion: 'deleted' });
    expect(come?.properties).toContainEqual(expect.objectContaining({ name: 'name', after: null, isUnknown: true }));
    expect(await state(stack)).toBe('CREATE_COMPLETE');
    expect(await world.stacks.showPlan(caller, one.id, keyOf(stack))).toEqual(one);
  });

  test('has a third side: what the cloud showed when it was last looked at, also of what stays as it is', async () => {
    const secret = 'never-to-be-told';
    const resources = {
      grow: thing({ name: 'g', size: 1 }),
      same: thing({ name: 's', password: secret }),
      lost: thing({ name: 'l' }),
      fine: thing({ name: 'f' }),
    };
    const stack = await made(resources);
    for (const [id, one] of [...world.cloud.things]) {
      if (one['name'] === 'g') world.cloud.things.set(id, { ...one, name: 'grown' });
      if (one['name'] === 's') world.cloud.things.set(id, { ...one, name: 'renamed', password: 'another-secret' });
      if (one['name'] === 'l') world.cloud.things.delete(id);
    }
    expect((await plan(stack, resources)).changes).toEqual([]);
    await world.stacks.detectDrift(caller, keyOf(stack));
    await world.settle();
    const one = await plan(stack, { ...resources, grow: thing({ name: 'g', size: 2 }) });
    expect([...told(one)].sort()).toEqual(['unchanged lost', 'unchanged same', 'updated grow']);
    expect(one.summary).toMatchObject({ unchanged: 3, updated: 1, drifted: 3 });
    const of = (name: string) => one.changes.find(({ path }) => path[0] === name);
    expect(of('grow')).toMatchObject({
      properties: [{ name: 'size', before: 1, after: 2 }],
      seen: { state: 'differs', differences: [{ name: 'name', applied: 'g', cloud: 'grown', isSecret: false }] },
    });
    expect(of('same')?.seen?.differences).toContainEqual({ name: 'name', applied: 's', cloud: 'renamed', isSecret: false });
    expect(of('lost')?.seen).toMatchObject({ state: 'gone', differences: [] });
    expect(one.warnings.join()).toMatch(/not in the cloud as they were applied.*drift revert web/);
    expect(JSON.stringify(one)).not.toMatch(/never-to-be-told|another-secret/);
  });

  test('is applied exactly: remote contents and defaults of the moment of planning, once', async () => {
    const stack = await made({ a: thing({ name: 'one' }) });
    const one = await plan(stack, { a: thing({ name: 'two' }) });
    expect((await apply(one)).plan.appliedAt).not.toBeNull();
    await world.settle();
    expect(await state(stack)).toBe('UPDATE_COMPLETE');
    expect([...world.cloud.things.values()].map(({ name }) => name)).toEqual(['two']);
    await expect(apply(one)).rejects.toMatchObject({ code: 'conflict', type: 'PlanApplied' });
    const { versions } = await world.stacks.listVersions(caller, keyOf(stack));
    expect(versions.map(({ number, madeBy }) => [number, madeBy])).toEqual([
      [2, 'demo'],
      [1, 'demo'],
    ]);
  });

  test('hides what is secret on both sides, and tells that it changes', async () => {
    const secret = (value: string) => ({
      template: template(
        { a: thing({ name: { str_replace: { template: 'is-X', params: { X: { get_param: 'pw' } } } }, password: { get_param: 'pw' } }) },
        { pw: { type: 'string', hidden: true } },
      ),
      parameters: { pw: value },
    });
    const stack = await world.stacks.createStack(caller, sampleCreate(secret('first-secret')));
    await world.settle();
    const one = await world.stacks.planUpdate(caller, keyOf(stack), sampleUpdate(secret('other-secret')));
    expect(JSON.stringify(one)).not.toMatch(/first-secret|other-secret/);
    expect(one.changes[0]?.properties).toMatchObject([
      { name: 'name', before: '***', after: '***', isSecret: true },
      { name: 'password', before: '***', after: '***', isSecret: true },
    ]);
    // A template without the parameter does not bring to light what the former one hid.
    const bare = await plan(stack, { a: thing({ name: 'open' }) });
    expect(JSON.stringify(bare)).not.toContain('first-secret');
    const [row] = await world.database.query<{ text: string }>({
      text: `select encode(content, 'escape') as text from plan where id = $1`,
      values: [one.id],
    });
    expect(row?.text).not.toContain('other-secret');
  });

  test('of a deletion tells what stays, and deletes', async () => {
    const stack = await made({ a: thing(), b: thing({}, { deletion_policy: 'retain' }) });
    const one = await world.stacks.planDeletion(caller, keyOf(stack));
    expect(one.changes.map(({ path, deletion }) => [path[0], deletion]).sort()).toEqual([
      ['a', 'deleted'],
      ['b', 'retained'],
    ]);
    expect(one.warnings.join()).toContain('b');
    await apply(one);
    await world.settle();
    expect([...world.cloud.things.keys()]).toEqual([expect.stringContaining('-b-')]);
  });

  test('of a creation makes the stack with the id that it was told', async () => {
    const one = await world.stacks.planCreation(caller, sampleCreate({ template: template({ a: thing({ name: 'new' }) }) }));
    expect(told(one)).toEqual(['added a']);
    await apply(one);
    await world.settle();
    expect(await state(one.stack)).toBe('CREATE_COMPLETE');
    expect(world.trusts.size).toBe(1);
    await expect(apply(one)).rejects.toMatchObject({ type: 'PlanApplied' });
  });

  test('of a creation is refused when the name is taken meanwhile, and leaves no trust', async () => {
    const one = await world.stacks.planCreation(caller, sampleCreate({ template: template({}) }));
    await made({});
    await expect(apply(one)).rejects.toMatchObject({ type: 'StackExists' });
    expect(world.trusts.size).toBe(1);
  });

  test('warns of tags that go, of what is under way, and of what is bound to fail', async () => {
    const stack = await world.stacks.createStack(caller, sampleCreate({ template: template({ a: thing() }), tags: ['blue'] }));
    const early = await plan(stack, { a: thing() });
    expect(early.warnings.join('\n')).toMatch(/CREATE_IN_PROGRESS/);
    await world.settle();
    const environment = { resource_registry: { resources: { a: { restricted_actions: 'update' } } } };
    const one = await world.stacks.planUpdate(
      caller,
      keyOf(stack),
      sampleUpdate({ template: template({ a: thing({ name: 'x' }) }), environment }),
    );
    expect(one.warnings.join('\n')).toMatch(/tags \(blue\)/);
    expect(one.warnings.join('\n')).toMatch(/a will fail: ResourceActionRestricted/);
    await expect(apply(early)).rejects.toMatchObject({ type: 'PlanOutdated' });
  });
});

describe('a plan is refused', () => {
  const moves: readonly (readonly [string, (stack: StackRecord) => Promise<unknown>, RegExp])[] = [
    [
      'after another update',
      async (stack) => {
        await world.stacks.updateStack(caller, keyOf(stack), sampleUpdate({ template: template({ a: thing({ name: 'between' }) }) }));
        await world.settle();
      },
      /the stack web, the resource a of the stack web/,
    ],
    ['while an update runs', (stack) => world.stacks.updateStack(caller, keyOf(stack), sampleUpdate({ mode: 'patch' })), /the stack web/],
    [
      'after a resource was marked',
      (stack) => world.stacks.markResource(caller, keyOf(stack), 'a', { isUnhealthy: true, reason: null }),
      /the resource a of the stack web/,
    ],
    [
      'after a visit',
      async (stack) => {
        await world.stacks.visitStack(caller, keyOf(stack), 'CHECK');
        await world.settle();
      },
      /the stack web/,
    ],
  ];
  test.each(moves)('%s', async (_name, move, what) => {
    const stack = await made({ a: thing({ name: 'one' }) });
    const one = await plan(stack, { a: thing({ name: 'two' }) });
    await move(stack);
    await expect(apply(one)).rejects.toMatchObject({ code: 'conflict', type: 'PlanOutdated', message: expect.stringMatching(what) });
    await world.settle();
    expect([...world.cloud.things.values()].map(({ name }) => name)).not.toContain('two');
  });

  test('once it has expired', async () => {
    const stack = await made({ a: thing() });
    const one = await plan(stack, {});
    await world.database.query({ text: `update plan set expires_at = now() - interval '1 second'`, values: [] });
    await expect(apply(one)).rejects.toMatchObject({ type: 'PlanExpired' });
  });

  test("to other projects, which do not see it, and to members where an administrator's rights made it", async () => {
    const stack = await made({ a: thing() });
    const one = await world.stacks.planUpdate(testCaller('project-a', ['admin']), keyOf(stack), sampleUpdate({ template: template({}) }));
    const stranger = testCaller('project-b');
    await expect(world.stacks.showPlan(stranger, one.id, null)).rejects.toMatchObject({ code: 'not-found' });
    await expect(world.stacks.applyPlan(stranger, one.id, null)).rejects.toMatchObject({ code: 'not-found' });
    await expect(apply(one)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('of a creation to administrators of another project: the stack would act with what is granted for theirs', async () => {
    const one = await world.stacks.planCreation(caller, sampleCreate({ template: template({}) }));
    await expect(world.stacks.applyPlan(testCaller('project-b', ['admin']), one.id, null)).rejects.toMatchObject({ code: 'forbidden' });
    expect(world.trusts.size).toBe(0);
    expect((await apply(one)).stack.name).toBe('web');
  });

  test('when the operator has changed the environment of all', async () => {
    const stack = await made({ a: thing() });
    const one = await plan(stack, {});
    const resourceRegistry = { 'Other::Thing': 'Test::Thing' };
    const other = testStacks({ database: world.database, globalEnvironment: { resourceRegistry, files: {} } });
    const same = { ...other.ports, secretBox: world.secretBox };
    const { stackUseCases } = await import('../use-cases.ts');
    await expect(stackUseCases(same).applyPlan(caller, one.id, null)).rejects.toMatchObject({
      message: expect.stringContaining('operator'),
    });
  });

  test('when an import is another value now', async () => {
    const exporting = (name: string): JsonObject => ({
      AWSTemplateFormatVersion: '2010-09-09',
      Resources: {},
      Outputs: { o: { Value: name, Export: { Name: 'shared' } } },
    });
    const source = await world.stacks.createStack(caller, sampleCreate({ name: 'source', template: exporting('one') }));
    await world.settle();
    const stack = await made({ a: thing() });
    const importing: JsonObject = {
      AWSTemplateFormatVersion: '2010-09-09',
      Resources: { a: { Type: 'Test::Thing', Properties: { name: { 'Fn::ImportValue': 'shared' } } } },
    };
    const one = await world.stacks.planUpdate(caller, keyOf(stack), sampleUpdate({ template: importing }));
    expect(one.changes[0]?.properties).toMatchObject([{ name: 'name', after: 'one' }]);
    await world.stacks.updateStack(caller, keyOf(source), sampleUpdate({ template: exporting('two') }));
    await world.settle();
    await expect(apply(one)).rejects.toMatchObject({ message: expect.stringContaining('the export shared') });
  });

  test('to all but one of those who apply it at once', async () => {
    const stack = await made({ a: thing({ name: 'one' }) });
    const one = await plan(stack, { a: thing({ name: 'two' }) });
    const results = await Promise.allSettled([apply(one), apply(one), apply(one)]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { stack: after } = await world.stacks.showStack(caller, keyOf(stack), false);
    expect(after.traversal).toBe(2);
  });
});
