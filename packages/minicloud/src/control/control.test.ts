/** The control API over HTTP: who may use it, what behaviours do to requests and objects, time, quotas, changes behind the back, what is left. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { seededRandom, testDatabase, type TestDatabase, virtualTimers } from '@hearth/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { minicloudMigrations } from '../migrations-folder.ts';
import { startTestCloud, type TestAnswer, type TestCloud } from '../testing/index.ts';

const START_MS = 1_700_000_000_000;
const CONTROL = '/control/v1';

let timers: ReturnType<typeof virtualTimers>;
let database: TestDatabase;
let cloud: TestCloud;

const start = (): Promise<TestCloud> => startTestCloud({ database: database.database, timers, random: seededRandom('control') });

beforeEach(async () => {
  timers = virtualTimers(START_MS);
  database = await testDatabase({ migrations: [minicloudMigrations()] });
  cloud = await start();
});
afterEach(async () => {
  await cloud.close();
  await database.drop();
});

const control = (method: string, path: string, body?: unknown): Promise<TestAnswer> =>
  cloud.call('admin', method, `${CONTROL}${path}`, body);

async function behave(behaviour: JsonObject): Promise<string> {
  const answer = await control('POST', '/behaviours', behaviour);
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 201 });
  return at(answer.body, 'behaviour', 'id') as string;
}

/** What lies at a path of keys. */
function at(value: unknown, ...keys: readonly (string | number)[]): Json | undefined {
  let found = value as Json | undefined;
  for (const key of keys)
    found = Array.isArray(found)
      ? (found[key as number] as Json | undefined)
      : isJsonObject(found ?? null)
        ? (found as JsonObject)[key]
        : undefined;
  return found;
}

const nova = (method: string, path: string, body?: unknown, as = 'demo'): Promise<TestAnswer> =>
  cloud.call(as, method, `/compute/v2.1${path}`, body, { 'x-openstack-nova-api-version': '2.90' });
const neutron = (method: string, path: string, body?: unknown): Promise<TestAnswer> =>
  cloud.call('demo', method, `/network/v2.0${path}`, body);

async function boot(name: string): Promise<string> {
  const images = await cloud.call('demo', 'GET', '/image/v2/images');
  const flavors = await nova('GET', '/flavors');
  const server = { name, imageRef: at(images.body, 'images', 0, 'id'), flavorRef: at(flavors.body, 'flavors', 0, 'id'), networks: 'none' };
  const answer = await nova('POST', '/servers', { server });
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 202 });
  return at(answer.body, 'server', 'id') as string;
}
const statusOf = async (id: string): Promise<Json | undefined> => at((await nova('GET', `/servers/${id}`)).body, 'server', 'status');

it('is for administrators', async () => {
  expect(await cloud.call(null, 'GET', `${CONTROL}/behaviours`)).toMatchObject({ status: 401 });
  expect(await cloud.call('demo', 'GET', `${CONTROL}/behaviours`)).toMatchObject({ status: 403 });
  expect(await cloud.call('demo', 'POST', `${CONTROL}/time`, { factor: 2 })).toMatchObject({ status: 403 });
  expect(await control('GET', '/behaviours')).toMatchObject({ status: 200, body: { behaviours: [] } });
  expect(await control('GET', '/nothing')).toMatchObject({ status: 404 });
});

it('refuses in the words of the service, as often as it was told to', async () => {
  const id = await behave({
    service: 'compute',
    method: 'GET',
    path: '*/servers',
    refuse: { status: 503, message: 'Too much to do.', retryAfter: 7 },
    times: 2,
  });
  const refused = await nova('GET', '/servers');
  expect(refused).toMatchObject({ status: 503, body: { serviceUnavailable: { code: 503, message: 'Too much to do.' } } });
  expect(refused.headers.get('retry-after')).toBe('7');
  expect((await nova('GET', '/flavors')).status).toBe(200);
  expect((await nova('GET', '/servers')).status).toBe(503);
  expect((await nova('GET', '/servers')).status).toBe(200);
  expect(await control('GET', `/behaviours/${id}`)).toMatchObject({ body: { behaviour: { times: 2, used: 2, service: 'compute' } } });
  expect(await control('DELETE', `/behaviours/${id}`)).toMatchObject({ status: 204 });
  expect(await control('DELETE', `/behaviours/${id}`)).toMatchObject({ status: 404 });
});

it('loses the reply after it has acted', async () => {
  await behave({ service: 'network', method: 'POST', name: 'lost*', loseReply: true, times: 1 });
  await expect(neutron('POST', '/networks', { network: { name: 'lost-one' } })).rejects.toThrow();
  expect(at((await neutron('GET', '/networks?name=lost-one')).body, 'networks')).toHaveLength(1);
  expect((await neutron('POST', '/networks', { network: { name: 'lost-two' } })).status).toBe(201);
});

it('builds as long and as badly as it was told to', async () => {
  await behave({ service: 'compute', name: 'slow', buildSeconds: 100 });
  await behave({ name: 'bad', errorAfterBuild: 'The host has caught fire.', times: 1 });
  const [slow, bad, good] = [await boot('slow'), await boot('bad'), await boot('bad')];
  await timers.advance(10_000);
  expect([await statusOf(slow), await statusOf(bad), await statusOf(good)]).toEqual(['BUILD', 'ERROR', 'ACTIVE']);
  expect(at((await nova('GET', `/servers/${bad}`)).body, 'server', 'fault', 'message')).toBe('The host has caught fire.');
  await timers.advance(91_000);
  expect(await statusOf(slow)).toBe('ACTIVE');
});
