/** A server whose processes are killed, whose keys change and whose events are brought elsewhere: nothing is lost, and stacks go on. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { login, miniCloudUser, type Rest, untilSettled } from '../tools/server/rest.ts';
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from '../tools/server/server-process.ts';
import { runServer } from './hearth-command.ts';

const folder = temporaryFolder('data');
const dataDir = join(folder, 'server');
const notified = join(folder, 'notifications');
let server: ServerProcess;
let rest: Rest;
let receiver: Server;
let target: string;
/** How long the receiver takes over each answer, and what it took. */
let slowMs = 0;
const taken: { readonly id: string; readonly reason: string; readonly action: string; readonly status: string; readonly stack: string }[] =
  [];

const start = async (): Promise<void> => {
  server = await startServer({
    dataDir,
    variables: { HEARTH_OUTBOUND_ALLOW: '127.0.0.1', HEARTH_NOTIFICATIONS: notified, HEARTH_MINICLOUD_BUILD_DELAY_MS: '50' },
  });
  rest = await login(server.ready.identity as string, miniCloudUser(dataDir));
};
const stacks = (): string => `${(server.ready.orchestration as string).replace(/\/v1$/, '')}/v1/${rest.projectId}/stacks`;

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      // Taken at once, answered late: who dies in between must tell it again.
      taken.push(...(JSON.parse(body) as { events: typeof taken }).events);
      setTimeout(() => response.writeHead(204).end(), slowMs);
    });
  });
  await new Promise<void>((listening) => {
    receiver.listen(0, '127.0.0.1', listening);
  });
  target = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  await start();
}, 120_000);
afterAll(async () => {
  await server.end();
  receiver.closeAllConnections();
  await new Promise((closed) => {
    receiver.close(closed);
  });
  removeFolder(folder);
}, 60_000);

const values = (count: number, length: number) => ({
  heat_template_version: '2018-08-31',
  parameters: { secret: { type: 'string', hidden: true } },
  resources: Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`r${i}`, { type: 'OS::Heat::RandomString', properties: { length } }]),
  ),
  outputs: { same: { value: { get_param: 'secret' } } },
});
async function create(name: string, body: object): Promise<string> {
  const { status, body: made } = await rest.call<{ stack: { id: string } }>('POST', stacks(), {
    stack_name: name,
    timeout_mins: 30,
    ...body,
  });
  expect([status, made]).toMatchObject([201, {}]);
  return `${name}/${made.stack.id}`;
}
interface Shown {
  readonly stack: { readonly outputs: readonly { readonly output_value: string }[] };
}
const secretOf = async (stack: string): Promise<string | undefined> =>
  (await rest.call<Shown>('GET', `${stacks()}/${stack}`)).body.stack.outputs[0]?.output_value;

const keys = (...args: string[]) => runServer(['keys', ...args, '--data', dataDir]);

/** Each event once, in the order in which it was first told. */
const once = () => [...new Map(taken.map((event) => [event.id, event])).values()];

test('the server is killed while it delivers: everything is told, in order, and what the operator is told too', async () => {
  slowMs = 400;
  const sinks = [{ type: 'webhook', target, secret: 'shared' }];
  const stack = await create('told', {
    template: values(60, 8),
    parameters: { secret: 'open sesame' },
    environment: { event_sinks: sinks },
  });
  const { body: shown } = await rest.call<{ event_sinks: unknown }>('GET', `${stacks()}/${stack}/environment`);
  expect(shown.event_sinks).toEqual([{ type: 'webhook', target, secret: '******' }]);
  await expect.poll(() => taken.length, { timeout: 20_000 }).toBeGreaterThan(0);
  await server.kill();
  await start();
  await untilSettled(rest, `${stacks()}/${stack}`, 60_000);
  slowMs = 0;
  // Two of each resource, two of the stack.
  await expect.poll(() => once().length, { timeout: 30_000 }).toBe(122);
  const { body } = await rest.call<{ events: { id: string }[] }>('GET', `${stacks()}/${stack}/events?sort_dir=asc&limit=1000`);
  expect(new Set(once().map(({ id }) => id))).toEqual(new Set(body.events.map(({ id }) => id)));
  expect(once().at(0)).toMatchObject({ action: 'CREATE', status: 'IN_PROGRESS' });
  expect(once().at(-1)).toMatchObject({ action: 'CREATE', status: 'COMPLETE', stack: stack.split('/')[1] });
  const types = (): readonly string[] =>
    readFileSync(notified, 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event_type: string }).event_type);
  await expect
    .poll(() => new Set(types()), { timeout: 20_000 })
    .toEqual(new Set(['orchestration.stack.create.start', 'orchestration.stack.create.end']));
  await rest.call('DELETE', `${stacks()}/${stack}`);
  await expect.poll(() => once().at(-1), { timeout: 30_000 }).toMatchObject({ action: 'DELETE', status: 'COMPLETE' });
}, 180_000);

test('keys change while the server runs: stacks go on, secrets stay, the former key is retired', async () => {
  const stack = await create('sealed', { template: values(20, 8), parameters: { secret: 'open sesame' } });
  await untilSettled(rest, `${stacks()}/${stack}`, 60_000);
  const rotated = await keys('rotate');
  expect(rotated).toMatchObject({ code: 0, text: expect.stringContaining('New secrets are sealed with') });
  const during = await create('during', { template: values(20, 8), parameters: { secret: 'other words' } });
  await untilSettled(rest, `${stacks()}/${during}`, 60_000);
  expect([await secretOf(stack), await secretOf(during)]).toEqual(['open sesame', 'other words']);
  let listed = '';
  for (let tries = 0; tries < 60 && !listed.includes('unused since'); tries++) {
    await sleep(500);
    listed = (await keys('list')).text;
  }
  expect(listed).toMatch(/former, unused since/);
  const former = /^([0-9a-f]{32}) {2}former/m.exec(listed)?.[1] as string;
  expect(await keys('retire', former.slice(0, 8))).toMatchObject({ code: 0 });
  expect(readFileSync(join(dataDir, 'secret.key'), 'utf8').trim().split('\n')).toHaveLength(1);
  // A new process has the new key alone.
  await server.kill();
  await start();
  expect([await secretOf(stack), await secretOf(during)]).toEqual(['open sesame', 'other words']);
  for (const one of [stack, during]) {
    await rest.call('DELETE', `${stacks()}/${one}`);
    expect((await untilSettled(rest, `${stacks()}/${one}`, 60_000)).stack_status).toBe('DELETE_COMPLETE');
  }
}, 180_000);
