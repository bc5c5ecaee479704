/** The virtual clock: moves only when told, and rings in order. */
import { expect, test } from 'vitest';
import { virtualTimers } from './virtual-timers.ts';

test('rings in order of time, then of asking, each at its own time', async () => {
  const timers = virtualTimers(1000);
  const rung: [string, number][] = [];
  const ring = (name: string) => () => rung.push([name, timers.now()]);
  timers.at(1300, ring('late'));
  timers.at(1100, ring('early'));
  timers.at(1100, ring('early too'));
  timers.at(900, ring('past'));
  timers.at(1200, ring('cancelled'))();
  timers.at(1501, ring('beyond'));
  await timers.advance(500);
  expect(rung).toEqual([
    ['past', 1000],
    ['early', 1100],
    ['early too', 1100],
    ['late', 1300],
  ]);
  expect([timers.now(), timers.pending]).toEqual([1500, 1]);
});

test('chains of sleeps run within one advance', async () => {
  const timers = virtualTimers();
  const seen: number[] = [];
  const walk = async () => {
    for (let i = 0; i < 5; i++) {
      await timers.sleep(10);
      await Promise.resolve();
      seen.push(timers.now());
    }
  };
  const walking = walk();
  await timers.advance(35);
  expect(seen).toEqual([10, 20, 30]);
  await timers.runUntilIdle();
  await walking;
  expect(seen).toEqual([10, 20, 30, 40, 50]);
  expect(await timers.ringNext()).toBe(false);
});

test('what renews itself for ever is found out', async () => {
  const timers = virtualTimers();
  const renew = () => timers.at(timers.now() + 1, renew);
  renew();
  await expect(timers.runUntilIdle(50)).rejects.toThrowError(/renews itself/);
});

test('a jump back rings nothing and makes waiting longer', async () => {
  const timers = virtualTimers(1000);
  let rung = false;
  timers.at(1100, () => {
    rung = true;
  });
  timers.jumpTo(500);
  await timers.advance(599);
  expect(rung).toBe(false);
  await timers.advance(1);
  expect(rung).toBe(true);
});
