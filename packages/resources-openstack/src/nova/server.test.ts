/** What a server's handlers ask of the cloud, against clients that note each call; life on a whole cloud is the contract's. */
import type { Cloud } from '@hearth/cloud-openstack';
import { Failure, type Json, type JsonObject, silentLog } from '@hearth/kernel';
import { checkProperties, type Live, NO_SIGNALS, mimeParts } from '@hearth/resource-kit';
import { memoryConfigShelf } from '@hearth/resource-kit/testing';
import { seededRandom } from '@hearth/testkit';
import { describe, expect, it } from 'vitest';
import { server } from './server.ts';

const IMAGE = '11111111-1111-1111-1111-111111111111';
const NET = '22222222-2222-2222-2222-222222222222';
const OTHER_NET = '33333333-3333-3333-3333-333333333333';
const BASE: JsonObject = { image: IMAGE, flavor: 'small', networks: [{ network: NET }] };

interface World {
  readonly server?: JsonObject | null;
  readonly interfaces?: readonly JsonObject[];
  readonly ports?: readonly JsonObject[];
  readonly refuses?: readonly string[];
  readonly endpoint?: string | null;
}

/** Notes what changes something; answers as told. */
function cloudOf(world: World) {
  const calls: unknown[][] = [];
  const interfaces = [...(world.interfaces ?? [])];
  const note =
    <T>(name: string, answer: (...args: never[]) => T) =>
    async (...args: never[]): Promise<T> => {
      calls.push([name, ...args]);
      if (world.refuses?.includes(name) === true) throw new Failure('conflict', `${name} is refused`);
      return answer(...args);
    };
  const nova = {
    createServer: note('createServer', () => 'made'),
    getServer: async () => (world.server === undefined ? { id: 'made', status: 'ACTIVE' } : world.server),
    findFlavor: async (name: string) => ({ id: `${name}-id` }),
    serversNamed: async () => [],
    updateServer: note('updateServer', () => undefined),
    deleteServer: note('deleteServer', () => undefined),
    serverAction: note('serverAction', () => undefined),
    setMetadata: note('setMetadata', () => undefined),
    setServerTags: note('setServerTags', () => undefined),
    serverTags: async () => ['tag'],
    interfaces: async () => [...interfaces],
    detachInterface: note('detachInterface', (_id: string, port: string) => {
      interfaces.splice(
        interfaces.findIndex((item) => item['port_id'] === port),
        1,
      );
    }),
    attachInterface: note(
      'attachInterface',
      (_id: string, { net_id = NET, port_id = 'attached' }: { net_id?: string; port_id?: string }) => {
        const item = { port_id, net_id, fixed_ips: [] };
        interfaces.push(item);
        return item;
      },
    ),
    remoteConsole: async (_id: string, protocol: string, type: string) => {
      if (protocol !== 'vnc') throw new Failure('invalid', `no ${type} here`);
      return { type, url: `http://console/${type}` };
    },
  };
  const neutron = {
    idOf: async (_kind: string, name: string) => name,
    list: async () => world.ports ?? [],
    recall: async (kind: string, id: string) => ({ id, name: kind, network_id: NET }),
    get: async () => null,
    create: note('createPort', () => ({ id: 'own-port' })),
    update: note('updateNeutron', () => ({})),
    delete: note('deleteNeutron', () => undefined),
  };
  const glance = { imageId: async (name: string) => name };
  const session = { endpoint: async () => world.endpoint ?? null };
  return { cloud: { nova, neutron, glance, session } as unknown as Cloud, calls };
}

function live(raw: JsonObject, world: World = {}, more: Partial<Live<Cloud>> = {}) {
  const { props, problems } = checkProperties(server, { ...BASE, ...raw }, { lenient: false, matchesPattern: () => true });
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const { cloud, calls } = cloudOf(world);
  const random = seededRandom(1);
  const cancel = { aborted: false, addEventListener() {}, removeEventListener() {} };
  const configs = memoryConfigShelf({ clock: { now: () => 0 }, random });
  const names = {
    physicalName: 's-server-x',
    physicalId: 'made',
    stackId: 's',
    stackName: 's',
    projectId: 'p',
    rootStackId: 's',
    resourceName: 'server',
  };
  const call: Live<Cloud> = {
    cloud,
    configs,
    signals: NO_SIGNALS,
    metadata: {},
    props,
    ...names,
    data: {},
    startedAt: 0,
    now: 0,
    random,
    cancel,
    log: silentLog,
    ...more,
  };
  return { call, calls, props };
}

async function bodyOf(raw: JsonObject, more: Partial<Live<Cloud>> = {}, world: World = {}): Promise<JsonObject> {
  const { call, calls } = live(raw, world, more);
  await server.create(call);
  return calls.find(([name]) => name === 'createServer')?.[1] as JsonObject;
}
const decoded = (value: Json | undefined): string => Buffer.from(String(value), 'base64').toString('utf8');

describe('the request', () => {
  it('is what was said, and nothing else', async () =>
    expect(await bodyOf({ user_data_format: 'RAW' })).toEqual({
      name: 's-server-x',
      flavorRef: 'small-id',
      imageRef: IMAGE,
      networks: [{ uuid: NET }],
    }));
  it.each<[string, JsonObject, JsonObject]>([
    [
      'files',
      { personality: { '/b': 'ü', '/a': '' } },
      {
        personality: [
          { path: '/a', contents: '' },
          { path: '/b', contents: 'w7w=' },
        ],
      },
    ],
    ['a name, with the mark that shows whose it is', { name: 'web' }, { name: 'web', metadata: { hearth_resource: 's-server-x' } }],
    ['metadata, what is no text as JSON', { metadata: { a: 'x', b: [1] } }, { metadata: { a: 'x', b: '[1]' } }],
    [
      'settings as they are',
      { config_drive: true, diskConfig: 'MANUAL', admin_pass: 'p', key_name: 'k', availability_zone: 'z' },
      { config_drive: true, 'OS-DCF:diskConfig': 'MANUAL', adminPass: 'p', key_name: 'k', availability_zone: 'z' },
    ],
    [
      'ports and addresses',
      { networks: [{ port: 'p' }, { network: NET, fixed_ip: '10.0.0.9' }] },
      { networks: [{ port: 'p' }, { uuid: NET, fixed_ip: '10.0.0.9' }] },
    ],
    ['an allocation', { networks: [{ allocate_network: 'auto' }] }, { networks: 'auto' }],
    ['groups', { security_groups: ['web'] }, { security_groups: [{ name: 'web' }] }],
    [
      'old disks',
      {
        image: null,
        block_device_mapping: [
          { device_name: 'vda', volume_id: 'v' },
          { device_name: 'vdb', snapshot_id: 's', volume_size: 2, delete_on_termination: true },
        ],
      },
      {
        imageRef: '',
        block_device_mapping_v2: [
          { device_name: 'vda', source_type: 'volume', destination_type: 'volume', uuid: 'v', delete_on_termination: false, boot_index: 0 },
          {
            device_name: 'vdb',
            source_type: 'snapshot',
            destination_type: 'volume',
            uuid: 's',
            volume_size: 2,
            delete_on_termination: true,
            boot_index: -1,
          },
        ],
      },
    ],
    [
      'disks beside the image, which is told too',
      {
        block_device_mapping_v2: [
          { volume_id: 'v', boot_index: 1, disk_bus: 'scsi', device_type: 'disk' },
          { swap_size: 64 },
          { ephemeral_size: 1, ephemeral_format: 'ext4' },
          { image: IMAGE, boot_index: 2, volume_size: 3, delete_on_termination: true },
        ],
      },
      {
        block_device_mapping_v2: [
          { uuid: IMAGE, source_type: 'image', destination_type: 'local', boot_index: 0, delete_on_termination: true },
          {
            uuid: 'v',
            source_type: 'volume',
            destination_type: 'volume',
            boot_index: 1,
            delete_on_termination: false,
            device_type: 'disk',
            disk_bus: 'scsi',
          },
          {
            source_type: 'blank',
            destination_type: 'local',
            boot_index: -1,
            delete_on_termination: true,
            guest_format: 'swap',
            volume_size: 64,
          },
          {
            source_type: 'blank',
            destination_type: 'local',
            boot_index: -1,
            delete_on_termination: true,
            volume_size: 1,
            guest_format: 'ext4',
          },
          { uuid: IMAGE, source_type: 'image', destination_type: 'volume', boot_index: 2, delete_on_termination: true, volume_size: 3 },
        ],
      },
    ],
  ])('has %s', async (_what, raw, expected) => expect(await bodyOf({ user_data_format: 'RAW', ...raw })).toMatchObject(expected));

  it('speaks the oldest version that knows what is asked', async () => {
    const versions = [];
    for (const networks of [[{ network: NET }], [{ allocate_network: 'none' }], [{ network: NET, tag: 't' }]]) {
      const { call, calls } = live({ networks });
      await server.create(call);
      const [, , options] = calls[0] ?? [];
      versions.push((options as JsonObject)['microversion']);
    }
    expect(versions).toEqual([null, '2.37', '2.42']);
  });

  it('has the content of a software config as user data', async () => {
    const configs = memoryConfigShelf({ clock: { now: () => 0 }, random: seededRandom(2) });
    const id = await configs.create('m', { name: null, group: null, config: 'kept', inputs: [], outputs: [], options: {} });
    const userData = async (raw: JsonObject) => decoded((await bodyOf(raw, { configs }))['user_data']);
    expect(await userData({ user_data: id, user_data_format: 'RAW' })).toBe('kept');
    expect(await userData({ user_data: IMAGE, user_data_format: 'RAW' })).toBe(IMAGE);
    expect(await userData({ user_data: id })).toContain(id);
  });

  it('has metadata and the address of the API among the parts for cfn tools', async () => {
    const body = await bodyOf({ user_data: 'x' }, { metadata: { a: 1 } }, { endpoint: 'http://h:8000/v1' });
    const parts = mimeParts(decoded(body['user_data'])) ?? [];
    expect(parts.find(({ filename }) => filename === 'cfn-init-data')?.content).toBe('{"a":1}');
    expect(parts.find(({ filename }) => filename === 'cfn-metadata-server')?.content).toBe('http://h:8000/v1/');
  });
});

describe('a change', () => {
  /** Looks until it is done, and what was asked meanwhile. */
  async function changed(before: JsonObject, after: JsonObject, world: World, looks = 6) {
    const { call, calls, props } = live(after, world);
    const old = live(before).props;
    const names = Object.keys(props).filter((name) => JSON.stringify(props[name]) !== JSON.stringify(old[name]));
    let progress = await server.update?.({
      ...call,
      before: old,
      changed: Object.fromEntries(names.map((name) => [name, props[name] ?? null])),
    });
    for (let i = 0; i < looks && progress?.kind === 'wait'; i++)
      progress = await server.checkUpdate?.(call, JSON.parse(JSON.stringify(progress.token)) as Json);
    return { progress, calls };
  }
  const active = { id: 'made', status: 'ACTIVE', flavor: { id: 'small-id' }, image: { id: IMAGE } };
  const at = (port_id: string, net_id: string, ip_address = '10.0.0.1') => ({
    port_id,
    net_id,
    fixed_ips: [{ subnet_id: 'sub', ip_address }],
  });

  it('of networks attaches what is new and detaches what is gone, in that order of looks', async () => {
    const world = { server: active, interfaces: [at('a', NET)] };
    const { progress, calls } = await changed({}, { networks: [{ network: OTHER_NET }], user_data_format: 'HEAT_CFNTOOLS' }, world);
    expect(progress).toEqual({ kind: 'done' });
    expect(calls).toEqual([
      ['detachInterface', 'made', 'a'],
      ['attachInterface', 'made', { net_id: OTHER_NET }],
    ]);
  });
  it.each<[string, JsonObject, JsonObject, readonly unknown[][]]>([
    [
      'none to Nova’s choice',
      { networks: [{ allocate_network: 'none' }] },
      { networks: [{ allocate_network: 'auto' }] },
      [
        ['detachInterface', 'made', 'a'],
        ['attachInterface', 'made', {}],
      ],
    ],
    ['Nova’s choice to the same network', { networks: [{ allocate_network: 'auto' }] }, { networks: [{ network: NET }] }, []],
    [
      'a network to nothing said',
      {},
      { networks: [] },
      [
        ['detachInterface', 'made', 'a'],
        ['attachInterface', 'made', {}],
      ],
    ],
    [
      'a network to a port',
      {},
      { networks: [{ port: 'p' }] },
      [
        ['detachInterface', 'made', 'a'],
        ['attachInterface', 'made', { port_id: 'p' }],
      ],
    ],
    ['a tag alone', {}, { networks: [{ network: NET, tag: 'x' }] }, []],
  ])('%s', async (_what, before, after, expected) => {
    const { progress, calls } = await changed(before, after, { server: active, interfaces: [at('a', NET)] });
    expect(progress).toEqual({ kind: 'done' });
    expect(calls).toEqual(expected);
  });
  it('of a floating IP lets go of the old one and points the new one to the address', async () => {
    const entry = { port: 'a' };
    const { calls } = await changed(
      { networks: [{ ...entry, floating_ip: 'old' }] },
      { networks: [{ ...entry, floating_ip: 'new' }] },
      { server: active, interfaces: [at('a', NET)] },
    );
    expect(calls).toEqual([
      ['updateNeutron', 'floatingip', 'old', { port_id: null }],
      ['updateNeutron', 'floatingip', 'new', { port_id: 'a' }],
    ]);
  });
  it('of a port’s settings is made at the port that is there', async () => {
    const entry = (admin_state_up: boolean) => ({ networks: [{ network: NET, port_extra_properties: { admin_state_up } }] });
    const { calls } = await changed(entry(true), entry(false), { server: active, interfaces: [at('own', NET)] });
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject([
      'updateNeutron',
      'port',
      'own',
      { admin_state_up: false, allowed_address_pairs: [], qos_policy_id: null },
    ]);
  });
  it('that makes a port of our own says so before it does, and takes one that was made and not attached', async () => {
    const after = { networks: [{ network: NET }, { subnet: 'another' }] };
    const { progress, calls } = await changed({}, after, { server: active, interfaces: [at('a', NET)] }, 0);
    expect(progress).toMatchObject({ kind: 'wait', afterMs: 0, data: { ownPorts: true } });
    expect(calls).toEqual([]);
    const whole = await changed({}, after, { server: active, interfaces: [at('a', NET)] });
    expect(whole.calls.map(([name]) => name)).toEqual(['createPort', 'attachInterface']);
    const [, , body] = whole.calls[0] as [string, string, JsonObject];
    const waiting = { id: 'waiting', name: body['name'] as string, description: 's-server-x', device_id: '' };
    const again = await changed({}, after, { server: active, interfaces: [at('a', NET)], ports: [waiting] });
    expect(again.calls.slice(0, 1)).toEqual([['attachInterface', 'made', { port_id: 'waiting' }]]);
  });
  it('that made a port which no entry wants any more deletes it', async () => {
    const left = { id: 'left', name: 's-server-x-port-9-abcdef', description: 's-server-x', device_id: '' };
    const raw = { networks: [{ subnet: 'sub' }] };
    const { calls } = await changed({}, raw, { server: active, interfaces: [{ ...at('own', NET) }], ports: [left] });
    expect(calls).toEqual([['deleteNeutron', 'port', 'left']]);
  });
  it('that detaches what is being detached already waits for it', async () => {
    const { progress } = await changed(
      {},
      { networks: [{ network: OTHER_NET }] },
      { server: active, interfaces: [at('a', NET)], refuses: ['detachInterface'] },
      2,
    );
    expect(progress).toMatchObject({ kind: 'wait', saw: 'detaching interfaces' });
  });
  it('of the flavor for which there is no room ends after some tries', async () => {
    await expect(changed({}, { flavor: 'big' }, { server: active }, 10)).rejects.toThrow("Resizing to 'big' failed, status 'ACTIVE'");
  });
  it('of the image rebuilds with the password, the metadata and the files', async () => {
    const after = { image: OTHER_NET, admin_pass: 'p', metadata: { a: 1 }, image_update_policy: 'REBUILD_PRESERVE_EPHEMERAL' };
    const { calls } = await changed({}, after, { server: active }, 0);
    expect(calls).toEqual([
      ['setMetadata', 'made', { a: '1' }],
      [
        'serverAction',
        'made',
        { rebuild: { imageRef: OTHER_NET, adminPass: 'p', metadata: { a: '1' }, preserve_ephemeral: true } },
        undefined,
      ],
    ]);
  });
  it('of the password alone sets it', async () => {
    const { calls } = await changed({}, { admin_pass: 'p' }, { server: active });
    expect(calls).toEqual([['serverAction', 'made', { changePassword: { adminPass: 'p' } }]]);
  });
  it('of user data rebuilds once where that is the policy, and does nothing where it is to ignore them', async () => {
    const raw = { user_data_format: 'RAW', user_data: 'new', user_data_update_policy: 'REBUILD' };
    const { calls, progress } = await changed({ ...raw, user_data: 'old' }, raw, { server: active });
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject(['serverAction', 'made', { rebuild: { imageRef: IMAGE, user_data: 'bmV3' } }, '2.57']);
    expect(progress).toEqual({ kind: 'done' });
    const ignored = await changed({ ...raw, user_data: 'old' }, { ...raw, user_data_update_policy: 'IGNORE' }, { server: active });
    expect(ignored.calls).toEqual([]);
  });
});

describe('a status', () => {
  const look = (given: JsonObject | null) => server.checkCreate?.(live({}, { server: given }).call, null);
  it('in error fails with the fault', async () =>
    expect(look({ id: 'made', status: 'ERROR', fault: { message: 'No valid host was found. ', code: 500 } })).rejects.toMatchObject({
      type: 'ResourceInError',
      message: 'Went to status ERROR due to "Message: No valid host was found. , Code: 500"',
    }));
  it('in error without a fault says so', async () =>
    expect(look({ id: 'made', status: 'ERROR' })).rejects.toThrow('Went to status ERROR due to "Message: Unknown, Code: Unknown"'));
  it.each(['BUILD', 'BUILD(networking)', 'SHUTOFF', 'SUSPENDED'])('%s is waited for', async (status) =>
    expect(await look({ id: 'made', status })).toMatchObject({ kind: 'wait' }),
  );
  it('that nobody knows fails', async () =>
    expect(look({ id: 'made', name: 'n', status: 'ODD' })).rejects.toMatchObject({ type: 'ResourceUnknownStatus' }));
  it('of a server that is gone fails', async () => expect(look(null)).rejects.toThrow('Server disappeared'));
  it('in error while it is deleted is told again, some times', async () => {
    const { call, calls } = live({}, { server: { id: 'made', name: 'n', status: 'ERROR', fault: { code: 500, message: 'stuck' } } });
    let token: Json = null;
    const end = async () => {
      for (;;) {
        const progress = await server.checkDelete?.(call, token);
        if (progress?.kind !== 'wait') return progress;
        token = progress.token;
      }
    };
    await expect(end()).rejects.toThrow('Server n delete failed: (500) stuck');
    expect(calls).toHaveLength(3);
  });
});

describe('attributes', () => {
  const address = (addr: string, type = 'fixed') => ({ addr, version: 4, 'OS-EXT-IPS:type': type, 'OS-EXT-IPS-MAC:mac_addr': 'm' });
  const seen = {
    id: 'made',
    status: 'ACTIVE',
    name: 'other',
    accessIPv4: '',
    addresses: { lan: [address('10.0.0.1'), address('198.18.0.9', 'floating')] },
  };
  const ports = [{ id: 'p', network_id: NET, mac_address: 'm', fixed_ips: [{ ip_address: '10.0.0.1', subnet_id: 'sub' }] }];
  const observed = async (raw: JsonObject, wanted: readonly string[]) =>
    server.observe(live(raw, { server: seen, ports }, { wanted: new Set(wanted) }).call);

  it('give addresses by name and by id of the network, with port, subnets and network', async () => {
    const { addresses, networks } = (await observed({}, ['addresses'])) as unknown as {
      addresses: Record<string, JsonObject[]>;
      networks: JsonObject;
    };
    expect(addresses[NET]).toEqual(addresses['lan']);
    expect(addresses['lan']).toMatchObject([
      { addr: '10.0.0.1', port: 'p', subnets: [{ id: 'sub' }], network: { id: NET } },
      { addr: '198.18.0.9', port: null },
    ]);
    expect(networks).toEqual({ lan: ['10.0.0.1', '198.18.0.9'], [NET]: ['10.0.0.1', '198.18.0.9'] });
  });
  it('give each kind of console its address or the reason why there is none', async () =>
    expect((await observed({}, ['console_urls']))?.['console_urls']).toEqual({
      novnc: 'http://console/novnc',
      xvpvnc: 'http://console/xvpvnc',
      'spice-html5': 'Cannot get console url: no spice-html5 here',
      'rdp-html5': 'Cannot get console url: no rdp-html5 here',
      serial: 'Cannot get console url: no serial here',
      webmks: 'Cannot get console url: no webmks here',
    }));
  it('give the name that was asked for', async () => {
    expect((await observed({ name: 'mine' }, []))?.['name']).toBe('mine');
    expect((await observed({}, []))?.['name']).toBe('s-server-x');
  });
  it('ask for tags only where there are any or somebody wants them', async () => {
    expect((await observed({}, []))?.['tags']).toBeNull();
    expect((await observed({}, ['tags']))?.['tags']).toEqual(['tag']);
    expect((await observed({ tags: ['x'] }, []))?.['tags']).toEqual(['tag']);
  });
});
