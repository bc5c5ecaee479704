/** Creating, updating and deleting: what is written, what is refused, and that a refusal leaves nothing behind. */
import { expect, test } from 'vitest';
import { Refusal, type JsonObject } from '@hearth/kernel';
import { findDefinition, findStackById, type StackRecord } from '@hearth/store';
import { environmentFromJson } from './stack-input.ts';
import type { CreateStack } from './create-stack.ts';
import type { UpdateStack } from './update-stack.ts';
import { freshStacks } from './testing/fresh-stacks.ts';
import { EVERY_EVENT, sampleCreate, sampleUpdate, testCaller } from './testing/index.ts';

const world = freshStacks();
const caller = testCaller('project-a');

const template = (resources: JsonObject, more: JsonObject = {}): JsonObject => ({
  heat_template_version: '2018-08-31',
  resources,
  ...more,
});
const THING = template({ one: { type: 'Test::Thing', properties: { name: 'first' } } });
const create = (more: Partial<CreateStack> = {}): CreateStack => sampleCreate({ template: THING, ...more });
const update = (more: Partial<UpdateStack> = {}): UpdateStack => sampleUpdate({ template: THING, ...more });
const keyOf = (stack: StackRecord) => ({ id: stack.id, name: stack.name });
const rowOf = async (stack: StackRecord): Promise<StackRecord> => (await findStackById(world.database, null, stack.id)) as StackRecord;
async function refusal(work: Promise<unknown>): Promise<Refusal> {
  const outcome = await work.then(
    () => null,
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(Refusal);
  return outcome as Refusal;
}
async function counts(): Promise<readonly number[]> {
  const one = async (table: string) =>
    (await world.database.query<{ n: number }>({ text: `select count(*)::integer as n from ${table}`, values: [] }))[0]?.n ?? -1;
  return Promise.all(['stack', 'definition', 'event', 'credential'].map(one));
}

test('create writes stack, definition, credential and event, due at once, and tells the owner and watchers', async () => {
  const heard: string[] = [];
  const stops = await Promise.all(
    ['hearth_stack', 'hearth_event'].map((channel) => world.database.listen(channel, (id) => heard.push(`${channel} ${id}`))),
  );
  const stack = await world.stacks.createStack(
    caller,
    create({ tags: ['a', 'b'], parameters: {}, timeoutMins: 5, disableRollback: false }),
  );
  const row = await rowOf(stack);
  expect(row).toEqual(stack);
  expect(row).toMatchObject({
    action: 'CREATE',
    status: 'IN_PROGRESS',
    statusReason: 'Stack CREATE started',
    traversal: 1,
    rollbackDefinitionId: null,
    tags: ['a', 'b'],
    disableRollback: false,
  });
  expect(row.targetDefinitionId).toBe(row.definitionId);
  expect((row.deadlineAt ?? 0) - row.createdAt).toBe(5 * 60_000);
  expect(await counts()).toEqual([1, 1, 1, 1]);
  const [due] = await world.database.query<{ due: boolean }>({ text: 'select due_at <= now() as due from stack', values: [] });
  expect(due?.due).toBe(true);
  const events = await world.stacks.listEvents(caller, keyOf(stack), EVERY_EVENT);
  expect(events.events).toMatchObject([
    {
      resourceName: 'web',
      resourceType: 'OS::Heat::Stack',
      physicalId: stack.id,
      action: 'CREATE',
      status: 'IN_PROGRESS',
      reason: 'Stack CREATE started',
    },
  ]);
  await expect.poll(() => heard.toSorted()).toEqual([`hearth_event ${stack.id}`, `hearth_stack ${stack.id}`]);
  expect(world.trusts.size).toBe(1);
  for (const stop of stops) await stop();
});

test('hidden parameters and the delegation are unreadable in the database', async () => {
  const hidden = template(
    { one: { type: 'Test::Thing', properties: { name: { get_param: 'word' } } } },
    { parameters: { word: { type: 'string', hidden: true } } },
  );
  const stack = await world.stacks.createStack(caller, create({ template: hidden, parameters: { word: 'open sesame' } }));
  const rows = await world.database.query<{ text: string }>({
    text: `select row_to_json(s)::text || row_to_json(d)::text || row_to_json(t)::text || row_to_json(c)::text || encode(d.environment, 'escape') || encode(c.data, 'escape') as text
      from stack s join definition d on d.stack_id = s.id join content t on t.id = d.template_id join credential c on c.id = s.credential_id`,
    values: [],
  });
  expect(rows).toHaveLength(1);
  for (const secret of ['open sesame', ...world.trusts]) expect(rows[0]?.text).not.toContain(secret);
  expect(await world.stacks.stackEnvironment(caller, keyOf(stack))).toMatchObject({ parameters: { word: '******' } });
  expect((await world.stacks.showStack(caller, keyOf(stack), true)).parameters).toMatchObject({ word: '******' });
});

const PARAMETERS = { parameters: { size: { type: 'number' } } };
test.each<[string, Partial<CreateStack>, { type: string; code?: string; says: readonly (string | RegExp)[] }]>([
  ['a bad name', { name: '1web' }, { type: 'StackValidationFailed', says: ['Invalid stack name 1web'] }],
  ['no template', { template: null }, { type: 'HTTPBadRequest', says: ['No template specified'] }],
  ['a template that is no YAML', { template: '{bad: [' }, { type: 'HTTPBadRequest', says: [/^Template not in valid format: /, /line 1/] }],
  ['a template that is only text', { template: 'just text' }, { type: 'HTTPBadRequest', says: [/^Template not in valid format: /] }],
  ['no version', { template: { resources: {} } }, { type: 'InvalidTemplateVersion', says: ['version'] }],
  [
    'an unknown type',
    { template: template({ r: { type: 'Test::Thingg' } }) },
    { type: 'StackValidationFailed', says: [/^The Resource Type \(Test::Thingg\) could not be found\./, 'did you mean "Test::Thing"?'] },
  ],
  [
    'an unknown property',
    { template: template({ r: { type: 'Test::Thing', properties: { namee: 1 } } }) },
    {
      type: 'StackValidationFailed',
      says: [/^Property error: : resources\.r\.properties: : Unknown Property namee/, 'did you mean "name"?'],
    },
  ],
  [
    'a value out of range',
    { template: template({ r: { type: 'Test::Thing', properties: { size: 11 } } }) },
    { type: 'StackValidationFailed', says: ['Property error: : resources.r.properties.size: : 11 is out of range (min: 1, max: 10)'] },
  ],
  [
    'an unknown parameter',
    { parameters: { nosuch: 1 } },
    { type: 'UnknownUserParameter', says: ['The Parameter (nosuch) was not defined in template.'] },
  ],
  [
    'a missing parameter',
    { template: template({}, PARAMETERS) },
    { type: 'UserParameterMissing', says: ['The Parameter (size) was not provided.'] },
  ],
  [
    'a reference to nothing',
    { template: template({ r: { type: 'Test::Thing', properties: { name: { get_resource: 'zz' } } } }) },
    { type: 'InvalidTemplateReference', says: ['zz'] },
  ],
  [
    'an output of nothing',
    { template: template({}, { outputs: { o: { value: { get_resource: 'zz' } } } }) },
    { type: 'InvalidTemplateReference', says: ['zz'] },
  ],
  [
    'an output of an unknown attribute',
    { template: template({ one: { type: 'Test::Thing' } }, { outputs: { o: { value: { get_attr: ['one', 'nam'] } } } }) },
    {
      type: 'StackValidationFailed',
      says: [/^outputs\.o\.value\.get_attr: : The Referenced Attribute \(one nam\) is incorrect\./, 'did you mean "name"?'],
    },
  ],
  [
    'a cycle',
    { template: template({ a: { type: 'Test::Thing', depends_on: 'b' }, b: { type: 'Test::Thing', depends_on: 'a' } }) },
    { type: 'CircularDependencyException', says: [/a.*b|b.*a/] },
  ],
  [
    'an unknown flavor',
    { template: template({ r: { type: 'Test::Thing', properties: { flavor: 'huge' } } }) },
    {
      type: 'StackValidationFailed',
      says: ["Property error: : resources.r.properties.flavor: : Error validating value 'huge': there is no test.flavor of that name"],
    },
  ],
  [
    'a type for administrators',
    { template: template({ r: { type: 'OS::Nova::Flavor' } }) },
    { type: 'Forbidden', code: 'forbidden', says: ['resource_types:OS::Nova::Flavor'] },
  ],
  ['an environment file that was not sent', { environmentFiles: ['env.yaml'] }, { type: 'HTTPBadRequest', says: ['env.yaml'] }],
  [
    'a wrong section of the environment',
    { environment: { foo: {}, parameters: {} } },
    { type: 'HTTPBadRequest', says: [/^Environment not in valid format: .*foo/] },
  ],
  [
    'a template that is too large',
    { template: `heat_template_version: 2018-08-31\ndescription: ${'x'.repeat(530_000)}` },
    { type: 'RequestLimitExceeded', says: ['524288'] },
  ],
  [
    'too many resources',
    { template: template(Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`r${i}`, { type: 'Test::Thing' }]))) },
    { type: 'RequestLimitExceeded', says: ['1000'] },
  ],
])('refuses %s and leaves nothing behind', async (_what, request, { type, code = 'invalid', says }) => {
  const refused = await refusal(world.stacks.createStack(caller, create(request)));
  expect(refused).toMatchObject({ type, code });
  for (const words of says) expect(refused.message).toMatch(words);
  expect(await counts()).toEqual([0, 0, 0, 0]);
  expect(world.trusts.size).toBe(0);
});

test('says everything at once, each with its line', async () => {
  const text = `heat_template_version: 2018-08-31
resources:
  a:
    type: Test::Thingg
  b:
    type: Test::Thing
    properties:
      size: 77
      flavor: huge
`;
  const refused = await refusal(world.stacks.createStack(caller, create({ template: text })));
  expect(refused.message).toMatch(/^The Resource Type \(Test::Thingg\) could not be found\.\n3 errors:/);
  expect(refused.message).toContain('resources.a.type (line 4, column');
  expect(refused.message).toContain('resources.b.properties.size (line 8, column');
  expect(refused.message).toContain('resources.b.properties.flavor (line 9, column');
});

test('values that are not known yet are not judged, and hidden ones never shown', async () => {
  const references = template({
    a: { type: 'Test::Thing' },
    b: { type: 'Test::Thing', properties: { size: { get_attr: ['a', 'seen'] }, flavor: { get_attr: ['a', 'name'] } } },
  });
  await world.stacks.createStack(caller, create({ template: references }));
  expect(world.asked).toEqual([]);
  const hidden = template(
    { a: { type: 'Test::Thing', properties: { flavor: { get_param: 'word' }, size: { get_param: 'word' } } } },
    { parameters: { word: { type: 'string', hidden: true, constraints: [{ custom_constraint: 'test.flavor' }] } } },
  );
  const refused = await refusal(
    world.stacks.createStack(caller, create({ name: 'other', template: hidden, parameters: { word: 'sesame' } })),
  );
  expect(refused.message).toContain('resources.a.properties.flavor');
  expect(refused.message).toContain("Parameter 'word' is invalid");
  expect(refused.message).not.toContain('sesame');
  expect(JSON.stringify(refused.details)).not.toContain('sesame');
});

test('the same question is asked once', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [`r${i}`, { type: 'Test::Thing', properties: { flavor: 'small' } }]),
  );
  await world.stacks.createStack(caller, create({ template: template(many) }));
  expect(world.asked).toEqual([{ constraint: 'test.flavor', value: 'small' }]);
});

test('of many creations of one name at once one wins, and the trusts of the others end', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => world.stacks.createStack(caller, create())));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const outcome of outcomes)
    if (outcome.status === 'rejected')
      expect(outcome.reason).toMatchObject({ code: 'conflict', type: 'StackExists', message: 'The Stack (web) already exists.' });
  expect(await counts()).toEqual([1, 1, 1, 1]);
  expect(world.trusts.size).toBe(1);
});

test('the limit on stacks holds under concurrency; administrators are exempt', async () => {
  world.renew({ limits: { stacksPerProject: 3 } });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 6 }, (_, i) => world.stacks.createStack(caller, create({ name: `s${i}` }))),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  expect(world.trusts.size).toBe(1);
  await world.stacks.createStack(testCaller('project-a', ['admin']), create({ name: 'more' }));
  await world.stacks.createStack(testCaller('project-b'), create({ name: 's0' }));
});

test('a delegation that is not granted creates nothing', async () => {
  const refused = new Refusal('forbidden', 'Forbidden', 'no trust');
  world.ports.delegation.create = async () => Promise.reject(refused);
  expect(await refusal(world.stacks.createStack(caller, create()))).toBe(refused);
  expect(await counts()).toEqual([0, 0, 0, 0]);
});

test('explicit parameters win over environment files, later files over earlier ones, unless a strategy merges; `environment` gives way to files', async () => {
  const parameters = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, { type: 'string', default: 'default' }]));
  const stack = await world.stacks.createStack(
    caller,
    create({
      template: template({}, { parameters }),
      environment: { parameters: { d: 'environment' } },
      environmentFiles: ['one', 'two'],
      files: {
        one: 'parameters: {a: one, b: one, c: one, f: -one}\nparameter_merge_strategies: {f: merge}',
        two: 'parameters: {b: two, c: two}',
      },
      parameters: { c: 'explicit', e: 'explicit', f: 'explicit' },
    }),
  );
  expect((await world.stacks.showStack(caller, keyOf(stack), false)).parameters).toMatchObject({
    a: 'one',
    b: 'two',
    c: 'explicit',
    d: 'default',
    e: 'explicit',
    f: 'explicit-one',
  });
});

test('PUT replaces the definition, remembers what to roll back to, and clears tags', async () => {
  const stack = await world.stacks.createStack(caller, create({ tags: ['old'], disableRollback: false, timeoutMins: 7 }));
  await world.settle();
  const before = await rowOf(stack);
  expect(before).toMatchObject({ action: 'CREATE', status: 'COMPLETE' });
  const next = await world.stacks.updateStack(
    caller,
    keyOf(stack),
    update({ template: template({ one: { type: 'Test::Thing', properties: { name: 'second' } } }, { description: 'new' }) }),
  );
  const row = await rowOf(stack);
  expect(row).toEqual(next);
  expect(row).toMatchObject({
    action: 'UPDATE',
    status: 'IN_PROGRESS',
    statusReason: 'Stack UPDATE started',
    traversal: before.traversal + 1,
    rollbackDefinitionId: before.definitionId,
    tags: null,
    disableRollback: false,
    timeoutMins: 7,
    description: 'new',
  });
  expect(row.targetDefinitionId).toBe(row.definitionId);
  expect(row.definitionId).not.toBe(before.definitionId);
  expect(row.wakeVersion).toBeGreaterThan(before.wakeVersion);
  expect(row.updatedAt).not.toBeNull();
  expect((await findDefinition(world.database, world.secretBox, row.id, row.definitionId))?.number).toBe(2);
  await world.settle();
  expect(await rowOf(stack)).toMatchObject({ action: 'UPDATE', status: 'COMPLETE' });
  expect([...world.cloud.things.values()]).toMatchObject([{ name: 'second' }]);
});

test('an update in the middle of an update keeps the rollback target of the first', async () => {
  const stack = await world.stacks.createStack(caller, create());
  // Nothing has completed yet: the creation's definition is all there is.
  const first = await world.stacks.updateStack(caller, keyOf(stack), update());
  expect(first.rollbackDefinitionId).toBe(stack.definitionId);
  await world.settle();
  const settled = await rowOf(stack);
  expect(settled.status).toBe('COMPLETE');
  const second = await world.stacks.updateStack(caller, keyOf(stack), update({ template: template({}) }));
  const third = await world.stacks.updateStack(caller, keyOf(stack), update({ template: template({}) }));
  expect([second.rollbackDefinitionId, third.rollbackDefinitionId]).toEqual([settled.definitionId, settled.definitionId]);
  expect(third.traversal).toBe(settled.traversal + 2);
});

test('PATCH keeps template, parameters, files and tags unless told otherwise', async () => {
  const parameters = { keep: { type: 'string' }, change: { type: 'string' }, clear: { type: 'string', default: 'default' } };
  const stack = await world.stacks.createStack(
    caller,
    create({ template: template({}, { parameters }), parameters: { keep: 'k', change: 'c', clear: 'x' }, files: { f: '1' }, tags: ['t'] }),
  );
  const patch = update({ mode: 'patch', template: null, parameters: { change: 'new' }, files: { g: '2' }, clearParameters: ['clear'] });
  const next = await world.stacks.updateStack(caller, keyOf(stack), patch);
  expect(next.tags).toEqual(['t']);
  const definition = await findDefinition(world.database, world.secretBox, stack.id, next.definitionId);
  expect(environmentFromJson(definition?.environment ?? {}).parameters).toEqual({ keep: 'k', change: 'new' });
  expect(definition?.files).toEqual({ f: '1', g: '2' });
  expect((await world.stacks.showStack(caller, keyOf(stack), false)).parameters).toMatchObject({
    keep: 'k',
    change: 'new',
    clear: 'default',
  });
  // A stored value that the new template lacks is dropped, not refused.
  const fewer = update({ mode: 'patch', template: template({}, { parameters: { keep: { type: 'string' } } }) });
  await world.stacks.updateStack(caller, keyOf(stack), fewer);
  expect((await world.stacks.showStack(caller, keyOf(stack), false)).parameters).toMatchObject({ keep: 'k' });
});

test('an immutable parameter keeps its value', async () => {
  const immutable = template({}, { parameters: { p: { type: 'string', immutable: true } } });
  const stack = await world.stacks.createStack(caller, create({ template: immutable, parameters: { p: 'a' } }));
  const refused = await refusal(world.stacks.updateStack(caller, keyOf(stack), update({ template: immutable, parameters: { p: 'b' } })));
  expect(refused).toMatchObject({ type: 'ImmutableParameterModified' });
  await world.stacks.updateStack(caller, keyOf(stack), update({ template: immutable, parameters: { p: 'a' } }));
});

test('a refused update changes nothing', async () => {
  const stack = await world.stacks.createStack(caller, create());
  const before = [await rowOf(stack), await counts()];
  await refusal(world.stacks.updateStack(caller, keyOf(stack), update({ template: template({ r: { type: 'No::Such' } }) })));
  await refusal(world.stacks.updateStack(caller, keyOf(stack), update({ template: null })));
  expect([await rowOf(stack), await counts()]).toEqual(before);
});

test('many updates at once all count, each with a definition and a traversal of its own', async () => {
  const stack = await world.stacks.createStack(caller, create());
  const outcomes = await Promise.allSettled(
    Array.from({ length: 4 }, (_, i) => world.stacks.updateStack(caller, keyOf(stack), update({ tags: [`t${i}`] }))),
  );
  const done = outcomes.filter((outcome) => outcome.status === 'fulfilled').map((outcome) => outcome.value);
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'conflict', type: 'ActionInProgress' });
  expect(done.length).toBeGreaterThan(0);
  expect(new Set(done.map(({ traversal }) => traversal)).size).toBe(done.length);
  const row = await rowOf(stack);
  expect(row.traversal).toBe(1 + done.length);
  expect(done.map(({ definitionId }) => definitionId)).toContain(row.definitionId);
  expect(done.find(({ traversal }) => traversal === row.traversal)?.definitionId).toBe(row.definitionId);
});

test('delete once begins a traversal, twice changes nothing, and afterwards there is no stack', async () => {
  const stack = await world.stacks.createStack(caller, create());
  await world.settle();
  await world.stacks.deleteStack(caller, keyOf(stack));
  const row = await rowOf(stack);
  expect(row).toMatchObject({
    action: 'DELETE',
    status: 'IN_PROGRESS',
    statusReason: 'Stack DELETE started',
    targetDefinitionId: null,
    traversal: 2,
  });
  await world.stacks.deleteStack(caller, keyOf(stack));
  expect(await rowOf(stack)).toEqual(row);
  expect(await refusal(world.stacks.updateStack(caller, keyOf(stack), update()))).toMatchObject({ code: 'invalid', type: 'NotSupported' });
  await world.settle();
  expect(await rowOf(stack)).toMatchObject({ action: 'DELETE', status: 'COMPLETE' });
  expect(world.cloud.things.size).toBe(0);
  expect(await refusal(world.stacks.deleteStack(caller, keyOf(stack)))).toMatchObject({
    code: 'not-found',
    type: 'EntityNotFound',
    message: 'The Stack (web) could not be found.',
  });
  expect(await refusal(world.stacks.updateStack(caller, keyOf(stack), update()))).toMatchObject({ code: 'not-found' });
  await world.stacks.createStack(caller, create());
});

test('updates and a deletion at once: the deletion stands', async () => {
  const stack = await world.stacks.createStack(caller, create());
  await Promise.allSettled([
    ...Array.from({ length: 3 }, () => world.stacks.updateStack(caller, keyOf(stack), update())),
    world.stacks.deleteStack(caller, keyOf(stack)),
    ...Array.from({ length: 3 }, () => world.stacks.updateStack(caller, keyOf(stack), update())),
  ]);
  expect(await rowOf(stack)).toMatchObject({ action: 'DELETE', targetDefinitionId: null });
});
