/** A cloud for the simulator: things with a mark, made and deleted over virtual time, by calls that may fail, lose their reply or land late. */
import { Failure, jsonEqual, type Json, type JsonObject, type Random, type Timers } from '@hearth/kernel';
import {
  type Call,
  type Copying,
  type Live,
  NeedsReplacement,
  type Progress,
  ResourceFailed,
  type ResourceType,
} from '@hearth/resource-kit';
import { coreTypes } from '@hearth/resources-core';

export interface Thing {
  readonly id: string;
  /** Physical name of the resource that made it. */
  readonly mark: string;
  /** The owner whose call made it. */
  readonly maker: string;
  props: JsonObject;
  /** What only one thing can have at a time, as it is to have it; null: nothing of the kind, or another has it. */
  only: Json;
  readyAt: number;
  isBroken: boolean;
  isResting: boolean;
  /** What it is a copy of; null for all else. */
  readonly copyOf: string | null;
}

export interface Trouble {
  /** Chances, 0 to 1. */
  readonly refused: number;
  readonly lostReply: number;
  readonly broken: number;
  readonly unreachable: number;
  /** The caller gives up, and the call lands later. */
  readonly late: number;
  /** A commit is refused, or its answer lost. */
  readonly database: number;
  /** Longest a call takes. */
  readonly slowestMs: number;
}
export const NO_TROUBLE: Trouble = { refused: 0, lostReply: 0, broken: 0, unreachable: 0, late: 0, database: 0, slowestMs: 200 };

/** How much later than its caller gave up a call may land. */
const LATEST_MS = 15_000;

export class SimCloud {
  readonly things = new Map<string, Thing>();
  calls = 0;
  readonly #timers: Timers;
  readonly #random: Random;
  readonly #trouble: Trouble;
  readonly maker: string = '';
  isCalm = false;
  /** For handles: the address of a signal. */
  readonly entrances = { signed: async (): Promise<string> => 'http://here/cfn/v1' };
  /** Told of what a call has just made. */
  onMade: (one: Thing) => void = () => {};

  constructor(timers: Timers, random: Random, trouble: Trouble) {
    this.#timers = timers;
    this.#random = random;
    this.#trouble = trouble;
  }

  /** One HTTP call: takes time, acts, answers; or does not. Acts even if the caller has died meanwhile. */
  async call<T>(act: () => T, { mayBeLate = false } = {}): Promise<T> {
    this.calls++;
    const { unreachable, lostReply, slowestMs, late } = this.#trouble;
    await this.#timers.sleep(this.#random.next() * slowestMs);
    if (mayBeLate && !this.isCalm && late > 0 && this.#random.next() < late) return this.#landLater(act);
    if (!this.isCalm && this.#random.next() < unreachable) throw new Failure('unavailable', 'connection refused');
    const result = act();
    await this.#timers.sleep((this.#random.next() * slowestMs) / 4);
    if (!this.isCalm && this.#random.next() < lostReply) throw new Failure('unavailable', 'connection reset');
    return result;
  }

  #landLater(act: () => unknown): never {
    this.#timers.at(this.#timers.now() + this.#random.next() * LATEST_MS, () => {
      try {
        act();
      } catch (error) {
        // Nobody hears of it.
        if (!(error instanceof Failure)) throw error;
      }
    });
    throw new Failure('unknown', 'no answer in time');
  }

  /** The same, as one owner's clients see it. */
  asOwner(maker: string, through: <T>(work: () => Promise<T>) => Promise<T>): SimCloud {
    return new Proxy(this, {
      get: (target, name) => {
        if (name === 'maker') return maker;
        if (name === 'call') return (act: () => unknown, how: { mayBeLate?: boolean }) => through(() => target.call(act, how));
        const value = Reflect.get(target, name, target) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  /** Of some things only a stand-in is on record at first, and a look makes them. */
  isPrepared(physicalName: string): boolean {
    return this.#trouble.late > 0 && physicalName.charCodeAt(physicalName.length - 1) % 4 === 0;
  }

  chance(what: 'refused' | 'broken'): boolean {
    return !this.isCalm && this.#random.next() < this.#trouble[what];
  }

  refuseHeld(only: Json): void {
    if (only === null) return;
    for (const other of this.things.values()) if (other.only === only) throw new Failure('conflict', `${other.mark} has it`);
  }

  /** The cloud's own clock, which nobody sets. */
  now(): number {
    return this.#timers.now();
  }
  readyAt(): number {
    return this.now() + (this.#random.next() < 0.3 ? 0 : this.#random.next() * 8_000);
  }

  uuid(): string {
    return this.#random.uuid();
  }
}

const LATE = { mayBeLate: true };
const property = (updatable: boolean) => ({ kind: 'any', doc: 'A value.', required: false, updatable }) as const;

/** Copies are things of their own, that take a while too and may turn out to be no good. */
const copies: Copying<SimCloud> = {
  key: 'copy_id',
  find: ({ cloud, physicalName }) => cloud.call(() => markedWith(cloud, physicalName)),
  async make({ cloud, physicalName, physicalId }) {
    const made = await cloud.call(() => {
      const source = cloud.things.get(physicalId);
      if (source === undefined) throw new Failure('not-found', 'no such thing');
      if (cloud.chance('refused')) throw new Failure('invalid', 'the cloud does not like it');
      const { uuid: id, maker } = { uuid: cloud.uuid(), maker: cloud.maker };
      const state = { readyAt: cloud.readyAt(), isBroken: cloud.chance('broken'), isResting: false };
      const one: Thing = { id, mark: physicalName, maker, props: {}, only: null, copyOf: physicalId, ...state };
      cloud.things.set(id, one);
      return one;
    }, LATE);
    return { kind: 'wait', physicalId: made.id, token: null, afterMs: 1_000, saw: 'copying' };
  },
  check: async (copy) => (thing.checkCreate as NonNullable<typeof thing.checkCreate>)(copy, null),
  async delete({ cloud, physicalId }) {
    await cloud.call(() => {
      if (!cloud.things.delete(physicalId)) throw new Failure('not-found', 'no such copy');
    }, LATE);
    return { kind: 'done' };
  },
  restored: (props, copyId) => ({ ...props, from: copyId }),
};

const markedWith = (cloud: SimCloud, mark: string): readonly string[] =>
  [...cloud.things.values()].filter((one) => one.mark === mark).map((one) => one.id);

const STAND_IN = 'prepared:';
const isStandIn = (physicalId: string): boolean => physicalId.startsWith(STAND_IN);

/** By what an update changes, too, as a name is. */
const findThings = ({ cloud, physicalName, props }: Call<SimCloud>): Promise<readonly string[]> =>
  cloud.call(() => markedWith(cloud, physicalName).filter((id) => jsonEqual(cloud.things.get(id)?.props.u ?? null, props.u ?? null)));

async function makeThing({ cloud, physicalName, props }: Call<SimCloud>): Promise<string> {
  const made = await cloud.call(() => {
    if (cloud.chance('refused')) throw new Failure('invalid', 'the cloud does not like it');
    const only = props.only ?? null;
    cloud.refuseHeld(only);
    const state = { readyAt: cloud.readyAt(), isBroken: cloud.chance('broken'), isResting: false };
    const one: Thing = { id: cloud.uuid(), only, mark: physicalName, maker: cloud.maker, props, copyOf: null, ...state };
    cloud.things.set(one.id, one);
    cloud.onMade(one);
    return one;
  }, LATE);
  return made.id;
}

/** `Sim::Thing`: `u` changes in place, `r` replaces, `refs` points at others, `only` is had by one thing at a time; a `picky` `u` needs replacement. */
const thing: ResourceType<SimCloud> = {
  name: 'Sim::Thing',
  doc: 'A thing of the simulated cloud.',
  support: { status: 'SUPPORTED', since: null },
  service: null,
  properties: { u: property(true), r: property(false), refs: property(true), only: property(false), from: property(false) },
  attributes: {
    echo: { doc: 'Its u.', cache: 'stored' },
    mould: { doc: 'Its r.', cache: 'stored' },
    state: { doc: 'How it is.', cache: 'live' },
  },
  examples: [],
  find: findThings,
  isStandIn,
  async create(call) {
    const { cloud, physicalName } = call;
    if (cloud.isPrepared(physicalName))
      return { kind: 'wait', physicalId: `${STAND_IN}${physicalName}`, token: null, afterMs: 0, saw: 'prepared' };
    return { kind: 'wait', physicalId: await makeThing(call), token: null, afterMs: 1_000, saw: 'BUILD' };
  },
  async checkCreate(live) {
    const { cloud, physicalId } = live;
    if (isStandIn(physicalId)) {
      const [present] = await findThings(live);
      return { kind: 'wait', physicalId: present ?? (await makeThing(live)), token: null, afterMs: 1_000, saw: 'BUILD' };
    }
    const one = await cloud.call(() => cloud.things.get(physicalId));
    if (one === undefined) throw new ResourceFailed('gone', 'NotFound');
    if (cloud.now() < one.readyAt) return { kind: 'wait', token: null, afterMs: 1_000, saw: 'BUILD' };
    if (one.isBroken) throw new ResourceFailed('went to status ERROR', one.props['r'] === 'y' ? 'ResourceInError' : '');
    return { kind: 'done' };
  },
  async update({ cloud, physicalId, changed, props }) {
    if (changed.u === 'picky') throw new NeedsReplacement('not in place');
    await cloud.call(() => {
      const one = cloud.things.get(physicalId);
      if (one === undefined) throw new Failure('not-found', 'no such thing');
      if (cloud.chance('refused')) throw new Failure('invalid', 'the cloud does not like it');
      one.props = { ...one.props, ...changed };
    });
    return { kind: 'wait', token: { seen: props.u as Json }, afterMs: 500, saw: 'updating' };
  },
  checkUpdate: async ({ cloud, physicalId }) => {
    await cloud.call(() => cloud.things.get(physicalId));
    return { kind: 'done' };
  },
  async delete(live) {
    const { cloud } = live;
    const physicalId = isStandIn(live.physicalId) ? (await findThings(live))[0] : live.physicalId;
    await cloud.call(() => {
      if (physicalId === undefined || !cloud.things.has(physicalId)) throw new Failure('not-found', 'no such thing');
      if (cloud.chance('refused') && cloud.chance('refused')) throw new Failure('forbidden', 'not now');
      for (const other of cloud.things.values()) {
        if (JSON.stringify(other.props.refs ?? null).includes(physicalId)) throw new Failure('conflict', `in use by ${other.id}`);
      }
      cloud.things.delete(physicalId);
    }, LATE);
    return { kind: 'done' };
  },
  observe: async ({ cloud, physicalId }) => {
    const one = await cloud.call(() => cloud.things.get(physicalId));
    return one === undefined ? null : { echo: one.props.u ?? null, mould: one.props.r ?? null, state: one.isBroken ? 'ERROR' : 'ACTIVE' };
  },
  liveProperties: ({ observed }) => ({ u: observed['echo'] ?? null, r: observed['mould'] ?? null }),
  copies,
  async beforeReplace({ cloud, physicalId, next }) {
    if (next === null) return { kind: 'done' };
    const kept = await cloud.call(() => cloud.things.get(physicalId)?.only ?? null);
    return { kind: 'wait', token: null, afterMs: 0, saw: 'known', ...(kept === null ? {} : { data: { kept } }) };
  },
  async checkBeforeReplace({ cloud, physicalId }) {
    await cloud.call(() => {
      const one = cloud.things.get(physicalId);
      if (cloud.chance('refused')) throw new Failure('invalid', 'the cloud does not like it');
      if (one !== undefined) one.only = null;
    });
    return { kind: 'done' };
  },
  async afterRollback({ cloud, physicalId, data, successors }) {
    await cloud.call(() => {
      const one = cloud.things.get(physicalId);
      if (one === undefined) throw new NeedsReplacement('it is gone');
      if (cloud.chance('refused')) throw new Failure('invalid', 'the cloud does not like it');
      for (const id of successors) {
        const other = cloud.things.get(id);
        if (other !== undefined) other.only = null;
      }
      if (one.only === null) cloud.refuseHeld(data.kept ?? null);
      one.only ??= data.kept ?? null;
    });
    return { kind: 'done' };
  },
  unhealthy: ({ state }) => (state === 'ERROR' ? 'it is in state ERROR' : null),
  suspend: (live) => putTo(live, true),
  checkSuspend: (live) => untilItIs(live, true),
  resume: (live) => putTo(live, false),
  checkResume: (live) => untilItIs(live, false),
};

/** Takes a while; nobody may rest before those that use it. */
async function putTo({ cloud, physicalId }: Live<SimCloud>, isResting: boolean): Promise<Progress> {
  await cloud.call(() => {
    const one = cloud.things.get(physicalId);
    if (one === undefined) throw new Failure('not-found', 'no such thing');
    if (cloud.chance('refused')) throw new Failure('invalid', 'the cloud does not like it');
    one.isResting = isResting;
  });
  return { kind: 'wait', token: null, afterMs: 500, saw: 'on the way' };
}
async function untilItIs({ cloud, physicalId }: Live<SimCloud>, isResting: boolean): Promise<Progress> {
  const one = await cloud.call(() => cloud.things.get(physicalId));
  if (one?.isResting !== isResting) throw new ResourceFailed('it is not as it was told');
  return { kind: 'done' };
}

const WAITS: ReadonlySet<string> = new Set(['OS::Heat::WaitCondition', 'OS::Heat::WaitConditionHandle']);
/** Its things, the resources that are stacks of their own, and those that wait for signals. */
export const simTypes: readonly ResourceType<SimCloud>[] = [
  thing,
  ...coreTypes.filter((type) => type.composite !== undefined || WAITS.has(type.name)),
];
