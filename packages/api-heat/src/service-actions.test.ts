/** The list of engine processes: what administrators see of living and dead ones, and that nobody else sees any. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testStacks } from '@hearth/stacks/testing';
import { testDatabase, type TestDatabase } from '@hearth/testkit';
import { testApi, type TestApi } from './testing/test-api.ts';

let db: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  db = await testDatabase();
  api = await testApi(testStacks({ database: db.database }));
});
afterAll(async () => {
  await api.close();
  await db.drop();
});

const holder = async (name: string, started: string, renewed: string, livesMs: number): Promise<string> => {
  const id = randomUUID();
  await db.database.query({
    text: `insert into lease_holder (id, name, started_at, renewed_at, expires_at) values ($1, $2, $3, $4, now() + $5 * interval '1 millisecond')`,
    values: [id, name, started, renewed, livesMs],
  });
  return id;
};

test('without engines the list is empty; with some it tells which are up', async () => {
  expect(await api.call('GET', '/services', { token: 'admin' })).toMatchObject({ status: 200, body: { services: [] } });
  const dead = await holder('node-1:42', '2026-01-01T00:00:00.5Z', '2026-01-01T00:01:00Z', -60_000);
  const alive = await holder('fe80::1:7', '2026-01-01T00:00:01Z', '2026-01-01T00:02:00.25Z', 60_000);
  const common = { binary: 'heat-engine', topic: 'engine', report_interval: 60, deleted_at: null };
  expect((await api.call('GET', '/services', { token: 'admin' })).body).toEqual({
    services: [
      {
        ...common,
        id: dead,
        engine_id: dead,
        host: 'node-1',
        hostname: 'node-1',
        created_at: '2026-01-01T00:00:00.500000',
        updated_at: '2026-01-01T00:01:00.000000',
        status: 'down',
      },
      {
        ...common,
        id: alive,
        engine_id: alive,
        host: 'fe80::1',
        hostname: 'fe80::1',
        created_at: '2026-01-01T00:00:01.000000',
        updated_at: '2026-01-01T00:02:00.250000',
        status: 'up',
      },
    ],
  });
});

test.each(['demo', 'reader', 'stackuser'])('%s may not see it', async (token) => {
  expect(await api.call('GET', '/services', { token })).toMatchObject({
    status: 403,
    body: { error: { type: 'Forbidden', message: 'You are not authorized to use service:index.' } },
  });
});
