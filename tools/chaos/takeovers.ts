/** How long the stacks of a process that died, or was cut off, wait for their next owner: from the blow to the claim, which is its first write. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@hearth/store';

export interface TakeOvers {
  /** Watches until nothing is held by the process any more; nothing when it held nothing. */
  after(blowAt: number, pid: number): Promise<void>;
  /** The database is away for a while: what is being watched says nothing about take-overs. */
  interrupt(): void;
  /** Until it was seen to be over. */
  readonly slowestMs: number;
  /** The longest after which one was seen not to be over: between two looks a busy machine may take its time. */
  readonly slowestForSureMs: number;
  readonly count: number;
}

const LIMIT_MS = 60_000;
const LOOK_EVERY_MS = 25;

export function takeOvers(database: Database): TakeOvers {
  let slowestMs = 0;
  let slowestForSureMs = 0;
  let count = 0;
  let interruptions = 0;
  return {
    interrupt() {
      interruptions++;
    },
    get slowestMs() {
      return slowestMs;
    },
    get slowestForSureMs() {
      return slowestForSureMs;
    },
    get count() {
      return count;
    },
    async after(blowAt, pid) {
      const before = interruptions;
      const isCut = (): boolean => interruptions > before;
      const held = await heldBy(database, pid).catch(() => []);
      if (held.length === 0) return;
      let notYetMs = 0;
      while (!isCut()) {
        const asked = database.query({
          text: 'select 1 from stack s join unnest($1::uuid[], $2::bigint[]) as was (id, epoch) on was.id = s.id where s.epoch = was.epoch and s.holder_id is not null limit 1',
          values: [held.map(({ id }) => id), held.map(({ epoch }) => epoch)],
        });
        const askedMs = Date.now() - blowAt;
        const left = await asked.catch(() => held);
        if (left.length > 0) notYetMs = askedMs;
        if (left.length === 0 || Date.now() - blowAt > LIMIT_MS) break;
        await sleep(LOOK_EVERY_MS);
      }
      if (isCut()) return;
      count += held.length;
      slowestMs = Math.max(slowestMs, Date.now() - blowAt);
      slowestForSureMs = Math.max(slowestForSureMs, notYetMs);
    },
  };
}

function heldBy(database: Database, pid: number): Promise<readonly { readonly id: string; readonly epoch: number }[]> {
  return database.query({
    text: 'select s.id, s.epoch from stack s join lease_holder l on l.id = s.holder_id where l.name like $1',
    values: [`%:${pid}`],
  });
}
