/** Accounts of guests on the mini-cloud's Keystone: their project comes with the first and goes with the last, however many come and go at once. */
import { cloudOf, createTransport, openSession, stackUsersOf, type Cloud, type Transport } from '@hearth/cloud-openstack';
import { Secret, silentLog } from '@hearth/kernel';
import { minicloudMigrations } from '@hearth/minicloud';
import { startTestCloud, TEST_PASSWORD, type TestCloud } from '@hearth/minicloud/testing';
import { realTimers as timers, seededRandom, testDatabase, type TestDatabase } from '@hearth/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stackDomainOf } from './contract-signals.ts';

let database: TestDatabase;
let minicloud: TestCloud;
let transport: Transport;
let cloud: Cloud;
const tree = { projectId: 'p'.repeat(32), rootStackId: '11111111-2222-4333-8444-555555555555' };
const password = new Secret('correct horse aZ9');

beforeAll(async () => {
  database = await testDatabase({ migrations: [minicloudMigrations()] });
  minicloud = await startTestCloud({ database: database.database, timers, random: seededRandom('guests') });
  transport = createTransport({ timers });
  const auth = { kind: 'password', username: 'demo', password: new Secret(TEST_PASSWORD), userDomainId: 'default' } as const;
  const session = openSession({
    authUrl: minicloud.authUrl,
    region: null,
    transport,
    log: silentLog,
    auth: { ...auth, project: { name: 'demo', domainId: 'default' } },
  });
  cloud = cloudOf(session, { stackUsers: stackUsersOf(stackDomainOf(minicloud, transport, 20_000)), publicUrl: null });
});
afterAll(async () => {
  await transport.close();
  await minicloud.close();
  await database.drop();
});

async function left(): Promise<readonly string[]> {
  const { body } = await minicloud.call('admin', 'GET', `/v3/projects?domain_id=${minicloud.facts.stackDomainId}`);
  return (body as { projects: { name: string }[] }).projects.map(({ name }) => name);
}
async function admitted(name: string): Promise<{ readonly id: string; readonly projectId: string }> {
  const id = await cloud.stackUsers.create(name, password);
  for (;;) {
    const projectId = await cloud.stackUsers.admit(id, tree);
    if (projectId !== null) return { id, projectId };
    await timers.sleep(5);
  }
}

test('a guest may act in the project of its tree, and in no other; it is found by its name', async () => {
  const { id, projectId } = await admitted('one');
  expect(await left()).toEqual([`${tree.projectId}-${tree.rootStackId}`.slice(0, 64)]);
  expect(await cloud.stackUsers.find('one')).toBe(id);
  expect(await cloud.stackUsers.admit(id, tree)).toBe(projectId);
  expect(await cloud.stackUsers.token({ username: 'one', password, projectId })).not.toBe('');
  await cloud.stackUsers.setEnabled(id, false);
  await expect(cloud.stackUsers.token({ username: 'one', password, projectId })).rejects.toMatchObject({ code: 'unauthorized' });
  await cloud.stackUsers.remove(id, tree);
  await cloud.stackUsers.remove(id, tree);
  expect([await left(), await cloud.stackUsers.find('one')]).toEqual([[], null]);
});

test('guests come and go at once: whoever was let in has a project, and none is left in the end', async () => {
  const lives = Array.from({ length: 6 }, async (_, i) => {
    for (let round = 0; round < 4; round++) {
      const name = `guest-${i}-${round}`;
      const { id, projectId } = await admitted(name);
      expect(await cloud.stackUsers.token({ username: name, password, projectId })).not.toBe('');
      await cloud.stackUsers.remove(id, tree);
    }
  });
  await Promise.all(lives);
  expect(await left()).toEqual([]);
}, 60_000);

test('without a domain there are no guests, and the operator is told what to do', async () => {
  const none = cloudOf(cloud.session);
  await expect(none.stackUsers.create('x', password)).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringContaining('HEARTH_STACK_DOMAIN_ID'),
  });
});
