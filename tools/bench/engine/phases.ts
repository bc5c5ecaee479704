/** One phase of a case, timed from the request until the API says that it is complete, with what it cost. */
import { type Rest, untilSettled } from '../../server/rest.ts';
import type { ServerProcess } from '../../server/server-process.ts';
import { median } from '../floors.ts';
import { baseOf, type Counters, counters, cpuSeconds, medianReactionMs, withPeak } from '../rig.ts';
import type { Resources } from '../workloads.ts';
import type { StackCase } from './cases.ts';

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

const LONGEST_MS = 900_000;
const LOOK_MS = 10;

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
  const stacks = `${baseOf(subject.server)}/v1/${subject.rest.projectId}/stacks`;
  const names = Array.from({ length: one.stacks ?? 1 }, (_, i) => `${prefix}-${i}`);
  const phases: Phase[] = [];
  const urls: string[] = [];
  const measured = async (name: string, work: () => Promise<unknown>) => phases.push(await phase(subject, one, name, work));
  await measured('create', async () => {
    urls.push(...(await Promise.all(names.map((name) => create(subject.rest, stacks, name, one)))));
  });
  for (const { name, template } of one.updates ?? [])
    await measured(name, () =>
      Promise.all(urls.map((url) => request(subject.rest, 'PUT', url, body(template, one), 202, 'UPDATE_COMPLETE'))),
    );
  await measured('delete', () => Promise.all(urls.map((url) => request(subject.rest, 'DELETE', url, undefined, 204, 'DELETE_COMPLETE'))));
  return phases;
}

const body = (resources: Resources, { files }: StackCase) => ({
  template: { heat_template_version: '2018-08-31', resources },
  ...(files === undefined ? {} : { files }),
  timeout_mins: 30,
});

async function create(rest: Rest, stacks: string, name: string, one: StackCase): Promise<string> {
  const sent = { stack_name: name, ...body(one.template, one) };
  const answer = await rest.call<{ stack: { id: string } }>('POST', stacks, sent);
  if (answer.status !== 201) throw new Error(`POST /stacks answered ${answer.status} ${JSON.stringify(answer.body)}`);
  const url = `${stacks}/${name}/${answer.body.stack.id}`;
  await settled(rest, url, 'CREATE_COMPLETE');
  return url;
}

async function request(rest: Rest, method: 'PUT' | 'DELETE', url: string, sent: unknown, wanted: number, status: string): Promise<void> {
  const answer = await rest.call(method, url, sent);
  if (answer.status !== wanted) throw new Error(`${method} answered ${answer.status} ${JSON.stringify(answer.body)}`);
  await settled(rest, url, status);
}

async function settled(rest: Rest, url: string, wanted: string): Promise<void> {
  const stack = await untilSettled(rest, url, LONGEST_MS, LOOK_MS);
  if (stack.stack_status !== wanted) throw new Error(`${stack.stack_name} is ${stack.stack_status}: ${stack.stack_status_reason}`);
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
