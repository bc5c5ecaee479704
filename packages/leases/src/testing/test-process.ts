/** A process as others see it: it may be stopped and continued, be cut off, have a clock of its own and hear nothing. For tests of several at once. */
import type { Timers } from '@hearth/kernel';
import type { Database, Queryable } from '@hearth/store';
import { bound, link, type Link, realTimers } from './world.ts';

export interface ProcessClock {
  readonly offsetMs: number;
  /** How fast it runs: 1 is as the database's. */
  readonly rate: number;
}

export interface TestProcess extends Link {
  readonly timers: Timers;
  /** As SIGSTOP: nothing of it runs; what it has sent to the database is done there all the same. */
  freeze(): void;
  /** As SIGCONT: it goes on in the middle, and every time has passed that it waited for. */
  thaw(): void;
  /** As SIGKILL: nothing of it ever runs again. */
  kill(): void;
}

/** `hears`: asked for each notification whether it arrives. */
export function testProcess(over: Database, clock: ProcessClock, hears: () => boolean): TestProcess {
  const wire = link(over);
  const gate = frozenGate();
  const query: Queryable['query'] = async <Row>(statement: Parameters<Queryable['query']>[0]) => {
    await gate.passed();
    const [answer] = await Promise.allSettled([wire.database.query<Row>(statement)]);
    await gate.passed();
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  };
  const listen: Database['listen'] = (channel, onPayload) =>
    over.listen(channel, (payload) => {
      if (hears()) void gate.passed().then(() => onPayload(payload));
    });
  const own: Readonly<Record<string | symbol, unknown>> = { query, listen };
  return {
    ...wire,
    database: new Proxy(wire.database, { get: (target, key) => own[key] ?? bound(target, key) }),
    timers: clockedTimers(clock, gate.passed),
    freeze: gate.shut,
    thaw: gate.open,
    kill: gate.wall,
  };
}

function frozenGate() {
  let open = (): void => {};
  let shut: Promise<void> | null = null;
  return {
    wall: (): void => {
      shut = new Promise(() => {});
      open = () => {};
    },
    passed: async (): Promise<void> => {
      while (shut !== null) await shut;
    },
    shut: (): void => {
      shut ??= new Promise((resolve) => {
        open = () => {
          shut = null;
          resolve();
        };
      });
    },
    open: (): void => open(),
  };
}

function clockedTimers({ offsetMs, rate }: ProcessClock, passed: () => Promise<void>): Timers {
  const began = realTimers.now();
  const now = (): number => began + offsetMs + (realTimers.now() - began) * rate;
  return {
    now,
    at(atMs, callback) {
      let isCancelled = false;
      const timer = setTimeout(() => passed().then(() => (isCancelled ? undefined : callback())), Math.max(0, (atMs - now()) / rate));
      return () => {
        isCancelled = true;
        clearTimeout(timer);
      };
    },
    sleep: (ms) => new Promise((resolve) => setTimeout(() => passed().then(resolve), ms / rate)),
  };
}
