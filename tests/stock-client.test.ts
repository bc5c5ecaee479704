/** The stock OpenStack client, unmodified, against the whole program on the embedded cloud. */
import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { actionTranscript } from '../tools/stock-client/action-transcript.ts';
import { openstackCommand } from '../tools/stock-client/openstack.ts';
import { shellCommand } from '../tools/stock-client/shell-command.ts';
import { stackTranscript } from '../tools/stock-client/stack-transcript.ts';
import { clientAndServer } from './client-and-server.ts';
import { needs } from './requires.ts';

needs('openstack-client')('the stock client', () => {
  const ground = clientAndServer('stock');
  const { folder, cloudsFile } = ground;

  /** The client of one long-lived process, for long transcripts: starting it costs more than what it does. */
  const asked = (cloud: string) => shellCommand(ground.shell, { cloudsFile, cloud });
  const as = (cloud: string) => openstackCommand({ cloudsFile, cloud });

  it('creates, reads, updates and deletes a stack of servers', { timeout: 600_000 }, async () => {
    const steps = await stackTranscript({ openstack: asked('hearth'), folder, stackName: 'mine' });
    expect(steps.filter((step) => step.problem !== null)).toEqual([]);
    expect(steps.length).toBeGreaterThanOrEqual(18);
  });

  it('breaks off, asks what failed, marks and exports', { timeout: 600_000 }, async () => {
    const steps = await actionTranscript({ openstack: asked('hearth'), admin: asked('hearth-admin'), folder, tag: 'act' });
    expect(steps.filter((step) => step.problem !== null)).toEqual([]);
    expect(steps.length).toBe(7);
  });

  it('sees nothing of another project', { timeout: 300_000 }, async () => {
    await as('hearth').text('stack', 'create', '-t', `${folder}/first.yaml`, '--wait', 'private');
    const id = (await as('hearth').json<{ id: string }>('stack', 'show', 'private')).id;
    expect(await as('hearth-other').json<unknown[]>('stack', 'list')).toEqual([]);
    expect((await as('hearth-other').attempt('stack', 'show', id)).code).not.toBe(0);
    expect((await as('hearth-other').attempt('stack', 'delete', '--yes', '--wait', id)).code).not.toBe(0);
    expect(await as('hearth').text('stack', 'show', 'private')).toContain('CREATE_COMPLETE');
    await as('hearth').text('stack', 'delete', '--yes', '--wait', 'private');
  });

  it('makes, shows, lists and deletes a software config', { timeout: 300_000 }, async () => {
    const file = `${folder}/setup.sh`;
    writeFileSync(file, '#!/bin/sh\necho $who\n');
    await as('hearth').text('software', 'config', 'create', '--config-file', file, '--group', 'script', 'setup');
    const [listed] = await as('hearth').json<readonly { id: string; name: string; group: string }[]>('software', 'config', 'list');
    expect(listed).toMatchObject({ name: 'setup', group: 'script' });
    const id = listed?.id ?? '';
    expect(await as('hearth').text('software', 'config', 'show', '--config-only', id)).toContain('echo $who');
    expect((await as('hearth-other').attempt('software', 'config', 'delete', id)).code).not.toBe(0);
    await as('hearth').text('software', 'config', 'delete', id);
    expect(await as('hearth').json<unknown[]>('software', 'config', 'list')).toEqual([]);
  });

  it('signals a resource and reads its metadata', { timeout: 300_000 }, async () => {
    const file = `${folder}/waits.yaml`;
    const handle = '{ type: OS::Heat::WaitConditionHandle, properties: { signal_transport: HEAT_SIGNAL } }';
    const condition = '{ type: OS::Heat::WaitCondition, properties: { handle: { get_resource: handle }, timeout: 300, count: 2 } }';
    writeFileSync(file, `heat_template_version: 2018-08-31\nresources:\n  handle: ${handle}\n  condition: ${condition}\n`);
    const mine = as('hearth');
    await mine.text('stack', 'create', '-t', file, 'waits');
    const shown = () => mine.json<{ resource_status: string }>('stack', 'resource', 'show', 'waits', 'handle');
    await expect.poll(async () => (await shown()).resource_status, { timeout: 60_000 }).toBe('CREATE_COMPLETE');
    await mine.text('stack', 'resource', 'signal', '--data', '{"id": "x", "data": {"port": 80}}', 'waits', 'handle');
    const told = { x: { data: { port: 80 }, reason: 'Signal 1 received', status: 'SUCCESS' } };
    expect(JSON.parse(await mine.text('stack', 'resource', 'metadata', 'waits', 'handle'))).toEqual(told);
    const wrong = await mine.attempt('stack', 'resource', 'signal', '--data', '{"status": "WELL"}', 'waits', 'handle');
    expect([wrong.code === 0, wrong.output]).toEqual([false, expect.stringContaining('Metadata format invalid')]);
    writeFileSync(`${folder}/signal.json`, '{"id": "y", "data": "up"}');
    await mine.text('stack', 'resource', 'signal', '--data-file', `${folder}/signal.json`, 'waits', 'handle');
    await expect
      .poll(async () => (await mine.json<{ stack_status: string }>('stack', 'show', 'waits')).stack_status, { timeout: 60_000 })
      .toBe('CREATE_COMPLETE');
    await mine.text('stack', 'delete', '--yes', '--wait', 'waits');
  });

  it('is told what is wrong with a password', async () => {
    const { code, output } = await as('hearth').attempt('--os-password', 'wrong', 'stack', 'list');
    expect(code).not.toBe(0);
    expect(output).toMatch(/401|authenticat|Unauthorized/i);
  });
});
