/** Exports and imports between the stacks of a project: values, names held and in use, races, what is secret. */
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '@hearth/kernel';
import type { StackRecord } from '@hearth/store';
import { freshStacks } from './testing/fresh-stacks.ts';
import { sampleCreate, sampleUpdate, testCaller } from './testing/index.ts';

const world = freshStacks();
const caller = testCaller('project-a');

const cfn = (more: JsonObject): JsonObject => ({ AWSTemplateFormatVersion: '2010-09-09', ...more });
const exporting = (name: string, value: Json = { 'Fn::GetAtt': ['r', 'name'] }, thing = 'one'): JsonObject =>
  cfn({
    Parameters: { secret: { Type: 'String', NoEcho: 'true', Default: 'hunter2' } },
    Resources: { r: { Type: 'Test::Thing', Properties: { name: thing } } },
    Outputs: { o: { Value: value, Export: { Name: name } } },
  });
const importing = (name: Json, more: JsonObject = {}): JsonObject =>
  cfn({
    Resources: { r: { Type: 'Test::Thing', Properties: { name: { 'Fn::ImportValue': name } } } },
    Outputs: { got: { Value: { 'Fn::GetAtt': ['r', 'name'] } } },
    ...more,
  });

async function make(name: string, template: JsonObject, by = caller): Promise<StackRecord> {
  const stack = await world.stacks.createStack(by, sampleCreate({ name, template }));
  await world.settle();
  return stack;
}
const keyOf = (stack: StackRecord) => ({ id: stack.id, name: stack.name });
const outputOf = async (stack: StackRecord, name: string) => (await world.stacks.showOutput(caller, keyOf(stack), name)).value;
const exportsNow = () => world.stacks.listExports(caller, { limit: null, after: null });

test('a value goes from stack to stack, and stays what it was when it was taken', async () => {
  const net = await make('net', exporting('net-id'));
  const web = await make('web', importing('net-id'));
  expect(await outputOf(web, 'got')).toBe('one');
  expect(await exportsNow()).toEqual([
    {
      name: 'net-id',
      output: 'o',
      stack: { id: net.id, name: 'net' },
      value: 'one',
      isSecret: false,
      importedBy: [{ id: web.id, name: 'web' }],
    },
  ]);
  await world.stacks.updateStack(caller, keyOf(net), sampleUpdate({ template: exporting('net-id', undefined, 'two') }));
  await world.settle();
  expect((await exportsNow())[0]?.value).toBe('two');
  expect(await outputOf(web, 'got')).toBe('one');
  await world.stacks.updateStack(caller, keyOf(web), sampleUpdate({ template: importing('net-id') }));
  await world.settle();
  expect(await outputOf(web, 'got')).toBe('two');
});

test('a name that is computed from another import', async () => {
  await make('names', exporting('which', 'net-id'));
  await make('net', exporting('net-id'));
  const web = await make('web', importing({ 'Fn::ImportValue': 'which' }));
  expect(await outputOf(web, 'got')).toBe('one');
});

describe('refused', () => {
  const refusal = (work: Promise<unknown>) => work.then(() => null).catch((error: unknown) => error);

  test('a name that nobody exports, with what to do; nothing is written', async () => {
    await make('net', exporting('net-id'));
    expect(await refusal(make('web', importing('net-it')))).toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/^No export named net-it found\..*\n.*no other stack of this project exports it/s),
    });
    expect(await refusal(make('web', importing('net-id'), testCaller('project-b')))).toMatchObject({ code: 'invalid' });
    expect(await world.database.query({ text: 'select name from stack', values: [] })).toEqual([{ name: 'net' }]);
  });
  test('an export that is not there yet', async () => {
    world.cloud.stuck.add('one');
    await world.stacks.createStack(caller, sampleCreate({ name: 'net', template: exporting('net-id') }));
    expect(await refusal(make('web', importing('net-id')))).toMatchObject({
      message: expect.stringContaining('is CREATE_IN_PROGRESS: wait until it is complete'),
    });
  });
  test('what a stack exports itself', async () => {
    const own = await make('net', exporting('net-id'));
    const both = exporting('net-id');
    const update = sampleUpdate({
      template: { ...both, Resources: { r: { Type: 'Test::Thing', Properties: { name: { 'Fn::ImportValue': 'net-id' } } } } },
    });
    expect(await refusal(world.stacks.updateStack(caller, keyOf(own), update))).toMatchObject({
      message: expect.stringContaining('cannot import what it exports itself'),
    });
  });
  test('a name that another stack holds; free again once that is gone', async () => {
    const first = await make('first', exporting('net-id'));
    expect(await refusal(make('second', exporting('net-id')))).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('already exported by stack first'),
    });
    expect(world.trusts.size).toBe(1);
    await world.stacks.deleteStack(caller, keyOf(first));
    await world.settle();
    await make('second', exporting('net-id'));
    expect((await exportsNow()).map(({ stack }) => stack.name)).toEqual(['second']);
  });
  test('deleting or changing what is in use', async () => {
    const net = await make('net', exporting('net-id'));
    const web = await make('web', importing('net-id'));
    const inUse = { code: 'conflict', type: 'ExportInUse', message: expect.stringContaining('as it is in use by web') };
    expect(await refusal(world.stacks.deleteStack(caller, keyOf(net)))).toMatchObject(inUse);
    expect(await refusal(world.stacks.updateStack(caller, keyOf(net), sampleUpdate({ template: exporting('other') })))).toMatchObject(
      inUse,
    );
    expect((await world.stacks.showStack(caller, keyOf(net), false)).stack).toMatchObject({ action: 'CREATE', status: 'COMPLETE' });
    // Once nobody imports it any more it may go.
    await world.stacks.updateStack(caller, keyOf(web), sampleUpdate({ template: cfn({ Resources: { r: { Type: 'Test::Thing' } } }) }));
    await world.settle();
    await world.stacks.deleteStack(caller, keyOf(net));
    await world.settle();
    expect(await exportsNow()).toEqual([]);
  });
  test('of two that take the same name at once, one', async () => {
    const both = await Promise.allSettled(['a', 'b'].map((name) => make(name, exporting('net-id'))));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
  test('an import and the deletion of what it imports: one of them', async () => {
    for (let round = 0; round < 5; round++) {
      const net = await make(`net${round}`, exporting(`id${round}`));
      const [imported, deleted] = await Promise.allSettled([
        world.stacks.createStack(caller, sampleCreate({ name: `web${round}`, template: importing(`id${round}`) })),
        world.stacks.deleteStack(caller, keyOf(net)),
      ]);
      await world.settle();
      expect([imported.status, deleted.status].filter((status) => status === 'fulfilled')).toHaveLength(1);
    }
  });
});

test('a rolled back update leaves the names as they were', async () => {
  const net = await make('net', exporting('net-id'));
  const broken = exporting('other', 'x', 'two');
  const failing = {
    ...broken,
    Resources: { r: { Type: 'Test::Thing', Properties: { name: 'one' } }, bad: { Type: 'Test::Thing', Properties: { fails: true } } },
  };
  await world.stacks.updateStack(caller, keyOf(net), sampleUpdate({ template: failing, disableRollback: false }));
  await world.settle();
  expect((await world.stacks.showStack(caller, keyOf(net), false)).stack).toMatchObject({ action: 'ROLLBACK', status: 'COMPLETE' });
  expect((await exportsNow()).map(({ name }) => name)).toEqual(['net-id']);
});

test('a hidden parameter stays hidden on the way', async () => {
  await make('net', exporting('password', { Ref: 'secret' }));
  expect(await exportsNow()).toMatchObject([{ value: null, isSecret: true }]);
  const wrong = importing('password', {
    Resources: { r: { Type: 'Test::Thing', Properties: { size: { 'Fn::ImportValue': 'password' } } } },
    Outputs: {},
  });
  const refused = await make('web', wrong).catch((error: unknown) => error as Error);
  expect((refused as Error).message).not.toContain('hunter2');
});

test("zones are the cloud's, and stay with the stack", async () => {
  const template = cfn({
    Resources: { r: { Type: 'Test::Thing', Properties: { name: { 'Fn::Select': ['1', { 'Fn::GetAZs': '' }] } } } },
    Outputs: { got: { Value: { 'Fn::GetAtt': ['r', 'name'] } } },
  });
  expect(await outputOf(await make('zoned', template), 'got')).toBe('south');
});
