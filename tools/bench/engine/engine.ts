/**
 * `npm run bench -- engine [--n RUNS]`: the whole life of stacks through the API, case by case, against what writing the same rows costs on the same
 * PostgreSQL in the same run. API and engine are one process; PostgreSQL and the mini-cloud are others.
 */
import { sqlFloor } from '../floors.ts';
import { pssMb, withDatabase, withSplitServers } from '../rig.ts';
import { serversFloor } from '../servers-floor.ts';
import { serverResources } from '../workloads.ts';
import { LOCAL_CASES, SERVER_CASE, SERVERS, type StackCase } from './cases.ts';
import { type Phase, runCase } from './phases.ts';

export interface EngineCase {
  readonly name: string;
  readonly floor: { readonly name: string; readonly seconds: number };
  readonly phases: readonly Phase[];
}
export interface EngineResult {
  readonly name: 'engine';
  readonly cases: readonly EngineCase[];
  /** Looks at a waiting server, as a share of one a second. */
  readonly looksPerWaitingSecond: number;
  readonly restingMb: number;
}

const BUILD_SECONDS = 10;
const VARIABLES = { HEARTH_MAX_RESOURCES_PER_STACK: '100000' };

export async function benchEngine(runs: number): Promise<EngineResult> {
  const short = await benchLocal(
    LOCAL_CASES.filter((one) => one.isLong !== true),
    runs,
  );
  const cases = [...short.cases];
  // Each in a process that has done nothing else: what it needs of memory is told of it alone.
  for (const one of LOCAL_CASES) if (one.isLong === true) cases.push(...(await benchLocal([one], runs)).cases);
  const servers = await benchServers();
  const { computeGets } = servers.phases[0] as Phase;
  return {
    name: 'engine',
    cases: [...cases, servers],
    looksPerWaitingSecond: computeGets / (SERVERS * BUILD_SECONDS),
    restingMb: short.restingMb,
  };
}

function benchLocal(
  locals: readonly StackCase[],
  runs: number,
): Promise<{ readonly cases: readonly EngineCase[]; readonly restingMb: number }> {
  return withDatabase('engine', (ground) =>
    withSplitServers({ ...ground, variables: VARIABLES }, async ({ rest, server }) => {
      const subject = { rest, server };
      await runCase(subject, { name: 'warm-up', template: (LOCAL_CASES[0] as StackCase).template, size: 100 }, 2);
      const restingMb = pssMb(server.pid);
      const cases: EngineCase[] = [];
      for (const one of locals) {
        const floor = { name: 'sql-floor', seconds: await sqlFloor({ connectionString: ground.url }, one.size * (one.stacks ?? 1)) };
        cases.push(told({ name: one.name, floor, phases: await runCase(subject, one, runs) }));
      }
      return { cases, restingMb };
    }),
  );
}

async function benchServers(): Promise<EngineCase> {
  return withDatabase('engine-servers', async (ground) => {
    let seconds = Number.NaN;
    return withSplitServers(
      {
        ...ground,
        buildDelayMs: BUILD_SECONDS * 1_000,
        variables: VARIABLES,
        first: async (rest) => {
          seconds = await serversFloor(rest, SERVERS, 1);
        },
      },
      async (subject) => {
        await runCase(subject, { name: 'warm-up', template: serverResources(20), size: 20 }, 1);
        return told({ name: SERVER_CASE.name, floor: { name: 'http-floor', seconds }, phases: await runCase(subject, SERVER_CASE, 1) });
      },
    );
  });
}

/** Long runs are read while they go on. */
function told(one: EngineCase): EngineCase {
  for (const phase of one.phases) console.log(phaseLine(one, phase));
  return one;
}

function phaseLine({ name, floor }: EngineCase, phase: Phase): string {
  const per = (count: number) => (count / phase.n).toFixed(3);
  const ratio = phase.name === 'create' || phase.name === 'delete' ? `; ${(phase.seconds / floor.seconds).toFixed(2)} × ${floor.name}` : '';
  const reaction = phase.reactionMs === null ? '' : `; reaction p50 ≤ ${phase.reactionMs} ms`;
  return (
    `${name}, ${phase.name}: ${phase.seconds.toFixed(3)} s (${phase.cpuSeconds.toFixed(2)} s of processor), ${(phase.n / phase.seconds).toFixed(0)} resources/s; per resource ` +
    `${per(phase.statements)} statements, ${per(phase.commits)} commits, ${per(phase.cloudCalls)} cloud calls; peak ${phase.peakMb.toFixed(0)} MB${ratio}${reaction}`
  );
}

/** What the cases come to. */
export function engineLines({ cases, looksPerWaitingSecond, restingMb }: EngineResult): readonly string[] {
  const secondsEach = (name: string) => {
    const phase = cases.find((one) => one.name === name)?.phases[0];
    return phase === undefined ? Number.NaN : phase.seconds / phase.n;
  };
  return [
    `a resource of 10,000 costs ${(secondsEach('flat 10000') / secondsEach('flat 1000')).toFixed(2)} × one of 1,000; a link of a chain of 1,000 takes ` +
      `${(secondsEach('chain 1000') * 1_000).toFixed(1)} ms; looks at a waiting server: ${looksPerWaitingSecond.toFixed(3)} of one a second; at rest ${restingMb.toFixed(0)} MB`,
  ];
}
