/**
 * The same work through the REST API of Hearth and of real Heat, by one client in one run: Heat as it is delivered, Heat without its pause of a second after
 * each resource that it starts, and Hearth on the same Keystone. `--write` brings docs/performance.md up to date. Nothing else should run meanwhile.
 */
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { concurrentCase, chainCase, flatCase, groupCase, type StackCase } from '../bench/engine/cases.ts';
import { live, type Orchestration, settled } from '../bench/engine/life.ts';
import { median } from '../bench/floors.ts';
import type { Rest } from '../server/rest.ts';
import { removeFolder, temporaryFolder } from '../server/server-process.ts';
import { keepSection } from './kept-section.ts';
import type { InteropOptions, InteropReport } from './run.ts';
import { AUTH_URL, bringUp, PASSWORD, startOnTestbed, testbedLogin } from './testbed.ts';

const DOCUMENT = 'performance';

/** Seconds of each phase, by `case, phase`. */
type Times = ReadonlyMap<string, number>;

interface Target {
  /** × as fast as Heat without its pause. */
  readonly least: number;
  readonly phases: RegExp;
}
const TARGETS: readonly Target[] = [
  { phases: /^flat 500, /, least: 100 },
  { phases: /^chain 100, create/, least: 5 },
  { phases: /^50 stacks of 5, create/, least: 20 },
];

const CASES: readonly StackCase[] = [flatCase(100), flatCase(500, true), chainCase(100), concurrentCase, groupCase(100)];
/** With a pause of a second for each resource the others would take an hour. */
const PACED_CASES: readonly StackCase[] = [flatCase(100), concurrentCase];

export async function performanceOnTestbed(testbed: string, { write, count }: InteropOptions): Promise<InteropReport> {
  const runs = count ?? 3;
  startHeat(testbed, null);
  const rest = await testbedLogin('demo');
  const heat: Orchestration = { rest, stacks: `${rest.endpoint('orchestration')}/stacks` };
  const paced = await timesOf('Heat', heat, PACED_CASES, 1);
  startHeat(testbed, `${testbed}/heat-perf/unpaced-engine`);
  const unpaced = await timesOf('Heat without its pause', heat, CASES, 1);
  startHeat(testbed, null);
  const hearth = await ofHearth(rest, runs);
  const rows = [...hearth].map(([name, seconds]) => rowOf(name, seconds, unpaced.get(name), paced.get(name)));
  const missed = rows.filter(({ isMissed }) => isMissed).map(({ name, ratio }) => `${name}: ${ratio?.toFixed(1)} × as fast`);
  const { current } = keepSection(DOCUMENT, tableOf(rows), write, 'docs/performance.md');
  if (!current) console.log('docs/performance.md holds other figures: --write keeps these');
  return { passed: rows.length - missed.length, failed: missed.length, differences: missed };
}

/** Heat with the launcher given in place of its own. */
function startHeat(testbed: string, engine: string | null): void {
  spawnSync(`${testbed}/down`, ['heat-engine'], { stdio: 'inherit' });
  bringUp(testbed, ['heat'], engine === null ? {} : { HEAT_ENGINE: engine });
}

async function ofHearth(rest: Rest, runs: number): Promise<Times> {
  const folder = temporaryFolder('performance');
  const server = await startOnTestbed(`${folder}/server`, {
    HEARTH_STACK_DOMAIN_ID: await stackDomain(),
    HEARTH_STACK_DOMAIN_ADMIN: 'heat_domain_admin',
    HEARTH_STACK_DOMAIN_ADMIN_PASSWORD: PASSWORD,
  });
  try {
    const stacks = `${(server.ready.orchestration as string).replace(/\/+$/, '')}/${rest.projectId}/stacks`;
    await timesOf('', { rest, stacks }, [flatCase(100)], 1);
    return await timesOf('Hearth', { rest, stacks }, CASES, runs);
  } finally {
    await server.stop();
    removeFolder(folder);
  }
}

/** The domain of guests, which Heat has on the testbed too. */
async function stackDomain(): Promise<string> {
  const admin = await testbedLogin('admin');
  const { body } = await admin.call<{ domains: readonly { id: string }[] }>('GET', `${AUTH_URL}/domains?name=heat`);
  const [domain] = body.domains;
  if (domain === undefined) throw new Error('the testbed has no domain "heat"');
  return domain.id;
}

/** The median of `runs` for every phase; told while it goes on, unless nobody wants to know. */
async function timesOf(who: string, orchestration: Orchestration, cases: readonly StackCase[], runs: number): Promise<Times> {
  const seconds = new Map<string, number[]>();
  const note = async (name: string, work: () => Promise<unknown>) => {
    const begun = performance.now();
    await work();
    const took = (performance.now() - begun) / 1_000;
    seconds.set(name, [...(seconds.get(name) ?? []), took]);
    if (who !== '') console.log(`${who}: ${name}: ${took.toFixed(2)} s`);
  };
  const mark = Date.now().toString(36);
  for (let run = 0; run < runs; run++) {
    // Real Heat keeps the name of a deleted stack for a moment.
    for (const [at, one] of cases.entries())
      await live(orchestration, one, `perf-${mark}-${run}-${at}`, (phase, work) => note(`${one.name}, ${phase}`, work));
    await signalled(orchestration, `perf-signal-${mark}-${run}`, note);
  }
  return new Map([...seconds].map(([name, all]) => [name, median(all)]));
}

/** From the signal to a handle until the stack that waits for it is complete. */
async function signalled(
  { rest, stacks }: Orchestration,
  name: string,
  note: (name: string, work: () => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const resources = {
    handle: { type: 'OS::Heat::WaitConditionHandle', properties: { signal_transport: 'HEAT_SIGNAL' } },
    wait: { type: 'OS::Heat::WaitCondition', properties: { handle: { get_resource: 'handle' }, count: 1, timeout: 300 } },
  };
  const sent = { stack_name: name, template: { heat_template_version: '2018-08-31', resources }, timeout_mins: 10 };
  const answer = await rest.call<{ stack: { id: string } }>('POST', stacks, sent);
  if (answer.status !== 201) throw new Error(`POST /stacks answered ${answer.status} ${JSON.stringify(answer.body)}`);
  const url = `${stacks}/${name}/${answer.body.stack.id}`;
  await untilWaiting(rest, `${url}/resources/wait`);
  await note('wait condition, signal', async () => {
    const { status, body } = await rest.call('POST', `${url}/resources/handle/signal`, { status: 'SUCCESS', data: 'x', id: '1' });
    if (status >= 300) throw new Error(`the signal was answered ${status} ${JSON.stringify(body)}`);
    await settled(rest, url, 'CREATE_COMPLETE');
  });
  await rest.call('DELETE', url);
  await settled(rest, url, 'DELETE_COMPLETE');
}

const WAIT_SETTLES_MS = 1_000;

async function untilWaiting(rest: Rest, url: string): Promise<void> {
  for (;;) {
    const { body } = await rest.call<{ resource?: { resource_status: string } }>('GET', url);
    const status = body.resource?.resource_status;
    if (status === 'CREATE_IN_PROGRESS') break;
    if (status?.endsWith('_FAILED') === true) throw new Error(`${url} is ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await new Promise((resolve) => setTimeout(resolve, WAIT_SETTLES_MS));
}

interface Row {
  readonly name: string;
  readonly ratio: number | undefined;
  readonly isMissed: boolean;
  readonly cells: readonly string[];
}

function rowOf(name: string, seconds: number, unpaced: number | undefined, paced: number | undefined): Row {
  const ratio = unpaced === undefined ? undefined : unpaced / seconds;
  const target = TARGETS.find(({ phases }) => phases.test(name));
  const isMissed = target !== undefined && ratio !== undefined && ratio < target.least;
  const text = (value: number | undefined, digits: number) => (value === undefined ? '' : value.toFixed(digits));
  const goal = target === undefined ? '' : `${target.least}${isMissed ? ' (missed)' : ''}`;
  const cells = [
    name,
    text(seconds, 2),
    text(unpaced, 1),
    text(paced, 1),
    text(ratio, 0),
    text(paced === undefined ? undefined : paced / seconds, 0),
    goal,
  ];
  return { name, ratio, isMissed, cells };
}

const tableOf = (rows: readonly Row[]): string =>
  [
    '| Work | Hearth, s | Heat without its pause, s | Heat, s | × as fast as without | × as fast as Heat | Wanted × |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map(({ cells }) => `| ${cells.join(' | ')} |`),
  ].join('\n');
