/** Stacks that are worked on by several engines while everything around them breaks; in the end each must be what its user asked for, and nothing else be there. */
import { silentLog } from '@hearth/kernel';
import { checkIntegrity, type Database, openDatabase } from '@hearth/store';
import { seededRandom } from '@hearth/testkit';
import { type CloudControl, cloudControl, type Leftover, leftoverText } from '../server/control.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { StackLife } from './stack-life.ts';
import { takeOvers } from './takeovers.ts';
import { makeTroubles } from './troubles.ts';

export interface ChaosOptions {
  readonly operations: number;
  readonly stacks: number;
  readonly seed: number;
  readonly engines: number;
  readonly print: (line: string) => void;
}

export interface ChaosReport {
  readonly operations: number;
  readonly problems: readonly string[];
  readonly troubles: ReadonlyMap<string, number>;
  /** What users asked for, and how often. */
  readonly asked: ReadonlyMap<string, number>;
  readonly slowestTakeOverMs: number;
  /** After which the slowest one was seen not to be over. */
  readonly slowestForSureMs: number;
  readonly takenOver: number;
  readonly seconds: number;
}

const BUILD_DELAY_MS = 800;

export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const cluster = await startCluster({ engines: options.engines, buildDelayMs: BUILD_DELAY_MS });
  const database = await openDatabase({ connection: cluster.postgres.connection, log: silentLog, poolSize: 3 });
  try {
    return await runOn(cluster, database, options);
  } finally {
    await database.close();
    await cluster.end();
  }
}

async function runOn(cluster: Cluster, database: Database, options: ChaosOptions): Promise<ChaosReport> {
  const begun = Date.now();
  const { print } = options;
  const control = await cloudControl(cluster.cloud.process);
  const rest = await cluster.user('demo');
  const lives = Array.from({ length: options.stacks }, (_, i) => {
    const random = seededRandom(`${options.seed} stack ${i}`);
    return new StackLife(`stack-${i}`, { rest, stacks: () => cluster.stacks(rest), random, print });
  });
  const share = (i: number): number =>
    Math.floor(((i + 1) * options.operations) / options.stacks) - Math.floor((i * options.operations) / options.stacks);
  const watched = takeOvers(database);
  let isOver = false;
  const troubles = makeTroubles(
    { cluster, control, takeOvers: watched, random: seededRandom(`${options.seed} troubles`), print },
    () => isOver,
  );
  const living = Promise.all(lives.map((life, i) => life.live(share(i)))).finally(() => {
    isOver = true;
  });
  const [seen] = await Promise.all([troubles, living]);
  const problems = lives.flatMap((life) => life.problems);
  print('the troubles are over; what is there is compared with what was asked for');
  // Looks for what late calls left come half a minute later.
  problems.push(...(await untilNone(() => strangers(control, database))));
  await Promise.all(lives.map((life) => life.leave()));
  for (const life of lives) for (const problem of life.problems) if (!problems.includes(problem)) problems.push(problem);
  const left = async (): Promise<readonly string[]> =>
    (await control.objects('demo')).map((one) => `left in the end: ${leftoverText(one)}`);
  problems.push(...(await untilNone(left, DELEGATIONS_MS)));
  problems.push(...(await untilNone(() => heldStacks(database))));
  problems.push(...(await checkIntegrity(database, Date.now())).map(({ what, id }) => `orphan: ${what} ${id}`));
  return {
    operations: lives.reduce((sum, life) => sum + life.done, 0),
    problems,
    troubles: seen,
    asked: total(lives.map(({ counts }) => counts)),
    slowestTakeOverMs: watched.slowestMs,
    slowestForSureMs: watched.slowestForSureMs,
    takenOver: watched.count,
    seconds: Math.round((Date.now() - begun) / 1_000),
  };
}

function total(counts: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const sum = new Map<string, number>();
  for (const one of counts) for (const [name, count] of one) sum.set(name, (sum.get(name) ?? 0) + count);
  return sum;
}

const PATIENCE_MS = 60_000;
/** A delegation of which nothing came, because the API died, is given up and ended within two minutes. */
const DELEGATIONS_MS = 180_000;

/** What is wrong, once nothing is any more or after a while. */
async function untilNone(look: () => Promise<readonly string[]>, patienceMs = PATIENCE_MS): Promise<readonly string[]> {
  for (const end = Date.now() + patienceMs; ; ) {
    const found = await look();
    if (found.length === 0 || Date.now() > end) return found;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

/** Things in the cloud that no resource names, and the other way round. */
async function strangers(control: CloudControl, database: Database): Promise<readonly string[]> {
  const rows = await database.query<{ id: string; text: string; whole: boolean }>({
    text: `select r.physical_id as id, s.name || ' ' || r.name as text, r.status = 'COMPLETE' and r.type ~ '^OS::(Nova|Neutron|Cinder)::' as whole
      from resource r join stack s on s.id = r.stack_id where r.physical_id is not null`,
    values: [],
  });
  const named = new Set(rows.map(({ id }) => id));
  const isOurs = ({ service, collection, name }: Leftover): boolean =>
    service !== 'identity' && (collection !== 'ports' || (name ?? '') !== '');
  const there = new Map((await control.objects('demo')).filter(isOurs).map((one) => [one.id, leftoverText(one)]));
  return [
    ...[...there].filter(([id]) => !named.has(id)).map(([, text]) => `leaked or doubled: ${text}`),
    ...rows.filter(({ id, whole }) => whole && !there.has(id)).map(({ id, text }) => `missing: ${text} ${id}`),
  ];
}

async function heldStacks(database: Database): Promise<readonly string[]> {
  const rows = await database.query<{ id: string; name: string }>({
    text: 'select id, name from stack where holder_id is not null',
    values: [],
  });
  return rows.map(({ id, name }) => `still owned: ${name} ${id}`);
}
