/** Turns for calls: per service endpoint as many at once as it bears, even between projects, none while it asks to be left alone. */
import { Failure, FairQueue, type Timers } from '@hearth/kernel';
import { afterCall, type Pressure, type PressureRules, type Reply, startPressure } from './pressure.ts';

export interface Turn {
  readonly begunAt: number;
  /** Null: nothing is known of the service by it. */
  end(reply: Reply | null): void;
}

export interface EndpointFigures {
  readonly limit: number;
  readonly inFlight: number;
  readonly waiting: number;
}

export interface EndpointLimits {
  /** Throws `NoTurn` when none has come by then, or when the signal gives up. */
  turn(endpoint: string, share: string, deadlineAt: number, signal: AbortSignal | undefined): Promise<Turn>;
  /** By endpoint. */
  figures(): Readonly<Record<string, EndpointFigures>>;
}

/** The call has not been sent: making it again cannot double anything. */
export class NoTurn extends Failure {
  override readonly name = 'NoTurn';
  constructor(endpoint: string) {
    super('unavailable', `no turn came in time: ${endpoint} has as many calls as it bears`);
  }
}

const RULES: PressureRules = { first: 32, most: 64 };

interface Waiting {
  go(): void;
  isGone: boolean;
}

export function endpointLimits(timers: Timers, jitter: () => number, rules: PressureRules = RULES): EndpointLimits {
  const known = new Map<string, Endpoint>();
  return {
    turn(name, share, deadlineAt, signal) {
      const endpoint = known.get(name) ?? new Endpoint(name, timers, jitter, rules);
      known.set(name, endpoint);
      return endpoint.turn(share, deadlineAt, signal);
    },
    figures: () => Object.fromEntries([...known].map(([name, endpoint]) => [name, endpoint.figures()])),
  };
}

class Endpoint {
  readonly #name: string;
  readonly #timers: Timers;
  readonly #jitter: () => number;
  readonly #rules: PressureRules;
  readonly #queue = new FairQueue<Waiting>();
  #pressure: Pressure;
  #inFlight = 0;
  #gone = 0;
  #isArmed = false;

  constructor(name: string, timers: Timers, jitter: () => number, rules: PressureRules) {
    this.#name = name;
    this.#timers = timers;
    this.#jitter = jitter;
    this.#rules = rules;
    this.#pressure = startPressure(rules);
  }

  figures(): EndpointFigures {
    return { limit: Math.floor(this.#pressure.limit), inFlight: this.#inFlight, waiting: this.#queue.size - this.#gone };
  }

  async turn(share: string, deadlineAt: number, signal: AbortSignal | undefined): Promise<Turn> {
    if (this.#queue.size > 0 || !this.#hasRoom()) await this.#wait(share, deadlineAt, signal);
    else this.#inFlight++;
    const begunAt = this.#timers.now();
    return { begunAt, end: (reply) => this.#end(begunAt, reply) };
  }

  #hasRoom(): boolean {
    return this.#inFlight < Math.floor(this.#pressure.limit) && this.#timers.now() >= this.#pressure.heldUntil;
  }

  /** Its place is taken for it when it may go. */
  #wait(share: string, deadlineAt: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        if (waiting.isGone) return;
        waiting.isGone = true;
        this.#gone++;
        done();
        reject(new NoTurn(this.#name));
      };
      const cancelTimer = this.#timers.at(deadlineAt, giveUp);
      const done = (): void => {
        cancelTimer();
        signal?.removeEventListener('abort', giveUp);
      };
      const waiting: Waiting = {
        isGone: false,
        go: () => {
          done();
          resolve();
        },
      };
      signal?.addEventListener('abort', giveUp);
      this.#queue.push([share], waiting);
      if (signal?.aborted === true) giveUp();
      this.#pump();
    });
  }

  #end(begunAt: number, reply: Reply | null): void {
    const seen = { begunAt, now: this.#timers.now(), inFlight: this.#inFlight, jitter: this.#jitter() };
    if (reply !== null) this.#pressure = afterCall(this.#pressure, { ...seen, reply }, this.#rules);
    this.#inFlight--;
    this.#pump();
  }

  #pump(): void {
    while (this.#queue.size > 0 && this.#hasRoom()) {
      const next = this.#queue.take();
      if (next?.isGone === true) {
        this.#gone--;
        continue;
      }
      this.#inFlight++;
      next?.go();
    }
    const { heldUntil } = this.#pressure;
    if (this.#queue.size === 0 || this.#isArmed || this.#timers.now() >= heldUntil) return;
    this.#isArmed = true;
    this.#timers.at(heldUntil, () => {
      this.#isArmed = false;
      this.#pump();
    });
  }
}
