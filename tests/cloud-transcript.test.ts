/** Hundreds of commands of the stock OpenStack client against the embedded cloud, each with what it must end with and show. */
import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cloudControl } from '../tools/server/control.ts';
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from '../tools/server/server-process.ts';
import { type CloudShell, startCloudShell } from '../tools/stock-client/cloud-shell.ts';
import { CLOUD_CHAPTERS, cloudTranscript } from '../tools/stock-client/cloud-transcript.ts';
import { needs } from './requires.ts';

needs('openstack-client')('the cloud transcript', () => {
  const folder = temporaryFolder('cloud-transcript');
  let server: ServerProcess;
  let shell: CloudShell;

  beforeAll(async () => {
    [server, shell] = await Promise.all([startServer({ dataDir: `${folder}/data` }), startCloudShell(folder)]);
  });
  afterAll(async () => {
    await shell?.close();
    const left = server === undefined ? [] : await (await cloudControl(server)).leftovers();
    await server?.stop();
    removeFolder(folder);
    expect(left).toEqual([]);
  });

  it('declares enough of every service', () => {
    const steps = CLOUD_CHAPTERS.flatMap(({ steps: own }) => own);
    expect(new Set(steps.map(({ name }) => name)).size).toBe(steps.length);
    expect(steps.length).toBeGreaterThanOrEqual(300);
  });

  it('is as wanted, step by step', { timeout: 600_000 }, async () => {
    const files = `${folder}/files`;
    mkdirSync(files);
    const steps = await cloudTranscript({
      shell,
      cloud: {
        cloudsFile: `${folder}/data/clouds.yaml`,
        authUrl: String(server.ready.identity),
        clouds: { demo: 'hearth', other: 'hearth-other', admin: 'hearth-admin' },
      },
      tag: 'transcript',
      folder: files,
    });
    expect(steps.flatMap(({ name, command, problem }) => (problem === null ? [] : [`${name}: ${command}: ${problem}`]))).toEqual([]);
    expect(steps.length).toBe(CLOUD_CHAPTERS.flatMap(({ steps: own }) => own).length);
  });
});
