/** A cloud for the simulator: things with a mark, made and deleted over virtual time, by calls that may fail, lose their reply or land late. */
import { Failure, type Json, type JsonObject, type Random, type Timers } from '@hearth/kernel';
import {
  type Live,
  NeedsReplacement,
  type Progress,
  type Registry,
  registryOf,
  ResourceFailed,
  type ResourceType,
} from '@hearth/resource-kit';
import { coreTypes } from '@hearth/resources-core';

export interface Thing {
  readonly id: string;
  /** Physical name of the resource that made it. */
  readonly mark: string;
  props: JsonObject;
  readyAt: number;
  isBroken: boolean;
  isResting: boolean;
}

export interface Trouble {
  /** Chances, 0 to 1. */
  readonly refused: number;
  readonly lostReply: number;
  readonly broken: number;
  readonly unreachable: number;
  /** Longest a call takes. */
  readonly slowestMs: number;
}

export class SimCloud {
  readonly things = new Map<string, Thing>();
  calls = 0;
  readonly #timers: Timers;
  readonly #random: Random;
  readonly #trouble: Trouble;
  isCalm = false;

  constructor(timers: Timers, random: Random, trouble: Trouble) {
    this.#timers = timers;
    this.#random = random;
    this.#trouble = trouble;
  }

  /** One HTTP call: takes time, acts, answers; or does not. Acts even if the caller has died meanwhile. */
  async call<T>(act: () => T): Promise<T> {
    this.calls++;
    const { unreachable, lostReply, slowestMs } = this.#trouble;
    await this.#timers.sleep(this.#random.next() * slowestMs);
    if (!this.isCalm && this.#random.next() < unreachable) throw new Failure('unavailable', 'connection refused');
    const result = act();
    await this.#timers.sleep((this.#random.next() * slowestMs) / 4);
    if (!this.isCalm && this.#random.next() < lostReply) throw new Failure('unavailable', 'connection reset');
    return result;
  }

  chance(what: 'refused' | 'broken'): boolean {
    return !this.isCalm && this.#random.next() < this.#trouble[what];
  }

  buildMs(): number {
    return this.#random.next() < 0.3 ? 0 : this.#random.next() * 8_000;
  }

  uuid(): string {
    return this.#random.uuid();
  }
}

const property = (updatable: boolean) => ({ kind: 'any', doc: 'A value.', required: false, updatable }) as const;

/** `Sim::Thing`: `u` changes in place, `r` replaces, `refs` points at others; `picky` needs replacement for some values of `u`. */
const thing: ResourceType<SimCloud> = {
  name: 'Sim::Thing',
  doc: 'A thing of the simulated cloud.',
  support: { status: 'SUPPORTED', since: null },
  service: null,
  properties: { u: property(true), r: property(false), refs: property(true) },
  attributes: { echo: { doc: 'What it was made with.', cache: 'stored' }, state: { doc: 'How it is.', cache: 'live' } },
  examples: [],
  find: ({ cloud, physicalName }) =>
    cloud.call(() => [...cloud.things.values()].filter((one) => one.mark === physicalName).map((one) => one.id)),
  async create({ cloud, physicalName, props, now }) {
    const made = await cloud.call(() => {
      if (cloud.chance('refused')) throw new Failure('invalid', 'the cloud does not like it');
      const one: Thing = {
        id: cloud.uuid(),
        mark: physicalName,
        props,
        readyAt: now + cloud.buildMs(),
        isBroken: cloud.chance('broken'),
        isResting: false,
      };
      cloud.things.set(one.id, one);
      return one;
    });
    return { kind: 'wait', physicalId: made.id, token: null, afterMs: 1_000, saw: 'BUILD' };
  },
  async checkCreate({ cloud, physicalId, now }) {
    const one = await cloud.call(() => cloud.things.get(physicalId));
    if (one === undefined) throw new ResourceFailed('gone', 'NotFound');
    if (now < one.readyAt) return { kind: 'wait', token: null, afterMs: 1_000, saw: 'BUILD' };
    if (one.isBroken) throw new ResourceFailed('went to status ERROR');
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
  async delete({ cloud, physicalId }) {
    await cloud.call(() => {
      if (!cloud.things.has(physicalId)) throw new Failure('not-found', 'no such thing');
      if (cloud.chance('refused') && cloud.chance('refused')) throw new Failure('forbidden', 'not now');
      for (const other of cloud.things.values()) {
        if (JSON.stringify(other.props.refs ?? null).includes(physicalId)) throw new Failure('conflict', `in use by ${other.id}`);
      }
      cloud.things.delete(physicalId);
    });
    return { kind: 'done' };
  },
  observe: async ({ cloud, physicalId }) => {
    const one = await cloud.call(() => cloud.things.get(physicalId));
    return one === undefined ? null : { echo: one.props.u ?? null, state: one.isBroken ? 'ERROR' : 'ACTIVE' };
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

/** Its things, and the resources that are stacks of their own. */
export const simRegistry: Registry<SimCloud> = registryOf<SimCloud>([thing, ...coreTypes.filter((type) => type.composite !== undefined)]);
