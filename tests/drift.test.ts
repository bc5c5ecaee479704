/** Drift against the whole program: things are changed behind its back, found, accepted or brought back, through the API and the command. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { login, miniCloudUser, type Rest } from '../tools/server/rest.ts';
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from '../tools/server/server-process.ts';
import { runHearth } from './hearth-command.ts';

const folder = temporaryFolder('drift');
let server: ServerProcess;
let rest: Rest;
let heat = '';
let hearth = '';
let compute = '';
let network = '';
beforeAll(async () => {
  server = await startServer({ dataDir: `${folder}/data` });
  rest = await login(server.ready.identity as string, miniCloudUser(server.dataDir));
  heat = rest.endpoint('orchestration');
  hearth = heat.replace(/\/v1\/([^/]+)$/, '/hearth/v1/$1');
  compute = rest.endpoint('compute');
  network = `${rest.endpoint('network').replace(/\/$/, '')}/v2.0`;
}, 120_000);
afterAll(async () => {
  await server?.stop();
  removeFolder(folder);
});

const MEMBER = { type: 'OS::Neutron::SecurityGroup', properties: { rules: [{ protocol: 'tcp', port_range_min: 22, port_range_max: 22 }] } };
const TEMPLATE = {
  heat_template_version: '2018-08-31',
  parameters: { word: { type: 'string', hidden: true, default: 'sesame-open' } },
  resources: {
    net: { type: 'OS::Neutron::Net', properties: { name: 'drift-net', tags: ['kept'] } },
    subnet: { type: 'OS::Neutron::Subnet', properties: { network: { get_resource: 'net' }, cidr: '10.66.0.0/24', gateway_ip: null } },
    port: {
      type: 'OS::Neutron::Port',
      properties: { network: { get_resource: 'net' }, fixed_ips: [{ subnet: { get_resource: 'subnet' } }] },
    },
    server: {
      type: 'OS::Nova::Server',
      properties: {
        image: 'testimage',
        flavor: 'm1.tiny',
        networks: [{ network: 'private' }],
        metadata: { role: 'web', word: { get_param: 'word' } },
        user_data_format: 'RAW',
      },
    },
    group: { type: 'OS::Heat::ResourceGroup', properties: { count: 2, resource_def: MEMBER } },
  },
};

interface Resource {
  readonly resource_name: string;
  readonly physical_resource_id: string;
}
interface Shown {
  readonly complete: boolean;
  readonly summary: Readonly<Record<string, number>>;
  readonly resources: readonly {
    path: string;
    state: string;
    differences: readonly { property: string; expected: unknown; actual: unknown }[];
  }[];
}
let name = '';
let count = 0;
const drift = (method: 'GET' | 'POST' | 'PUT', more = '', body?: object) =>
  rest.call<Shown>(method, `${hearth}/stacks/${name}/drift${more}`, body);
const stateOf = async () => (await rest.call<{ stack: { stack_status: string } }>('GET', `${heat}/stacks/${name}`)).body.stack.stack_status;
const idOf = async (resource: string): Promise<string> => {
  const { body } = await rest.call<{ resources: Resource[] }>('GET', `${heat}/stacks/${name}/resources?nested_depth=2`);
  return body.resources.find(({ resource_name }) => resource_name === resource)?.physical_resource_id as string;
};
async function until<T>(what: string, look: () => Promise<T>, holds: (seen: T) => boolean): Promise<T> {
  let seen = await look();
  for (let looks = 0; looks < 200 && !holds(seen); looks++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    seen = await look();
  }
  expect(holds(seen), `${what}: ${JSON.stringify(seen)}`).toBe(true);
  return seen;
}
async function detected(): Promise<Shown> {
  expect((await drift('POST')).status).toBe(202);
  return (
    await until(
      'looked at',
      () => drift('GET'),
      ({ body }) => body.complete,
    )
  ).body;
}
const states = ({ resources }: Shown) => Object.fromEntries(resources.map(({ path, state }) => [path, state]));
const IN_SYNC = { net: 'in_sync', subnet: 'in_sync', port: 'in_sync', server: 'in_sync', 'group/0': 'in_sync', 'group/1': 'in_sync' };
const metadataOf = async (id: string) => (await rest.call<{ metadata: object }>('GET', `${compute}/servers/${id}/metadata`)).body.metadata;

async function meddle(): Promise<void> {
  await rest.call('PUT', `${compute}/servers/${await idOf('server')}/metadata`, { metadata: { role: 'hacked', word: 'sesame-open' } });
  const group = await idOf('1');
  const { body } = await rest.call<{ security_group: { security_group_rules: { id: string; direction: string }[] } }>(
    'GET',
    `${network}/security-groups/${group}`,
  );
  const rule = body.security_group.security_group_rules.find(({ direction }) => direction === 'ingress');
  expect((await rest.call('DELETE', `${network}/security-group-rules/${rule?.id}`)).status).toBe(204);
  expect((await rest.call('DELETE', `${network}/ports/${await idOf('port')}`)).status).toBe(204);
  expect((await rest.call('PUT', `${network}/networks/${await idOf('net')}/tags`, { tags: ['kept', 'added'] })).status).toBe(200);
}

beforeAll(async () => {
  name = `drift-${count++}`;
  expect((await rest.call('POST', `${heat}/stacks`, { stack_name: name, template: TEMPLATE })).status).toBe(201);
  await until('made', stateOf, (state) => state === 'CREATE_COMPLETE');
}, 60_000);

describe('drift', () => {
  it('is not known before somebody looks, and there is none then', async () => {
    expect((await drift('GET')).body).toMatchObject({ complete: false, asked_at: null, summary: { not_looked_at: 7 } });
    const shown = await runHearth(['drift', 'show', name, '--data', server.dataDir]);
    expect(shown).toMatchObject({ code: 1, out: expect.stringContaining('nobody has looked for drift yet') });
    const report = await detected();
    expect(states(report)).toEqual(IN_SYNC);
    expect(report.summary).toMatchObject({ resources: 6, in_sync: 6, drifted: 0, gone: 0, unknown: 0 });
    expect(await stateOf()).toBe('CREATE_COMPLETE');
    expect((await runHearth(['drift', 'detect', name, '--wait', '--data', server.dataDir])).code).toBe(0);
  }, 60_000);

  it('is found where it is, in nested stacks too, with hidden values masked', async () => {
    await meddle();
    const found = await runHearth(['drift', 'detect', name, '--wait', '--data', server.dataDir]);
    expect(found.code).toBe(2);
    expect(found.out).toContain('- port (OS::Neutron::Port) is gone from the cloud');
    expect(found.out).toContain('    tags: ["kept"] -> ["kept","added"]');
    const report = (await drift('GET')).body;
    expect(states(report)).toEqual({ ...IN_SYNC, net: 'drifted', port: 'gone', server: 'drifted', 'group/1': 'drifted' });
    const of = (path: string) => report.resources.find((one) => one.path === path)?.differences;
    expect(of('group/1')).toMatchObject([{ property: 'rules', actual: [] }]);
    expect(of('server')).toMatchObject([{ property: 'metadata', expected: '***', actual: '***', secret: true }]);
    expect(JSON.stringify(report)).not.toContain('sesame');
    expect(found.out).not.toContain('sesame');
  }, 60_000);

  it('is the third side of a plan, which changes nothing', async () => {
    const planned = await runHearth(['plan', name, '--observe', '--data', server.dataDir]);
    expect(planned.code).toBe(0);
    expect(planned.out).toContain('      ! tags is ["kept","added"] in the cloud now (applied: ["kept"])');
    expect(planned.out).toMatch(/port \(OS::Neutron::Port\) stays as it is\n +! gone from the cloud/);
    expect(planned.out).toMatch(/no changes; \d+ unchanged, 4 drifted\./);
    expect(planned.out).not.toContain('sesame');
  }, 60_000);

  it('can be taken for good, resource by resource, but not what is gone', async () => {
    expect(await drift('POST', '/accept', { resources: ['port'] })).toMatchObject({
      status: 409,
      body: { error: { type: 'NothingToAccept', message: expect.stringMatching(/^port is gone from the cloud/) } },
    });
    expect(await drift('POST', '/accept', { resources: ['nothing'] })).toMatchObject({ status: 400 });
    expect(await drift('POST', '/accept', { resources: [] })).toMatchObject({ status: 400 });
    expect(await drift('POST', '/accept', { resources: ['net'] })).toMatchObject({ status: 200, body: { accepted: ['net'] } });
    expect(states(await detected())).toMatchObject({ net: 'in_sync', server: 'drifted' });
  }, 60_000);

  it('is brought back: in place, anew where it is gone, and what was accepted stays', async () => {
    const ids = { server: await idOf('server'), port: await idOf('port'), group: await idOf('1') };
    const reverted = await runHearth(['drift', 'revert', name, '--wait', '--data', server.dataDir]);
    expect(reverted).toMatchObject({ code: 0, out: expect.stringContaining(`${name} UPDATE_COMPLETE`) });
    expect(await idOf('server')).toBe(ids.server);
    expect(await idOf('1')).toBe(ids.group);
    expect(await idOf('port')).not.toBe(ids.port);
    expect(await metadataOf(ids.server)).toEqual({ role: 'web', word: 'sesame-open' });
    expect((await rest.call('GET', `${network}/ports/${await idOf('port')}`)).status).toBe(200);
    const net = await rest.call<{ network: { tags: string[] } }>('GET', `${network}/networks/${await idOf('net')}`);
    expect(net.body.network.tags.toSorted()).toEqual(['added', 'kept']);
    expect(states(await detected())).toEqual(IN_SYNC);
  }, 60_000);

  it('counts again once it is named to be brought back', async () => {
    expect(await drift('POST', '/revert', { resources: ['net'] })).toMatchObject({ status: 202, body: { stack: { action: 'UPDATE' } } });
    await until('brought back', stateOf, (state) => state === 'UPDATE_COMPLETE');
    const net = await rest.call<{ network: { tags: string[] } }>('GET', `${network}/networks/${await idOf('net')}`);
    expect(net.body.network.tags).toEqual(['kept']);
  }, 60_000);

  it('is a change for an update that observes, and none for another', async () => {
    const server = await idOf('server');
    await rest.call('PUT', `${compute}/servers/${server}/metadata`, { metadata: { role: 'other' } });
    const update = async (more: object) => {
      expect(await rest.call('PUT', `${heat}/stacks/${name}/${await stackId()}`, { template: TEMPLATE, ...more })).toMatchObject({
        status: 202,
      });
      await until('updated', stateOf, (state) => state === 'UPDATE_COMPLETE');
    };
    await update({});
    expect(await metadataOf(server)).toEqual({ role: 'other' });
    await update({ converge: true });
    expect(await metadataOf(server)).toEqual({ role: 'web', word: 'sesame-open' });
  }, 60_000);

  it('may be looked for every so often', async () => {
    expect((await drift('PUT', '', { every_minutes: 30 })).body).toMatchObject({ schedule: { every_minutes: 30 } });
    expect(await drift('PUT', '', { every_minutes: -1 })).toMatchObject({ status: 400 });
    expect(await drift('PUT', '', { every: 1 })).toMatchObject({ status: 400 });
    const never = await runHearth(['drift', 'schedule', name, '--every', 'never', '--data', server.dataDir]);
    expect(never).toMatchObject({ code: 0, out: expect.stringContaining('is looked at never') });
  }, 60_000);
});

async function stackId(): Promise<string> {
  return (await rest.call<{ stack: { id: string } }>('GET', `${heat}/stacks/${name}`)).body.stack.id;
}
