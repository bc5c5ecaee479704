/** One stream of events on a virtual clock: signs of life, looks, a database that is away, and ends. */
import { Failure, silentLog } from '@hearth/kernel';
import type { EventCursor } from '@hearth/store';
import { virtualTimers } from '@hearth/testkit';
import { expect, it } from 'vitest';
import { LiveEvents } from './live-events.ts';
import type { ToldEvent, ToldPage } from './told-events.ts';

const event = (cursor: string, more: Partial<ToldEvent> = {}): ToldEvent =>
  ({ cursor, kind: 'resource', stackId: 's', action: 'CREATE', status: 'COMPLETE', ...more }) as ToldEvent;
const page = (events: readonly ToldEvent[], xid: string, more: Partial<ToldPage> = {}): ToldPage => ({
  events,
  after: { xid, sequence: 0 },
  isFull: false,
  isHeld: false,
  ...more,
});

function world(
  pages: (ToldPage | Failure)[],
  subject: { id: string; deletedAt: number | null } | null = null,
  untilMs = Number.MAX_SAFE_INTEGER,
) {
  const timers = virtualTimers(0);
  const looks: { at: number; after: string; closer: boolean }[] = [];
  let closed = 0;
  const stream = new LiveEvents({
    read: async (after: EventCursor, _limit, closer) => {
      looks.push({ at: timers.now(), after: after.xid, closer });
      const next = pages.shift() ?? page([], after.xid);
      if (next instanceof Failure) throw next;
      return next;
    },
    after: { xid: '0', sequence: 0 },
    subject: subject as never,
    timers,
    log: silentLog,
    untilMs,
    onClose: () => void closed++,
  });
  return { timers, stream, looks, closed: () => closed };
}
const told = async (stream: LiveEvents): Promise<string> => {
  const { value } = await stream.next();
  return value === undefined ? 'done' : value.kind === 'event' ? value.event.cursor : `${value.kind} ${value.cursor}`;
};

it('says at once where it is, then what there is, and every 15 s that it is alive', async () => {
  const { timers, stream } = world([page([event('1-1'), event('1-2')], '5')]);
  expect([await told(stream), await told(stream), await told(stream)]).toEqual(['alive 0-0', '1-1', '1-2']);
  const alive = told(stream);
  await timers.advance(14_999);
  expect(await Promise.race([alive, Promise.resolve('nothing')])).toBe('nothing');
  await timers.advance(1);
  expect(await alive).toBe('alive 5-0');
});

it('looks when it is woken, not more often than every 50 ms, and every 2 s by itself', async () => {
  const { timers, stream, looks } = world([]);
  await told(stream);
  const waiting = told(stream);
  await timers.advance(0);
  for (let i = 0; i < 100; i++) {
    stream.wake();
    await timers.advance(1);
  }
  await timers.advance(4_100);
  expect(looks.map(({ at }) => at)).toEqual([0, 50, 100, 2_100, 4_100]);
  await stream.return();
  expect(await waiting).toBe('done');
});

it('does not read on before what it has is taken', async () => {
  const { timers, stream, looks } = world([page([event('1-1'), event('1-2')], '1', { isFull: true }), page([event('2-1')], '2')]);
  await told(stream);
  expect(await told(stream)).toBe('1-1');
  for (let i = 0; i < 10; i++) stream.wake();
  await timers.advance(60_000);
  expect(looks).toHaveLength(1);
  expect([await told(stream), await told(stream)]).toEqual(['1-2', '2-1']);
});

it('looks closer when others hold events back for long', async () => {
  const { timers, stream, looks } = world([0, 1, 2, 3].map(() => page([], '0', { isHeld: true })));
  await told(stream);
  const waiting = told(stream);
  await timers.advance(300);
  expect(looks.map(({ closer }) => closer)).toEqual([false, false, false, false, true]);
  await stream.return();
  await waiting;
});

it('outlives a database that is away for a while', async () => {
  const { timers, stream, looks } = world([new Failure('unavailable', 'gone'), page([event('1-1')], '1')]);
  await told(stream);
  const next = told(stream);
  await timers.advance(1_000);
  expect(await next).toBe('1-1');
  expect(looks.map(({ after }) => after)).toEqual(['0', '0']);
});

it('ends when its stack is gone and all is told, and gives its place free once', async () => {
  const gone = event('2-1', { kind: 'stack', action: 'DELETE' });
  const { timers, stream, closed } = world([page([gone], '3'), page([], '3', { isHeld: true }), page([event('3-1')], '4')], {
    id: 's',
    deletedAt: null,
  });
  await told(stream);
  expect(await told(stream)).toBe('2-1');
  const rest = told(stream);
  await timers.advance(200);
  expect(await rest).toBe('3-1');
  const end = told(stream);
  await timers.advance(200);
  expect(await end).toBe('end 4-0');
  expect(closed()).toBe(0);
  expect([await told(stream), await told(stream)]).toEqual(['done', 'done']);
  await stream.return();
  expect(closed()).toBe(1);
});

it('ends with its reader’s token', async () => {
  const { timers, stream } = world([], null, 20_000);
  await told(stream);
  const alive = told(stream);
  await timers.advance(15_000);
  expect(await alive).toBe('alive 0-0');
  const expired = told(stream);
  await timers.advance(5_000);
  expect([await expired, await told(stream)]).toEqual(['expired 0-0', 'done']);
});
