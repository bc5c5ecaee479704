/** One phase of a case, timed from the request until the API says that it is complete, with what it cost. */
import type { Rest } from '../../server/rest.ts';
import type { ServerProcess } from '../../server/server-process.ts';
import { median } from '../floors.ts';
import { baseOf, type Counters, counters, cpuSeconds, medianReactionMs, withPeak } from '../rig.ts';
import type { StackCase } from './cases.ts';
import { live } from './life.ts';

export interface Phase {
  readonly name: string;
  /** Resources of all stacks of the case. */
  readonly n: number;
  readonly seconds: number;
  /** Of processors, used by the process of API and engine. */
  readonly cpuSeconds: number;
  readonly statements: number;
  readonly commits: number;
  readonly cloudCalls: number;
  readonly computeGets: number;
  /** Of the process of API and engine. */
  readonly peakMb: number;
  /** Half of the engine's reactions took no longer; null: nothing had to wait for anything. */
  readonly reactionMs: number | null;
}

export interface Subject {
  readonly rest: Rest;
  readonly server: ServerProcess;
}

/** Every phase of the case, `runs` times; the median of each. */
export async function runCase(subject: Subject, one: StackCase, runs: number): Promise<readonly Phase[]> {
  const all: (readonly Phase[])[] = [];
  for (let run = 0; run < (one.isLong ? 1 : runs); run++) all.push(await runOnce(subject, one, `case-${run}`));
  return (all[0] as readonly Phase[]).map((phase, i) =>
    middleOf(
      all.map((phases) => phases[i] as Phase),
      phase,
    ),
  );
}

const middleOf = (runs: readonly Phase[], first: Phase): Phase => {
  const seconds = median(runs.map((phase) => phase.seconds));
  return { ...(runs.find((phase) => phase.seconds === seconds) ?? first), peakMb: Math.max(...runs.map((phase) => phase.peakMb)) };
};

async function runOnce(subject: Subject, one: StackCase, prefix: string): Promise<readonly Phase[]> {
  const { rest, server } = subject;
  const phases: Phase[] = [];
  await live({ rest, stacks: `${baseOf(server)}/v1/${rest.projectId}/stacks` }, one, prefix, async (name, work) => {
    phases.push(await phase(subject, one, name, work));
  });
  return phases;
}

async function phase({ server }: Subject, one: StackCase, name: string, work: () => Promise<unknown>): Promise<Phase> {
  const base = baseOf(server);
  const before = await counters(base);
  const used = cpuSeconds(server.pid);
  const begun = performance.now();
  let seconds = 0;
  const { peakMb } = await withPeak(server.pid, async () => {
    await work();
    seconds = (performance.now() - begun) / 1_000;
  });
  const after = await counters(base);
  const spent = (key: Exclude<keyof Counters, 'reactions'>) => after[key] - before[key];
  return {
    name,
    n: one.size * (one.stacks ?? 1),
    seconds,
    cpuSeconds: cpuSeconds(server.pid) - used,
    statements: spent('statements'),
    commits: spent('commits'),
    cloudCalls: spent('cloudCalls'),
    computeGets: spent('computeGets'),
    peakMb,
    reactionMs: medianReactionMs(before, after),
  };
}
