/** What befalls an installation while it works: processes killed, stopped, cut off from the database; the database killed; the cloud's answers lost or late. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '@hearth/kernel';
import type { CloudControl } from '../server/control.ts';
import type { Cluster, Member } from './cluster.ts';
import type { TakeOvers } from './takeovers.ts';

export interface TroublePorts {
  readonly cluster: Cluster;
  readonly control: CloudControl;
  readonly takeOvers: TakeOvers;
  readonly random: Random;
  readonly print: (line: string) => void;
}

/** Beyond the lease of 3 s and a sweep. */
const BEYOND_THE_LEASE_MS = 5_000;
const RESTART_MS = 300;
/** Some fall together. */
const AT_ONCE = 2;

type Trouble = (ports: TroublePorts) => Promise<void>;

const TROUBLES: readonly (readonly [string, number, Trouble])[] = [
  ['engine killed', 5, (ports) => killed(ports, engineOf(ports), true)],
  ['engine stopped and continued', 4, (ports) => stopped(ports)],
  ['engine cut off, hanging', 3, (ports) => cutOff(ports, 'hangAll')],
  ['engine cut off, reset', 3, (ports) => cutOff(ports, 'cut')],
  ['engine drained', 2, (ports) => drained(ports)],
  ['API killed', 2, (ports) => killed(ports, ports.cluster.api, false)],
  ['PostgreSQL killed', 1, (ports) => postgresKilled(ports)],
  ['the cloud killed', 1, (ports) => killed(ports, ports.cluster.cloud, false)],
];

/** Goes on, one trouble after the other, until told to stop; then everything runs again. Gives how often each came about. */
export async function makeTroubles(ports: TroublePorts, isOver: () => boolean): Promise<ReadonlyMap<string, number>> {
  const seen = new Map<string, number>();
  await badReplies(ports);
  const stream = async (): Promise<void> => {
    while (!isOver()) {
      const [name, , befall] = oneOf(ports.random);
      ports.print(`trouble: ${name}`);
      await befall(ports);
      seen.set(name, (seen.get(name) ?? 0) + 1);
      await sleep(ports.random.next() * 1_500);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, stream));
  await persistently(() => ports.control.call('DELETE', '/behaviours'));
  return seen;
}

function oneOf(random: Random): (typeof TROUBLES)[number] {
  const total = TROUBLES.reduce((sum, [, weight]) => sum + weight, 0);
  let at = random.next() * total;
  for (const trouble of TROUBLES) {
    at -= trouble[1];
    if (at < 0) return trouble;
  }
  return TROUBLES[0] as (typeof TROUBLES)[number];
}

/** All the time: answers lost, late, refused for a while. */
async function badReplies({ control, random }: TroublePorts): Promise<void> {
  const seed = Math.floor(random.next() * 1_000_000);
  const behaviours = [
    { method: 'POST', loseReply: true, chance: 0.03, seed },
    { method: 'DELETE', loseReply: true, chance: 0.03, seed: seed + 1 },
    { method: 'POST', delaySeconds: 4, chance: 0.02, seed: seed + 2 },
    { service: 'network', refuse: { status: 503, message: 'Busy.', retryAfter: 1 }, chance: 0.02, seed: seed + 3 },
    { service: 'compute', refuse: { status: 429, message: 'Slow down.', retryAfter: 1 }, chance: 0.02, seed: seed + 4 },
  ];
  for (const behaviour of behaviours) {
    const { status, body } = await control.call('POST', '/behaviours', behaviour);
    if (status !== 201) throw new Error(`the behaviour was refused: ${JSON.stringify(body)}`);
  }
}

async function persistently(work: () => Promise<{ readonly status: number }>): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const done = await work().catch(() => null);
    if (done !== null && done.status < 300) return;
    await sleep(200);
  }
  throw new Error('the cloud does not stop misbehaving');
}

/** What is in trouble already is left to it. */
const inTrouble = new WeakSet<object>();

async function alone(member: object, befall: () => Promise<void>): Promise<void> {
  if (inTrouble.has(member)) return sleep(500);
  inTrouble.add(member);
  try {
    await befall();
  } finally {
    inTrouble.delete(member);
  }
}

const engineOf = ({ cluster, random }: TroublePorts): Member =>
  cluster.engines[Math.floor(random.next() * cluster.engines.length)] as Member;

const killed = ({ takeOvers }: TroublePorts, member: Member, holds: boolean): Promise<void> =>
  alone(member, async () => {
    const { pid } = member.process;
    const at = Date.now();
    await member.process.kill();
    if (holds) await takeOvers.after(at, pid);
    await sleep(RESTART_MS);
    await member.start();
  });

const postgresKilled = ({ cluster, takeOvers }: TroublePorts): Promise<void> =>
  alone(cluster.postgres, async () => {
    takeOvers.interrupt();
    await cluster.killPostgres();
    takeOvers.interrupt();
  });

const stopped = (ports: TroublePorts): Promise<void> =>
  lost(
    ports,
    (engine) => engine.process.pause(),
    (engine) => engine.process.go(),
  );

const cutOff = (ports: TroublePorts, how: 'hangAll' | 'cut'): Promise<void> =>
  lost(
    ports,
    (engine) => engine.proxy[how](),
    (engine) => engine.proxy.mend(),
  );

function lost(ports: TroublePorts, begin: (engine: Member) => void, end: (engine: Member) => void): Promise<void> {
  const engine = engineOf(ports);
  return alone(engine, async () => {
    const at = Date.now();
    begin(engine);
    await ports.takeOvers.after(at, engine.process.pid);
    await sleep(Math.max(0, BEYOND_THE_LEASE_MS - (Date.now() - at)) + ports.random.next() * 2_000);
    end(engine);
  });
}

function drained(ports: TroublePorts): Promise<void> {
  const engine = engineOf(ports);
  return alone(engine, async () => {
    await engine.process.stop();
    await engine.start();
  });
}
