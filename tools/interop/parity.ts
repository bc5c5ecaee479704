/**
 * The parity run: the same commands of the stock client against real services and against the mini-cloud, and every exchange compared.
 * Differences that the table of explained ones does not hold fail the run; docs/compatibility.md lists the explained ones.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { removeFolder, startServer, temporaryFolder } from '../server/server-process.ts';
import { type CloudShell, startCloudShell } from '../stock-client/cloud-shell.ts';
import { CLOUD_CHAPTERS, type CloudUnderTest, cloudTranscript } from '../stock-client/cloud-transcript.ts';
import { callsOf, type RecordedRun } from './parity-calls.ts';
import { differencesOf } from './parity-compare.ts';
import { EXPLAINED } from './parity-explained.ts';
import { keepSection } from './kept-section.ts';
import { judge, linesOf, sectionOf } from './parity-report.ts';
import type { InteropOptions, InteropReport } from './run.ts';
import { bringUp, STATE } from './testbed.ts';

export async function parityOnTestbed(testbed: string, { write }: InteropOptions): Promise<InteropReport> {
  bringUp(testbed);
  const folder = temporaryFolder('parity');
  const shell = await startCloudShell(folder);
  const server = await startServer({ dataDir: `${folder}/server` });
  try {
    const ours = await record(shell, 'the mini-cloud', folder, {
      cloudsFile: `${folder}/server/clouds.yaml`,
      authUrl: String(server.ready.identity),
      clouds: { demo: 'hearth', other: 'hearth-other', admin: 'hearth-admin' },
    });
    const real = await record(shell, 'the testbed', folder, {
      cloudsFile: `${STATE}/clouds.yaml`,
      authUrl: authUrlIn(`${STATE}/clouds.yaml`),
      clouds: { demo: 'testbed', other: 'testbed-alt', admin: 'testbed-admin' },
    });
    return compare(real, ours, write);
  } finally {
    await shell.close();
    await server.stop();
    removeFolder(folder);
  }
}

async function record(shell: CloudShell, name: string, folder: string, cloud: CloudUnderTest): Promise<RecordedRun> {
  const own = path.join(folder, name.replaceAll(' ', '-'));
  mkdirSync(own);
  const tag = `parity${process.pid}`;
  console.log(`${name}: ${CLOUD_CHAPTERS.flatMap(({ steps }) => steps).length} commands …`);
  const steps = await cloudTranscript({
    shell,
    cloud,
    tag,
    folder: own,
    onStep: ({ name: step, command, problem }) => {
      if (problem !== null) console.log(`FAIL ${name}: ${step}\n     ${command}\n     ${problem.replaceAll('\n', '\n     ')}`);
    },
  });
  return { tag, folder: own, steps };
}

function compare(real: RecordedRun, ours: RecordedRun, write: boolean): InteropReport {
  const failed = [
    ...real.steps.filter(({ problem }) => problem !== null).map(({ name }) => `the testbed: ${name}`),
    ...ours.steps.filter(({ problem }) => problem !== null).map(({ name }) => `the mini-cloud: ${name}`),
  ];
  const verdict = judge(differencesOf(real, ours), EXPLAINED);
  for (const line of linesOf(verdict.unexplained)) console.log(line);
  for (const { service, call, at } of verdict.stale) console.log(`explained, but no longer seen: ${service}: ${call}: ${at}`);
  const kinds = new Set([...callsOf(real).values()].flat().map(({ service, call }) => `${service} ${call}`));
  const { current } = keepSection('parity', sectionOf(verdict, real.steps.length), write);
  if (!current) console.log('docs/compatibility.md is out of date: run with --write');
  console.log(
    `${kinds.size} kinds of calls compared; ${verdict.explained.length} explained and ${verdict.unexplained.length} unexplained differences`,
  );
  const differences = [
    ...failed.map((step) => `not as wanted: ${step}`),
    ...verdict.unexplained.map(({ service, call, at, real: theirs, ours: own }) => `${service}: ${call}: ${at}: ${theirs} / ${own}`),
    ...verdict.stale.map(({ service, call, at }) => `explained, but no longer seen: ${service}: ${call}: ${at}`),
    ...(current ? [] : ['docs/compatibility.md is out of date']),
  ];
  return { passed: real.steps.length + ours.steps.length - failed.length, failed: differences.length, differences };
}

function authUrlIn(cloudsFile: string): string {
  const found = /auth_url:\s*"?([^",}\s]+)/.exec(readFileSync(cloudsFile, 'utf8'))?.[1];
  if (found === undefined) throw new Error(`${cloudsFile} names no auth_url`);
  return found;
}
