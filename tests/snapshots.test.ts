/**
 * Snapshots, and stacks that leave and come back, with the stock client and on the whole program: every command, nested stacks, kill -9 in the middle,
 * and that neither an image nor a backup is left behind or doubled.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import { login, miniCloudUser, type Rest } from '../tools/server/rest.ts';
import type { OpenStackCommand } from '../tools/stock-client/openstack.ts';
import { shellCommand } from '../tools/stock-client/shell-command.ts';
import { type ClientAndServer, clientAndServer } from './client-and-server.ts';
import { needs } from './requires.ts';

interface Named {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}
interface Shown {
  readonly id: string;
  readonly stack_status: string;
}
interface Made {
  readonly ID: string;
  readonly status: string;
}

const template = (flavor: string) => `heat_template_version: 2018-08-31
parameters:
  word: {type: string, hidden: true, default: not-so-hidden}
resources:
  disk: {type: OS::Cinder::Volume, properties: {size: 1}}
  web:
    type: OS::Nova::Server
    properties: {image: testimage, flavor: ${flavor}, networks: [{network: private}], metadata: {word: {get_param: word}}}
  group:
    type: OS::Heat::ResourceGroup
    properties:
      count: 2
      resource_def: {type: OS::Cinder::Volume, properties: {size: 1, name: "member-%index%"}}
`;

needs('openstack-client')('snapshots and adoption', () => {
  const ground = clientAndServer('snapshots');
  const { folder, cloudsFile } = ground;
  let rest: Rest;
  let openstack: OpenStackCommand;

  const loggedIn = ({ server }: ClientAndServer): Promise<Rest> => login(server.ready.identity as string, miniCloudUser(server.dataDir));

  beforeAll(async () => {
    openstack = shellCommand(ground.shell, { cloudsFile, cloud: 'hearth' });
    rest = await loggedIn(ground);
    writeFileSync(`${folder}/small.yaml`, template('m1.tiny'));
    writeFileSync(`${folder}/big.yaml`, template('m1.small'));
  });

  const text = (...args: string[]) => openstack.text(...args);
  const json = <T>(...args: string[]) => openstack.json<T>(...args);
  const attempt = (...args: string[]) => openstack.attempt(...args);
  const list = async (service: string, path: string, key: string): Promise<readonly Named[]> =>
    (await rest.call<Record<string, readonly Named[]>>('GET', `${rest.endpoint(service)}${path}`)).body[key] ?? [];
  const backups = () => list('block-storage', '/backups/detail', 'backups');
  const images = async () => (await list('image', '/v2/images', 'images')).filter(({ name }) => name !== 'testimage');
  const volumes = () => list('block-storage', '/volumes/detail', 'volumes');
  const servers = () => list('compute', '/servers/detail', 'servers');
  const settled = async (stack: string): Promise<string> => {
    for (;;) {
      const { stack_status: status } = await json<Shown>('stack', 'show', stack);
      if (!status.endsWith('IN_PROGRESS')) return status;
      await pause(300);
    }
  };
  const isGone = async (stack: string, id: string): Promise<boolean> => {
    for (let look = 0; look < 100; look++) {
      const found = await json<readonly Shown[]>('stack', 'snapshot', 'list', stack);
      if (!found.some((one) => one.id === id)) return true;
      await pause(300);
    }
    return false;
  };

  it('are made, listed, shown, restored and deleted by the stock client', { timeout: 300_000 }, async () => {
    await text('stack', 'create', '-t', `${folder}/small.yaml`, '--wait', 'kept');
    const made = await json<Made>('stack', 'snapshot', 'create', '--name', 'before', 'kept');
    expect(made.status).toBe('IN_PROGRESS');
    expect(await settled('kept')).toBe('SNAPSHOT_COMPLETE');
    expect(await json('stack', 'snapshot', 'list', 'kept')).toMatchObject([{ id: made.ID, name: 'before', status: 'COMPLETE' }]);
    const shown = await text('stack', 'snapshot', 'show', 'kept', made.ID);
    expect(shown).toContain('Stack SNAPSHOT completed successfully');
    const [image] = await images();
    // The client prints YAML or JSON, as its version goes.
    expect(shown).toMatch(new RegExp(`snapshot_image_id"?: "?${image?.id}`));
    expect(await images()).toMatchObject([{ status: 'active' }]);
    // One of the root's volume, two of the group's members.
    expect((await backups()).map(({ status }) => status)).toEqual(['available', 'available', 'available']);
    expect(new Set((await backups()).map(({ name }) => name)).size).toBe(3);

    await text('stack', 'update', '-t', `${folder}/big.yaml`, '--wait', 'kept');
    await text('stack', 'snapshot', 'restore', 'kept', made.ID);
    expect(await settled('kept')).toBe('RESTORE_COMPLETE');
    expect(await servers()).toMatchObject([{ status: 'ACTIVE', image: { id: image?.id } }]);
    expect(await text('stack', 'template', 'show', 'kept')).toContain('m1.tiny');

    await text('stack', 'snapshot', 'delete', '-y', 'kept', made.ID);
    expect(await isGone('kept', made.ID)).toBe(true);
    expect([await images(), await backups()]).toEqual([[], []]);
    expect((await attempt('stack', 'snapshot', 'show', 'kept', made.ID)).code).not.toBe(0);
  });

  it('go with their stack', { timeout: 180_000 }, async () => {
    await text('stack', 'snapshot', 'create', 'kept');
    expect(await settled('kept')).toBe('SNAPSHOT_COMPLETE');
    expect((await backups()).length).toBe(3);
    await text('stack', 'delete', '--yes', '--wait', 'kept');
    expect([await images(), await backups(), await volumes(), await servers()]).toEqual([[], [], [], []]);
  });

  it('stacks are exported, let go and taken in without any change of the cloud', { timeout: 300_000 }, async () => {
    await text('stack', 'create', '-t', `${folder}/small.yaml`, '--parameter', 'word=quite-secret', '--wait', 'leaving');
    const exported = await text('stack', 'export', 'leaving');
    expect(exported).toContain('"resource_data"');
    expect(exported).not.toContain('quite-secret');
    const before = JSON.stringify([await volumes(), await servers()]);
    await text('stack', 'abandon', '--output-file', `${folder}/left.json`, 'leaving');
    for (let look = 0; (await attempt('stack', 'show', 'leaving')).code === 0; look++) {
      if (look > 60) throw new Error('the stack that was let go is still there');
      await pause(300);
    }
    expect(readFileSync(`${folder}/left.json`, 'utf8')).not.toContain('quite-secret');
    await text('stack', 'adopt', '--adopt-file', `${folder}/left.json`, '--wait', 'back');
    expect(await settled('back')).toBe('ADOPT_COMPLETE');
    expect(await text('stack', 'resource', 'list', '-n', '2', 'back')).not.toMatch(/CREATE_/);
    await text('stack', 'update', '--existing', '--wait', 'back');
    expect(JSON.stringify([await volumes(), await servers()])).toBe(before);
    await text('stack', 'delete', '--yes', '--wait', 'back');
    expect([await volumes(), await servers()]).toEqual([[], []]);
  });

  it('survive kill -9 while they are made and gone back to; nothing is left or doubled', { timeout: 300_000 }, async () => {
    await text('stack', 'create', '-t', `${folder}/small.yaml`, '--wait', 'killed');
    const crash = async (afterMs: number): Promise<void> => {
      await pause(afterMs);
      await ground.killAndStart();
      rest = await loggedIn(ground);
    };
    const made = await json<Made>('stack', 'snapshot', 'create', 'killed');
    await crash(50);
    expect(await settled('killed')).toBe('SNAPSHOT_COMPLETE');
    expect([(await images()).length, (await backups()).length]).toEqual([1, 3]);
    await text('stack', 'snapshot', 'restore', 'killed', made.ID);
    await crash(100);
    expect(await settled('killed')).toBe('RESTORE_COMPLETE');
    expect([(await volumes()).length, (await servers()).length]).toEqual([3, 1]);
    await text('stack', 'delete', '--yes', '--wait', 'killed');
    expect([await images(), await backups(), await volumes(), await servers()]).toEqual([[], [], [], []]);
  });
});
