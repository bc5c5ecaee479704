/** Turns at an endpoint: bounded, even between projects, held back when asked to, given up in time. */
import { virtualTimers } from '@hearth/testkit';
import { expect, it } from 'vitest';
import { endpointLimits, NoTurn, type Turn } from './endpoint-limits.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function scene(first = 2) {
  const timers = virtualTimers();
  const limits = endpointLimits(timers, () => 0, { first, most: 8 });
  const turns: [string, Turn][] = [];
  const failures: unknown[] = [];
  const ask = (share: string, deadlineMs = 30_000, signal?: AbortSignal): void => {
    limits.turn('compute', share, timers.now() + deadlineMs, signal).then(
      (turn) => turns.push([share, turn]),
      (error: unknown) => failures.push(error),
    );
  };
  const end = (index: number, reply: Parameters<Turn['end']>[0]): void => turns[index]?.[1].end(reply);
  return { timers, limits, turns, failures, ask, end, got: () => turns.map(([share]) => share) };
}

it('no more than the limit at once; who comes late to a long queue of another project is next', async () => {
  const { ask, end, got, limits } = scene();
  for (let i = 0; i < 10; i++) ask('big');
  ask('small');
  await settled();
  expect(got()).toEqual(['big', 'big']);
  end(0, null);
  await settled();
  end(1, null);
  await settled();
  expect(got()).toEqual(['big', 'big', 'big', 'small']);
  expect(limits.figures()).toEqual({ compute: { limit: 2, inFlight: 2, waiting: 7 } });
});

it('nothing is sent while the service asks to be left alone; afterwards fewer', async () => {
  const { timers, ask, end, got } = scene(4);
  for (let i = 0; i < 10; i++) ask('p');
  await settled();
  expect(got()).toHaveLength(4);
  end(0, { kind: 'pushed-back', retryAfterMs: 3_000 });
  for (const i of [1, 2, 3]) end(i, { kind: 'answered' });
  await timers.advance(2_900);
  expect(got()).toHaveLength(4);
  await timers.advance(200);
  expect(got()).toHaveLength(6);
});

it('a turn that does not come in time, or that nobody wants any more, is given up; it takes no place', async () => {
  const { timers, ask, end, got, failures } = scene(1);
  const abort = new AbortController();
  ask('p');
  ask('p', 1_000);
  ask('p', 30_000, abort.signal);
  ask('p', 30_000, AbortSignal.abort());
  ask('q');
  await timers.advance(1_100);
  abort.abort();
  await settled();
  expect(failures).toHaveLength(3);
  for (const failure of failures) expect(failure).toBeInstanceOf(NoTurn);
  end(0, null);
  await settled();
  expect(got()).toEqual(['p', 'q']);
});
