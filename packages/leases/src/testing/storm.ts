/**
 * Several processes at the same rows of one PostgreSQL while they are killed, stopped, cut off and deafened, and connections are cut in mid-statement.
 * Everything that each does is written down.
 */
import { asId, Failure, silentLog, type HolderId, type Random, type StackId } from '@hearth/kernel';
import {
  createEngineStore,
  heldRows,
  listEvents,
  nextDueAt,
  STACK_DUE,
  wakeRow,
  type Database,
  type DueClaim,
  type EngineStore,
} from '@hearth/store';
import { cutConnections, sampleEvent } from '@hearth/store/testing';
import { dueRows, stackClaim, type DueRows } from '../due-rows.ts';
import { startHolder, type Holder } from '../holder.ts';
import { runDueRows, type Runner } from '../run-due-rows.ts';
import type { Answer, Fact, Logged } from './history.ts';
import { testProcess, type TestProcess } from './test-process.ts';
import { withinLimit } from '../within-limit.ts';
import { newStack, realTimers, testBox } from './world.ts';

const TTL_MS = 200;
const SWEEP_MS = 80;
const AT_ONCE = 4;
/** One line of the log. */
const NAME = 'history';

export interface StormOptions {
  readonly random: Random;
  /** One for each process, with which it does everything. */
  readonly databases: readonly Database[];
  /** For the storm itself. */
  readonly database: Database;
  readonly rows: number;
  /** A fault: what the processes use in place of their own. */
  readonly planted?: Planted;
}

export interface Planted {
  readonly store?: (store: EngineStore, database: Database) => EngineStore;
  readonly isSure?: () => boolean;
}

interface Member {
  readonly name: string;
  readonly process: TestProcess;
  readonly holder: Holder;
  readonly rows: DueRows;
  readonly runner: Runner;
  readonly store: EngineStore;
  /** What it holds for all it knows. */
  readonly holds: Map<string, DueClaim>;
  readonly working: Set<Promise<void>>;
}

export class Storm {
  readonly facts: Fact[] = [];
  readonly #options: StormOptions;
  readonly #members: Member[] = [];
  readonly #harmed = new Set<Promise<void>>();
  readonly #holders: HolderId[] = [];
  /** By row: the wake-up that was seen when it was last given back. */
  readonly #seen = new Map<string, number>();
  #ids: readonly string[] = [];
  #made = 0;
  #isOver = false;

  constructor(options: StormOptions) {
    this.#options = options;
  }

  /** Until so much has happened: `isEnough` is asked now and then. */
  async rage(isEnough: (facts: readonly Fact[]) => boolean): Promise<void> {
    const { random, databases, database, rows } = this.#options;
    this.#ids = await Promise.all(Array.from({ length: rows }, () => newStack(database)));
    for (const own of databases) this.#members.push(await this.#member(own));
    while (!isEnough(this.facts)) {
      await realTimers.sleep(random.next() * 60);
      await this.#mishap().catch(unlessUnavailable);
    }
  }

  /** Calm again, and each row asked for once more: everything due must be claimed, and nothing be held for ever. */
  async settle(limitMs: number): Promise<readonly string[]> {
    const { database } = this.#options;
    this.#isOver = true;
    await Promise.all(this.#harmed);
    for (const id of [...this.#ids, ...this.#ids]) {
      await realTimers.sleep(10);
      await database.transaction((tx) => wakeRow(tx, STACK_DUE, id));
    }
    const end = realTimers.now() + limitMs;
    let left = await this.#leftOver();
    while (left.length > 0 && realTimers.now() < end) {
      await realTimers.sleep(50);
      left = await this.#leftOver();
    }
    return left;
  }

  async stop(): Promise<void> {
    for (const { runner, holder, working } of this.#members) {
      await runner.stop();
      await Promise.all(working);
      await holder.stop();
    }
  }

  /** Every row's writes, in the order of commit. */
  async logs(): Promise<ReadonlyMap<string, readonly Logged[]>> {
    const filter = { resourceNames: [NAME], resourceTypes: null, actions: null, statuses: null };
    const page = { limit: 100_000, marker: null, sort: [{ key: 'time', descending: false }] } as const;
    const logs = new Map<string, readonly Logged[]>();
    for (const id of this.#ids) {
      const events = await listEvents(this.#options.database, { ...filter, stackIds: [asId<StackId>(id)] }, page);
      logs.set(
        id,
        events.map(({ reason }) => JSON.parse(reason) as Logged),
      );
    }
    return logs;
  }

  async #leftOver(): Promise<readonly string[]> {
    const { database } = this.#options;
    const held = await Promise.all(this.#holders.map((id) => heldRows(database, STACK_DUE, id)));
    const dueAt = await nextDueAt(database, STACK_DUE);
    return [...held.flat().map(({ id }) => `${id} is still held`), ...(dueAt === null ? [] : ['a free row is due'])];
  }

  /** Rows that were given back for good by somebody who had not seen what was asked last. */
  async unseen(): Promise<readonly string[]> {
    const store = createEngineStore(this.#options.database, testBox);
    const unseen: string[] = [];
    for (const id of this.#ids) {
      const asked = (await store.load(asId<StackId>(id)))?.stack.wakeVersion;
      if (this.#seen.get(id) !== asked) unseen.push(`${id} was given back at ${this.#seen.get(id)}, and asked for at ${asked}`);
    }
    return unseen;
  }

  async #mishap(): Promise<void> {
    const { random, database } = this.#options;
    const victim = this.#members[Math.floor(random.next() * this.#members.length)] as Member;
    const { process } = victim;
    const luck = random.next();
    if (luck < 0.3) return this.#forAWhile(process.freeze, process.thaw);
    if (luck < 0.4) return this.#forAWhile(process.cut, process.mend);
    if (luck < 0.5) return this.#forAWhile(process.hang, process.mend);
    if (luck < 0.6) return cutConnections(database, 2);
    if (luck < 0.7) return this.#kill(victim);
    const id = this.#ids[Math.floor(random.next() * this.#ids.length)] as string;
    await database.transaction((tx) => wakeRow(tx, STACK_DUE, id));
  }

  /** Others may be harmed meanwhile. */
  #forAWhile(harm: () => void, mend: () => void): void {
    harm();
    const harmed: Promise<void> = realTimers
      .sleep(this.#options.random.next() * 2 * TTL_MS)
      .then(mend)
      .finally(() => this.#harmed.delete(harmed));
    this.#harmed.add(harmed);
  }

  /** Nothing of it runs any more; another one comes in its place. */
  async #kill(victim: Member): Promise<void> {
    victim.process.kill();
    const at = this.#members.indexOf(victim);
    this.#members[at] = await this.#member(this.#options.databases[at] as Database);
  }

  async #member(over: Database): Promise<Member> {
    const { random, planted } = this.#options;
    const name = `process-${++this.#made}`;
    // Slower than the database's by less than a holder allows for.
    const clock = { offsetMs: (random.next() - 0.5) * 7_200_000, rate: 0.95 + random.next() * 0.3 };
    const process = testProcess(over, clock, () => random.next() < 0.5);
    const { database, timers } = process;
    const holder = await startHolder({ database, timers, random, name, log: silentLog, ttlMs: TTL_MS, heartbeatMs: TTL_MS / 5 });
    this.#holders.push(holder.id);
    const holds = new Map<string, DueClaim>();
    const working = new Set<Promise<void>>();
    holder.onLost(() => holds.clear());
    const rows = this.#recorded(name, dueRows({ database, table: STACK_DUE, holder, timers }));
    const own = createEngineStore(database, testBox);
    const begin = (claim: DueClaim): void => {
      holds.set(claim.id, claim);
      const deed: Promise<void> = this.#work(member, claim).finally(() => working.delete(deed));
      working.add(deed);
    };
    const capacity = (): number => AT_ONCE - rows.knownCount();
    const runner = await runDueRows({
      rows,
      timers,
      random,
      log: silentLog,
      capacity,
      onClaim: (claim) => begin(claim),
      sweepMs: SWEEP_MS,
    });
    const member: Member = { name, process, holder, rows, runner, holds, working, store: planted?.store?.(own, database) ?? own };
    return member;
  }

  #recorded(by: string, rows: DueRows): DueRows {
    return {
      ...rows,
      claimNext: async (limit, sweep) => {
        const from = realTimers.now();
        const outcome = await rows.claimNext(limit, sweep);
        const to = realTimers.now();
        for (const { id, epoch } of outcome.claims) this.facts.push({ kind: 'claim', by, row: id, epoch, from, to });
        return outcome;
      },
    };
  }

  /** Looks at its lease before it does what no fence guards, and never before it writes: a process may be stopped in between. */
  async #work(member: Member, claim: DueClaim): Promise<void> {
    const { random } = this.#options;
    const { rows, holds, process } = member;
    try {
      for (let isDone = false; !isDone; ) {
        let seen = claim.wakeVersion;
        for (let step = random.next() * 4; step > 0; step--) {
          await process.timers.sleep(random.next() * 80);
          this.#act(member, claim);
          seen = await this.#write(member, claim);
        }
        if (!this.#isOver && random.next() < 0.2) return;
        await process.timers.sleep(random.next() * 80);
        isDone = await this.#release(member, claim, seen);
      }
    } catch (error) {
      if (!(error instanceof Failure && ['lease-lost', 'unavailable'].includes(error.code))) throw error;
    } finally {
      if (holds.get(claim.id) === claim) holds.delete(claim.id);
      rows.forget(claim);
      member.runner.nudge();
    }
  }

  #act({ name, holder, holds }: Member, claim: DueClaim): void {
    const isSure = this.#options.planted?.isSure?.() ?? (holder.isValid() && holds.get(claim.id) === claim);
    const at = realTimers.now();
    if (isSure) this.facts.push({ kind: 'act', by: name, row: claim.id, epoch: claim.epoch, from: at, to: at });
  }

  async #write(member: Member, claim: DueClaim): Promise<number> {
    const fence = stackClaim(claim);
    const reason = JSON.stringify({ by: member.name, epoch: claim.epoch } satisfies Logged);
    const events = [sampleEvent(fence.stackId, { resourceName: NAME, reason })];
    const work = member.store.commit(fence, { stack: null, resources: [], removed: [], events, children: [] });
    return (await this.#answered(member, claim, 'write', work)).wakeVersion;
  }

  async #release(member: Member, claim: DueClaim, seen: number): Promise<boolean> {
    const isAgain = !this.#isOver && this.#options.random.next() < 0.5;
    const now = member.process.timers.now();
    const dueAt = isAgain ? now + this.#options.random.next() * 200 : null;
    const isReleased = await this.#answered(member, claim, 'release', member.store.release(stackClaim(claim), seen, dueAt, now));
    if (isReleased) this.#seen.set(claim.id, Math.max(seen, this.#seen.get(claim.id) ?? 0));
    return isReleased;
  }

  async #answered<T>(
    { name: by, process: { timers } }: Member,
    { id, epoch }: DueClaim,
    kind: 'write' | 'release',
    work: Promise<T>,
  ): Promise<T> {
    const from = realTimers.now();
    const note = (answer: Answer | 'kept'): void => {
      const asked = { by, row: id, epoch, from, to: realTimers.now() };
      if (kind === 'release') this.facts.push({ kind, ...asked, answer });
      else if (answer !== 'kept') this.facts.push({ kind, ...asked, answer });
    };
    try {
      const result = await withinLimit(timers, TTL_MS, work);
      note(result === false ? 'kept' : 'accepted');
      return result;
    } catch (error) {
      note(error instanceof Failure && error.code === 'lease-lost' ? 'refused' : 'unknown');
      throw error;
    }
  }
}

/** What cuts connections may cut the storm's own. */
function unlessUnavailable(error: unknown): void {
  if (!(error instanceof Failure) || error.code !== 'unavailable') throw error;
}
