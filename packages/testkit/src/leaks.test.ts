/** The leak check finds what is left, and nothing else. */
import { createServer } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { expectNoLeaks, openHandles } from './leaks.ts';
import { testDatabase } from './test-database.ts';

const home = await testDatabase();
afterAll(() => home.drop());

test('an open server, until it is closed', async () => {
  const before = openHandles();
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  await expect(expectNoLeaks({ before })).rejects.toThrowError(/1 × TCPServerWrap/);
  server.close();
  await expectNoLeaks({ before });
});

test('a living lease, until it is given up', async () => {
  const { database } = home;
  await expectNoLeaks({ database });
  await database.query({
    text: "insert into lease_holder (id, name, expires_at) values (gen_random_uuid(), 'left', now() + interval '1 minute')",
    values: [],
  });
  await expect(expectNoLeaks({ database })).rejects.toThrowError(/lease of left/);
  await database.query({ text: "update lease_holder set expires_at = now() - interval '1 second'", values: [] });
  await expectNoLeaks({ database });
});
