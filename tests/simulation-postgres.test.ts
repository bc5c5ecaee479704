/** Seeded lives through the production port on a real PostgreSQL: it must answer as the memory does, at every step. */
import { randomBytes } from 'node:crypto';
import { createSecretBox } from '@hearth/store';
import { testDatabase } from '@hearth/testkit';
import { afterAll, expect, it } from 'vitest';
import { livesOnPostgres } from '../tools/sim/postgres-lives.ts';

const SEEDS = 250;
const place = await testDatabase({ poolSize: 8 });
afterAll(() => place.drop());

it.each([1, 2, 3, 4])('lives on PostgreSQL keep the rules and end as they were asked to, %i of 4', { timeout: 900_000 }, async (part) => {
  let lives = 0;
  let commits = 0;
  const seeds = Array.from({ length: SEEDS }, (_, i) => (part - 1) * SEEDS + i + 1);
  await livesOnPostgres(place.database, createSecretBox(randomBytes(32)), seeds, ({ seed, problems, watched }) => {
    lives++;
    commits += watched;
    expect({ seed, problems }).toEqual({ seed, problems: [] });
  });
  expect([lives, commits > 10 * SEEDS]).toEqual([SEEDS, true]);
});
