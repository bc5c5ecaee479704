/** Exports and imports on the whole program: through nested templates and groups, over both façades, with the mini-cloud's zones. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { login, miniCloudUser, type Rest, untilSettled } from '../tools/server/rest.ts';
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from '../tools/server/server-process.ts';

const NET = {
  AWSTemplateFormatVersion: '2010-09-09',
  Resources: { net: { Type: 'OS::Neutron::Net' } },
  Outputs: { id: { Value: { Ref: 'net' }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}:id' } } } },
};
const PORT = `AWSTemplateFormatVersion: '2010-09-09'
Resources:
  port: {Type: OS::Neutron::Port, Properties: {network: !ImportValue 'net:id'}}
Outputs:
  network: {Value: !ImportValue 'net:id'}
  zone: {Value: !Select ['0', !GetAZs '']}
`;
const TREE = `heat_template_version: 2018-08-31
resources:
  one: {type: port.template}
  many: {type: OS::Heat::ResourceGroup, properties: {count: 2, resource_def: {type: port.template}}}
outputs:
  network: {value: {get_attr: [one, network]}}
  networks: {value: {get_attr: [many, network]}}
  zone: {value: {get_attr: [one, zone]}}
`;

describe('exports', () => {
  const folder = temporaryFolder('exports');
  let server: ServerProcess;
  let rest: Rest;
  let stacks = '';
  let hearth = '';
  beforeAll(async () => {
    server = await startServer({ dataDir: `${folder}/data` });
    rest = await login(server.ready.identity as string, miniCloudUser(server.dataDir));
    stacks = `${rest.endpoint('orchestration')}/stacks`;
    hearth = stacks.replace(/\/v1\/.*/, `/hearth/v1/${rest.projectId}`);
  });
  afterAll(async () => {
    await server?.stop();
    removeFolder(folder);
  });

  async function create(name: string, template: unknown, files: Record<string, string> = {}): Promise<string> {
    const body = { stack_name: name, template, files, disable_rollback: true };
    const answer = await rest.call<{ stack: { id: string } }>('POST', stacks, body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    const url = `${stacks}/${name}/${answer.body.stack.id}`;
    const settled = await untilSettled(rest, url, 60_000);
    expect(settled.stack_status, settled.stack_status_reason).toBe('CREATE_COMPLETE');
    return url;
  }
  const output = async (url: string, name: string) =>
    (await rest.call<{ output: { output_value: unknown } }>('GET', `${url}/outputs/${name}`)).body.output.output_value;

  it('reach every level of a tree; nobody can take away what is in use', { timeout: 120_000 }, async () => {
    const net = await create('net', NET);
    const id = await output(net, 'id');
    const tree = await create('tree', TREE, { 'port.template': PORT });
    expect(await output(tree, 'network')).toBe(id);
    expect(await output(tree, 'networks')).toEqual([id, id]);
    expect(await output(tree, 'zone')).toBe('nova');

    const listed = await rest.call<{ exports: unknown[] }>('GET', `${hearth}/exports`);
    expect(listed.body).toMatchObject({
      exports: [{ name: 'net:id', value: id, stack: { name: 'net' }, output: 'id', imported_by: [{ name: 'tree' }] }],
      more: false,
    });
    const refused = await rest.call<{ error: { message: string } }>('DELETE', net);
    expect(refused.status).toBe(409);
    expect(refused.body.error.message).toContain('Export net:id cannot be deleted as it is in use by tree');

    expect((await rest.call('DELETE', tree)).status).toBe(204);
    expect((await untilSettled(rest, tree, 60_000)).stack_status).toBe('DELETE_COMPLETE');
    expect((await rest.call('DELETE', net)).status).toBe(204);
    expect((await untilSettled(rest, net, 60_000)).stack_status).toBe('DELETE_COMPLETE');
  });

  it('refuses with what to do', { timeout: 60_000 }, async () => {
    const inner = PORT.replace("zone: {Value: !Select ['0', !GetAZs '']}", 'zone: {Value: x, Export: {Name: inner}}');
    const nested = await rest.call<{ error: { message: string } }>('POST', stacks, {
      stack_name: 'tree',
      template: TREE,
      files: { 'port.template': inner.replaceAll("!ImportValue 'net:id'", 'public') },
    });
    expect(nested.status).toBe(400);
    expect(nested.body.error.message).toContain('of a nested template cannot be exported');
    const missing = await rest.call<{ error: { message: string } }>('POST', stacks, { stack_name: 'port', template: PORT });
    expect(missing.status).toBe(400);
    expect(missing.body.error.message).toMatch(/No export named net:id found/);
    expect((await rest.call('GET', `${hearth}/exports?limit=0`)).status).toBe(400);
    expect((await rest.call('GET', `${hearth}/exports?nosuch=1`)).status).toBe(400);
  });
});
