/**
 * On the whole program: what fails in the cloud is tried again in the same traversal; a server, a port and a key pair that are replaced hand over what only
 * one can have, and have it again after a rollback.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CloudControl, cloudControl } from '../tools/server/control.ts';
import { login, miniCloudUser, type Rest, untilSettled } from '../tools/server/rest.ts';
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from '../tools/server/server-process.ts';

const LONG = { timeout: 240_000 };
const [FIRST_KEY, SECOND_KEY] = ['dI6pkMRnrpkVJz2Yp1ItNlZUyYTMwLGQ9yVd5', 'cI6pkMRnrpkVJz2Yp1ItNlZUyYTMwLGQ9yVd6'].map(
  (end) => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEsLn6${end}AAAA me`,
) as [string, string];

interface Wish {
  readonly mac: string;
  readonly zone: boolean;
  readonly key: string;
}
const template = ({ mac, zone, key }: Wish) => `heat_template_version: 2018-08-31
resources:
  plug:
    type: OS::Neutron::Port
    properties:
      network: private
      mac_address: '${mac}'
      fixed_ips: [{subnet: private-subnet, ip_address: 10.10.0.77}]
  fixed:
    type: OS::Neutron::Port
    properties: {network: private}
  key:
    type: OS::Nova::KeyPair
    properties: {name: only-one, public_key: '${key}'}
  web:
    type: OS::Nova::Server
    properties:
      image: testimage
      flavor: m1.tiny
      key_name: {get_resource: key}
      networks: [{port: {get_resource: plug}}, {port: {get_resource: fixed}}]
      ${zone ? 'availability_zone: nova' : 'user_data_format: HEAT_CFNTOOLS'}
`;

describe('in the whole program', () => {
  const folder = temporaryFolder('hand-over');
  let server: ServerProcess;
  let rest: Rest;
  let control: CloudControl;
  let stacks: string;
  beforeAll(async () => {
    server = await startServer({ dataDir: `${folder}/data` });
    rest = await login(server.ready.identity as string, miniCloudUser(server.dataDir));
    control = await cloudControl(server);
    stacks = `${rest.endpoint('orchestration')}/stacks`;
  });
  afterAll(async () => {
    await server?.stop();
    removeFolder(folder);
  });

  const create = async (name: string, text: string): Promise<string> => {
    const made = await rest.call<{ stack: { id: string } }>('POST', stacks, { stack_name: name, template: text, disable_rollback: false });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    return `${stacks}/${name}/${made.body.stack.id}`;
  };
  const settled = async (url: string): Promise<string> => {
    const { stack_status, stack_status_reason } = await untilSettled(rest, url, 120_000);
    return `${stack_status} ${stack_status_reason}`;
  };
  const update = async (url: string, text: string): Promise<string> => {
    const asked = await rest.call('PUT', url, { template: text, disable_rollback: false });
    expect(asked.status, JSON.stringify(asked.body)).toBe(202);
    return settled(url);
  };
  const idOf = async (url: string, name: string): Promise<string> =>
    (await rest.call<{ resource: { physical_resource_id: string } }>('GET', `${url}/resources/${name}`)).body.resource.physical_resource_id;
  interface Port {
    readonly mac_address: string;
    readonly device_id: string;
    readonly fixed_ips: readonly { readonly ip_address: string }[];
  }
  const portOf = async (url: string, name: string): Promise<Port> =>
    (await rest.call<{ port: Port }>('GET', `${rest.endpoint('network')}/v2.0/ports/${await idOf(url, name)}`)).body.port;
  const publicKey = async (): Promise<string> =>
    (await rest.call<{ keypair: { public_key: string } }>('GET', `${rest.endpoint('compute')}/os-keypairs/only-one`)).body.keypair
      .public_key;

  it('a server that goes to ERROR is made again', LONG, async () => {
    await control.call('POST', '/behaviours', { service: 'compute', name: 'tried-*', times: 2, errorAfterBuild: 'no valid host' });
    const text =
      'heat_template_version: 2018-08-31\nresources:\n  web: {type: OS::Nova::Server, properties: {image: testimage, flavor: m1.tiny, networks: [{network: private}]}}\n';
    const url = await create('tried', text);
    expect(await settled(url)).toBe('CREATE_COMPLETE Stack CREATE completed successfully');
    const { body } = await rest.call<{
      events: readonly { resource_name: string; resource_status: string; resource_status_reason: string }[];
    }>('GET', `${url}/events?sort_dir=asc`);
    const told = body.events.filter((event) => event.resource_name === 'web').map((event) => event.resource_status);
    const once = ['CREATE_IN_PROGRESS', 'CREATE_FAILED', 'DELETE_IN_PROGRESS', 'DELETE_COMPLETE'];
    expect(told).toEqual([...once, ...once, 'CREATE_IN_PROGRESS', 'CREATE_COMPLETE']);
    expect((await rest.call('DELETE', url)).status).toBe(204);
    expect(await settled(url)).toContain('DELETE_COMPLETE');
    expect(await control.leftovers()).toEqual([]);
  });

  it('what only one can have goes to the successor, and comes back with the rollback', LONG, async () => {
    const before: Wish = { mac: 'fa:16:3e:00:00:01', zone: false, key: FIRST_KEY };
    const url = await create('given', template(before));
    expect(await settled(url)).toContain('CREATE_COMPLETE');
    const [web, plug, fixed] = [await idOf(url, 'web'), await idOf(url, 'plug'), await idOf(url, 'fixed')];

    await control.call('POST', '/behaviours', { service: 'compute', method: 'POST', path: '*/servers', refuse: { status: 400 }, times: 1 });
    const wanted: Wish = { mac: 'fa:16:3e:00:00:02', zone: true, key: SECOND_KEY };
    expect(await update(url, template(wanted))).toContain('ROLLBACK_COMPLETE');
    expect([await idOf(url, 'web'), await idOf(url, 'plug'), await idOf(url, 'fixed')]).toEqual([web, plug, fixed]);
    for (const name of ['plug', 'fixed']) expect((await portOf(url, name)).device_id).toBe(web);
    expect((await portOf(url, 'plug')).fixed_ips.map((one) => one.ip_address)).toEqual(['10.10.0.77']);
    expect(await publicKey()).toBe(FIRST_KEY);

    expect(await update(url, template(wanted))).toContain('UPDATE_COMPLETE');
    const after = await idOf(url, 'web');
    expect([after === web, (await idOf(url, 'plug')) === plug, (await idOf(url, 'fixed')) === fixed]).toEqual([false, false, true]);
    for (const name of ['plug', 'fixed']) expect((await portOf(url, name)).device_id).toBe(after);
    expect((await portOf(url, 'plug')).fixed_ips.map((one) => one.ip_address)).toEqual(['10.10.0.77']);
    expect(await publicKey()).toBe(SECOND_KEY);
    expect((await rest.call('DELETE', url)).status).toBe(204);
    expect(await settled(url)).toContain('DELETE_COMPLETE');
    expect(await control.leftovers()).toEqual([]);
  });
});
