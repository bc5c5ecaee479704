/**
 * Owners of stacks over virtual time: engines on one store and one simulated cloud, that claim what is due, stop, die between two instructions, or lose
 * their lease and do not know. The production planner and engine; everything they are given is watched.
 */
import { callLimit, createEngine, type Engine } from '@hearth/engine';
import type { MemoryStore } from '@hearth/engine/testing';
import { asId, Failure, type HolderId, type JsonObject, type Random, silentLog, type StackId, type Timers } from '@hearth/kernel';
import { type Registry, registryOf, type ResourceType } from '@hearth/resource-kit';
import { memoryConfigShelf, type MemoryConfigShelf } from '@hearth/resource-kit/testing';
import type { DefinitionRecord, EngineStore, ResourceRecord, StackRecord } from '@hearth/store';
import type { VirtualTimers } from '@hearth/testkit';
import type { Backing } from './backing.ts';
import type { Verb } from './call-rules.ts';
import { SimCloud, simTypes, type Trouble } from './cloud.ts';
import type { Request } from './requests.ts';
import type { Watch } from './watch.ts';

/** As in production: a take-over comes once the lease has passed. */
const LEASE_MS = 3_000;
export const LATE_CALL_MS = 30_000;
const LONGEST_JUMP_MS = 10_000;
const LONGEST_GRACE_MS = 5_000;

export interface WorldOptions {
  readonly timers: VirtualTimers;
  readonly random: Random;
  readonly store: MemoryStore;
  readonly backing: Backing;
  readonly watch: Watch;
  readonly trouble: Trouble;
  /** How many owners there are at once. */
  readonly owners: number;
  readonly inFlight: number;
  /** Around each call to a handler. */
  readonly around?: Around;
  /** After each commit that was answered. */
  readonly onCommit?: (commits: number) => void;
}
export type Around = <T>(verb: Verb, resourceName: string, run: () => Promise<T>) => Promise<T>;

export interface Owner {
  readonly holderId: HolderId;
  readonly engine: Engine;
  isDead: boolean;
  isCutOff: boolean;
}

export class World {
  readonly timers: VirtualTimers;
  readonly cloud: SimCloud;
  readonly store: MemoryStore;
  readonly watch: Watch;
  owners: Owner[] = [];
  kills = 0;
  /** Names of resources whose leftovers could not be had; it was logged. */
  readonly givenUp = new Set<string>();
  /** Ids of delegations that were ended. */
  readonly revoked = new Set<string>();
  readonly #random: Random;
  readonly #options: WorldOptions;
  readonly #configs: MemoryConfigShelf;
  /** When the lease of who is gone passes. */
  readonly #passesAt = new Map<HolderId, number>();
  readonly #gone: Owner[] = [];
  /** How much the owners' clock is ahead of the true one. */
  #clockOffsetMs = 0;
  #commits = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    const { timers, random, trouble } = options;
    this.timers = timers;
    this.store = options.store;
    this.watch = options.watch;
    this.#random = random;
    this.#configs = memoryConfigShelf({ clock: timers, random });
    this.cloud = new SimCloud(timers, random, trouble);
    this.cloud.onMade = (one) => this.watch.made(this.cloud, one);
    for (let i = 0; i < options.owners; i++) this.#newOwner();
  }

  async insert(stack: StackRecord, definition: DefinitionRecord): Promise<void> {
    this.watch.wanted(definition);
    await this.#options.backing.insert(stack, definition);
  }

  async request(id: StackId, request: Request): Promise<void> {
    if (request.kind === 'update') this.watch.wanted(request.definition);
    await this.#options.backing.request(id, request, Math.floor(this.timers.now()));
    for (const owner of this.owners) owner.engine.wake(id);
  }

  /** What a user says of a resource that is there: the row as it is to be. */
  async mark(row: ResourceRecord): Promise<void> {
    await this.#options.backing.mark(row, Math.floor(this.timers.now()));
    for (const owner of this.owners) owner.engine.wake(row.stackId);
  }

  /** What a guest tells a handle, as the use case takes it down; the hint may get lost. */
  async signal(row: ResourceRecord, details: JsonObject): Promise<void> {
    const count = (await this.store.signals(row.id)).length;
    const verdict = simTypes.find(({ name }) => name === row.handler)?.signals?.judge(details, { props: row.properties, count });
    if (verdict === undefined || verdict.kind === 'ignore') return;
    await this.#options.backing.signal(row, verdict.key, verdict.body, Math.floor(this.timers.now()));
    if (this.#random.next() < 0.7) for (const owner of this.owners) owner.engine.signalled(row.stackId, row.id);
  }

  /** The operator reads the log, and takes away what could not be had then. */
  clearGivenUp(): void {
    const known = new Set(this.store.stackIds().flatMap((id) => this.store.rows(id).map(({ physicalId }) => physicalId)));
    for (const { id, mark } of [...this.cloud.things.values()])
      if (!known.has(id) && [...this.givenUp].some((name) => mark.includes(`-${name}-`))) this.cloud.things.delete(id);
  }

  /** Lets virtual time go by, what is due being claimed each second. */
  async pass(ms: number): Promise<void> {
    const end = this.timers.now() + ms;
    while (this.timers.now() < end) {
      await this.claim();
      await this.timers.advance(Math.min(1_000, end - this.timers.now()));
    }
  }

  async claim(): Promise<void> {
    const owner = this.#some(this.owners);
    const now = this.timers.now();
    const isPassed = (holder: HolderId): boolean => (this.#passesAt.get(holder) ?? Number.POSITIVE_INFINITY) <= now;
    for (const claim of await this.#options.backing.claim(owner.holderId, now, isPassed)) {
      this.watch.claimed(claim);
      owner.engine.take(claim);
    }
  }

  /** The process is gone between two instructions: it hears and says nothing any more; its calls may still land. */
  kill(): void {
    const owner = this.#some(this.owners);
    owner.isDead = true;
    this.#replace(owner);
  }

  /** The lease is lost, and the process works on until it hears of it: its writes must change nothing. */
  cutOff(): void {
    const owner = this.#some(this.owners);
    owner.isCutOff = true;
    this.#replace(owner);
    this.timers.at(this.timers.now() + this.#random.next() * 3 * LEASE_MS, () => owner.engine.abandonAll());
  }

  /** The process is told to stop: what is under way has a moment to end, and everything is given back. */
  drain(): void {
    const owner = this.#some(this.owners);
    this.#gone.push(owner);
    this.owners = this.owners.filter((other) => other !== owner);
    this.#newOwner();
    void owner.engine.stop(this.#random.next() * LONGEST_GRACE_MS).then(() => {
      this.#passesAt.set(owner.holderId, this.timers.now());
      this.watch.ownerGone(owner.holderId);
    });
  }

  /** Somebody sets the owners' clock: forth or back, by less than a call may be late. */
  jumpClock(): void {
    this.#clockOffsetMs = (this.#random.next() - 0.5) * LONGEST_JUMP_MS;
  }

  async stop(): Promise<void> {
    const all = [...this.owners, ...this.#gone.filter((owner) => !owner.isDead)];
    for (const owner of all) owner.engine.abandonAll();
    await Promise.all(all.map((owner) => owner.engine.stop(0)));
  }

  #replace(owner: Owner): void {
    this.kills++;
    this.#gone.push(owner);
    this.#passesAt.set(owner.holderId, this.timers.now() + (owner.isCutOff ? 300 : this.#random.next() * LEASE_MS));
    this.watch.ownerGone(owner.holderId);
    this.owners = this.owners.filter((other) => other !== owner);
    this.#newOwner();
  }

  #some(owners: readonly Owner[]): Owner {
    return owners[owners.length === 1 ? 0 : Math.floor(this.#random.next() * owners.length)] as Owner;
  }

  #newOwner(): void {
    const holderId = asId<HolderId>(this.#random.uuid());
    const state = { isDead: false, isCutOff: false };
    const alive = throughLife(state);
    const timers: Timers = {
      now: () => Math.floor(this.timers.now() + this.#clockOffsetMs),
      // As a real timer: set for a while, whatever the clock says meanwhile.
      at: (at, callback) => this.timers.at(at - this.#clockOffsetMs, () => (state.isDead ? undefined : callback())),
      sleep: (ms) => alive(() => this.timers.sleep(ms)),
    };
    const cloud = this.cloud.asOwner(holderId, alive);
    const engine = createEngine<SimCloud>({
      store: this.#storeFor(alive),
      registry: this.#registryFor(holderId),
      cloudFor: async () => cloud,
      configsFor: () => this.#configs,
      revoke: (_stack, { id }) => alive(async () => this.#revoke(id)),
      timers,
      random: this.#random,
      log: {
        ...silentLog,
        warn: (event, data) => this.#warned(event, data),
        error: (event, data) => this.watch.problem(`${event} ${JSON.stringify(data)}`),
      },
      calls: callLimit(1 + Math.floor(this.#random.next() * 20)),
      lease: { isValid: () => !state.isDead && !state.isCutOff },
      ended: () => {},
      limits: { inFlightPerStack: this.#options.inFlight, lateCallMs: LATE_CALL_MS, retries: 5 },
    });
    this.owners.push(Object.assign(state, { holderId, engine }));
  }

  async #revoke(id: string): Promise<void> {
    if (!this.cloud.isCalm && this.#random.next() < this.#options.trouble.unreachable) throw new Failure('unavailable', 'nobody answers');
    this.revoked.add(id);
  }

  /** Whoever looks for leftovers and is refused says so, and leaves them. */
  #warned(event: string, data: JsonObject | undefined): void {
    if (event === 'leftovers-not-verified' && typeof data?.['resource'] === 'string') this.givenUp.add(data['resource']);
  }

  #storeFor(alive: Through): EngineStore {
    const { store } = this.#options.backing;
    return {
      load: (id) => alive(() => store.load(id)),
      childStates: (ids) => alive(() => store.childStates(ids)),
      heldByOthers: (row, ids) => alive(() => store.heldByOthers(row, ids)),
      commit: (fence, batch) =>
        alive(async () => {
          const luck = this.#databaseLuck();
          if (luck === 'refused') throw new Failure('unavailable', 'the connection is gone');
          const result = await store.commit(fence, batch);
          if (result.stackPatched) this.#tellParent(fence.stackId, batch.stack?.patch.status);
          this.#options.onCommit?.(++this.#commits);
          if (luck === 'unanswered') throw new Failure('unavailable', 'the connection went before the answer');
          return result;
        }),
      release: (fence, seen, dueAt) => alive(() => store.release(fence, seen, dueAt)),
      letGoOfCredential: (fence, id) => alive(() => store.letGoOfCredential(fence, id)),
      deleteCredential: (fence, id) => alive(() => store.deleteCredential(fence, id)),
      signals: (id) => alive(() => store.signals(id)),
      forgetSignals: (fence, id) => alive(() => store.forgetSignals(fence, id)),
      pruneDefinitions: (fence, keep, newest) => alive(() => store.pruneDefinitions(fence, keep, newest)),
    };
  }

  #databaseLuck(): 'refused' | 'unanswered' | 'fine' {
    const { database } = this.#options.trouble;
    if (database === 0 || this.cloud.isCalm || this.#random.next() >= database) return 'fine';
    return this.#random.next() < 0.5 ? 'refused' : 'unanswered';
  }

  /** The hint that a child has ended; it may get lost. */
  #tellParent(stackId: StackId, status: string | undefined): void {
    if (status !== 'COMPLETE' && status !== 'FAILED') return;
    const { parentId } = this.store.stack(stackId);
    if (parentId === null || this.#random.next() >= 0.7) return;
    for (const owner of this.owners) owner.engine.childEnded(parentId, stackId);
  }

  #registryFor(holderId: HolderId): Registry<SimCloud> {
    const { around } = this.#options;
    const run: Around = around ?? ((_verb, _name, work) => work());
    return registryOf(
      simTypes.map((type) =>
        type.composite !== undefined
          ? type
          : watched(type, (verb, call, work) => {
              return run(verb, call.resourceName, () => {
                this.watch.begins(this.cloud, holderId, verb, call);
                return work();
              });
            }),
      ),
    );
  }
}

type Through = <T>(work: () => Promise<T>) => Promise<T>;
/** What a process that has died awaits never comes. */
function throughLife(state: { readonly isDead: boolean }): Through {
  const never = new Promise<never>(() => {});
  return async (work) => {
    if (state.isDead) return never;
    try {
      const result = await work();
      return state.isDead ? never : result;
    } catch (error) {
      if (state.isDead) return never;
      throw error;
    }
  };
}

interface AnyCall {
  readonly physicalName: string;
  readonly stackId: string;
  readonly resourceName: string;
  readonly physicalId?: string;
}
type OnCall = <T>(verb: Verb, call: AnyCall, work: () => Promise<T>) => Promise<T>;
const VERBS: readonly Verb[] = [
  'find',
  'create',
  'checkCreate',
  'update',
  'checkUpdate',
  'delete',
  'checkDelete',
  'observe',
  'beforeReplace',
  'checkBeforeReplace',
  'afterRollback',
  'suspend',
  'checkSuspend',
  'resume',
  'checkResume',
];

function watched(type: ResourceType<SimCloud>, onCall: OnCall): ResourceType<SimCloud> {
  const handlers = VERBS.flatMap((verb) => {
    const handler = type[verb] as ((call: AnyCall, ...rest: readonly unknown[]) => Promise<unknown>) | undefined;
    if (handler === undefined) return [];
    return [[verb, (call: AnyCall, ...rest: readonly unknown[]) => onCall(verb, call, () => handler.call(type, call, ...rest))]];
  });
  return { ...type, ...Object.fromEntries(handlers) } as ResourceType<SimCloud>;
}
