/**
 * What a person does with stacks that do not go as they should, and with what can be done to a whole stack, by the stock client: breaking off, asking what failed,
 * marks of health, exports. No server is made, so that it is quick.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenStackCommand } from './openstack.ts';
import { see, seeAtLast, startTranscript, type Transcript, type TranscriptStep } from './transcript-steps.ts';

export interface ActionTranscriptOptions {
  readonly openstack: OpenStackCommand;
  /** The same client, as the administrator. */
  readonly admin: OpenStackCommand;
  /** Template files are written here. */
  readonly folder: string;
  /** What names of stacks begin with. */
  readonly tag: string;
}

type Row = Readonly<Record<string, unknown>>;

const test = (properties: string) => `{ type: OS::Heat::TestResource, properties: { ${properties} } }`;
const group = (count: number, properties: string) =>
  `{ type: OS::Heat::ResourceGroup, properties: { count: ${count}, resource_def: ${test(properties)} } }`;
const template = (resources: Readonly<Record<string, string>>) =>
  `heat_template_version: 2018-08-31\nresources:\n${Object.entries(resources)
    .map(([name, text]) => `  ${name}: ${text}\n`)
    .join('')}`;

const FILES = {
  'slow.yaml': template({ slow: test('value: a, action_wait_secs: { create: 600 }') }),
  'broken.yaml': template({ good: test('value: a'), many: group(2, 'value: a, fail: true') }),
  'steady.yaml': template({ one: test('value: a'), many: group(1, 'value: a') }),
  'slower.yaml': template({ one: test('value: b, action_wait_secs: { update: 8 }'), many: group(1, 'value: a') }),
};

export async function actionTranscript({ openstack, admin, folder, tag }: ActionTranscriptOptions): Promise<readonly TranscriptStep[]> {
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
  const transcript = startTranscript();
  const scene: Scene = { openstack, folder, transcript, slow: `${tag}-slow`, broken: `${tag}-broken`, steady: `${tag}-steady` };
  await transcript.step('orchestration service list', async () => {
    const services = await admin.json<Row[]>('orchestration', 'service', 'list');
    see(
      services.some((row) => row.Binary === 'heat-engine' && row.Status === 'up' && row.Topic === 'engine'),
      'an engine that is up',
      services,
    );
  });
  await failures(scene);
  await turns(scene);
  await looks(scene);
  await transcript.step('stack delete --wait of several', async () => {
    await openstack.text('stack', 'delete', '--yes', '--wait', scene.slow, scene.broken, scene.steady);
    const left = (await openstack.json<Row[]>('stack', 'list')).filter((row) => String(row['Stack Name']).startsWith(tag));
    see(left.length === 0, 'no stack', left);
  });
  return transcript.steps;
}

interface Scene {
  readonly openstack: OpenStackCommand;
  readonly folder: string;
  readonly transcript: Transcript;
  /** Names of stacks. */
  readonly slow: string;
  readonly broken: string;
  readonly steady: string;
}

const file = ({ folder }: Scene, name: keyof typeof FILES): string => join(folder, name);

async function settlesAs({ openstack }: Scene, stack: string, status: string): Promise<void> {
  const statusOf = async () => String((await openstack.json<Row>('stack', 'show', stack)).stack_status);
  await seeAtLast(statusOf, (seen) => seen === status, status);
}

async function failures(scene: Scene): Promise<void> {
  const { openstack, transcript, slow, broken } = scene;
  await transcript.step('stack cancel --no-rollback of a creation', async () => {
    await openstack.text('stack', 'create', '-t', file(scene, 'slow.yaml'), slow);
    await openstack.text('stack', 'cancel', '--no-rollback', slow);
    await settlesAs(scene, slow, 'CREATE_FAILED');
  });
  await transcript.step('stack failures list', async () => {
    const { code } = await openstack.attempt('stack', 'create', '-t', file(scene, 'broken.yaml'), '--wait', broken);
    see(code !== 0, 'a failure', code);
    for (const flags of [[], ['--long']]) {
      const output = await openstack.text('stack', 'failures', 'list', ...flags, broken);
      const shows = (text: string) => see(output.includes(text), text, output);
      shows(`${broken}.many.0:`);
      shows('resource_type: OS::Heat::TestResource');
      shows('status: CREATE_FAILED');
      shows('Test Resource failed 0');
    }
  });
}

/** Updates that are broken off. */
async function turns(scene: Scene): Promise<void> {
  const { openstack, transcript, steady } = scene;
  await transcript.step('stack create --wait, and an update that is cancelled goes back', async () => {
    await openstack.text('stack', 'create', '-t', file(scene, 'steady.yaml'), '--wait', steady);
    await openstack.text('stack', 'update', '-t', file(scene, 'slower.yaml'), steady);
    await openstack.text('stack', 'cancel', '--wait', steady);
    await settlesAs(scene, steady, 'ROLLBACK_COMPLETE');
  });
}

async function looks(scene: Scene): Promise<void> {
  const { openstack, folder, transcript, steady } = scene;
  await transcript.step('stack resource mark unhealthy --reset', async () => {
    const status = async () => (await openstack.json<Row>('stack', 'resource', 'show', steady, 'one')).resource_status;
    await openstack.text('stack', 'resource', 'mark', 'unhealthy', steady, 'one', 'odd');
    see((await status()) === 'CHECK_FAILED', 'CHECK_FAILED', await status());
    await openstack.text('stack', 'resource', 'mark', 'unhealthy', '--reset', steady, 'one');
    see((await status()) === 'CHECK_COMPLETE', 'CHECK_COMPLETE', await status());
  });
  await transcript.step('stack export --output-file', async () => {
    const exported = join(folder, 'exported.json');
    await openstack.text('stack', 'export', '--output-file', exported, steady);
    const told = JSON.parse(readFileSync(exported, 'utf8')) as Row;
    see(told.name === steady && JSON.stringify(told.resources).includes('"many"'), 'the stack and its resources', told);
  });
}
