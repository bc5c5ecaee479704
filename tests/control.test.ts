/** The mini-cloud steered while stacks are made on it: lost answers, failing builds, drift, time; through the API and through the command line. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type CloudControl, cloudControl } from '../tools/server/control.ts';
import { login, miniCloudUser, type Rest, untilSettled } from '../tools/server/rest.ts';
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from '../tools/server/server-process.ts';

const folder = temporaryFolder('control');
const data = `${folder}/data`;
let server: ServerProcess;
let control: CloudControl;
let demo: Rest;

beforeAll(async () => {
  server = await startServer({
    dataDir: data,
    variables: { HEARTH_MINICLOUD_BUILD_DELAY_MS: '300', HEARTH_MINICLOUD_DELETE_DELAY_MS: '100', HEARTH_ACTION_RETRY_LIMIT: '1' },
  });
  control = await cloudControl(server);
  demo = await login(String(server.ready.identity), miniCloudUser(data));
});
beforeEach(async () => {
  expect((await control.call('DELETE', '/behaviours')).status).toBe(200);
});
afterAll(async () => {
  await server?.stop();
  removeFolder(folder);
});

const stacks = (): string => `${String(server.ready.orchestration)}/${demo.projectId}/stacks`;

async function create(name: string, more: object = {}): Promise<string> {
  const properties = { name, image: 'testimage', flavor: 'm1.tiny', networks: [{ network: 'private' }] };
  const template = { heat_template_version: '2018-08-31', resources: { server: { type: 'OS::Nova::Server', properties } } };
  const made = await demo.call<{ stack: { id: string } }>('POST', stacks(), { stack_name: name, template, timeout_mins: 5, ...more });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return `${stacks()}/${name}/${made.body.stack.id}`;
}

async function remove(url: string): Promise<void> {
  expect((await demo.call('DELETE', url)).status).toBe(204);
  expect((await untilSettled(demo, url, 60_000)).stack_status).toBe('DELETE_COMPLETE');
}

async function servers(): Promise<readonly { readonly id: string; readonly name: string; readonly status: string }[]> {
  const { body } = await demo.call<{ servers: readonly { id: string; name: string; status: string }[] }>(
    'GET',
    `${demo.endpoint('compute')}/servers/detail`,
  );
  return body.servers;
}

const behave = async (behaviour: object): Promise<string> => {
  const { status, body } = await control.call<{ behaviour: { id: string } }>('POST', '/behaviours', behaviour);
  expect(status, JSON.stringify(body)).toBe(201);
  return body.behaviour.id;
};
const usedTimes = async (id: string): Promise<number> =>
  (await control.call<{ behaviour: { used: number } }>('GET', `/behaviours/${id}`)).body.behaviour.used;

it('a server whose creation was answered by nothing is found again and adopted, not made twice', { timeout: 120_000 }, async () => {
  const id = await behave({ service: 'compute', method: 'POST', path: '*/servers', loseReply: true, times: 1 });
  const url = await create('lost');
  expect((await untilSettled(demo, url, 90_000)).stack_status).toBe('CREATE_COMPLETE');
  expect(await usedTimes(id)).toBe(1);
  expect((await servers()).map(({ name, status }) => `${name} ${status}`)).toEqual(['lost ACTIVE']);
  await remove(url);
  expect(await control.leftovers()).toEqual([]);
});

it('a server that fails to build fails its stack, with the reason', { timeout: 120_000 }, async () => {
  await behave({ service: 'compute', name: 'burnt', errorAfterBuild: 'The host has caught fire.' });
  const url = await create('burnt');
  const stack = await untilSettled(demo, url, 90_000);
  expect(stack).toMatchObject({ stack_status: 'CREATE_FAILED', stack_status_reason: expect.stringContaining('The host has caught fire.') });
  await remove(url);
  expect(await control.leftovers()).toEqual([]);
});

it('a service that is busy for a while delays a stack, no more', { timeout: 120_000 }, async () => {
  const id = await behave({ service: 'compute', method: 'POST', path: '*/servers', refuse: { status: 503, retryAfter: 1 }, times: 2 });
  const url = await create('busy');
  expect((await untilSettled(demo, url, 90_000)).stack_status).toBe('CREATE_COMPLETE');
  expect(await usedTimes(id)).toBe(2);
  expect(await servers()).toHaveLength(1);
  await remove(url);
  expect(await control.leftovers()).toEqual([]);
});

it('a server that was deleted behind its stack does not keep the stack from going', { timeout: 120_000 }, async () => {
  const url = await create('drifted');
  expect((await untilSettled(demo, url, 90_000)).stack_status).toBe('CREATE_COMPLETE');
  const [made] = await servers();
  expect((await control.call('POST', `/servers/${made?.id}`, { delete: true })).status).toBe(204);
  expect(await servers()).toEqual([]);
  await remove(url);
  expect(await control.leftovers()).toEqual([]);
});

const hearth = async (...args: readonly string[]): Promise<unknown> => {
  const command = ['--disable-warning=ExperimentalWarning', 'apps/cli/src/main.ts', 'cloud', ...args, '--data', data, '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, command);
  return JSON.parse(stdout) as unknown;
};

it('the command line steers it too', { timeout: 60_000 }, async () => {
  const where = ['--service', 'nova', '--path', '*/flavors*', '--project', 'demo', '--times', '1'];
  const added = await hearth('behaviour', 'add', ...where, '--refuse', '429', '--message', 'Slowly.', '--retry-after', '3');
  expect(added).toMatchObject({ service: 'compute', path: '*/flavors*', project: demo.projectId, refuse: { status: 429, retryAfter: 3 } });
  expect(await hearth('behaviour', 'list')).toEqual([added]);
  expect((await demo.call('GET', `${demo.endpoint('compute')}/flavors`)).body).toEqual({ overLimit: { code: 429, message: 'Slowly.' } });
  expect(await hearth('behaviour', 'remove', (added as { id: string }).id)).toEqual({ removed: 1 });
  expect(await hearth('behaviour', 'list')).toEqual([]);
  expect(await hearth('time', '--advance', '3600')).toMatchObject({ aheadSeconds: 3600, factor: 1 });
  expect(await hearth('time')).toMatchObject({ aheadSeconds: 3600 });
  expect(await hearth('objects', '--project', 'demo')).toEqual({ count: 0, counts: {}, objects: [] });
  await expect(hearth('behaviour', 'add', '--lose-reply', '--delay-seconds', '1')).rejects.toMatchObject({
    stdout: expect.stringContaining('exactly one effect'),
  });
});
