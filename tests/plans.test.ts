/** Plans and previews against the whole program: `hearth plan` and `hearth apply`, and the stock client's dry runs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from '../tools/server/server-process.ts';
import { openstackCommand } from '../tools/stock-client/openstack.ts';
import { type Ended, runHearth } from './hearth-command.ts';
import { needs } from './requires.ts';

const folder = temporaryFolder('plans');
const data = join(folder, 'data');
let server: ServerProcess;

const template = (length: number, members: number, more = ''): string => `heat_template_version: 2018-08-31
parameters:
  secret: { type: string, hidden: true, default: not-to-be-seen }
resources:
  word: { type: OS::Heat::RandomString, properties: { length: ${length} } }
  copy: { type: OS::Heat::Value, properties: { value: { get_attr: [word, value] } } }
  hidden: { type: OS::Heat::Value, properties: { value: { get_param: secret } } }
  group:
    type: OS::Heat::ResourceGroup
    properties: { count: ${members}, resource_def: { type: OS::Heat::Value, properties: { value: member-%index% } } }
${more}`;
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

beforeAll(async () => {
  file('one.yaml', template(8, 2));
  file('two.yaml', template(9, 3, '  new: { type: OS::Heat::Value, properties: { value: x } }\n'));
  server = await startServer({ dataDir: data });
});
afterAll(async () => {
  await server?.stop();
  removeFolder(folder);
});

const hearth = (...args: string[]): Promise<Ended> => runHearth([...args, '--data', data], { cwd: folder });
const idIn = (out: string): string => /hearth apply (\S+)/.exec(out)?.[1] ?? '';

describe('the command', () => {
  it('plans a creation, makes it, and then has nothing to do', { timeout: 60_000 }, async () => {
    const planned = await hearth('plan', '-t', 'one.yaml', 'mine', '--detailed-exitcode');
    expect(planned).toMatchObject({ code: 2, err: '' });
    expect(planned.out).toContain('  + word (OS::Heat::RandomString) will be created\n');
    expect(planned.out).toContain('      + value: (known after apply)\n');
    expect(planned.out).toContain('      + value: ***\n');
    expect(planned.out).not.toContain('not-to-be-seen');
    expect(planned.out).toContain('Stack mine: 6 to create, 0 to update, 0 to replace, 0 to delete, 0 unchanged.\n');
    const applied = await hearth('apply', idIn(planned.out), '--wait');
    expect(applied).toMatchObject({ code: 0, err: '' });
    expect(applied.out).toContain('mine CREATE_COMPLETE');
    const again = await hearth('plan', '-t', 'one.yaml', 'mine', '--detailed-exitcode');
    expect(again).toMatchObject({ code: 0, out: 'Stack mine: no changes; 4 unchanged.\n' });
  });

  it('plans an update with its reasons, and refuses what has moved', { timeout: 60_000 }, async () => {
    const planned = await hearth('plan', '-t', 'two.yaml', 'mine');
    expect(planned.code).toBe(0);
    expect(planned.out).toContain('-/+ word (OS::Heat::RandomString) will be replaced: length cannot change in place\n');
    expect(planned.out).toContain('      ~ length: 8 -> 9  # forces replacement\n');
    expect(planned.out).toMatch(/ {2}~ copy \(OS::Heat::Value\) will be updated in place\n.*may turn out/);
    expect(planned.out).toMatch(/~ value: "\w{8}" -> \(known after apply\)/);
    expect(planned.out).toContain('  + group/2 (OS::Heat::Value) will be created\n');
    const other = await hearth('plan', 'mine', '-P', 'secret=another-secret', '--json');
    expect(other.out).not.toContain('another-secret');
    const body = JSON.parse(other.out) as { readonly id: string; readonly changes: readonly { readonly resource: string }[] };
    expect(body.changes.map(({ resource }) => resource)).toEqual(['hidden']);
    expect((await hearth('apply', body.id, '--wait')).code).toBe(0);
    const late = await hearth('apply', idIn(planned.out));
    expect(late.code).toBe(1);
    expect(late.err).toContain('this has changed: the stack mine');
  });

  it('plans a deletion, and deletes', { timeout: 60_000 }, async () => {
    const planned = await hearth('plan', '--delete', 'mine', '--detailed-exitcode');
    expect(planned.code).toBe(2);
    expect(planned.out).toContain('  - group/1 (OS::Heat::Value) will be deleted\n');
    const applied = await hearth('apply', idIn(planned.out), '--wait');
    expect([applied.code, applied.out]).toEqual([0, expect.stringContaining('mine is gone')]);
    expect((await hearth('apply', idIn(planned.out))).err).toContain('applied already');
  });
});

needs('openstack-client')("the stock client's dry runs", () => {
  interface Previewed {
    readonly resource_name: string;
    readonly resource_status: string;
    readonly parent_resource?: string;
  }
  it('preview a creation and an update, nested stacks too', { timeout: 180_000 }, async () => {
    const client = openstackCommand({ cloudsFile: join(data, 'clouds.yaml'), cloud: 'hearth' });
    const dry = await client.json<{ stack_name: string; resources: string }>(
      'stack',
      'create',
      '--dry-run',
      '-t',
      join(folder, 'one.yaml'),
      'dry',
    );
    expect(dry.stack_name).toBe('dry');
    const resources = JSON.parse(dry.resources) as readonly (Previewed | readonly Previewed[])[];
    const names = resources.map((one) => ('resource_name' in one ? one.resource_name : one.map((inner) => inner.resource_name).sort()));
    expect(names).toEqual(expect.arrayContaining(['word', 'copy', 'hidden', ['0', '1']]));
    expect(await client.json<unknown[]>('stack', 'list')).toEqual([]);
    await client.text('stack', 'create', '--wait', '-t', join(folder, 'one.yaml'), 'dry');
    const update = async (...flags: string[]): Promise<Record<string, readonly Previewed[]>> => {
      const told = await client.json<Record<string, string>>(
        'stack',
        'update',
        '--dry-run',
        ...flags,
        '-t',
        join(folder, 'two.yaml'),
        'dry',
      );
      return Object.fromEntries(Object.entries(told).map(([kind, text]) => [kind, JSON.parse(text) as readonly Previewed[]]));
    };
    const namesOf = (one: Record<string, readonly Previewed[]>): unknown =>
      Object.fromEntries(Object.entries(one).map(([kind, all]) => [kind, all.map(({ resource_name }) => resource_name).sort()]));
    const flat = await update();
    expect(namesOf(flat)).toEqual({ added: ['new'], deleted: [], replaced: ['word'], unchanged: ['hidden'], updated: ['copy', 'group'] });
    const nested = await update('--show-nested');
    expect(namesOf(nested)).toEqual({
      added: ['2', 'new'],
      deleted: [],
      replaced: ['word'],
      unchanged: ['0', '1', 'hidden'],
      updated: ['copy', 'group'],
    });
    expect(nested['added']?.find(({ resource_name }) => resource_name === '2')?.parent_resource).toBe('group');
    expect((await client.json<{ stack_status: string }>('stack', 'show', 'dry')).stack_status).toBe('CREATE_COMPLETE');
    await client.text('stack', 'delete', '--yes', '--wait', 'dry');
  });
});
