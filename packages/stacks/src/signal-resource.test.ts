/** Signals as the use case takes them down: judged, counted one after the other, bounded, for those only who may, and with an event. */
import { asId, type JsonObject, Refusal, type UserId } from '@hearth/kernel';
import { done, registryOf, resourceTypes, signedUrl, type SignalTaking, withSigning, withStackUser } from '@hearth/resource-kit';
import type { StackRecord } from '@hearth/store';
import { testDatabase, type TestDatabase } from '@hearth/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signalReader } from './signal-reader.ts';
import { EVERY_EVENT, EVERY_RESOURCE, sampleCreate, testCaller, testStacks, type TestStacks } from './testing/index.ts';

const KEY = { access: 'key', secret: 'hush' };
const URL = signedUrl('http://here/cfn/v1', '/waitcondition/x', KEY, 'PUT', 0);
const GUEST = testCaller('guests', ['heat_stack_user'], 'guest');

/** Counts what it is told. */
const counting: SignalTaking = {
  url: 'waitcondition',
  judge(details, { count }) {
    if (details === null) return { kind: 'ignore' };
    const told = details as JsonObject;
    if (told['bad'] === true) throw new Refusal('invalid', 'ValueError', 'that is bad');
    const key = typeof told['key'] === 'string' ? told['key'] : null;
    return { kind: 'keep', key, body: { ...told, number: count + 1 }, reason: `number ${count + 1}` };
  },
  metadata: (signals) => ({ told: signals.map(({ body }) => body['number'] as number) }),
};
const told = resourceTypes<unknown>()({
  name: 'Test::Told',
  doc: 'Something that can be told.',
  virtual: true,
  properties: {},
  attributes: {},
  examples: [],
  signals: counting,
  find: async () => [],
  create: async ({ physicalName }) =>
    done({
      physicalId: physicalName,
      data: withStackUser(withSigning({}, { ...KEY, url: URL, verb: 'PUT' }), { id: GUEST.userId, projectId: GUEST.projectId }),
    }),
  delete: async () => done(),
  observe: async () => ({}),
});
const deaf = resourceTypes<unknown>()({
  name: 'Test::Deaf',
  doc: 'Something that can not.',
  virtual: true,
  properties: {},
  attributes: {},
  examples: [],
  find: async () => [],
  create: async ({ physicalName }) => done({ physicalId: physicalName }),
  delete: async () => done(),
  observe: async () => ({}),
});
const registry = registryOf([told, deaf]);

let db: TestDatabase;
let world: TestStacks;
let stack: StackRecord;
const caller = testCaller('project-a');
const keyOf = () => ({ id: stack.id, name: stack.name });
const template: JsonObject = {
  heat_template_version: '2018-08-31',
  resources: { a: { type: 'Test::Told', metadata: { own: 1 } }, b: { type: 'Test::Told' }, deaf: { type: 'Test::Deaf' } },
};

beforeAll(async () => {
  db = await testDatabase({ poolSize: 10 });
  world = testStacks({ database: db.database, registry, limits: { signalsPerResource: 30 } });
  stack = await world.stacks.createStack(caller, sampleCreate({ template }));
  await world.settle();
});
afterAll(() => db.drop());

const signal = (name: string, details: JsonObject | null, as = caller) => world.stacks.signalResource(as, keyOf(), name, details);
const refusal = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof Refusal ? `${error.code} ${error.type}` : String(error)),
  );
const metadata = (name: string) => world.stacks.resourceMetadata(caller, keyOf(), name);
const signalEvents = async () => (await world.stacks.listEvents(caller, keyOf(), { ...EVERY_EVENT, actions: ['SIGNAL'] })).events;

test('twenty at the same time are counted one after the other, each with its event; the metadata shows them', async () => {
  await Promise.all(Array.from({ length: 20 }, () => signal('a', {})));
  const numbers = Array.from({ length: 20 }, (_, i) => i + 1);
  expect(await metadata('a')).toEqual({ own: 1, told: numbers });
  const reasons = (await signalEvents()).map(({ reason, action, status }) => `${action} ${status} ${reason}`).sort();
  expect(reasons).toEqual(numbers.map((number) => `SIGNAL COMPLETE Signal: number ${number}`).sort());
});

test('the same key again stands in for the one before, and takes no more room', async () => {
  for (let i = 0; i < 3; i++) await signal('b', { key: 'x' });
  expect(await metadata('b')).toEqual({ told: [2] });
  const shelf = signalReader({ database: db.database, secretBox: world.secretBox, registry, stack });
  const [row] = (await world.stacks.listResources(caller, keyOf(), { ...EVERY_RESOURCE, names: ['b'] })).resources;
  expect(await shelf.to(row?.physicalId as string)).toMatchObject({ name: 'b', signals: [{ key: 'x' }] });
  expect(await shelf.to('nowhere')).toBeNull();
});

test('what says nothing changes nothing; what cannot be taken is refused, and changes nothing', async () => {
  const before = [await metadata('b'), (await signalEvents()).length];
  await signal('b', null);
  expect(await refusal(signal('b', { bad: true }))).toBe('invalid ValueError');
  expect(await refusal(signal('deaf', {}))).toBe('invalid ResourceActionNotSupported');
  expect(await refusal(signal('nobody', {}))).toBe('not-found ResourceNotFound');
  expect(await refusal(signal('b', { unset_hook: 'pre-create' }))).toBe('invalid InvalidBreakPointHook');
  expect(await refusal(signal('b', {}, testCaller('project-b')))).toBe('not-found EntityNotFound');
  expect([await metadata('b'), (await signalEvents()).length]).toEqual(before);
});

test('a guest reaches the resource that has its account, and nothing else', async () => {
  await signal('a', { by: 'guest' }, GUEST);
  expect(await world.stacks.resourceMetadata(GUEST, keyOf(), 'a')).toMatchObject({ own: 1 });
  expect((await world.stacks.showResource(GUEST, keyOf(), 'a', [])).resource.name).toBe('a');
  expect(await refusal(signal('deaf', {}, GUEST))).toBe('not-found EntityNotFound');
  expect(await refusal(world.stacks.showResource(GUEST, keyOf(), 'nobody', []))).toBe('not-found EntityNotFound');
  expect(await refusal(signal('a', {}, { ...GUEST, userId: asId<UserId>('other') }))).toBe('not-found EntityNotFound');
  expect(await refusal(signal('a', {}, testCaller('other-guests', ['heat_stack_user'], 'guest')))).toBe('not-found EntityNotFound');
  expect(await refusal(signal('a', { unset_hook: 'pre-create' }, GUEST))).toBe('forbidden Forbidden');
});

test('a signed URL needs no caller', async () => {
  const query = [...new globalThis.URL(URL).searchParams];
  const by = (more: object) =>
    world.stacks.signalBySignature({ stackId: stack.id, resource: 'b', kind: 'waitcondition', query, ...more }, { key: 'x' });
  expect(await by({})).toEqual({ told: [2] });
  expect(await refusal(by({ query: query.slice(1) }))).toBe('forbidden SignatureDoesNotMatch');
  expect(await refusal(by({ kind: 'signal' }))).toBe('not-found EntityNotFound');
  expect(await refusal(by({ resource: 'deaf' }))).toBe('not-found EntityNotFound');
  expect(await refusal(by({ stackId: '00000000-0000-4000-8000-000000000000' }))).toBe('not-found EntityNotFound');
});

test('there is an end to what one resource takes', async () => {
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => refusal(signal('a', {}))));
  expect(outcomes.filter((outcome) => outcome === 'forbidden RequestLimitExceeded').length).toBe(11);
  expect(outcomes.filter((outcome) => outcome === 'none').length).toBe(9);
});

test('nothing is told while it is put to rest, nor once it is on its way out; then its signals are gone too', async () => {
  await world.stacks.visitStack(caller, keyOf(), 'SUSPEND');
  await world.settle();
  expect(await refusal(signal('b', {}))).toBe('invalid NotSupported');
  await world.stacks.deleteStack(caller, keyOf());
  await world.settle();
  expect(await refusal(signal('b', {}))).toBe('not-found EntityNotFound');
  expect(await db.database.query({ text: 'select 1 from signal', values: [] })).toEqual([]);
});
