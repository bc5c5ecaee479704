/** Seeded randomness: repeatable, different per seed, and spread evenly enough. */
import { isUuidLike } from '@hearth/kernel';
import { expect, test } from 'vitest';
import { seededRandom } from './seeded-random.ts';

const draw = (seed: string | number, count = 50) => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random.next());
};

test('the same seed repeats, near seeds differ from the start', () => {
  expect(draw(7)).toEqual(draw(7));
  const starts = Array.from({ length: 200 }, (_, seed) => draw(seed, 1)[0]);
  expect(new Set(starts).size).toBe(200);
});

test('even over [0, 1), byte by byte too', () => {
  const values = draw('even', 20_000);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThan(1);
  const tenths = new Array<number>(10).fill(0);
  for (const value of values) tenths[Math.floor(value * 10)]! += 1;
  for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(200);
  expect(new Set(seededRandom('bytes').bytes(5000)).size).toBe(256);
});

test('uuids are of version 4 and all different', () => {
  const random = seededRandom(1);
  const ids = Array.from({ length: 1000 }, () => random.uuid());
  expect(new Set(ids).size).toBe(1000);
  for (const id of ids) {
    expect(isUuidLike(id)).toBe(true);
    expect(id).toMatch(/^.{14}4.{4}[89ab]/);
  }
});
