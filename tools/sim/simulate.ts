/**
 * One seeded life of a stack: requests at random moments, calls that go wrong, owners that die at any instant or lose their lease, clocks that jump,
 * calls that land late. The rules are asked at every step; it ends when the cloud is calm again, and exactly what is wanted must exist, once.
 */
import { pendingHook, withClearedHook } from '@hearth/engine';
import { memoryStore, type MemoryStore } from '@hearth/engine/testing';
import { asId, type JsonObject, type Random, type StackId } from '@hearth/kernel';
import type { ResourceRecord, StackRecord, VisitAction } from '@hearth/store';
import { seededRandom, virtualTimers } from '@hearth/testkit';
import { type Backing, memoryBacking } from './backing.ts';
import type { Trouble } from './cloud.ts';
import { endProblems, liveStacks } from './end-state.ts';
import type { Shape } from './random-definition.ts';
import { RandomRequests } from './random-requests.ts';
import { newStack, type Request, SAID_BROKEN } from './requests.ts';
import { Watch } from './watch.ts';
import { LATE_CALL_MS, World } from './world.ts';

/** Far ahead of every real clock: what a database calls due now is due in a life, too. */
const START_MS = 4_000_000_000_000;
const LONGEST_LIFE_MS = 6 * 3_600_000;
/** Through nested stacks, each of which may first be taken over, and a hint may be lost. */
const LONGEST_LOOK_MS = 60_000;

export interface LifeReport {
  readonly seed: number;
  readonly problems: readonly string[];
  readonly kills: number;
  /** Nested stacks that there were. */
  readonly nested: number;
  readonly requests: number;
  readonly calls: number;
  readonly commits: number;
  /** Commits after which the rules were asked. */
  readonly watched: number;
  readonly final: string;
}

/** Where the life's stacks are kept; the watched memory is in front of everything that is seen. */
export type MakeBacking = (memory: MemoryStore, watch: Watch) => Backing;
const inMemory: MakeBacking = (memory, watch) => ({ ...memoryBacking(memory), store: watch.over(memory) });

export async function simulateLife(seed: number, makeBacking: MakeBacking = inMemory, mostResources = 5): Promise<LifeReport> {
  return new Life(seed, makeBacking, mostResources).run();
}

class Life {
  readonly #random: Random;
  readonly #seed: number;
  readonly #store: MemoryStore = memoryStore();
  readonly #watch = new Watch(this.#store);
  readonly #world: World;
  readonly #stackId: StackId;
  readonly #wishes: RandomRequests;
  #requests = 0;

  constructor(seed: number, makeBacking: MakeBacking, mostResources: number) {
    const random = seededRandom(seed);
    const backing = makeBacking(this.#store, this.#watch);
    this.#random = random;
    this.#seed = seed;
    this.#stackId = asId<StackId>(random.uuid());
    this.#wishes = new RandomRequests(random, this.#store, this.#stackId, this.#shape(mostResources));
    this.#world = new World({
      timers: virtualTimers(START_MS, backing.settle),
      random,
      store: this.#store,
      backing,
      watch: this.#watch,
      trouble: this.#trouble(),
      owners: 1 + Math.floor(random.next() * 3),
      inFlight: 1 + Math.floor(random.next() * 10),
    });
  }

  async run(): Promise<LifeReport> {
    await this.#create();
    await this.#storm();
    await this.#settle();
    await this.#visits();
    this.#world.cloud.isCalm = true;
    // A call of a dead owner that wakes or puts to rest may still land.
    await this.#world.pass(LATE_CALL_MS);
    this.#world.clearGivenUp();
    await this.#rest();
    await this.#takeBack();
    // Whatever happened, one more request must bring the stack to what it says: never stuck.
    if (this.#stack().deletedAt === null) await this.#request(this.#last(await this.#drift()));
    await this.#settle();
    await this.#world.pass(2 * LATE_CALL_MS);
    await this.#settle();
    await this.#untilDelegationEnds();
    const problems = [
      ...this.#watch.problems,
      ...this.#delegationProblems(),
      ...endProblems(this.#store, this.#world.cloud, this.#stackId, this.#world.givenUp),
    ];
    await this.#world.stop();
    return {
      seed: this.#seed,
      problems,
      kills: this.#world.kills,
      nested: this.#store.stackIds().length - 1,
      requests: this.#requests,
      calls: this.#world.cloud.calls,
      commits: this.#store.commits(),
      watched: this.#watch.commits,
      final: `${this.#stack().action}_${this.#stack().status}`,
    };
  }

  /** While the cloud was away it was tried at longer and longer intervals. */
  async #untilDelegationEnds(): Promise<void> {
    const end = this.#world.timers.now() + LONGEST_LIFE_MS;
    while (liveStacks(this.#store).length === 0 && !this.#world.revoked.has(this.#stackId) && this.#world.timers.now() < end)
      await this.#world.pass(5_000);
  }
  #delegationProblems(): readonly string[] {
    const isEnded = this.#world.revoked.has(this.#stackId);
    if (liveStacks(this.#store).length > 0) return isEnded ? ['the delegation was ended while a stack acts with it'] : [];
    return isEnded ? [] : ['nothing is left but the delegation'];
  }

  #luck(chance: number): boolean {
    return this.#random.next() < chance;
  }
  #trouble(): Trouble {
    const some = (most: number) => (this.#luck(0.5) ? 0 : this.#random.next() * most);
    return {
      refused: some(0.15),
      lostReply: some(0.3),
      broken: some(0.15),
      unreachable: some(0.3),
      late: some(0.2),
      database: some(0.2),
      slowestMs: 50 + this.#random.next() * 4_000,
    };
  }
  /** Most lives have one thing that is special. */
  #shape(mostResources: number): Shape {
    const some = (chance: number, of: number): number => (this.#luck(chance) ? of : 0);
    return { mostResources, nested: some(0.5, 0.35), waits: some(0.2, 0.25), hooks: some(0.2, 0.4) };
  }
  #stack(): StackRecord {
    return this.#store.stack(this.#stackId);
  }

  async #create(): Promise<void> {
    const definition = this.#wishes.definition();
    this.#requests++;
    await this.#world.insert(newStack(this.#stackId, definition, this.#luck(0.5), Math.floor(this.#world.timers.now())), definition);
  }

  async #storm(): Promise<void> {
    const changes = Math.floor(this.#random.next() * 4);
    for (let i = 0; i < changes; i++) {
      await this.#world.pass(this.#random.next() * 20_000);
      if (this.#luck(0.6)) await this.#harm();
      await this.#change();
    }
    await this.#world.pass(this.#random.next() * 20_000);
    if (this.#luck(0.5)) await this.#harm();
  }

  async #harm(): Promise<void> {
    if (this.#luck(0.2)) this.#world.jumpClock();
    const luck = this.#random.next();
    if (luck < 0.55) this.#world.kill();
    else if (luck < 0.8) this.#world.cutOff();
    else this.#world.drain();
    await this.#world.pass(this.#random.next() * 3_000);
  }

  async #settle(): Promise<void> {
    const end = this.#world.timers.now() + LONGEST_LIFE_MS;
    while (this.#stack().status === 'IN_PROGRESS') {
      if (this.#world.timers.now() > end) {
        const { action, status } = this.#stack();
        return this.#watch.problem(`stuck in ${action}_${status}`);
      }
      await this.#world.pass(5_000);
      await this.#clearHooks(0.7);
      await this.#signal(0.7);
    }
  }

  /** Guests tell some of the handles how it went; once the cloud is calm, only that all is well. */
  async #signal(chance: number): Promise<void> {
    for (const row of this.#handles())
      if (this.#luck(chance))
        await this.#world.signal(row, word(this.#luck(0.5) ? 'first' : 'second', this.#world.cloud.isCalm || !this.#luck(0.1)));
  }
  /** Those that had failed have made it after all. */
  async #takeBack(): Promise<void> {
    for (const row of this.#handles()) for (const id of GUESTS) await this.#world.signal(row, word(id, true));
  }
  #handles(): readonly ResourceRecord[] {
    return this.#liveRows().filter(
      ({ handler, status, action }) => handler === 'OS::Heat::WaitConditionHandle' && status === 'COMPLETE' && action !== 'DELETE',
    );
  }

  /** Of all stacks of the tree, some of those that stopped. */
  async #clearHooks(chance: number): Promise<void> {
    for (const row of this.#liveRows()) {
      const hook = pendingHook(row);
      if (hook !== null && this.#luck(chance)) await this.#world.mark(withClearedHook(row, hook));
    }
  }
  #liveRows(): readonly ResourceRecord[] {
    return liveStacks(this.#store).flatMap((id) => this.#store.rows(id).filter((row) => row.snapshotId === null));
  }
  /** Somebody says that it is broken: the next update makes another one. */
  async #markUnhealthy(): Promise<void> {
    const rows = this.#liveRows().filter((row) => row.status !== 'IN_PROGRESS' && row.action !== 'DELETE');
    const row = rows[Math.floor(this.#random.next() * rows.length)];
    if (row === undefined) return;
    await this.#world.mark({
      ...row,
      action: 'CHECK',
      status: 'FAILED',
      statusReason: SAID_BROKEN,
      data: { ...row.data, unhealthy: true },
    });
  }

  async #change(): Promise<void> {
    const { action, status } = this.#stack();
    if (action === 'DELETE') return;
    const luck = this.#random.next();
    if (this.#luck(0.3)) await this.#clearHooks(0.5);
    if (this.#luck(0.15)) await this.#markUnhealthy();
    if (this.#luck(0.1)) await this.#request({ kind: 'look' });
    if (status === 'IN_PROGRESS' && luck < 0.15) await this.#halt();
    else if (status === 'IN_PROGRESS' && action === 'UPDATE' && luck < 0.3) await this.#request({ kind: 'rollback' });
    else await this.#request((luck > 0.6 ? this.#wishes.again() : null) ?? (luck > 0.85 ? this.#wishes.deletion() : this.#wishes.update()));
  }

  /** In the storm: whatever a visit ends with, it ends. */
  async #visits(): Promise<void> {
    while (this.#stack().deletedAt === null && this.#stack().action !== 'DELETE' && this.#luck(0.4)) {
      await this.#visit((['CHECK', 'SUSPEND', 'RESUME', 'SNAPSHOT'] as const)[Math.floor(this.#random.next() * 4)] ?? 'CHECK');
      const unwanted = this.#luck(0.1) ? this.#wishes.forget() : null;
      if (unwanted !== null) await this.#request(unwanted);
      await this.#world.pass(this.#random.next() * 5_000);
      if (this.#luck(0.4)) await this.#harm();
      if (this.#luck(0.2)) await this.#halt();
      await this.#settle();
    }
    if (this.#stack().action === 'SUSPEND') await this.#visited('RESUME');
  }

  async #visited(action: VisitAction): Promise<string> {
    await this.#visit(action);
    if (this.#luck(0.2)) {
      await this.#harm();
      await this.#world.pass(LATE_CALL_MS);
    }
    await this.#settle();
    return this.#stack().status;
  }

  /** In calm: visits do what they say. What is harmed is found by a check, and mended by the request that follows. */
  async #rest(): Promise<void> {
    const { action, status, deletedAt } = this.#stack();
    if (deletedAt !== null || action === 'DELETE' || status !== 'COMPLETE' || this.#luck(0.4)) return;
    const rows = this.#liveRows();
    // A stack that was resumed may be complete although something in it never stood.
    if (rows.some((row) => row.status === 'FAILED')) return;
    const { things } = this.#world.cloud;
    const present = rows.flatMap((row) => things.get(row.physicalId ?? '') ?? []);
    const all = (isResting: boolean) => present.every((one) => one.isResting === isResting);
    if ((await this.#visited('SUSPEND')) !== 'COMPLETE' || !all(true)) this.#watch.problem(`not suspended: ${this.#stack().statusReason}`);
    if ((await this.#visited('RESUME')) !== 'COMPLETE' || !all(false)) this.#watch.problem(`not resumed: ${this.#stack().statusReason}`);
    // What something took the place of is not looked at.
    const seen = rows.flatMap((row) => (this.#isOnItsWayOut(row) ? [] : (things.get(row.physicalId ?? '') ?? [])));
    const harmed = this.#luck(0.5) ? seen[Math.floor(this.#random.next() * seen.length)] : undefined;
    if (harmed !== undefined) harmed.isBroken = true;
    const expected = seen.some((one) => one.isBroken) ? 'FAILED' : 'COMPLETE';
    if ((await this.#visited('CHECK')) !== expected) this.#watch.problem(`a check ended ${this.#stack().status}, not ${expected}`);
  }

  /** In calm: what somebody changes or takes away behind our back is found by a look. True: it is to be brought back. */
  async #drift(): Promise<boolean> {
    const { things } = this.#world.cloud;
    // Of what an update may have changed or not, nobody can say whether it drifted.
    const isTold = (row: ResourceRecord): boolean => row.uncertain.length === 0 && !isHandedOut(row);
    const rows = this.#liveRows().filter((row) => row.status === 'COMPLETE' && !this.#isOnItsWayOut(row) && isTold(row));
    const row = rows[Math.floor(this.#random.next() * rows.length)];
    const one = things.get(row?.physicalId ?? '');
    // What is to go is not looked at.
    if (row === undefined || one === undefined || this.#stack().action === 'DELETE' || this.#luck(0.5)) return false;
    const isGone = this.#luck(0.3);
    if (isGone) things.delete(one.id);
    else one.props = { ...one.props, u: 'drifted' };
    await this.#request({ kind: 'look' });
    if (this.#luck(0.3)) await this.#harm();
    await this.#world.pass(LONGEST_LOOK_MS);
    const state = this.#store.rows(row.stackId).find(({ id }) => id === row.id)?.drift?.state;
    const expected = isGone ? 'gone' : 'differs';
    if (state !== expected) this.#watch.problem(`${row.name} ${expected} in the cloud, and a look says ${state}`);
    return true;
  }

  /** In calm: what is asked for last. */
  #last(isDrifted: boolean): Request {
    if (this.#luck(0.4)) return this.#wishes.deletion();
    return isDrifted ? this.#wishes.mend() : this.#wishes.update();
  }

  #isOnItsWayOut(row: ResourceRecord): boolean {
    if (row.replacedBy !== null || row.action === 'DELETE') return true;
    const { parentId } = this.#store.stack(row.stackId);
    const above = parentId === null ? undefined : this.#store.rows(parentId).find((one) => one.physicalId === row.stackId);
    return above !== undefined && this.#isOnItsWayOut(above);
  }

  async #request(request: Request): Promise<void> {
    this.#requests++;
    await this.#world.request(this.#stackId, request);
  }
  async #visit(action: VisitAction): Promise<void> {
    if (this.#stack().status === 'IN_PROGRESS') return;
    await this.#request(action === 'SNAPSHOT' ? this.#wishes.snapshot() : { kind: 'visit', action });
  }
  async #halt(): Promise<void> {
    if (this.#stack().status === 'IN_PROGRESS') await this.#request({ kind: 'halt', reason: 'cancelled' });
  }
}

const GUESTS = ['first', 'second'] as const;
const word = (id: (typeof GUESTS)[number], isWell: boolean): JsonObject =>
  isWell ? { status: 'SUCCESS', id, data: '', reason: '' } : { status: 'FAILURE', id, data: '', reason: 'it did not work' };

/** Its thing has given away what it had: it is about to be replaced, and no look concerns it. */
const isHandedOut = (row: ResourceRecord): boolean => row.handOver !== null;
