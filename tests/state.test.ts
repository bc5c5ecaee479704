/**
 * All state moves to another database in the midst of work: the old servers are killed, an export is taken and imported, and new servers with the same
 * cloud bring everything to its end. Nothing is doubled, nothing is left.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { revealSecret } from '@hearth/kernel';
import type { Connection } from '@hearth/store';
import { testDatabase, type TestDatabase } from '@hearth/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloudControl } from '../tools/server/control.ts';
import { onMiniCloud } from '../tools/server/keystone-variables.ts';
import { login, miniCloudUser, type Rest, untilSettled } from '../tools/server/rest.ts';
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from '../tools/server/server-process.ts';
import { runServer } from './hearth-command.ts';

const PASSPHRASE = 'correct horse battery';
const folder = temporaryFolder('state');
const databases: TestDatabase[] = [];
const servers: ServerProcess[] = [];
let cloud: ServerProcess;
let rest: Rest;

function urlOf(connection: Connection): string {
  if (connection.kind === 'url') throw new Error('the test server is reached by its socket');
  const { user, password, database, folder: host } = connection;
  return `postgresql://${user}:${encodeURIComponent(revealSecret(password))}@localhost/${database}?host=${encodeURIComponent(host)}`;
}

async function emptyDatabase(): Promise<string> {
  const made = await testDatabase({ migrations: [] });
  databases.push(made);
  return urlOf(made.connection);
}

async function orchestration(name: string, url: string): Promise<ServerProcess> {
  const server = await startServer({
    dataDir: join(folder, name),
    arguments: ['--roles', 'api,engine'],
    variables: { HEARTH_DATABASE_URL: url, ...onMiniCloud(cloud) },
  });
  servers.push(server);
  return server;
}

beforeAll(async () => {
  const url = await emptyDatabase();
  cloud = await startServer({
    dataDir: join(folder, 'cloud'),
    arguments: ['--roles', 'minicloud'],
    variables: { HEARTH_DATABASE_URL: url, HEARTH_MINICLOUD_BUILD_DELAY_MS: '1500', HEARTH_MINICLOUD_DELETE_DELAY_MS: '1000' },
  });
  servers.push(cloud);
  rest = await login(cloud.ready.identity as string, miniCloudUser(cloud.dataDir));
}, 120_000);
afterAll(async () => {
  for (const server of servers.reverse()) await server.end();
  await Promise.all(databases.map((database) => database.drop()));
  removeFolder(folder);
}, 60_000);

const stacksOf = (server: ServerProcess): string =>
  `${(server.ready.orchestration as string).replace(/\/v1$/, '')}/v1/${rest.projectId}/stacks`;
const SERVER = { type: 'OS::Nova::Server', properties: { image: 'testimage', flavor: 'm1.tiny', networks: [{ network: 'private' }] } };
const servesTwo = { heat_template_version: '2018-08-31', resources: { one: SERVER, two: { ...SERVER, depends_on: 'one' } } };
const grouped = {
  heat_template_version: '2018-08-31',
  parameters: { secret: { type: 'string', hidden: true } },
  resources: {
    group: {
      type: 'OS::Heat::ResourceGroup',
      properties: { count: 3, resource_def: { type: 'member.yaml', properties: { word: { get_param: 'secret' } } } },
    },
  },
};
const member = {
  heat_template_version: '2018-08-31',
  parameters: { word: { type: 'string', hidden: true } },
  resources: {
    port: { type: 'OS::Neutron::Port', properties: { network: 'private' } },
    server: { ...SERVER, properties: { ...SERVER.properties, networks: [{ port: { get_resource: 'port' } }] } },
  },
};

async function create(stacks: string, name: string, body: object): Promise<string> {
  const { status, body: made } = await rest.call<{ stack: { id: string } }>('POST', stacks, {
    stack_name: name,
    timeout_mins: 30,
    ...body,
  });
  expect([status, made]).toMatchObject([201, {}]);
  return `${name}/${made.stack.id}`;
}

test('everything goes on from another database, and ends as it was asked', async () => {
  const oldUrl = await emptyDatabase();
  const old = await orchestration('old', oldUrl);
  const stacks = stacksOf(old);
  const done = await create(stacks, 'done', {
    template: { heat_template_version: '2018-08-31', resources: { value: { type: 'OS::Heat::RandomString' } } },
  });
  await untilSettled(rest, `${stacks}/${done}`, 30_000);
  const leaving = await create(stacks, 'leaving', { template: servesTwo });
  await untilSettled(rest, `${stacks}/${leaving}`, 30_000);
  const making = await create(stacks, 'making', { template: servesTwo });
  const nested = await create(stacks, 'nested', {
    template: grouped,
    files: { 'member.yaml': JSON.stringify(member) },
    parameters: { secret: 'open sesame' },
  });
  await rest.call('DELETE', `${stacks}/${leaving}`);
  await sleep(700);
  await old.kill();

  const file = join(folder, 'state.jsonl.gz');
  const first = await runServer(['state', 'export', file, '--data', join(folder, 'old')], {
    HEARTH_DATABASE_URL: oldUrl,
    HEARTH_STATE_PASSPHRASE: PASSPHRASE,
  });
  expect(first).toMatchObject({ code: 0, text: expect.stringContaining('exported to') });
  const newUrl = await emptyDatabase();
  const wrong = await runServer(['state', 'import', file, '--data', join(folder, 'new')], {
    HEARTH_DATABASE_URL: newUrl,
    HEARTH_STATE_PASSPHRASE: 'another passphrase',
  });
  expect(wrong).toMatchObject({ code: 1, text: expect.stringContaining('passphrase is not the one') });
  const second = await runServer(['state', 'import', file, '--data', join(folder, 'new')], {
    HEARTH_DATABASE_URL: newUrl,
    HEARTH_STATE_PASSPHRASE: PASSPHRASE,
  });
  expect(second).toMatchObject({ code: 0, text: expect.stringContaining('imported') });
  const again = await runServer(['state', 'import', file, '--data', join(folder, 'new')], {
    HEARTH_DATABASE_URL: newUrl,
    HEARTH_STATE_PASSPHRASE: PASSPHRASE,
  });
  expect(again).toMatchObject({ code: 1, text: expect.stringContaining('not empty') });

  const server = await orchestration('new', newUrl);
  const here = stacksOf(server);
  for (const name of [making, nested]) expect((await untilSettled(rest, `${here}/${name}`, 60_000)).stack_status).toBe('CREATE_COMPLETE');
  expect((await untilSettled(rest, `${here}/${leaving}`, 60_000)).stack_status).toBe('DELETE_COMPLETE');
  const { body } = await rest.call<{ servers: { name: string }[] }>('GET', `${rest.endpoint('compute')}/servers/detail`);
  expect(body.servers).toHaveLength(5);
  for (const name of [done, making, nested]) {
    await rest.call('DELETE', `${here}/${name}`);
    expect((await untilSettled(rest, `${here}/${name}`, 60_000)).stack_status).toBe('DELETE_COMPLETE');
  }
  const control = await cloudControl(cloud);
  expect(await control.leftovers(rest.projectId)).toEqual([]);
}, 240_000);
