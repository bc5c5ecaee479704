/** Servers that are taken out of service for a while, their images and consoles, and what only administrators see, over HTTP. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom, testDatabase, virtualTimers, type TestDatabase } from '@hearth/testkit';
import { builtInServices } from '../built-in-services.ts';
import { minicloudMigrations } from '../migrations-folder.ts';
import { startTestCloud, type TestCloud } from '../testing/index.ts';

const timers = virtualTimers(1_800_000_000_000);
let place: TestDatabase;
let cloud: TestCloud;
let server = '';

type Body = Record<string, unknown>;
const call = (method: string, path: string, body?: unknown, as = 'demo', minor = 1) =>
  cloud.call(as, method, `/compute/v2.1${path}`, body, { 'openstack-api-version': `compute 2.${minor}` });
const act = (body: Body, as = 'demo', minor = 1) => call('POST', `/servers/${server}/action`, body, as, minor);
const pass = (): void => timers.jumpTo(timers.now() + 500);
const shown = async (as = 'demo'): Promise<Body> =>
  ((await call('GET', `/servers/${server}`, undefined, as)).body as { server: Body }).server;
const images = async (query: string): Promise<readonly Body[]> =>
  ((await cloud.call('demo', 'GET', `/image/v2/images?${query}`)).body as { images: readonly Body[] }).images;

beforeAll(async () => {
  place = await testDatabase({ migrations: [minicloudMigrations()], poolSize: 10 });
  const services = builtInServices({ buildDelayMs: 500, deleteDelayMs: 500, actionDelayMs: 500 });
  cloud = await startTestCloud({ database: place.database, timers, random: seededRandom('rescue'), services });
  const [image] = await images('name=testimage');
  const flavors = (await call('GET', '/flavors')).body as { flavors: readonly { id: string; name: string }[] };
  const flavorRef = flavors.flavors.find((one) => one.name === 'm1.tiny')?.id;
  const made = await call('POST', '/servers', { server: { name: 'web', imageRef: image?.id, flavorRef, networks: 'none' } }, 'demo', 37);
  server = (made.body as { server: { id: string } }).server.id;
  pass();
});
afterAll(async () => {
  await cloud.close();
  await place.drop();
});

test('a server is rescued with a password, and comes back', async () => {
  expect(await act({ rescue: { adminPass: 'secret' } })).toMatchObject({ status: 200, body: { adminPass: 'secret' } });
  pass();
  expect(await shown()).toMatchObject({ status: 'RESCUE', 'OS-EXT-STS:vm_state': 'rescued' });
  expect((await act({ 'os-stop': null })).status).toBe(409);
  expect((await act({ unrescue: null })).status).toBe(202);
  pass();
  expect(await shown()).toMatchObject({ status: 'ACTIVE' });
});

test('a shelved server leaves its host and an image behind, and takes both back', async () => {
  expect((await act({ shelve: null })).status).toBe(202);
  pass();
  expect(await shown('admin')).toMatchObject({ status: 'SHELVED_OFFLOADED', 'OS-EXT-SRV-ATTR:host': null, hostId: '' });
  expect(await images('name=web-shelved')).toMatchObject([{ status: 'active', instance_uuid: server }]);
  expect(await act({ 'os-start': null })).toMatchObject({
    status: 409,
    body: { conflictingRequest: { message: `Instance ${server} is not ready` } },
  });
  expect((await act({ unshelve: null })).status).toBe(202);
  pass();
  expect(await shown()).toMatchObject({ status: 'ACTIVE' });
  expect(await images('name=web-shelved')).toEqual([]);
});

test('of backups as many are kept as was asked for, the newest', async () => {
  const kept: unknown[] = [];
  for (let i = 0; i < 3; i++) {
    const made = await act({ createBackup: { name: `backup-${i}`, backup_type: 'daily', rotation: 2 } }, 'demo', 45);
    kept.push((made.body as Body).image_id);
  }
  expect((await images('backup_type=daily')).map((one) => one.id).toSorted()).toEqual(kept.slice(1).toSorted());
});

test('a console shows what the server printed, to whoever has the token, for ten minutes', async () => {
  const answer = await call(
    'POST',
    `/servers/${server}/remote-consoles`,
    { remote_console: { protocol: 'vnc', type: 'novnc' } },
    'demo',
    6,
  );
  const { url } = (answer.body as { remote_console: { url: string } }).remote_console;
  const path = url.slice(cloud.url.length);
  expect((await cloud.call(null, 'GET', path)).body).toContain('web login:');
  expect((await cloud.call(null, 'GET', '/compute/console?token=wrong')).status).toBe(404);
  timers.jumpTo(timers.now() + 600_000);
  expect((await cloud.call(null, 'GET', path)).status).toBe(404);
  expect((await act({ 'os-getSPICEConsole': { type: 'spice-html5' } })).status).toBe(400);
});

describe('with one host', () => {
  test('nothing can be moved', async () => {
    expect((await act({ migrate: null })).status).toBe(403);
    expect(await act({ migrate: null }, 'admin')).toMatchObject({ status: 400 });
    expect(await act({ evacuate: {} }, 'admin', 14)).toMatchObject({
      body: { badRequest: { message: 'Compute service of hearth-1 is still in use.' } },
    });
    expect((await call('GET', '/os-migrations', undefined, 'admin')).body).toEqual({ migrations: [] });
  });
  test('statistics, services and zones speak of it', async () => {
    expect((await call('GET', '/os-hypervisors/statistics', undefined, 'admin')).body).toMatchObject({
      hypervisor_statistics: { count: 1, running_vms: 1, memory_mb_used: 64 },
    });
    expect((await call('GET', '/os-services?binary=nova-compute', undefined, 'admin')).body).toMatchObject({
      services: [{ host: 'hearth-1', status: 'enabled', state: 'up' }],
    });
    const aggregate = await call('POST', '/os-aggregates', { aggregate: { name: 'racks', availability_zone: 'north' } }, 'admin');
    const { id } = (aggregate.body as { aggregate: { id: number } }).aggregate;
    expect((await call('POST', `/os-aggregates/${id}/action`, { add_host: { host: 'hearth-1' } }, 'admin')).status).toBe(200);
    expect((await call('GET', '/os-availability-zone')).body).toMatchObject({ availabilityZoneInfo: [{ zoneName: 'north' }] });
    expect((await call('DELETE', `/os-aggregates/${id}`, undefined, 'admin')).status).toBe(400);
    expect((await call('POST', `/os-aggregates/${id}/action`, { remove_host: { host: 'hearth-1' } }, 'admin')).status).toBe(200);
    expect((await call('DELETE', `/os-aggregates/${id}`, undefined, 'admin')).status).toBe(200);
  });
  test('usage counts hours', async () => {
    const project = cloud.facts.projectIds.demo ?? '';
    timers.jumpTo(timers.now() + 3_600_000);
    const start = new Date(timers.now() - 3_600_000).toISOString().slice(0, 19);
    const usage = (await call('GET', `/os-simple-tenant-usage/${project}?start=${start}`)).body as {
      tenant_usage: { total_hours: number };
    };
    expect(usage.tenant_usage.total_hours).toBeCloseTo(1, 1);
  });
});
