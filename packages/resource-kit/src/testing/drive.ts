/** Takes a resource through its life the way an engine does, without one: calls, waits, and interruptions after any cloud call. */
import { Bug, type Json, type JsonObject, type Random, silentLog, type Timers } from '@hearth/kernel';
import type { ConfigShelf } from '../config-shelf.ts';
import type { Call, Live, Progress, ResourceType } from '../contract.ts';
import { NO_SIGNALS, type SignalShelf } from '../signals.ts';
import { memoryConfigShelf } from './memory-config-shelf.ts';

export interface DriveOptions {
  readonly timers: Timers;
  readonly random: Random;
  /** Longest pause between looks, ms; services in tests are quick. */
  readonly longestPauseMs: number;
  /** A wait must end within this many looks. */
  readonly maxLooks: number;
  /** Default: an empty one in memory. */
  readonly configs?: ConfigShelf;
  /** Default: none. */
  readonly signals?: SignalShelf;
}
/** What an engine would have committed. */
export interface Row {
  readonly physicalName: string;
  readonly startedAt: number;
  physicalId: string | null;
  data: JsonObject;
  props: JsonObject;
}

const NEVER = { aborted: false, addEventListener() {}, removeEventListener() {} };

export class Drive<C> {
  readonly #type: ResourceType<C>;
  readonly #options: DriveOptions;
  readonly configs: ConfigShelf;
  constructor(type: ResourceType<C>, options: DriveOptions) {
    this.#type = type;
    this.#options = options;
    this.configs = options.configs ?? memoryConfigShelf({ clock: options.timers, random: options.random });
  }

  /** The same with other configs. */
  withConfigs(configs: ConfigShelf): Drive<C> {
    return new Drive(this.#type, { ...this.#options, configs });
  }

  newRow(physicalName: string, props: JsonObject): Row {
    return { physicalName, props, physicalId: null, data: {}, startedAt: this.#options.timers.now() };
  }

  call(cloud: C, row: Row): Call<C> {
    const { timers, random } = this.#options;
    const now = timers.now();
    return {
      cloud,
      configs: this.configs,
      metadata: {},
      props: row.props,
      physicalName: row.physicalName,
      signals: this.#options.signals ?? NO_SIGNALS,
      stackId: 'contract',
      stackName: 'contract',
      projectId: 'contract-project',
      rootStackId: 'contract',
      resourceName: 'example',
      startedAt: row.startedAt,
      now,
      random,
      cancel: NEVER,
      log: silentLog,
    };
  }
  live(cloud: C, row: Row): Live<C> {
    if (row.physicalId === null) throw new Bug(`${this.#type.name} has no physical id yet`);
    return { ...this.call(cloud, row), physicalId: row.physicalId, data: row.data };
  }

  async create(cloud: C, row: Row): Promise<void> {
    const progress = await this.#type.create(this.call(cloud, row));
    if (typeof progress.physicalId !== 'string' || progress.physicalId === '') throw new Bug('create names nothing');
    await this.#finish(cloud, row, progress, this.#type.checkCreate);
  }
  /** After an interruption: what is there is adopted, otherwise it is made. */
  async resumeCreate(cloud: C, row: Row): Promise<void> {
    if (row.physicalId === null) {
      const found = (await this.#type.find?.(this.call(cloud, row))) ?? [];
      if (found.length > 1) throw new Bug(`find returns ${found.length} things of one creation: ${found.join(', ')}`);
      const [adopted] = found;
      if (adopted === undefined) return this.create(cloud, row);
      row.physicalId = adopted;
    }
    await this.#finish(cloud, row, { kind: 'wait', token: null, afterMs: 0, saw: 'adopted' }, this.#type.checkCreate);
  }
  async update(cloud: C, row: Row, changed: JsonObject): Promise<void> {
    if (this.#type.update === undefined) throw new Bug('it has updatable properties, but no update');
    const before = row.props;
    row.props = { ...before, ...changed };
    await this.#finish(cloud, row, await this.#type.update({ ...this.live(cloud, row), changed, before }), this.#type.checkUpdate);
  }
  /** Sets again what is known to be otherwise: `actual` is what the cloud has. */
  async bringBack(cloud: C, row: Row, actual: JsonObject): Promise<void> {
    if (this.#type.update === undefined) throw new Bug('it has updatable properties, but no update');
    const changed = Object.fromEntries(Object.keys(actual).map((name) => [name, row.props[name] ?? null]));
    const update = { ...this.live(cloud, row), changed, before: { ...row.props, ...actual } };
    await this.#finish(cloud, row, await this.#type.update(update), this.#type.checkUpdate);
  }
  async delete(cloud: C, row: Row): Promise<void> {
    const isGone = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'not-found';
    try {
      await this.#finish(cloud, row, await this.#type.delete(this.live(cloud, row)), this.#type.checkDelete);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  async #finish(cloud: C, row: Row, first: Progress, look: ((live: Live<C>, token: Json) => Promise<Progress>) | undefined): Promise<void> {
    let progress = first;
    for (let looks = 0; ; looks++) {
      if (progress.physicalId !== undefined) row.physicalId = progress.physicalId;
      if (progress.data !== undefined) row.data = progress.data;
      if (progress.kind === 'done' || look === undefined) return;
      if (looks >= this.#options.maxLooks) throw new Bug(`still waiting after ${looks} looks: ${progress.saw}`);
      const token = JSON.parse(JSON.stringify(progress.token)) as Json;
      await this.#options.timers.sleep(Math.min(progress.afterMs, this.#options.longestPauseMs));
      progress = await look.call(this.#type, this.live(cloud, row), token);
    }
  }
}

/** The process died: thrown after a call has taken effect. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** What handlers reach the outside world through. */
export interface Reach<C> {
  readonly cloud: C;
  readonly configs: ConfigShelf;
}

/** The same reach, whose calls work `calls` times in all; the last of them still takes effect, but its answer is lost. */
export function killedAfter<C>({ cloud, configs }: Reach<C>, calls: number): Reach<C> {
  let left = calls;
  const client = (target: object): object =>
    new Proxy(target, {
      get(owner, key) {
        const member: unknown = Reflect.get(owner, key);
        if (typeof member !== 'function') return member;
        return async (...args: readonly unknown[]): Promise<unknown> => {
          if (left <= 0) throw new Killed('killed');
          const answer: unknown = await Reflect.apply(member, owner, args);
          left--;
          if (left <= 0) throw new Killed('killed');
          return answer;
        };
      },
    });
  const killed = { configs: client(configs) as ConfigShelf };
  if (typeof cloud !== 'object' || cloud === null) return { cloud, ...killed };
  const clients = Object.entries(cloud).map(([name, part]) => [name, typeof part === 'object' && part !== null ? client(part) : part]);
  return { cloud: Object.fromEntries(clients) as C, ...killed };
}
