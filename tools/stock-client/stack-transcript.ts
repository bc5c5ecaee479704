/**
 * What a person does with stacks and the stock client, from the first look to the last delete, with what must be seen at each step. The
 * same transcript runs against the embedded cloud (tests) and against real OpenStack services (interop).
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenStackCommand } from './openstack.ts';
import { see, startTranscript, type TranscriptStep } from './transcript-steps.ts';

export interface TranscriptOptions {
  readonly openstack: OpenStackCommand;
  /** Template files are written here. */
  readonly folder: string;
  readonly stackName: string;
}

const SERVERS = ['one', 'two', 'three'] as const;

const template = (greeting: string, length: number) => `heat_template_version: 2018-08-31
description: Three servers on a network of their own
parameters:
  image: { type: string, default: testimage, constraints: [{ custom_constraint: glance.image }] }
  flavor: { type: string, default: m1.tiny, constraints: [{ custom_constraint: nova.flavor }] }
resources:
  network:
    type: OS::Neutron::Net
  subnet:
    type: OS::Neutron::Subnet
    properties: { network: { get_resource: network }, cidr: 10.77.0.0/24 }
  secret:
    type: OS::Heat::RandomString
    properties: { length: ${length} }
${SERVERS.map(
  (name) => `  ${name}:
    type: OS::Nova::Server
    depends_on: subnet
    properties:
      image: { get_param: image }
      flavor: { get_param: flavor }
      networks: [{ network: { get_resource: network } }]
      metadata: { greeting: ${greeting} }
`,
).join('')}outputs:
  subnet_cidr: { description: Addresses, value: { get_attr: [subnet, cidr] } }
  secret: { value: { get_attr: [secret, value] } }
`;

type Row = Readonly<Record<string, unknown>>;

export async function stackTranscript({ openstack, folder, stackName }: TranscriptOptions): Promise<readonly TranscriptStep[]> {
  const first = join(folder, 'first.yaml');
  const second = join(folder, 'second.yaml');
  const wrong = join(folder, 'wrong.yaml');
  writeFileSync(first, template('hello', 12));
  writeFileSync(second, template('goodbye', 20));
  writeFileSync(wrong, 'heat_template_version: 2018-08-31\nresources:\n  r: { type: OS::Heat::RandomStrin }\n');
  const { steps, step } = startTranscript();
  let secretId = '';

  await step('orchestration build info', async () => {
    const info = await openstack.json<Row>('orchestration', 'build', 'info');
    see('api' in info && 'engine' in info, 'api and engine', info);
  });
  await step('orchestration resource type list', async () => {
    const types = JSON.stringify(await openstack.json<Row[]>('orchestration', 'resource', 'type', 'list'));
    for (const type of ['OS::Nova::Server', 'OS::Neutron::Port', 'OS::Heat::RandomString'])
      see(types.includes(type), type, types.slice(0, 300));
  });
  await step('orchestration resource type show', async () => {
    const text = await openstack.text('orchestration', 'resource', 'type', 'show', 'OS::Nova::Server', '--format', 'json');
    see(text.includes('flavor') && text.includes('OS::Nova::Server'), 'the schema of OS::Nova::Server', text.slice(0, 300));
  });
  await step('orchestration template validate', async () => {
    const text = await openstack.text('orchestration', 'template', 'validate', '-t', first);
    see(text.includes('testimage'), 'the default of parameter image', text);
  });
  await step('orchestration template validate: a wrong type is refused', async () => {
    const { code, output } = await openstack.attempt('orchestration', 'template', 'validate', '-t', wrong);
    see(code !== 0 && output.includes('OS::Heat::RandomStrin'), 'a refusal that names the type', output);
  });
  await step('stack create: a wrong type is refused and nothing is made', async () => {
    const { code } = await openstack.attempt('stack', 'create', '-t', wrong, `${stackName}-wrong`);
    see(code !== 0, 'a refusal', code);
    const { code: shown } = await openstack.attempt('stack', 'show', `${stackName}-wrong`);
    see(shown !== 0, 'no such stack', shown);
  });
  await step('stack create --wait', async () => {
    const output = await openstack.text('stack', 'create', '-t', first, '--wait', stackName);
    see(output.includes('CREATE_COMPLETE'), 'CREATE_COMPLETE', output);
  });
  await step('stack list', async () => {
    const stacks = await openstack.json<Row[]>('stack', 'list');
    see(
      stacks.some((row) => row['Stack Name'] === stackName && row['Stack Status'] === 'CREATE_COMPLETE'),
      `${stackName} CREATE_COMPLETE`,
      stacks,
    );
  });
  await step('stack show', async () => {
    const stack = await openstack.json<Row>('stack', 'show', stackName);
    see(stack.stack_status === 'CREATE_COMPLETE' && JSON.stringify(stack.outputs).includes('10.77.0.0/24'), 'status and outputs', stack);
  });
  await step('stack resource list', async () => {
    const rows = await openstack.json<Row[]>('stack', 'resource', 'list', stackName);
    see(rows.length === 6 && rows.every((row) => row.resource_status === 'CREATE_COMPLETE'), '6 resources CREATE_COMPLETE', rows);
    secretId = String(rows.find((row) => row.resource_name === 'secret')?.physical_resource_id);
  });
  await step('stack resource show', async () => {
    const row = await openstack.json<Row>('stack', 'resource', 'show', stackName, 'one');
    see(row.resource_type === 'OS::Nova::Server' && String(row.physical_resource_id).length >= 32, 'a server with an id', row);
  });
  await step('stack event list', async () => {
    const events = await openstack.json<Row[]>('stack', 'event', 'list', stackName);
    see(events.length >= 14, 'two events for each of six resources and the stack', events.length);
  });
  await step('stack output list', async () => {
    const outputs = await openstack.json<Row[]>('stack', 'output', 'list', stackName);
    see(outputs.length === 2, 'two outputs', outputs);
  });
  await step('stack output show', async () => {
    const output = await openstack.json<Row>('stack', 'output', 'show', stackName, 'secret');
    see(/^[A-Za-z0-9]{12}$/.test(String(output.output_value)), 'twelve letters and digits', output);
  });
  await step('stack template show', async () => {
    const text = await openstack.text('stack', 'template', 'show', stackName);
    see(text.includes('OS::Neutron::Subnet') && text.includes('heat_template_version'), 'the template', text.slice(0, 300));
  });
  await step('server list shows them', async () => {
    const servers = (await openstack.json<Row[]>('server', 'list')).filter((row) => String(row.Name).startsWith(`${stackName}-`));
    see(
      servers.length === 3 && servers.every((row) => row.Status === 'ACTIVE' && JSON.stringify(row.Networks).includes('10.77.0.')),
      'three ACTIVE servers with addresses',
      servers,
    );
  });
  await step('stack update --wait', async () => {
    const output = await openstack.text('stack', 'update', '-t', second, '--wait', stackName);
    see(output.includes('UPDATE_COMPLETE'), 'UPDATE_COMPLETE', output);
    const rows = await openstack.json<Row[]>('stack', 'resource', 'list', stackName);
    const status = (name: string) => rows.find((row) => row.resource_name === name)?.resource_status;
    see(
      status('one') === 'UPDATE_COMPLETE' && status('subnet') === 'CREATE_COMPLETE',
      'servers updated in place, the subnet untouched',
      rows,
    );
    const now = String(rows.find((row) => row.resource_name === 'secret')?.physical_resource_id);
    see(now !== secretId && now !== 'undefined', 'the random string replaced', now);
  });
  await step('the update reached the servers', async () => {
    const servers = (await openstack.json<Row[]>('server', 'list', '--long')).filter((row) => String(row.Name).startsWith(`${stackName}-`));
    see(
      servers.length === 3 && servers.every((row) => JSON.stringify(row.Properties).includes('goodbye')),
      'the new metadata on all three',
      servers,
    );
  });
  const serverStates = async () =>
    (await openstack.json<Row[]>('server', 'list')).filter((row) => String(row.Name).startsWith(`${stackName}-`)).map((row) => row.Status);
  const allAre = (states: readonly unknown[], wanted: string) => states.length === 3 && states.every((state) => state === wanted);
  for (const [command, ends, wanted] of [
    ['suspend', 'SUSPEND_COMPLETE', 'SUSPENDED'],
    ['resume', 'RESUME_COMPLETE', 'ACTIVE'],
    ['check', 'CHECK_COMPLETE', 'ACTIVE'],
  ] as const)
    await step(`stack ${command} --wait`, async () => {
      const output = await openstack.text('stack', command, '--wait', stackName);
      see(output.includes(ends), ends, output);
      const states = await serverStates();
      see(allAre(states, wanted), `three servers ${wanted}`, states);
    });
  await step('stack resource mark unhealthy, and an update that replaces it', async () => {
    const secret = async () => openstack.json<Row>('stack', 'resource', 'show', stackName, 'secret');
    const before = await secret();
    await openstack.text('stack', 'resource', 'mark', 'unhealthy', stackName, 'secret', 'worn out');
    const marked = await secret();
    see(marked.resource_status === 'CHECK_FAILED' && marked.resource_status_reason === 'worn out', 'CHECK_FAILED: worn out', marked);
    await openstack.text('stack', 'update', '-t', second, '--wait', stackName);
    const after = await secret();
    see(after.physical_resource_id !== before.physical_resource_id, 'another random string', after);
  });
  await step('stack hook poll and clear', async () => {
    const hooks = join(folder, 'hooks.yaml');
    writeFileSync(hooks, 'resource_registry: { resources: { secret: { hooks: pre-update } } }\n');
    await openstack.text('stack', 'update', '-t', first, '-e', hooks, stackName);
    const waits = async () =>
      (await openstack.json<Row[]>('stack', 'hook', 'poll', stackName)).some((row) => row['Resource Name'] === 'secret');
    for (let looks = 0; looks < 10 && !(await waits()); looks++);
    see(await waits(), 'secret at its hook', await openstack.json('stack', 'hook', 'poll', stackName));
    await openstack.text('stack', 'hook', 'clear', '--pre-update', stackName, 'secret');
    const status = async () => (await openstack.json<Row>('stack', 'show', stackName)).stack_status;
    for (let looks = 0; looks < 20 && (await status()) === 'UPDATE_IN_PROGRESS'; looks++);
    see((await status()) === 'UPDATE_COMPLETE', 'UPDATE_COMPLETE', await status());
  });
  await step('stack cancel: there is nothing to cancel', async () => {
    const { code, output } = await openstack.attempt('stack', 'cancel', stackName);
    see(code !== 0 && output.includes('not in cancelable state'), 'a refusal', output);
  });
  await step('stack delete --wait', async () => {
    await openstack.text('stack', 'delete', '--yes', '--wait', stackName);
    const { code } = await openstack.attempt('stack', 'show', stackName);
    see(code !== 0, 'no such stack', code);
  });
  await step('nothing is left', async () => {
    const left = [
      ...(await openstack.json<Row[]>('server', 'list')),
      ...(await openstack.json<Row[]>('network', 'list')),
      ...(await openstack.json<Row[]>('subnet', 'list')),
    ].filter((row) => String(row.Name).startsWith(`${stackName}-`));
    see(left.length === 0, 'no server, network or subnet', left);
    const ports = (await openstack.json<Row[]>('port', 'list')).filter((row) =>
      JSON.stringify(row['Fixed IP Addresses']).includes('10.77.0.'),
    );
    see(ports.length === 0, 'no port', ports);
  });
  return steps;
}
