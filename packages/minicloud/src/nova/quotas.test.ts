/** Quotas: how many servers there is room for, in Nova's words; and over HTTP, that limits hold for servers, flavors, keys, groups and metadata. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom, testDatabase, virtualTimers, type TestDatabase } from '@hearth/testkit';
import { builtInServices } from '../built-in-services.ts';
import { minicloudMigrations } from '../migrations-folder.ts';
import { startTestCloud, type TestCloud } from '../testing/index.ts';
import { allowedCount } from './quotas.ts';

const size = { vcpus: 2, ramMb: 100 };
const used = { instances: 1, cores: 2, ram: 100, diskGb: 1 };

describe('room for servers', () => {
  test.each<readonly [string, Record<string, number>, number, number, number]>([
    ['without limits, all that are wished for', {}, 1, 5, 5],
    ['-1 is no limit', { cores: -1, instances: -1, ram: -1 }, 1, 5, 5],
    ['as many as there are places', { instances: 3 }, 1, 5, 2],
    ['as many as there are cores', { cores: 7 }, 1, 5, 2],
    ['the scarcest counts', { instances: 9, cores: 20, ram: 400 }, 1, 5, 3],
  ])('%s', (_name, limits, minCount, maxCount, allowed) => {
    expect(allowedCount(limits, used, size, { minCount, maxCount })).toBe(allowed);
  });
  test.each<readonly [string, Record<string, number>, number, number, string]>([
    ['one kind', { instances: 1 }, 1, 1, 'Quota exceeded for instances: Requested 1, but already used 1 of 1 instances'],
    [
      'two kinds, by name',
      { ram: 150, cores: 3 },
      1,
      1,
      'Quota exceeded for cores, ram: Requested 2, 100, but already used 2, 100 of 3, 150 cores, ram',
    ],
    ['a range', { instances: 2 }, 2, 4, 'Quota exceeded for instances: Requested 2-4, but already used 1 of 2 instances'],
  ])('too many: %s', (_name, limits, minCount, maxCount, message) => {
    expect(() => allowedCount(limits, used, size, { minCount, maxCount })).toThrow(message);
  });
});

describe('over HTTP', () => {
  const timers = virtualTimers(1_800_000_000_000);
  let place: TestDatabase;
  let cloud: TestCloud;
  let imageId = '';
  const flavors: Record<string, string> = {};
  const call = (as: string, method: string, path: string, body?: unknown, minor = 64) =>
    cloud.call(as, method, `/compute/v2.1${path}`, body, { 'openstack-api-version': `compute 2.${minor}` });
  const limit = (quotas: Record<string, number>) =>
    call('admin', 'PUT', `/os-quota-sets/${cloud.facts.projectIds.alt_demo ?? ''}`, { quota_set: { ...quotas, force: true } });
  const server = (more: object = {}) =>
    call('alt_demo', 'POST', '/servers', {
      server: { name: 'q', imageRef: imageId, flavorRef: flavors['m1.tiny'], networks: 'none', ...more },
    });
  const forbidden = (message: string) => ({ status: 403, body: { forbidden: { code: 403, message } } });
  const servers = async (): Promise<readonly { id: string }[]> =>
    ((await call('alt_demo', 'GET', '/servers')).body as { servers: readonly { id: string }[] }).servers;

  beforeAll(async () => {
    place = await testDatabase({ migrations: [minicloudMigrations()], poolSize: 10 });
    const services = builtInServices({ buildDelayMs: 100, deleteDelayMs: 100, actionDelayMs: 100 });
    cloud = await startTestCloud({ database: place.database, timers, random: seededRandom('quotas'), services });
    const images = (await cloud.call('demo', 'GET', '/image/v2/images?name=testimage')).body as { images: readonly { id: string }[] };
    imageId = images.images[0]?.id ?? '';
    const found = (await call('demo', 'GET', '/flavors')).body as { flavors: readonly { id: string; name: string }[] };
    for (const one of found.flavors) flavors[one.name] = one.id;
  });
  afterAll(async () => {
    await cloud.close();
    await place.drop();
  });

  test('the last place is taken once, however many ask at the same moment', async () => {
    await limit({ instances: 3 });
    const answers = await Promise.all(Array.from({ length: 6 }, () => server()));
    expect(answers.map((one) => one.status).sort()).toEqual([202, 202, 202, 403, 403, 403]);
    expect(await server()).toMatchObject(forbidden('Quota exceeded for instances: Requested 1, but already used 3 of 3 instances'));
    const [first] = await servers();
    await call('alt_demo', 'DELETE', `/servers/${first?.id ?? ''}`);
    timers.jumpTo(timers.now() + 100);
    expect((await server()).status).toBe(202);
  });
  test('a larger flavor must fit as well', async () => {
    await limit({ cores: 3, instances: -1 });
    timers.jumpTo(timers.now() + 100);
    const [first] = await servers();
    const resize = { resize: { flavorRef: flavors['m1.medium'] } };
    expect(await call('alt_demo', 'POST', `/servers/${first?.id ?? ''}/action`, resize)).toMatchObject(
      forbidden('Quota exceeded for cores: Requested 1, but already used 3 of 3 cores'),
    );
  });
  test('keys, groups, their members and metadata have limits of their own', async () => {
    await limit({ cores: -1, key_pairs: 0, server_groups: 1, server_group_members: 1, metadata_items: 1 });
    expect(await call('alt_demo', 'POST', '/os-keypairs', { keypair: { name: 'k' } })).toMatchObject(
      forbidden('Quota exceeded, too many key pairs.'),
    );
    const wish = { server_group: { name: 'g', policy: 'anti-affinity', rules: { max_server_per_host: 2 } } };
    const made = await call('alt_demo', 'POST', '/os-server-groups', wish);
    expect(made).toMatchObject({
      status: 200,
      body: { server_group: { policy: 'anti-affinity', rules: { max_server_per_host: 2 }, members: [] } },
    });
    expect(await call('alt_demo', 'POST', '/os-server-groups', wish)).toMatchObject(forbidden('Quota exceeded, too many server groups.'));
    const { id } = (made.body as { server_group: { id: string } }).server_group;
    const grouped = {
      server: { name: 'm', imageRef: imageId, flavorRef: flavors['m1.tiny'], networks: 'none' },
      'os:scheduler_hints': { group: id },
    };
    expect((await call('alt_demo', 'POST', '/servers', grouped)).status).toBe(202);
    expect(await call('alt_demo', 'POST', '/servers', grouped)).toMatchObject(forbidden('Quota exceeded, too many servers in group'));
    expect(await server({ metadata: { a: '1', b: '2' } })).toMatchObject(forbidden('Maximum number of metadata items exceeds 1'));
  });
  test('are shown with what is used, are for administrators to change, and go back to the defaults', async () => {
    const path = `/os-quota-sets/${cloud.facts.projectIds.alt_demo ?? ''}`;
    expect((await call('alt_demo', 'GET', `${path}/detail`)).body).toMatchObject({
      quota_set: { server_groups: { limit: 1, in_use: 1, reserved: 0 }, instances: { limit: -1, in_use: (await servers()).length } },
    });
    expect((await call('alt_demo', 'PUT', path, { quota_set: { cores: 1 } })).status).toBe(403);
    expect(await call('admin', 'PUT', path, { quota_set: { instances: 1 } })).toMatchObject({ status: 400 });
    expect((await call('admin', 'DELETE', path)).status).toBe(202);
    expect((await call('alt_demo', 'GET', path)).body).toMatchObject({ quota_set: { server_groups: -1, key_pairs: -1 } });
  });
});
