/** Hundreds of commands of the stock OpenStack client against the embedded cloud, each with what it must end with and show. */
import { mkdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CLOUD_CHAPTERS, cloudTranscript } from '../tools/stock-client/cloud-transcript.ts';
import { clientAndServer } from './client-and-server.ts';
import { needs } from './requires.ts';

needs('openstack-client')('the cloud transcript', () => {
  const ground = clientAndServer('cloud-transcript');

  it('declares enough of every service', () => {
    const steps = CLOUD_CHAPTERS.flatMap(({ steps: own }) => own);
    expect(new Set(steps.map(({ name }) => name)).size).toBe(steps.length);
    expect(steps.length).toBeGreaterThanOrEqual(300);
  });

  it('is as wanted, step by step', { timeout: 600_000 }, async () => {
    const { shell, server, folder, cloudsFile } = ground;
    const files = `${folder}/files`;
    mkdirSync(files);
    const steps = await cloudTranscript({
      shell,
      cloud: {
        cloudsFile,
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
