/**
 * Templates that people wrote, unchanged, and our examples, on the whole program with the embedded cloud: each becomes a complete stack with outputs
 * that can be read, is deleted, and leaves the cloud as it was.
 */
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { login, miniCloudUser, type Rest, untilSettled } from '../tools/server/rest.ts';
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from '../tools/server/server-process.ts';
import { cloudHoldings } from './cloud-holdings.ts';
import { templateSources } from '../tools/interop/template-sources.ts';
import { newServer, type Prepared, prepare, type Trial, trials } from './template-trials.ts';

const SETTLE_TIMEOUT_MS = 60_000;
const folder = temporaryFolder('real-templates');
let server: ServerProcess;
let administrator: Rest;
let user: Rest;
let prepared: Prepared;
let before: readonly string[];

beforeAll(async () => {
  const variables = { HEARTH_MINICLOUD_BUILD_DELAY_MS: '200', HEARTH_MINICLOUD_DELETE_DELAY_MS: '100' };
  server = await startServer({ dataDir: `${folder}/data`, variables });
  const identity = server.ready.identity as string;
  administrator = await login(identity, miniCloudUser(server.dataDir, 'admin'));
  user = await login(identity, miniCloudUser(server.dataDir));
  prepared = await prepare(administrator, user);
  before = await cloudHoldings(administrator, user);
});
afterAll(async () => {
  await server?.stop();
  removeFolder(folder);
});

const filesBelow = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:yaml|template)$/.test(name) && !name.startsWith('parts/'))
    .map((name) => `${directory}/${name}`);

interface ShownStack {
  readonly stack: { readonly outputs: readonly { output_key: string; output_value: unknown; output_error?: string }[] };
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

async function live({ path, parameters, outputs }: Trial): Promise<void> {
  const name = basename(path, '.yaml').replaceAll(/\W/g, '-');
  const stacks = `${user.endpoint('orchestration')}/stacks`;
  const begun = await user.call<{ readonly stack: { readonly id: string } }>('POST', stacks, {
    stack_name: name,
    parameters: parameters?.(prepared) ?? {},
    timeout_mins: 5,
    ...templateSources(path),
  });
  expect(begun.status, JSON.stringify(begun.body)).toBe(201);
  const stack = `${stacks}/${name}/${begun.body.stack.id}`;
  const created = await untilSettled(user, stack, SETTLE_TIMEOUT_MS);
  expect(`${created.stack_status} ${created.stack_status_reason}`).toMatch(/^CREATE_COMPLETE /);
  const shown = await user.call<ShownStack>('GET', stack);
  const texts = shown.body.stack.outputs.map((one) => [one.output_key, one.output_error ?? asText(one.output_value)] as const);
  expect(Object.fromEntries(texts)).toEqual(
    Object.fromEntries(Object.entries(outputs).map(([key, pattern]) => [key, expect.stringMatching(pattern)])),
  );
  expect((await user.call('DELETE', stack)).status).toBe(204);
  const deleted = await untilSettled(user, stack, SETTLE_TIMEOUT_MS);
  expect(`${deleted.stack_status} ${deleted.stack_status_reason}`).toMatch(/^DELETE_COMPLETE/);
}

// A server that names no network is refused while its project has several: so those that make some come after the others.
const makesNetworks = ({ path }: Trial): boolean => /OS::Neutron::Net\b/.test(JSON.stringify(templateSources(path)));
describe.each([false, true])('every template; with networks of its own: %s', (isWithNetworks) => {
  const some = trials.filter((trial) => makesNetworks(trial) === isWithNetworks);
  it.concurrent.each(some.map((trial) => [trial.path, trial] as const))('%s', { timeout: 120_000 }, (_path, trial) => live(trial));
});

describe('a server that is there already', () => {
  const external = (id: string) => ({ stack_name: 'taken-in', parameters: { external_server_id: id }, timeout_mins: 5, ...sources });
  const sources = templateSources('testdata/templates/hot/external_resource.yaml');

  it('is found before anything is made, is only looked at, and stands for itself alone', async () => {
    const stacks = `${user.endpoint('orchestration')}/stacks`;
    const unknown = await user.call('POST', stacks, external('11111111-2222-3333-4444-555555555555'));
    expect(unknown.status).toBe(400);
    expect(JSON.stringify(unknown.body)).toContain(
      'Invalid external resource: Resource 11111111-2222-3333-4444-555555555555 (OS::Nova::Server)',
    );
    const begun = await user.call<{ readonly stack: { readonly id: string } }>('POST', stacks, external(prepared.serverId));
    const stack = `${stacks}/taken-in/${begun.body.stack.id}`;
    expect((await untilSettled(user, stack, SETTLE_TIMEOUT_MS)).stack_status).toBe('CREATE_COMPLETE');
    const another = await newServer(user, prepared.privateNetwork);
    expect((await user.call('PUT', stack, external(another))).status).toBe(202);
    const refused = await untilSettled(user, stack, SETTLE_TIMEOUT_MS);
    expect(`${refused.stack_status} ${refused.stack_status_reason}`).toMatch(
      /^UPDATE_FAILED .*external_id of external_server.*is not supported/,
    );
    expect((await user.call('PUT', stack, external(prepared.serverId))).status).toBe(202);
    expect((await untilSettled(user, stack, SETTLE_TIMEOUT_MS)).stack_status).toBe('UPDATE_COMPLETE');
    expect((await user.call('DELETE', stack)).status).toBe(204);
    await untilSettled(user, stack, SETTLE_TIMEOUT_MS);
    const compute = `${user.endpoint('compute')}/servers`;
    for (const id of [prepared.serverId, another]) expect((await user.call('GET', `${compute}/${id}`)).status).toBe(200);
    expect((await user.call('DELETE', `${compute}/${another}`)).status).toBe(204);
    await expect.poll(async () => (await user.call('GET', `${compute}/${another}`)).status, { timeout: 20_000 }).toBe(404);
  });
});

describe('afterwards', () => {
  it('no template of the folders was left out', () => {
    const tried = trials.map((trial) => trial.path);
    expect([...filesBelow('testdata/templates'), ...filesBelow('examples')].toSorted()).toEqual(tried.toSorted());
  });

  it('the cloud is as it was', async () => {
    expect(before.length).toBeGreaterThan(10);
    expect(await cloudHoldings(administrator, user)).toEqual(before);
  });
});
