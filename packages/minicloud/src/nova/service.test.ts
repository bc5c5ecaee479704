/** The compute service over HTTP on a real database and a clock that the test moves: servers with their ports, actions, lists, isolation. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom, testDatabase, virtualTimers, type TestDatabase } from '@hearth/testkit';
import { builtInServices } from '../built-in-services.ts';
import { minicloudMigrations } from '../migrations-folder.ts';
import { startTestCloud, type TestCloud } from '../testing/index.ts';

const BUILD_MS = 1000;
const timers = virtualTimers(1_800_000_000_000);
let place: TestDatabase;
let cloud: TestCloud;
let imageId = '';
let networkId = '';
const flavors: Record<string, string> = {};

type Body = Record<string, unknown>;
const call = (method: string, path: string, body?: unknown, options: { as?: string; minor?: number } = {}) =>
  cloud.call(
    options.as ?? 'demo',
    method,
    `/compute/v2.1${path}`,
    body,
    options.minor === undefined ? {} : { 'x-openstack-nova-api-version': `2.${options.minor}` },
  );
const net = (method: string, path: string, body?: unknown, as = 'demo') => cloud.call(as, method, `/network/v2.0${path}`, body);
/** Moves the clock; nothing waits for it. */
const pass = (ms: number): void => timers.jumpTo(timers.now() + ms);

beforeAll(async () => {
  place = await testDatabase({ migrations: [minicloudMigrations()], poolSize: 10 });
  const services = builtInServices({
    buildDelayMs: BUILD_MS,
    deleteDelayMs: 500,
    actionDelayMs: 300,
    faultOf: (deed, guest) => (guest.metadata.fails === deed ? `told to fail at ${deed}` : null),
  });
  cloud = await startTestCloud({ database: place.database, timers, random: seededRandom('compute'), services });
  imageId =
    ((await cloud.call('demo', 'GET', '/image/v2/images?name=testimage')).body as { images: readonly { id: string }[] }).images[0]?.id ??
    '';
  networkId = ((await net('GET', '/networks?name=private')).body as { networks: readonly { id: string }[] }).networks[0]?.id ?? '';
  for (const one of ((await call('GET', '/flavors')).body as { flavors: readonly { id: string; name: string }[] }).flavors)
    flavors[one.name] = one.id;
});
afterAll(async () => {
  await cloud.close();
  await place.drop();
});

const wish = (more: Body = {}): Body => ({
  server: { name: 'web', imageRef: imageId, flavorRef: flavors['m1.tiny'], networks: [{ uuid: networkId }], ...more },
});
async function made(more: Body = {}, options: { as?: string; minor?: number } = {}): Promise<string> {
  const answer = await call('POST', '/servers', wish(more), options);
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 202 });
  return (answer.body as { server: { id: string } }).server.id;
}
const shown = async (id: string, minor = 1, as = 'demo'): Promise<Body> =>
  ((await call('GET', `/servers/${id}`, undefined, { minor, as })).body as { server: Body }).server;
async function refused(method: string, path: string, body: unknown, options: { as?: string; minor?: number } = {}): Promise<string> {
  const answer = await call(method, path, body, options);
  const [kind = '', fault] = Object.entries(answer.body as Record<string, { message: string }>)[0] ?? [];
  return `${answer.status} ${kind}: ${fault?.message}`;
}
const act = (id: string, body: Body, options: { as?: string; minor?: number } = {}) => call('POST', `/servers/${id}/action`, body, options);
const portsOf = async (id: string): Promise<readonly Body[]> =>
  ((await net('GET', `/ports?device_id=${id}`)).body as { ports: readonly Body[] }).ports;
const fixedIpsOf = (port: Body | undefined): readonly { readonly ip_address: string }[] =>
  (port?.fixed_ips ?? []) as readonly { ip_address: string }[];
const remove = async (id: string): Promise<void> => {
  await call('DELETE', `/servers/${id}`);
  pass(500);
};

describe('a server', () => {
  test('is built, shown with its addresses, and gone after its deletion; its port goes at once', async () => {
    const id = await made({ key_name: 'testkey', metadata: { a: 'b' } });
    expect(await shown(id)).toMatchObject({
      status: 'BUILD',
      'OS-EXT-STS:task_state': 'spawning',
      'OS-EXT-STS:vm_state': 'building',
      'OS-EXT-STS:power_state': 0,
      'OS-SRV-USG:launched_at': null,
      hostId: '',
    });
    expect(await portsOf(id)).toMatchObject([{ status: 'DOWN', device_owner: 'compute:nova', dns_name: 'web' }]);
    pass(BUILD_MS);
    const server = await shown(id);
    expect(server).toMatchObject({
      status: 'ACTIVE',
      key_name: 'testkey',
      metadata: { a: 'b' },
      'OS-EXT-STS:task_state': null,
      'OS-EXT-STS:power_state': 1,
      'OS-EXT-AZ:availability_zone': 'nova',
      progress: 0,
      image: { id: imageId },
      flavor: { id: flavors['m1.tiny'] },
      security_groups: [{ name: 'default' }],
      'os-extended-volumes:volumes_attached': [],
    });
    const [port] = await portsOf(id);
    expect(port).toMatchObject({ status: 'ACTIVE' });
    const [ip] = fixedIpsOf(port);
    expect(server.addresses).toEqual({
      private: [{ version: 4, addr: ip?.ip_address, 'OS-EXT-IPS:type': 'fixed', 'OS-EXT-IPS-MAC:mac_addr': port?.mac_address }],
    });
    expect((await call('DELETE', `/servers/${id}`)).status).toBe(204);
    expect(await shown(id)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:task_state': 'deleting' });
    expect(await portsOf(id)).toEqual([]);
    pass(500);
    expect(await refused('GET', `/servers/${id}`, undefined)).toBe(`404 itemNotFound: Instance ${id} could not be found.`);
    expect((await call('DELETE', `/servers/${id}`)).status).toBe(404);
    expect((await call('GET', '/servers')).body).toEqual({ servers: [] });
  });
  test('shows more with newer microversions', async () => {
    const id = await made({ description: 'd', tags: ['x'] }, { minor: 52 });
    pass(BUILD_MS);
    expect(await shown(id)).not.toHaveProperty('tags');
    expect(await shown(id, 90)).toMatchObject({
      description: 'd',
      tags: ['x'],
      locked: false,
      locked_reason: null,
      server_groups: [],
      'OS-EXT-SRV-ATTR:hostname': 'web',
      flavor: { vcpus: 1, ram: 64, disk: 1, ephemeral: 0, swap: 0, original_name: 'm1.tiny', extra_specs: {} },
    });
    expect(await shown(id, 90, 'admin')).toMatchObject({ 'OS-EXT-SRV-ATTR:host': 'hearth-1', host_status: 'UP' });
    await remove(id);
  });
  test('that cannot be built is ERROR with a fault', async () => {
    const id = await made({ metadata: { fails: 'spawn' } });
    pass(BUILD_MS);
    expect(await shown(id)).toMatchObject({ status: 'ERROR', fault: { code: 500, message: 'told to fail at spawn' } });
    expect(await portsOf(id)).toMatchObject([{ status: 'DOWN' }]);
    await remove(id);
    expect(await portsOf(id)).toEqual([]);
  });
  test('takes a port of the user, and gives it back', async () => {
    const port = ((await net('POST', '/ports', { port: { network_id: networkId, name: 'mine' } })).body as { port: { id: string } }).port;
    const id = await made({ networks: [{ port: port.id }] });
    expect(await refused('POST', '/servers', wish({ networks: [{ port: port.id }] }))).toBe(
      `409 conflictingRequest: Port ${port.id} is still in use.`,
    );
    await remove(id);
    expect((await net('GET', `/ports/${port.id}`)).body).toMatchObject({
      port: { device_id: '', device_owner: '', status: 'DOWN', name: 'mine' },
    });
    expect((await net('DELETE', `/ports/${port.id}`)).status).toBe(204);
  });
  test('may be several', async () => {
    const answer = await call('POST', '/servers', wish({ min_count: 2, max_count: 2, return_reservation_id: true }));
    const { reservation_id: reservation } = answer.body as { reservation_id: string };
    const { servers } = (await call('GET', `/servers?reservation_id=${reservation}&sort_key=display_name&sort_dir=asc`)).body as {
      servers: readonly { id: string; name: string }[];
    };
    expect(servers.map((one) => one.name)).toEqual(['web-1', 'web-2']);
    for (const one of servers) await remove(one.id);
  });
});

describe('refusals leave nothing behind', () => {
  const missing = '00000000-0000-0000-0000-000000000000';
  test.each<readonly [string, Body, string]>([
    ['no such image', { imageRef: missing }, '400 badRequest: Can not find requested image'],
    ['no such flavor', { flavorRef: 'nope' }, '400 badRequest: Flavor nope could not be found.'],
    ['no image at all', { imageRef: '' }, '400 badRequest: Missing imageRef attribute'],
    ['no such key', { key_name: 'nokey' }, '400 badRequest: Invalid key_name provided.'],
    ['no such network', { networks: [{ uuid: missing }] }, `400 badRequest: Network ${missing} could not be found.`],
    ['no such port', { networks: [{ port: missing }] }, `400 badRequest: Port id ${missing} could not be found.`],
    [
      'an address of another network',
      { networks: [{ uuid: 'PRIVATE', fixed_ip: '1.2.3.4' }] },
      '400 badRequest: IP address 1.2.3.4 is not a valid IP for any of the subnets on the specified network.',
    ],
    [
      'one good network and one bad',
      { networks: [{ uuid: 'PRIVATE' }, { uuid: missing }] },
      `400 badRequest: Network ${missing} could not be found.`,
    ],
    [
      'no such security group',
      { security_groups: [{ name: 'nosg' }] },
      "400 badRequest: Unable to find security_group with name or id 'nosg'",
    ],
    ['another zone', { availability_zone: 'mars' }, '400 badRequest: The requested availability zone is not available'],
    ['an empty name', { name: '' }, "400 badRequest: Invalid input for field/attribute name. Value: . '' is too short"],
    ['counts the wrong way', { min_count: 3, max_count: 2 }, '400 badRequest: min_count must be <= max_count'],
    ['user data that is not base64', { user_data: '%%%' }, '400 badRequest: Userdata content cannot be decoded: it is not base64.'],
    ['too much user data', { user_data: 'A'.repeat(65536) }, '400 badRequest: Invalid input for field/attribute user_data.'],
  ])('%s', async (_name, more, message) => {
    const text = JSON.stringify(wish(more)).replaceAll('PRIVATE', networkId);
    const before = (await net('GET', '/ports?fields=id')).body;
    expect(await refused('POST', '/servers', JSON.parse(text))).toMatch(message);
    expect((await net('GET', '/ports?fields=id')).body).toEqual(before);
    expect((await call('GET', '/servers')).body).toEqual({ servers: [] });
  });
  test('an ambiguous network', async () => {
    const other = ((await net('POST', '/networks', { network: { name: 'second' } })).body as { network: { id: string } }).network;
    const { networks: _none, ...server } = (wish() as { server: Body }).server;
    expect(await refused('POST', '/servers', { server })).toBe(
      '409 conflictingRequest: Multiple possible networks found, use a Network ID to be more specific.',
    );
    expect((await net('DELETE', `/networks/${other.id}`)).status).toBe(204);
    const { id } = ((await call('POST', '/servers', { server })).body as { server: { id: string } }).server;
    expect(Object.keys((await shown(id)).addresses as Body)).toEqual(['private']);
    await remove(id);
  });
});

describe('actions', () => {
  test('stop and start, and refusals in between', async () => {
    const id = await made();
    expect(await refused('POST', `/servers/${id}/action`, { 'os-stop': null })).toBe(
      `409 conflictingRequest: Cannot 'stop' instance ${id} while it is in vm_state building`,
    );
    pass(BUILD_MS);
    expect((await act(id, { 'os-stop': null })).status).toBe(202);
    expect(await refused('POST', `/servers/${id}/action`, { 'os-stop': null })).toBe(
      `409 conflictingRequest: Cannot 'stop' instance ${id} while it is in task_state powering-off`,
    );
    pass(300);
    expect(await shown(id)).toMatchObject({ status: 'SHUTOFF', 'OS-EXT-STS:power_state': 4 });
    expect((await act(id, { 'os-start': null })).status).toBe(202);
    pass(300);
    expect(await shown(id)).toMatchObject({ status: 'ACTIVE' });
    const { instanceActions } = (await call('GET', `/servers/${id}/os-instance-actions`)).body as {
      instanceActions: readonly { action: string }[];
    };
    expect(instanceActions.map((one) => one.action)).toEqual(['start', 'stop', 'create']);
    expect(await refused('POST', `/servers/${id}/action`, { nosuch: null })).toBe('400 badRequest: There is no such action: nosuch');
    await remove(id);
  });
  test('resize, confirm and revert', async () => {
    const id = await made();
    pass(BUILD_MS);
    expect(await refused('POST', `/servers/${id}/action`, { resize: { flavorRef: flavors['m1.tiny'] } })).toBe(
      '400 badRequest: When resizing, instances must change flavor!',
    );
    await act(id, { resize: { flavorRef: flavors['m1.small'] } });
    expect(await shown(id)).toMatchObject({ status: 'RESIZE' });
    pass(300);
    expect(await shown(id, 47)).toMatchObject({ status: 'VERIFY_RESIZE', flavor: { original_name: 'm1.small' } });
    expect((await act(id, { revertResize: null })).status).toBe(202);
    pass(300);
    expect(await shown(id, 47)).toMatchObject({ status: 'ACTIVE', flavor: { original_name: 'm1.tiny' } });
    await act(id, { resize: { flavorRef: flavors['m1.small'] } });
    pass(300);
    expect((await act(id, { confirmResize: null })).status).toBe(204);
    expect(await shown(id, 47)).toMatchObject({ status: 'ACTIVE', flavor: { original_name: 'm1.small' } });
    await remove(id);
  });
  test('rebuild, image, console, lock', async () => {
    const id = await made();
    pass(BUILD_MS);
    expect(await act(id, { rebuild: { imageRef: imageId, name: 'again' } })).toMatchObject({
      status: 202,
      body: { server: { name: 'again', status: 'REBUILD' } },
    });
    pass(BUILD_MS);
    const image = (await act(id, { createImage: { name: 'copy' } }, { minor: 45 })).body as { image_id: string };
    expect((await cloud.call('demo', 'GET', `/image/v2/images/${image.image_id}`)).body).toMatchObject({
      name: 'copy',
      status: 'active',
      visibility: 'private',
      base_image_ref: imageId,
    });
    expect(((await act(id, { 'os-getConsoleOutput': { length: 1 } })).body as { output: string }).output.trim()).toBe('web login:');
    expect((await act(id, { lock: null })).status).toBe(202);
    expect(await refused('DELETE', `/servers/${id}`, undefined)).toBe(`409 conflictingRequest: Instance ${id} is locked`);
    expect((await act(id, { unlock: null })).status).toBe(202);
    expect((await act(id, { 'os-resetState': { state: 'error' } })).status).toBe(403);
    expect((await act(id, { 'os-resetState': { state: 'error' } }, { as: 'admin' })).status).toBe(202);
    expect(await shown(id)).toMatchObject({ status: 'ERROR' });
    await remove(id);
  });
  test('interfaces come and go', async () => {
    const id = await made();
    pass(BUILD_MS);
    const attached = (await call('POST', `/servers/${id}/os-interface`, { interfaceAttachment: { net_id: networkId } })).body as {
      interfaceAttachment: { port_id: string };
    };
    expect(attached).toMatchObject({ interfaceAttachment: { net_id: networkId, port_state: 'ACTIVE' } });
    expect((await shown(id)).addresses).toMatchObject({ private: [{}, {}] });
    expect((await call('DELETE', `/servers/${id}/os-interface/${attached.interfaceAttachment.port_id}`)).status).toBe(202);
    expect(await portsOf(id)).toHaveLength(1);
    await remove(id);
  });
});

describe('lists', () => {
  test('filter, sort and page', async () => {
    const ids: string[] = [];
    for (const name of ['alpha', 'beta', 'gamma']) {
      ids.push(await made({ name }));
      pass(10);
    }
    pass(BUILD_MS);
    await act(ids[1] ?? '', { 'os-stop': null });
    pass(300);
    const names = async (query: string) =>
      ((await call('GET', `/servers/detail?${query}`)).body as { servers: readonly { name: string }[] }).servers.map((one) => one.name);
    expect(await names('')).toEqual(['gamma', 'beta', 'alpha']);
    expect(await names('name=^[ab]')).toEqual(['beta', 'alpha']);
    expect(await names('status=SHUTOFF')).toEqual(['beta']);
    expect(await names('status=ACTIVE&limit=1')).toEqual(['gamma']);
    expect(await names(`flavor=${flavors['m1.tiny']}&image=${imageId}&sort_key=display_name&sort_dir=asc`)).toEqual([
      'alpha',
      'beta',
      'gamma',
    ]);
    const [port] = await portsOf(ids[0] ?? '');
    expect(await names(`ip=${fixedIpsOf(port)[0]?.ip_address.replaceAll('.', '\\.')}$`)).toEqual(['alpha']);
    const page = (await call('GET', '/servers?limit=2')).body as {
      servers: readonly unknown[];
      servers_links: readonly { href: string }[];
    };
    expect([page.servers.length, page.servers_links[0]?.href]).toEqual([2, `${cloud.url}/compute/v2.1/servers?limit=2&marker=${ids[1]}`]);
    expect(await names(`limit=2&marker=${ids[1]}`)).toEqual(['alpha']);
    expect(await refused('GET', '/servers?marker=x', undefined)).toBe('400 badRequest: marker [x] not found');
    expect(await refused('GET', '/servers?name=(', undefined)).toBe(
      "400 badRequest: Invalid input for query parameters name. Value: (. '(' is not a 'regex'",
    );
    expect((await call('GET', '/servers?all_tenants=1')).status).toBe(403);
    expect((await call('GET', '/servers?all_tenants=1', undefined, { as: 'admin' })).body).toMatchObject({ servers: [{}, {}, {}] });
    await remove(ids[2] ?? '');
    expect(await names('limit=2')).toEqual(['beta', 'alpha']);
    for (const id of ids.slice(0, 2)) await remove(id);
  });
  test('and everything else keep projects apart', async () => {
    const id = await made();
    expect((await call('GET', '/servers', undefined, { as: 'alt_demo' })).body).toEqual({ servers: [] });
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/action'],
      ['GET', '/metadata'],
      ['GET', '/os-interface'],
    ] as const) {
      expect(
        (await call(method, `/servers/${id}${path}`, method === 'POST' ? { 'os-stop': null } : undefined, { as: 'alt_demo' })).status,
      ).toBe(404);
    }
    expect(await refused('POST', '/servers', wish(), { as: 'alt_demo' })).toBe(`400 badRequest: Network ${networkId} could not be found.`);
    await remove(id);
  });
});

test('servers made at the same moment never share an address', async () => {
  const answers = await Promise.all(Array.from({ length: 24 }, (_, i) => call('POST', '/servers', wish({ name: `c${i}` }))));
  expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 24 }, () => 202));
  const { servers } = (await call('GET', '/servers/detail')).body as {
    servers: readonly { id: string; addresses: { private: readonly { addr: string }[] } }[];
  };
  expect(new Set(servers.flatMap((one) => one.addresses.private.map((address) => address.addr))).size).toBe(24);
  await Promise.all(servers.map((one) => call('DELETE', `/servers/${one.id}`)));
  pass(500);
  expect((await call('GET', '/servers')).body).toEqual({ servers: [] });
});

test('a network may be deleted once its server was asked to go', async () => {
  const own = ((await net('POST', '/networks', { network: { name: 'own' } })).body as { network: { id: string } }).network;
  await net('POST', '/subnets', { subnet: { network_id: own.id, ip_version: 4, cidr: '10.50.0.0/28' } });
  const id = await made({ networks: [{ uuid: own.id }] });
  expect((await net('DELETE', `/networks/${own.id}`)).status).toBe(409);
  await call('DELETE', `/servers/${id}`);
  expect((await net('DELETE', `/networks/${own.id}`)).status).toBe(204);
  pass(500);
});

describe('metadata and tags', () => {
  test('are changed one by one or whole', async () => {
    const id = await made({ metadata: { a: '1' } });
    pass(BUILD_MS);
    const path = `/servers/${id}/metadata`;
    expect((await call('POST', path, { metadata: { b: '2' } })).body).toEqual({ metadata: { a: '1', b: '2' } });
    expect((await call('PUT', `${path}/b`, { meta: { b: '3' } })).body).toEqual({ meta: { b: '3' } });
    expect(await refused('PUT', `${path}/c`, { meta: { b: '3' } })).toBe('400 badRequest: Request body and URI mismatch');
    expect((await call('DELETE', `${path}/a`)).status).toBe(204);
    expect((await call('PUT', path, { metadata: { only: 'this' } })).body).toEqual({ metadata: { only: 'this' } });
    expect((await call('GET', `/servers/${id}/tags`)).status).toBe(404);
    expect((await call('PUT', `/servers/${id}/tags`, { tags: ['q', 'r'] }, { minor: 26 })).body).toEqual({ tags: ['q', 'r'] });
    expect((await call('PUT', `/servers/${id}/tags/s`, undefined, { minor: 26 })).status).toBe(201);
    expect((await call('DELETE', `/servers/${id}/tags/q`, undefined, { minor: 26 })).status).toBe(204);
    expect(await shown(id, 26)).toMatchObject({ tags: ['r', 's'] });
    await remove(id);
  });
});

describe('keypairs', () => {
  test('are generated, imported, listed and deleted', async () => {
    const generated = (await call('POST', '/os-keypairs', { keypair: { name: 'k1' } }, { minor: 2 })).body as {
      keypair: Record<string, string>;
    };
    expect(generated.keypair.private_key).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
    const imported = await call('POST', '/os-keypairs', { keypair: { name: 'k2', public_key: generated.keypair.public_key } });
    expect(imported).toMatchObject({ status: 200, body: { keypair: { fingerprint: generated.keypair.fingerprint } } });
    expect(imported.body).not.toHaveProperty('keypair.private_key');
    expect(await refused('POST', '/os-keypairs', { keypair: { name: 'k3', public_key: 'junk' } })).toBe(
      '400 badRequest: Keypair data is invalid: failed to generate fingerprint',
    );
    expect(await refused('POST', '/os-keypairs', { keypair: { name: 'k1' } })).toBe(
      "409 conflictingRequest: Key pair 'k1' already exists.",
    );
    expect((await call('GET', '/os-keypairs')).body).toMatchObject({
      keypairs: [{ keypair: { name: 'k1' } }, { keypair: { name: 'k2' } }, { keypair: { name: 'testkey' } }],
    });
    expect((await call('GET', '/os-keypairs/k1', undefined, { as: 'alt_demo' })).status).toBe(404);
    for (const name of ['k1', 'k2']) expect((await call('DELETE', `/os-keypairs/${name}`)).status).toBe(202);
  });
});

describe('flavors', () => {
  test('are made by administrators only', async () => {
    const body = { flavor: { name: 'big', ram: 1024, vcpus: 4, disk: 10, 'os-flavor-access:is_public': false } };
    expect((await call('POST', '/flavors', body)).status).toBe(403);
    const { flavor } = (await call('POST', '/flavors', body, { as: 'admin' })).body as { flavor: { id: string } };
    expect(await refused('POST', '/flavors', body, { as: 'admin' })).toBe('409 conflictingRequest: Flavor with name big already exists.');
    expect((await call('GET', `/flavors/${flavor.id}`)).status).toBe(404);
    expect((await call('POST', `/flavors/${flavor.id}/os-extra_specs`, { extra_specs: { 'hw:x': 'y' } }, { as: 'admin' })).status).toBe(
      200,
    );
    expect((await call('GET', `/flavors/${flavor.id}`, undefined, { as: 'admin', minor: 61 })).body).toMatchObject({
      flavor: { extra_specs: { 'hw:x': 'y' } },
    });
    expect((await call('DELETE', `/flavors/${flavor.id}`, undefined, { as: 'admin' })).status).toBe(202);
    expect((await call('GET', '/flavors?minRam=100')).body).toMatchObject({ flavors: [{}, {}] });
  });
});

describe('microversions', () => {
  test('are echoed, refused when unknown, and named by either header', async () => {
    const known = await call('GET', '/servers', undefined, { minor: 47 });
    expect([known.headers.get('openstack-api-version'), known.headers.get('x-openstack-nova-api-version')]).toEqual([
      'compute 2.47',
      '2.47',
    ]);
    expect(await refused('GET', '/servers', undefined, { minor: 200 })).toBe(
      '406 computeFault: Version 2.200 is not supported by the API. Minimum is 2.1 and maximum is 2.93.',
    );
    const wrong = await cloud.call('demo', 'GET', '/compute/v2.1/servers', undefined, { 'openstack-api-version': 'compute abc' });
    expect(wrong.status).toBe(400);
    const latest = await cloud.call('demo', 'GET', '/compute/v2.1/servers', undefined, {
      'openstack-api-version': 'volume 3.0, compute latest',
    });
    expect(latest.headers.get('openstack-api-version')).toBe('compute 2.93');
    expect(await cloud.call(null, 'GET', '/compute/')).toMatchObject({
      status: 200,
      body: { versions: [{ id: 'v2.1', version: '2.93', min_version: '2.1' }] },
    });
  });
});
