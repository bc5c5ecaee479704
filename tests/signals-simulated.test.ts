/**
 * Conditions and signals in virtual time, by seeds: owners die at any instant, hints get lost, guests repeat themselves, users change their minds. What
 * was taken counts, nobody waits longer than a lost hint costs, and nobody who was told too little goes on.
 */
import { callLimit, createEngine, type Engine } from '@hearth/engine';
import { memoryStore } from '@hearth/engine/testing';
import { asId, type HolderId, type JsonObject, type ResourceId, silentLog, type StackId } from '@hearth/kernel';
import { registryOf, type ResourceType } from '@hearth/resource-kit';
import { memoryConfigShelf } from '@hearth/resource-kit/testing';
import { coreTypes } from '@hearth/resources-core';
import { seededRandom, virtualTimers } from '@hearth/testkit';
import { expect, test } from 'vitest';
import { requestInMemory } from '../tools/sim/backing.ts';
import { definitionOf } from '../tools/sim/random-definition.ts';
import { newStack } from '../tools/sim/requests.ts';

const SEEDS = 150;
/** A lost hint and a lease that has to pass first. */
const LONGEST_MS = 15_000 + 4_000;
const LEASE_MS = 3_000;
const CLOUD = { entrances: { signed: async () => 'http://here/cfn/v1' } };
const registry = registryOf(coreTypes as readonly ResourceType<unknown>[]);

const template = (counts: readonly number[], seconds: number): JsonObject =>
  Object.fromEntries(
    counts.flatMap((count, i) => [
      [`h${i}`, { type: 'OS::Heat::WaitConditionHandle', properties: { signal_transport: 'CFN_SIGNAL' } }],
      [`c${i}`, { type: 'OS::Heat::WaitCondition', properties: { handle: { get_resource: `h${i}` }, timeout: seconds, count } }],
    ]),
  );

class Life {
  readonly random;
  readonly timers = virtualTimers(4_000_000_000_000, () => new Promise((resolve) => setImmediate(resolve)));
  readonly store = memoryStore();
  readonly stackId: StackId;
  #engine: Engine;
  #holderId: HolderId;
  readonly #deadSince = new Map<HolderId, number>();
  #definitions = 0;
  /** Distinct ids taken, by handle. */
  readonly taken = new Map<string, Set<string>>();

  constructor(seed: number) {
    this.random = seededRandom(`signals ${seed}`);
    this.stackId = asId<StackId>(this.random.uuid());
    [this.#holderId, this.#engine] = this.#owner();
  }

  #owner(): [HolderId, Engine] {
    const { timers, random, store } = this;
    const state = { isDead: false };
    const holderId = asId<HolderId>(random.uuid());
    const engine = createEngine<unknown>({
      store,
      registry,
      cloudFor: async () => CLOUD,
      configsFor: () => memoryConfigShelf({ clock: timers, random }),
      revoke: async () => {},
      timers,
      random,
      log: silentLog,
      calls: callLimit(10),
      lease: { isValid: () => !state.isDead },
      ended: () => {},
      limits: { inFlightPerStack: 10, lateCallMs: 30_000, retries: 5 },
    });
    return [holderId, engine];
  }

  #definition(counts: readonly number[], seconds: number) {
    return definitionOf(this.random.uuid(), this.stackId, ++this.#definitions, template(counts, seconds));
  }
  create(counts: readonly number[], seconds: number): void {
    const definition = this.#definition(counts, seconds);
    this.store.insert(newStack(this.stackId, definition, true, this.timers.now()), definition);
  }
  update(counts: readonly number[], seconds: number): void {
    requestInMemory(this.store, this.stackId, { kind: 'update', definition: this.#definition(counts, seconds) }, this.timers.now());
    this.#engine.wake(this.stackId);
  }
  get stack() {
    return this.store.stack(this.stackId);
  }
  row(name: string) {
    return this.store.rows(this.stackId).find((row) => row.name === name && row.replacedBy === null);
  }

  kill(): void {
    this.#engine.abandonAll();
    this.#deadSince.set(this.#holderId, this.timers.now());
    [this.#holderId, this.#engine] = this.#owner();
  }

  /** As the use case takes one down; the hint may get lost. False: refused. */
  async signal(handle: string, details: JsonObject): Promise<boolean> {
    const row = this.row(handle);
    const taking = row === undefined ? undefined : registry.get(row.handler)?.signals;
    if (row === undefined || taking === undefined || row.action === 'DELETE') return false;
    const verdict = taking.judge(details, { props: row.properties, count: (await this.store.signals(row.id)).length });
    if (verdict.kind === 'ignore') return false;
    const { key, body } = verdict;
    this.store.signal(this.stackId, { resourceId: row.id, key, body, at: this.timers.now() });
    this.taken.set(handle, (this.taken.get(handle) ?? new Set()).add(key ?? ''));
    if (this.random.next() < 0.7) this.#engine.signalled(this.stackId, asId<ResourceId>(row.id));
    return true;
  }

  async pass(ms: number): Promise<void> {
    const end = this.timers.now() + ms;
    while (this.timers.now() < end) {
      const now = this.timers.now();
      const isPassed = (holder: HolderId): boolean => now - (this.#deadSince.get(holder) ?? now) > LEASE_MS;
      for (const claim of this.store.claim(this.#holderId, now, isPassed)) this.#engine.take(claim);
      await this.timers.advance(Math.min(500, end - now));
    }
  }
  async settle(): Promise<void> {
    for (let i = 0; i < 200 && this.stack.status === 'IN_PROGRESS'; i++) await this.pass(500);
  }
  async stop(): Promise<void> {
    this.#engine.abandonAll();
    await this.#engine.stop(0);
  }
}

async function live(seed: number): Promise<void> {
  const life = new Life(seed);
  const { random } = life;
  const upTo = (n: number): number => 1 + Math.floor(random.next() * n);
  let counts = Array.from({ length: upTo(3) }, () => upTo(4));
  life.create(counts, 3_600);
  const distinct = (i: number): number => life.taken.get(`h${i}`)?.size ?? 0;
  for (let turn = 0; turn < 12; turn++) {
    await life.pass(random.next() * 4_000);
    if (random.next() < 0.25) life.kill();
    if (random.next() < 0.1) {
      counts = counts.map(() => upTo(5));
      life.update(counts, 3_600);
    }
    const i = upTo(counts.length) - 1;
    // Few ids, so that some come again.
    await life.signal(`h${i}`, random.next() < 0.5 ? { id: `g${upTo(4)}` } : {});
    // Nobody goes on who was told too little.
    for (const [at, count] of counts.entries()) {
      const row = life.row(`c${at}`);
      const isOver = row?.status === 'COMPLETE' && row.traversal === life.stack.traversal;
      expect(!isOver || distinct(at) >= Math.min(count, Number(row.properties['count'])), `seed ${seed}, turn ${turn}, c${at}`).toBe(true);
    }
  }
  await life.pass(LONGEST_MS);
  for (const [i, count] of counts.entries())
    while (distinct(i) < count) expect(await life.signal(`h${i}`, { id: `last${distinct(i)}` })).toBe(true);
  await life.pass(LONGEST_MS);
  expect(`${life.stack.status} ${life.stack.statusReason}`, `seed ${seed}`).toMatch(/^COMPLETE/);
  requestInMemory(life.store, life.stackId, { kind: 'delete' }, life.timers.now());
  await life.settle();
  expect([life.stack.action, life.stack.status, life.store.rows(life.stackId).length], `seed ${seed}`).toEqual(['DELETE', 'COMPLETE', 0]);
  await life.stop();
}

test(`${SEEDS} lives: whatever dies and gets lost, what was taken counts`, async () => {
  for (let seed = 1; seed <= SEEDS; seed++) await live(seed);
}, 120_000);

test('a signal that is told of ends the wait at once; the timeout is kept to the second', async () => {
  const life = new Life(0);
  life.create([1, 1], 60);
  await life.pass(5_000);
  const begunAt = life.row('c0')?.startedAt ?? 0;
  while (life.row('c0')?.status === 'IN_PROGRESS') {
    await life.signal('h0', { id: 'x' });
    await life.pass(10);
  }
  expect(life.timers.now() - begunAt).toBeLessThan(6_000);
  await life.settle();
  expect(life.row('c1')?.statusReason).toBe('WaitConditionTimeout: resources.c1: 0 of 1 received');
  expect(Math.round(((life.row('c1')?.updatedAt ?? 0) - (life.row('c1')?.startedAt ?? 0)) / 1_000)).toBe(60);
  await life.stop();
});

test('an update takes over what waits: less is waited for at once, another timeout begins the wait anew, the same goes on', async () => {
  const life = new Life(7);
  life.create([3, 1], 600);
  await life.pass(2_000);
  await life.signal('h0', { id: 'a' });
  await life.pass(1_000);
  const former = life.row('c1')?.id;
  life.update([1, 1], 600);
  await life.pass(1_000);
  expect([life.row('c0')?.status, life.row('c1')?.status, life.row('c1')?.action]).toEqual(['COMPLETE', 'IN_PROGRESS', 'CREATE']);
  expect(life.row('c1')?.id).toBe(former);
  life.update([1, 1], 300);
  await life.pass(1_000);
  expect([life.row('c1')?.status, life.row('c1')?.id === former]).toEqual(['IN_PROGRESS', false]);
  await life.signal('h1', {});
  await life.pass(LONGEST_MS);
  expect(life.stack.status).toBe('COMPLETE');
  expect(
    life.store
      .rows(life.stackId)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['c0', 'c1', 'h0', 'h1']);
  await life.stop();
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])('killed %i half seconds after the start, with the signals before, between and after', async (when) => {
  const life = new Life(when);
  life.create([3], 600);
  await life.pass(400 * when);
  for (let i = 0; i < 3; i++) {
    const isTaken = await life.signal('h0', { id: `s${i}` });
    if (i === when % 3) life.kill();
    if (!isTaken) i--;
    await life.pass(300);
  }
  await life.pass(LONGEST_MS);
  expect(life.stack.status).toBe('COMPLETE');
  await life.stop();
});
