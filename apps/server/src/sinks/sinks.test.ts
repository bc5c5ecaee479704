/** Sinks on a real PostgreSQL: everything that was committed is told, in order, at least once; whatever dies, fails or comes late. */
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asId, type JsonObject, Secret, silentLog, type StackId } from '@hearth/kernel';
import { startHolder } from '@hearth/leases';
import { createOutbound } from '@hearth/outbound';
import {
  createEngineStore,
  createSecretBox,
  type DueClaim,
  insertStack,
  listSinks,
  nextDefinitionNumber,
  requestUpdate,
  settleOperatorSink,
  type StackPatch,
  type StackRecord,
} from '@hearth/store';
import { newHolderId, sampleCredential, sampleDefinition, sampleEvent, sampleStack } from '@hearth/store/testing';
import { seededRandom, testDatabase } from '@hearth/testkit';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { systemTimers } from '../system-ports.ts';
import { deliver, type DeliveryPorts } from './deliver.ts';
import { type NotificationTarget, outletOf, type OutletPorts } from './outlets.ts';
import { runSinks } from './run-sinks.ts';

const home = await testDatabase();
const { database } = home;
const box = createSecretBox(randomBytes(32));
const folder = mkdtempSync(join(tmpdir(), 'hearth-sinks-'));
const running: (() => Promise<void>)[] = [];
const run = (text: string, values: readonly unknown[] = []) => database.query({ text, values });

interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly url: string;
  readonly body: string;
}
let received: Received[] = [];
/** What the other side answers, as long as there are any; then 200. */
let answers: number[] = [];
let server: Server;
let base: string;
beforeEach(async () => {
  await run('truncate stack, event, event_sink, credential, definition, content cascade');
  received = [];
  answers = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const status = answers.shift() ?? 200;
      if (status < 300) received.push({ headers: request.headers, url: request.url ?? '', body });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((stop) => stop()));
  await new Promise((resolve) => {
    server.close(resolve);
  });
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await home.drop();
});

interface Given {
  readonly notifications?: NotificationTarget;
  readonly allow?: readonly string[];
  readonly giveUpAfterMs?: number;
  readonly queue?: (path: string, body: JsonObject) => void;
}

function portsOf({ notifications, allow = ['127.0.0.1'], giveUpAfterMs = 60_000, queue }: Given = {}): DeliveryPorts {
  const outbound = createOutbound({ log: silentLog, timers: systemTimers, allow });
  const session = { send: async ({ path, body }: { path: string; body: JsonObject }) => queue?.(path, body) };
  const outlets: OutletPorts = {
    database,
    secretBox: box,
    cloudFor: async () => ({ session }) as never,
    outbound,
    operatorOutbound: outbound,
    notifications: notifications ?? null,
    timers: systemTimers,
    log: silentLog,
    publisher: 'orchestration.here',
  };
  return { database, secretBox: box, timers: systemTimers, log: silentLog, giveUpAfterMs, outletOf: (sink) => outletOf(sink, outlets) };
}

async function process(name: string, given: Given = {}, work?: (claim: DueClaim) => Promise<void>): Promise<{ stop(): Promise<void> }> {
  const shared = { database, timers: systemTimers, random: seededRandom(name), log: silentLog };
  const holder = await startHolder({ ...shared, name });
  const ports = portsOf(given);
  const sinks = await runSinks({ ...shared, leaseDatabase: database, holder, deliver: work ?? ((claim) => deliver(claim, ports)) });
  let isStopped = false;
  const stop = async (): Promise<void> => {
    if (isStopped) return;
    isStopped = true;
    await sinks.stop();
    await holder.stop();
  };
  running.push(stop);
  return { stop };
}

const hook = (more: JsonObject = {}): JsonObject => ({ type: 'webhook', target: `${base}/events`, ...more });
const environment = (...eventSinks: JsonObject[]): JsonObject => ({ parameters: {}, eventSinks });

async function stackWith(...sinks: JsonObject[]): Promise<StackRecord> {
  const credential = sampleCredential(sampleStack());
  const stack = sampleStack({ name: `s${randomBytes(4).toString('hex')}`, credentialId: credential.id });
  const definition = sampleDefinition(stack, { environment: environment(...sinks) });
  await database.transaction((tx) =>
    insertStack(tx, box, { stack, definition, credential, event: stackEvent(stack.id, 'CREATE', 'IN_PROGRESS') }),
  );
  return stack;
}
const stackEvent = (id: StackId, action: string, status: string) =>
  sampleEvent(id, { resourceName: 'web', resourceType: 'OS::Heat::Stack', physicalId: id, action, status, reason: `Stack ${action} told` });

type SampleEvents = ReturnType<typeof sampleEvent>[];
/** Events as an owner commits them. */
const commit = (stack: StackRecord, ...events: SampleEvents): Promise<void> => commitWith(stack, null, ...events);
async function commitWith(stack: StackRecord, patch: StackPatch | null, ...events: SampleEvents): Promise<void> {
  const holderId = newHolderId();
  const [row] = await database.query<{ epoch: number }>({
    text: 'update stack set holder_id = $2, epoch = epoch + 1 where id = $1 returning epoch',
    values: [stack.id, holderId],
  });
  const fence = { stackId: stack.id, holderId, epoch: row?.epoch ?? -1 };
  await createEngineStore(database, box).commit(fence, {
    stack: patch === null ? null : { ifTraversal: stack.traversal, patch },
    resources: [],
    removed: [],
    events,
    children: [],
  });
}
const numbered = (stack: StackRecord, from: number, count: number): ReturnType<typeof sampleEvent>[] =>
  Array.from({ length: count }, (_, i) => sampleEvent(stack.id, { reason: String(from + i) }));
const update = (stack: StackRecord, ...sinks: JsonObject[]) =>
  database.transaction(async (tx) => {
    const number = await nextDefinitionNumber(tx, stack.id);
    const definition = sampleDefinition(stack, { id: asId(crypto.randomUUID()), number, environment: environment(...sinks) });
    await requestUpdate(tx, box, definition, { ...stack, rollbackDefinitionId: null }, stackEvent(stack.id, 'UPDATE', 'IN_PROGRESS'));
  });

const told = (some: readonly Received[] = received): readonly { id: string; stack: string; reason: string }[] =>
  some.flatMap(({ body }) => (JSON.parse(body) as { events: { id: string; stack: string; reason: string }[] }).events);
const reasons = (): readonly string[] => told().map(({ reason }) => reason);
const sequence = (count: number): readonly string[] => ['Stack CREATE told', ...Array.from({ length: count }, (_, i) => String(i))];

test('what happens is told to a URL: in order, once, signed', async () => {
  await process('one');
  const stack = await stackWith(hook({ secret: 'key of the receiver' }));
  await expect.poll(reasons).toEqual(['Stack CREATE told']);
  await commit(stack, ...numbered(stack, 0, 250));
  await expect.poll(() => told().length).toBe(251);
  expect(reasons()).toEqual(sequence(250));
  for (const { body, headers, url } of received) {
    const time = String(headers['x-hearth-time']);
    expect(Math.abs(Number(time) - Date.now() / 1000)).toBeLessThan(60);
    expect(headers['x-hearth-signature']).toBe(
      `sha256=${createHmac('sha256', 'key of the receiver').update(`${time}.${body}`).digest('hex')}`,
    );
    expect(url).toBe('/events');
    expect((JSON.parse(body) as { events: unknown[] }).events.length).toBeLessThanOrEqual(100);
  }
  expect(await listSinks(database, box, stack.id)).toMatchObject([{ delivered: 251, failures: 0, reason: null }]);
  const sealed = await database.query<{ text: string }>({
    text: "select encode(detail, 'escape') || mark as text from event_sink",
    values: [],
  });
  expect(sealed[0]?.text).not.toContain('receiver');
});

test('a side that fails is tried again, from where it was; nothing is lost and nothing comes out of order', async () => {
  answers = [500, 200, 404, 200];
  await process('one');
  const stack = await stackWith(hook());
  await expect.poll(async () => (await listSinks(database, box, stack.id))[0]?.reason).toMatch(/HTTP 500/);
  await commit(stack, ...numbered(stack, 0, 150));
  await expect.poll(() => told().length, { timeout: 15_000 }).toBe(151);
  expect(reasons()).toEqual(sequence(150));
}, 30_000);

test('who fails for too long is given up, with the reason; an update with the same sink begins again where it was', async () => {
  answers = Array.from({ length: 50 }, () => 500);
  await process('one', { giveUpAfterMs: 500 });
  const stack = await stackWith(hook());
  await expect.poll(async () => (await listSinks(database, box, stack.id))[0]?.givenUpAt, { timeout: 10_000 }).toBeGreaterThan(0);
  expect((await listSinks(database, box, stack.id))[0]?.reason).toMatch(/HTTP 500/);
  answers = [];
  await commit(stack, ...numbered(stack, 0, 3));
  await update(stack, hook());
  await expect.poll(reasons).toEqual([...sequence(3), 'Stack UPDATE told']);
}, 30_000);

test('an address inside is refused unless the operator allows it', async () => {
  await process('one', { allow: [] });
  const stack = await stackWith(hook());
  await expect.poll(async () => (await listSinks(database, box, stack.id))[0]?.reason).toMatch(/HEARTH_OUTBOUND_ALLOW/);
  expect(received).toEqual([]);
});

test('a process that dies in the middle of a delivery loses nothing: another one goes on', async () => {
  // Takes the sink, sends what there is, and stands still for ever: what it does when it wakes up counts for nothing.
  const ports = portsOf();
  let wakeUp = (): void => {};
  const still = new Promise<void>((resolve) => {
    wakeUp = resolve;
  });
  const dying = await process('dying', {}, (claim) =>
    deliver(claim, {
      ...ports,
      outletOf: (sink) => ({
        most: 10,
        async take(events) {
          await ports.outletOf(sink).take(events);
          await still;
        },
      }),
    }),
  );
  const stack = await stackWith(hook());
  await expect.poll(() => told().length).toBe(1);
  await commit(stack, ...numbered(stack, 0, 40));
  // As after kill -9: nobody gives the row back, and its holder is known no more.
  await run('update event_sink set holder_id = gen_random_uuid()');
  await process('other');
  await expect.poll(() => new Set(told().map(({ id }) => id)).size, { timeout: 15_000 }).toBe(41);
  // The first was told once more than needed, and the order is that of the events.
  expect(reasons()).toEqual(['Stack CREATE told', ...sequence(40)]);
  // What was received is still to be put on record.
  await expect.poll(() => run('select 1 from event_sink where holder_id is not null')).toEqual([]);
  const before = await listSinks(database, box, stack.id);
  wakeUp();
  await dying.stop();
  expect(await listSinks(database, box, stack.id)).toEqual(before);
}, 30_000);

test('two processes and many stacks: each is told by one at a time, in order', async () => {
  await process('one');
  await process('two');
  const stacks = await Promise.all(Array.from({ length: 8 }, () => stackWith(hook())));
  for (let turn = 0; turn < 5; turn++) await Promise.all(stacks.map((stack) => commit(stack, ...numbered(stack, turn * 10, 10))));
  await expect.poll(() => told().length, { timeout: 15_000 }).toBe(8 * 51);
  for (const stack of stacks) {
    const ofStack = told().filter((event) => event.stack === stack.id);
    expect(ofStack.map(({ reason }) => reason)).toEqual(sequence(50));
  }
}, 30_000);

test('what an older transaction still writes is waited for', async () => {
  await process('one');
  const stack = await stackWith(hook());
  await expect.poll(() => told().length).toBe(1);
  const other = await home.another({ poolSize: 1 });
  const late = sampleEvent(stack.id, { reason: 'late' });
  await other.transaction(async (tx) => {
    await tx.query({
      text: `insert into event (id, stack_id, root_id, project_id, resource_name, resource_type, action, status, reason, at)
        select $1, id, root_id, project_id, 'r', 't', 'CREATE', 'COMPLETE', $3, now() from stack where id = $2`,
      values: [late.id, stack.id, late.reason],
    });
    await commit(stack, ...numbered(stack, 0, 2));
    await systemTimers.sleep(700);
    expect(told()).toHaveLength(1);
  });
  await expect.poll(reasons).toEqual(['Stack CREATE told', 'late', '0', '1']);
});

test('an update changes the sinks: the former ones are told what was before, the new ones what is from then on', async () => {
  const stack = await stackWith(hook({ target: `${base}/first` }));
  await commit(stack, ...numbered(stack, 0, 2));
  await update(stack, hook({ target: `${base}/second` }));
  await commit(stack, ...numbered(stack, 2, 2));
  await process('one');
  const at = (url: string) => told(received.filter((one) => one.url === url)).map(({ reason }) => reason);
  await expect
    .poll(() => [at('/first'), at('/second')])
    .toEqual([
      ['Stack CREATE told', '0', '1'],
      ['Stack UPDATE told', '2', '3'],
    ]);
  await expect.poll(async () => (await run('select 1 from event_sink')).length).toBe(1);
});

test('the stacks below tell the sinks of the one at the top', async () => {
  await process('one');
  const root = await stackWith(hook());
  const child = sampleStack({ parentId: root.id, parentResource: 'r', rootId: root.id, depth: 1, credentialId: root.credentialId });
  const definition = sampleDefinition(child, { environment: environment(hook()) });
  const holderId = newHolderId();
  await run('update stack set holder_id = $2 where id = $1', [root.id, holderId]);
  await createEngineStore(database, box).commit(
    { stackId: root.id, holderId, epoch: 0 },
    {
      stack: null,
      resources: [],
      removed: [],
      events: [],
      children: [{ kind: 'create', stack: child, definition, event: stackEvent(child.id, 'CREATE', 'IN_PROGRESS') }],
    },
  );
  await commit(child, ...numbered(child, 0, 2));
  await expect.poll(() => told().map(({ stack }) => stack)).toEqual([root.id, child.id, child.id, child.id]);
});

test('a sink goes with its stack when everything is told', async () => {
  await process('one');
  const stack = await stackWith(hook());
  await commit(stack, stackEvent(stack.id, 'DELETE', 'COMPLETE'));
  await commitWith(stack, { deletedAt: Date.now() }, sampleEvent(stack.id, { reason: 'last' }));
  await expect.poll(async () => (await run('select 1 from event_sink')).length).toBe(0);
  expect(reasons()).toEqual(['Stack CREATE told', 'Stack DELETE told', 'last']);
});

test('a queue is told what Heat tells it, as the stack’s user, no more at once than it takes', async () => {
  const posted: { path: string; body: JsonObject }[] = [];
  await process('one', { queue: (path, body) => void posted.push({ path, body }) });
  const stack = await stackWith({ type: 'zaqar-queue', target: 'my queue', ttl: 60 });
  await commit(stack, ...numbered(stack, 0, 45));
  await expect.poll(() => posted.flatMap(({ body }) => body['messages'] as JsonObject[]).length).toBe(46);
  expect(posted.every(({ path, body }) => path === '/v2/queues/my%20queue/messages' && (body['messages'] as unknown[]).length <= 20)).toBe(
    true,
  );
  const [first] = posted.flatMap(({ body }) => body['messages'] as JsonObject[]);
  expect(first).toEqual({
    ttl: 60,
    body: {
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      version: '0.1',
      type: 'os.heat.event',
      id: expect.any(String),
      payload: {
        resource_name: 'web',
        physical_resource_id: stack.id,
        stack_id: stack.id,
        resource_action: 'CREATE',
        resource_status: 'IN_PROGRESS',
        resource_status_reason: 'Stack CREATE told',
        resource_type: 'OS::Heat::Stack',
        resource_properties: {},
        version: '0.1',
      },
    },
  });
});

test('the operator is notified of what stacks go through, in Heat’s words, to a file', async () => {
  await settleOperatorSink(database, box);
  const file = join(folder, 'notifications');
  await process('one', { notifications: { kind: 'file', file } });
  const stack = await stackWith();
  await commit(stack, ...numbered(stack, 0, 5), stackEvent(stack.id, 'CREATE', 'FAILED'));
  const lines = (): JsonObject[] => {
    try {
      return readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as JsonObject);
    } catch {
      return [];
    }
  };
  await expect
    .poll(() => lines().map(({ event_type: type }) => type))
    .toEqual(['orchestration.stack.create.start', 'orchestration.stack.create.error']);
  expect(lines()[1]).toMatchObject({
    priority: 'ERROR',
    publisher_id: 'orchestration.here',
    payload: {
      tenant_id: stack.projectId,
      stack_identity: stack.id,
      stack_name: stack.name,
      state: 'CREATE_FAILED',
      state_reason: 'Stack CREATE told',
      username: 'someone',
      tags: null,
    },
  });
});

test('the operator is notified at a URL, signed', async () => {
  await settleOperatorSink(database, box);
  await process('one', { notifications: { kind: 'webhook', url: `${base}/operator`, secret: new Secret('s') } });
  await stackWith();
  await expect
    .poll(() => received.map(({ url, headers }) => [url, headers['x-hearth-signature'] !== undefined]))
    .toEqual([['/operator', true]]);
});
