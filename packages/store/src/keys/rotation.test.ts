/** Rotation of keys on a real PostgreSQL, with processes that run meanwhile: nobody meets what it cannot open, and nothing is lost. */
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asId, Secret, silentLog, type Timers } from '@hearth/kernel';
import { seededRandom, testDatabase, type TestDatabase } from '@hearth/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Database } from '../database.ts';
import { createEngineStore } from '../engine-store-postgres.ts';
import { keyIdOf } from '../secret-box.ts';
import { randomLife } from '../testing/random-life.ts';
import { newHolderId, sampleResource, sampleStack, sampleDefinition, sampleEvent } from '../testing/sample-records.ts';
import { insertStack } from '../queries/insert-stack.ts';
import { type KeyRing, openSecretBox } from './key-ring.ts';
import { addKey } from './key-source.ts';
import { listKeys, listKeyUsers, type KnownKey } from './key-states.ts';
import { countSealedWith } from './reseal.ts';
import { resealTurn, retireKey, rotateKeys } from './rotation.ts';
import { watchKeys } from './watch-keys.ts';

const timers: Timers = {
  now: () => performance.now(),
  at(atMs, callback) {
    const timer = setTimeout(callback, Math.max(0, atMs - performance.now()));
    return () => clearTimeout(timer);
  },
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
let home: TestDatabase;
let database: Database;
let folders: string[];
let watches: { stop(): Promise<void> }[];
beforeEach(async () => {
  home = await testDatabase();
  database = home.database;
  folders = [];
  watches = [];
});
afterEach(async () => {
  await Promise.all(watches.map((watch) => watch.stop()));
  await home.drop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'hearth-keys-'));
  folders.push(made);
  return made;
}
const ringOf = (dataDir: string): Promise<KeyRing> => openSecretBox(database, { kind: 'data-folder', dataDir });
const watch = async (ring: KeyRing, name: string): Promise<void> => {
  watches.push(await watchKeys({ database, ring, timers, log: silentLog, id: crypto.randomUUID(), name }));
};
const rotate = (ring: KeyRing, patienceMs = 5_000) => rotateKeys({ database, ring, timers, patienceMs });
const states = async (): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries((await listKeys(database)).map((key: KnownKey) => [key.id, key.state]));

/** Turns until nothing is left to do, each as short as can be. Gives how many rows were sealed anew. */
async function resealAll(ring: KeyRing): Promise<number> {
  let rows = 0;
  for (let place: string | null = null; ; ) {
    const turn = await resealTurn(database, ring, place, { timers, budgetMs: 0, log: silentLog });
    rows += turn.rows;
    place = turn.place;
    if (turn.isDone) return rows;
  }
}
async function readAll(ring: KeyRing): Promise<number> {
  const store = createEngineStore(database, ring);
  const stacks = await database.query<{ id: string }>({ text: 'select id from stack', values: [] });
  for (const { id } of stacks) expect(await store.load(asId(id))).not.toBeNull();
  return stacks.length;
}

test('a new key is made, used, and takes over everything; then the former one is retired', async () => {
  const dataDir = folder();
  const [one, two] = [await ringOf(dataDir), await ringOf(dataDir)];
  await watch(one, 'one');
  await watch(two, 'two');
  const life = randomLife(database, one, seededRandom('before'));
  for (let step = 0; step < 60; step++) await life.step();
  const before = one.fingerprint;
  const id = await rotate(await ringOf(dataDir));
  expect(id).not.toBe(before);
  expect(await states()).toEqual({ [before]: 'former', [id]: 'primary' });
  await expect.poll(() => [one.fingerprint, two.fingerprint]).toEqual([id, id]);
  // What one seals with the new key, the other opens; and both open what is there.
  expect(two.open(one.seal({ a: 1 }))).toEqual({ a: 1 });
  await readAll(two);
  await expect(retireKey(database, one, before)).rejects.toMatchObject({ message: expect.stringMatching(/still needed: [1-9]\d* rows/) });

  const written = await countSealedWith(database, before);
  await expect.poll(async () => (await listKeyUsers(database)).map(({ sealsWith }) => sealsWith)).toEqual([id, id]);
  expect(await resealAll(one)).toBe(written);
  expect([await countSealedWith(database, before), await countSealedWith(database, id)]).toEqual([0, written]);
  expect(await retireKey(database, one, before.slice(0, 6))).toMatchObject({ id: before });
  expect(await states()).toEqual({ [before]: 'retired', [id]: 'primary' });
  expect(readFileSync(join(dataDir, 'secret.key'), 'utf8').trim().split('\n')).toHaveLength(1);
  const after = await ringOf(dataDir);
  expect(after.keyIds()).toEqual([id]);
  expect(await readAll(after)).toBeGreaterThan(5);
}, 30_000);

test('stacks live on meanwhile, and everything can be read at every moment by everyone', async () => {
  const dataDir = folder();
  const [one, two] = [await ringOf(dataDir), await ringOf(dataDir)];
  await watch(one, 'one');
  await watch(two, 'two');
  let isOver = false;
  const living = [one, two].map(async (ring, at) => {
    const life = randomLife(database, ring, seededRandom(`life ${at}`));
    // Two lives in one database come into each other's way at times.
    while (!isOver) await life.step().catch(() => {});
  });
  const reading = (async () => {
    while (!isOver) await readSome(two);
  })();
  const formers: string[] = [];
  for (let turn = 0; turn < 3; turn++) {
    formers.push(one.fingerprint);
    const id = await rotate(await ringOf(dataDir));
    await expect.poll(() => [one.fingerprint, two.fingerprint]).toEqual([id, id]);
    await resealAll(one);
  }
  isOver = true;
  await Promise.all([...living, reading]);
  for (const former of formers) expect(await countSealedWith(database, former)).toBe(0);
  for (const former of formers) await retireKey(database, one, former);
  await readAll(await ringOf(dataDir));
}, 60_000);

async function readSome(ring: KeyRing): Promise<void> {
  const store = createEngineStore(database, ring);
  const stacks = await database.query<{ id: string }>({ text: 'select id from stack order by random() limit 20', values: [] });
  // One that has gone meanwhile is null; anything that cannot be opened throws.
  for (const { id } of stacks) await store.load(asId(id));
  await timers.sleep(5);
}

test('another machine that lacks the key holds the switch up until it has it', async () => {
  const [here, elsewhere] = [folder(), folder()];
  const one = await ringOf(here);
  copyFileSync(join(here, 'secret.key'), join(elsewhere, 'secret.key'));
  const two = await ringOf(elsewhere);
  await watch(one, 'one');
  await watch(two, 'machine two');
  const before = one.fingerprint;
  await expect(rotate(one, 300)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('machine two') });
  expect(Object.values(await states()).sort()).toEqual(['announced', 'primary']);
  expect([one.fingerprint, two.fingerprint]).toEqual([before, before]);
  // One that is started now without the key is refused.
  const third = folder();
  copyFileSync(join(elsewhere, 'secret.key'), join(third, 'secret.key'));
  await expect(ringOf(third)).rejects.toMatchObject({ code: 'configuration', message: expect.stringContaining('lacks 1 of the keys') });
  copyFileSync(join(here, 'secret.key'), join(elsewhere, 'secret.key'));
  const id = await rotate(one, 8_000);
  expect(await states()).toEqual({ [before]: 'former', [id]: 'primary' });
  await expect.poll(() => two.fingerprint).toBe(id);
}, 30_000);

test('broken off between any two steps, it is gone on with: no second key is made', async () => {
  const dataDir = folder();
  const one = await ringOf(dataDir);
  const before = one.fingerprint;
  // The key was written, and the process died before it was announced.
  const made = addKey(dataDir);
  const again = await ringOf(dataDir);
  expect(await rotate(again)).toBe(made);
  expect(await states()).toEqual({ [before]: 'former', [made]: 'primary' });
  expect(readFileSync(join(dataDir, 'secret.key'), 'utf8').trim().split('\n')).toHaveLength(2);
});

test('a key that was given is taken from what is given', async () => {
  const [first, second] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
  const given = (text: string) => openSecretBox(database, { kind: 'given', key: new Secret(text) });
  const old = await given(first);
  await expect(rotate(old)).rejects.toMatchObject({ code: 'configuration', message: expect.stringContaining('openssl') });
  const both = await given(`${first},${second}`);
  expect(both.fingerprint).toBe(old.fingerprint);
  const id = await rotate(both);
  expect((await given(`${second},${first}`)).fingerprint).toBe(id);
  await expect(given(second)).rejects.toMatchObject({ message: expect.stringContaining('lacks') });
  await resealAll(both);
  await retireKey(database, both, keyIdOf(old.fingerprint));
  expect((await given(second)).fingerprint).toBe(id);
});

test('while somebody seals with another key, a round proves nothing', async () => {
  const dataDir = folder();
  const ring = await ringOf(dataDir);
  const before = ring.fingerprint;
  await rotate(ring);
  await database.query({
    text: `insert into key_user (id, name, key_ids, seals_with, seen_at) values (gen_random_uuid(), 'late', array[$1, $2], $1, now())`,
    values: [before, ring.fingerprint],
  });
  expect(await resealTurn(database, ring, null, { timers, budgetMs: 0, log: silentLog })).toEqual({ rows: 0, place: null, isDone: false });
  await database.query({ text: "update key_user set seen_at = now() - interval '1 minute'", values: [] });
  await resealAll(ring);
  expect((await listKeys(database)).find(({ id }) => id === before)?.unusedAt).not.toBeNull();
});

test('a row that is being written is passed by, and sealed anew in the next round', async () => {
  const ring = await ringOf(folder());
  const stack = sampleStack();
  await database.transaction((tx) =>
    insertStack(tx, ring, { stack, definition: sampleDefinition(stack), credential: null, event: sampleEvent(stack.id) }),
  );
  const holderId = newHolderId();
  await database.query({ text: 'update stack set holder_id = $2 where id = $1', values: [stack.id, holderId] });
  const resource = sampleResource(stack.id);
  await createEngineStore(database, ring).commit(
    { stackId: stack.id, holderId, epoch: 0 },
    { stack: null, resources: [resource], removed: [], events: [], children: [] },
  );
  const before = ring.fingerprint;
  await rotate(ring);
  await database.transaction(async (tx) => {
    await tx.query({ text: 'select 1 from resource where id = $1 for update', values: [resource.id] });
    let place: string | null = null;
    do {
      const turn = await resealTurn(database, ring, place, { timers, budgetMs: 0, log: silentLog });
      expect(turn.isDone).toBe(false);
      place = turn.place;
    } while (place !== null);
    expect(await countSealedWith(database, before)).toBe(1);
  });
  expect(await resealAll(ring)).toBe(1);
  expect(await countSealedWith(database, before)).toBe(0);
});

test('who has not asked the database for a while seals nothing', async () => {
  const ring = await ringOf(folder());
  let now = 0;
  const slow: Timers = { now: () => now, at: () => () => {}, sleep: timers.sleep };
  watches.push(await watchKeys({ database, ring, timers: slow, log: silentLog, id: crypto.randomUUID(), name: 'stopped' }));
  const sealed = ring.seal('x');
  now = 26_000;
  expect(() => ring.seal('x')).toThrow(expect.objectContaining({ code: 'unavailable' }));
  expect(ring.open(sealed)).toBe('x');
});
