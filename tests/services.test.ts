/** What the cloud says during validation, against the whole program: types whose service or extension is not there, named constraints, old names. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { login, miniCloudUser, type Rest } from '../tools/server/rest.ts';
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from '../tools/server/server-process.ts';

interface Fault {
  readonly error: { readonly type: string; readonly message: string };
}
const folder = temporaryFolder('services');
let server: ServerProcess;
let rest: Rest;
let heat = '';
beforeAll(async () => {
  server = await startServer({ dataDir: `${folder}/data` });
  rest = await login(server.ready.identity as string, miniCloudUser(server.dataDir));
  heat = rest.endpoint('orchestration');
}, 120_000);
afterAll(async () => {
  await server?.stop();
  removeFolder(folder);
});

const template = (resources: object, more: object = {}) => ({ heat_template_version: '2018-08-31', resources, ...more });
const ask = (path: string, body: object) => rest.call<Fault>('POST', `${heat}${path}`, body);
let count = 0;
const create = (body: object) => ask('/stacks', { stack_name: `services-${count++}`, ...body });
const lacking = (service: string, type: string, reason: string) => ({
  status: 400,
  body: {
    error: {
      type: 'ResourceTypeUnavailable',
      message: expect.stringContaining(`HEAT-E99001 Service ${service} is not available for resource type ${type}, reason: ${reason}`),
    },
  },
});
const NO_MAGNUM = lacking('magnum', 'OS::Magnum::Cluster', 'magnum container-infra endpoint is not in service catalog.');
const NO_TRUNK = lacking('neutron', 'OS::Neutron::Trunk', 'Required extension trunk in neutron service is not available.');

describe('services and extensions', () => {
  it.each([
    ['OS::Magnum::Cluster', NO_MAGNUM],
    ['OS::Neutron::Trunk', NO_TRUNK],
    ['OS::Ceilometer::Alarm', lacking('aodh', 'OS::Ceilometer::Alarm', 'aodh alarming endpoint is not in service catalog.')],
  ])('%s is refused by creation and a look', async (type, refusal) => {
    const sent = { template: template({ a: { type } }) };
    expect(await create(sent)).toMatchObject(refusal);
    expect(await ask('/validate', sent)).toMatchObject(refusal);
    expect((await ask('/validate?ignore_errors=99001', sent)).status).toBe(200);
  });
  it('below a group, too', async () => {
    const grouped = template({
      group: { type: 'OS::Heat::ResourceGroup', properties: { count: 1, resource_def: { type: 'OS::Magnum::Cluster' } } },
    });
    expect(await create({ template: grouped })).toMatchObject(NO_MAGNUM);
  });
  it('what is there is listed, and nothing else', async () => {
    const listed = await rest.call<{ resource_types: string[] }>('GET', `${heat}/resource_types`);
    const types = listed.body.resource_types;
    for (const type of ['OS::Nova::Server', 'OS::Neutron::Router', 'OS::Heat::Value', 'AWS::RDS::DBInstance', 'AWS::CloudWatch::Alarm'])
      expect(types).toContain(type);
    for (const type of ['OS::Magnum::Cluster', 'OS::Neutron::Trunk', 'OS::Aodh::Alarm', 'OS::Ceilometer::Alarm', 'OS::Quantum::Net'])
      expect(types).not.toContain(type);
  });
  it('a type that cannot be used is not shown, and has a template', async () => {
    const shown = await rest.call<Fault>('GET', `${heat}/resource_types/OS::Magnum::Cluster`);
    expect(shown).toMatchObject(lacking('magnum', 'OS::Magnum::Cluster', 'Service endpoint not in service catalog.'));
    expect((await rest.call('GET', `${heat}/resource_types/OS::Magnum::Cluster/template`)).status).toBe(200);
  });
});

describe('constraints', () => {
  it.each([
    ['neutron.network', 'private', null],
    ['neutron.flow_classifier', 'x', "Error validating value 'x': The neutron extension (sfc) could not be found."],
    ['neutron.qos_policy', 'x', "Error validating value 'x': The neutron extension (qos) could not be found."],
    ['barbican.secret', 'x', 'Secret incorrectly specified.'],
    ['ironic.node', 'x', "Error validating value 'x': the cloud's catalogue has no baremetal service"],
    ['zaqar.queue', 'x', null],
    ['cron_expression', '61 * * * *', 'Invalid CRON expression: [61 * * * *] is not acceptable, out of range'],
    ['octavia.pool', 'x', "Error validating value 'x': Unable to find pool with name or id 'x'"],
    ['no.such', 'x', '"x" does not validate no.such (constraint not found)'],
  ])('%s of %s', async (constraint, value, problem) => {
    const parameters = { p: { type: 'string', constraints: [{ custom_constraint: constraint }] } };
    const answer = await create({ template: template({}, { parameters }), parameters: { p: value } });
    if (problem === null) expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    else expect(answer).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining(problem) } } });
  });
});

describe('old names', () => {
  it.each([
    ['OS::Quantum::Net', 'Net'],
    ['AWS::RDS::DBInstance', 'AWS::RDS::DBInstance'],
  ])('%s is shown by the name that was asked for, and so is its template', async (type, resource) => {
    expect((await rest.call('GET', `${heat}/resource_types/${type}`)).body).toMatchObject({ resource_type: type });
    const made = await rest.call('GET', `${heat}/resource_types/${type}/template?template_type=hot`);
    expect(made.body).toMatchObject({ description: `Initial template of ${resource}`, resources: { [resource]: { type } } });
  });
  it.each<[string, object]>([
    [
      'AWS::CloudWatch::Alarm',
      {
        MetricName: 'cpu',
        Statistic: 'Average',
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: '50',
        Period: '60',
        EvaluationPeriods: '1',
      },
    ],
    [
      'AWS::RDS::DBInstance',
      {
        AllocatedStorage: '5',
        DBInstanceClass: 'db.m1.small',
        DBName: 'wordpress',
        Engine: 'MySQL',
        MasterUsername: 'admin',
        MasterUserPassword: 'secret',
      },
    ],
  ])('%s can be looked at', async (type, properties) => {
    expect((await ask('/validate', { template: template({ a: { type, properties } }) })).status).toBe(200);
    const strange = { template: template({ a: { type, properties: { ...properties, Bogus: 1 } } }) };
    const refusal = { status: 400, body: { error: { message: expect.stringContaining('Unknown Property Bogus') } } };
    expect(await ask('/validate', strange)).toMatchObject(refusal);
    expect(await create(strange)).toMatchObject(refusal);
  });
});
