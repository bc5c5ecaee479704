/** The identity client's calls on the mini-cloud: users of stacks, EC2 keys and the check of signatures, application credentials. */
import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createDelegation,
  createTransport,
  keystoneOf,
  openSession,
  type Auth,
  type Keystone,
  type Session,
  type Transport,
} from '@hearth/cloud-openstack';
import { revealSecret, Secret, silentLog } from '@hearth/kernel';
import { minicloudMigrations } from '@hearth/minicloud';
import { startTestCloud, TEST_PASSWORD, type TestCloud } from '@hearth/minicloud/testing';
import { seededRandom, testDatabase, virtualTimers, type TestDatabase } from '@hearth/testkit';

const timers = virtualTimers(Date.UTC(2030, 0, 1));
let db: TestDatabase;
let cloud: TestCloud;
let transport: Transport;
beforeAll(async () => {
  db = await testDatabase({ migrations: [minicloudMigrations()] });
  cloud = await startTestCloud({ database: db.database, timers, random: seededRandom(41), services: [] });
  transport = createTransport({ timers });
});
afterAll(async () => {
  await transport.close();
  await cloud.close();
  await db.drop();
});

const password = new Secret(TEST_PASSWORD);
const session = (auth: Auth): Session => openSession({ authUrl: cloud.authUrl, auth, region: null, transport, log: silentLog });
const as = (auth: Auth): Keystone => keystoneOf(session(auth));
const user = (username: string, project: string): Auth => ({
  kind: 'password',
  username,
  password,
  userDomainId: 'default',
  project: { name: project, domainId: 'default' },
});
const demo = (): Auth => user('demo', 'demo');
const domainAdmin = (): Auth => ({
  kind: 'domain',
  username: 'heat_domain_admin',
  password,
  userDomainId: cloud.facts.stackDomainId,
  domainId: cloud.facts.stackDomainId,
});

test('a user of a stack: made in the domain of stacks, given a role, used, put out, removed twice', async () => {
  const keystone = as(domainAdmin());
  const domainId = cloud.facts.stackDomainId;
  const projectId = await keystone.createProject({ name: 'stack-1', domainId });
  const userId = await keystone.createUser({ name: 'stack-1-web', password, domainId, defaultProjectId: projectId });
  await expect(keystone.createUser({ name: 'stack-1-web', password, domainId })).rejects.toMatchObject({ code: 'conflict' });
  const grant = { userId, roleId: cloud.facts.roleIds['heat_stack_user'] ?? '', on: { projectId } };
  await keystone.grantRole(grant);
  await keystone.grantRole(grant);
  const own: Auth = { kind: 'password', username: 'stack-1-web', password, userDomainId: domainId, project: { id: projectId } };
  expect((await as(own).projects()).map((project) => project.id)).toEqual([projectId]);
  await keystone.setUserEnabled(userId, false);
  await expect(as(own).projects()).rejects.toMatchObject({ code: 'unauthorized' });
  await keystone.revokeRole(grant);
  await keystone.revokeRole(grant);
  await keystone.deleteUser(userId);
  await keystone.deleteUser(userId);
  await keystone.deleteProject(projectId);
  await keystone.deleteProject(projectId);
  expect(await keystone.find('users', 'stack-1-web')).toBeNull();
});

test('what was signed with EC2 keys is the token of their owner, for a service; otherwise nobody', async () => {
  const [userId, projectId] = [cloud.facts.userIds['demo'] ?? '', cloud.facts.projectIds['demo'] ?? ''];
  const owner = as(demo());
  const keys = await owner.createEc2Credential(userId, projectId);
  expect(await owner.ec2Credentials(userId)).toMatchObject([{ access: keys.access, userId, projectId }]);
  const params = { SignatureVersion: '2', Action: 'ListStacks' };
  const text = 'POST\ncfn:8000\n/v1/\nAction=ListStacks&SignatureMethod=HmacSHA256&SignatureVersion=2';
  const signature = createHmac('sha256', revealSecret(keys.secret)).update(text).digest('base64');
  const bodyHash = createHash('sha256').digest('hex');
  const request = { access: keys.access, signature, host: 'cfn:8000', verb: 'POST', path: '/v1/', params, headers: {}, bodyHash };
  const service = as(user('heat', 'service'));
  const found = await service.ec2Token(request);
  expect(found?.facts).toMatchObject({ userId, projectId });
  expect(await service.validateToken(found?.token ?? new Secret(''))).toMatchObject({ userName: 'demo' });
  expect(await service.ec2Token({ ...request, signature: 'x' })).toBeNull();
  expect(await service.ec2Token({ ...request, access: 'x' })).toBeNull();
  await expect(owner.ec2Token(request)).rejects.toMatchObject({ code: 'forbidden' });
  await owner.deleteEc2Credential(userId, keys.access);
  await owner.deleteEc2Credential(userId, keys.access);
  expect(await service.ec2Token(request)).toBeNull();
});

test('an application credential logs in with its roles until it is removed', async () => {
  const userId = cloud.facts.userIds['demo'] ?? '';
  const owner = as(demo());
  const expiresAt = timers.now() + 3_600_000;
  const wish = {
    name: 'app',
    description: 'd',
    roles: ['member'],
    expiresAt,
    accessRules: [{ service: 'image', method: 'GET', path: '/v2/**' }],
  };
  const { id, secret } = await owner.createApplicationCredential(userId, wish);
  const auth: Auth = { kind: 'application-credential', id, secret };
  const { facts } = await openSession({ authUrl: cloud.authUrl, auth, region: null, transport, log: silentLog }).token();
  expect(facts).toMatchObject({ userId, projectName: 'demo', roles: ['member'], expiresAt });
  await owner.deleteApplicationCredential(userId, id);
  await owner.deleteApplicationCredential(userId, id);
  await expect(as(auth).projects()).rejects.toMatchObject({ code: 'not-found' });
});

test('a delegation of which nobody knows what came is found by its mark, and ended alone', async () => {
  const service = user('heat', 'service');
  const { facts, token } = await session(demo()).token();
  const delegation = createDelegation({
    serviceSession: session(service),
    sessionWithToken: (of) => session({ kind: 'token', token: of }),
    sessionOfTrust: (trustId) => session({ kind: 'trust', username: 'heat', password, userDomainId: 'default', trustId }),
  });
  const caller = { userId: facts.userId, projectId: cloud.facts.projectIds['demo'] ?? '', roles: ['member'], token, trustId: null };
  const marks = ['0b5e7a52-5c4e-4b6f-9d43-0a1b2c3d4e5f', '0b5e7a52-5c4e-4b6f-9d43-0a1b2c3d4e60', 'f3b1c2d4-0000-4000-8000-ffffffffffff'];
  const made = [];
  for (const mark of marks) made.push((await delegation.create(caller, mark)).trustId);
  const there = async (): Promise<readonly unknown[]> =>
    (await as(service).trustsFor((await session(service).token()).facts.userId)).map(({ id }) => id).sort();
  const lost = { userId: caller.userId, projectId: caller.projectId };
  await delegation.endLost([
    { ...lost, mark: marks[1] as string },
    { ...lost, mark: marks[2] as string, userId: 'somebody-else' },
  ]);
  expect(await there()).toEqual([made[0], made[2]].sort());
  await delegation.endLost(marks.map((mark) => ({ ...lost, mark })));
  expect(await there()).toEqual([]);
});
