/** What is told beforehand of an update is what the engine then does: seeded stacks, nested ones too, from one random definition to the next. */
import { changesOf, compileDefinition, type ChangeKind, type ResourceChange } from '@hearth/engine';
import { memoryStore, type MemoryStore } from '@hearth/engine/testing';
import { asId, type Random, type StackId } from '@hearth/kernel';
import { registryOf } from '@hearth/resource-kit';
import type { DefinitionRecord, ResourceRecord, StackSnapshot } from '@hearth/store';
import { seededRandom, virtualTimers } from '@hearth/testkit';
import { describe, expect, it } from 'vitest';
import { memoryBacking } from '../tools/sim/backing.ts';
import { NO_TROUBLE, simTypes } from '../tools/sim/cloud.ts';
import { randomDefinition } from '../tools/sim/random-definition.ts';
import { newStack } from '../tools/sim/requests.ts';
import { Watch } from '../tools/sim/watch.ts';
import { World } from '../tools/sim/world.ts';

const registry = registryOf(simTypes);
const SEEDS = 150;
const UPDATES = 4;
/** Nothing that waits for anybody. */
const SHAPE = { mostResources: 7, nested: 0.4, waits: 0, hooks: 0 };

/** Without what only the cloud can say: that a value cannot be had in place. */
function definitionOf(random: Random, stackId: StackId, number: number): DefinitionRecord {
  const one = randomDefinition(random, stackId, number, SHAPE);
  return { ...one, template: JSON.parse(JSON.stringify(one.template).replaceAll('"picky"', '"two"')) };
}

interface Seen {
  readonly row: ResourceRecord;
  readonly path: string;
}

/** Everything in the tree that is there, by path. */
function standing(store: MemoryStore, stackId: StackId, path: readonly string[] = []): Map<string, Seen> {
  const found = new Map<string, Seen>();
  for (const row of store.rows(stackId)) {
    const here = [...path, row.name];
    found.set(here.join('/'), { row, path: here.join('/') });
    if (registry.get(row.handler)?.composite === undefined || row.physicalId === null) continue;
    for (const [key, seen] of standing(store, asId<StackId>(row.physicalId), here)) found.set(key, seen);
  }
  return found;
}

async function snapshotOf(store: MemoryStore, id: StackId): Promise<StackSnapshot | null> {
  return store.stackIds().includes(id) ? store.load(id) : null;
}

async function foretold(store: MemoryStore, stackId: StackId, definition: DefinitionRecord): Promise<readonly ResourceChange[]> {
  const snapshot = (await store.load(stackId)) as StackSnapshot;
  const { stack, definitions, resources: rows } = snapshot;
  const wanted = compileDefinition(definition, stack, registry);
  const before = definitions.map((one) => compileDefinition(one, stack, registry));
  const children = new Map<string, StackSnapshot | null>();
  for (;;) {
    const { changes, missing } = changesOf({ registry, stack, wanted, before, rows, children, isUpdate: true });
    if (missing.length === 0) return changes;
    for (const id of missing) children.set(id, await snapshotOf(store, id));
  }
}

function happened(before: Map<string, Seen>, after: Map<string, Seen>, path: string, told: (row: ResourceRecord) => boolean): ChangeKind {
  const was = before.get(path);
  const is = after.get(path);
  if (is === undefined) return 'deleted';
  if (was === undefined) return 'added';
  if (was.row.id !== is.row.id) return 'replaced';
  if (told(is.row)) return 'updated';
  return JSON.stringify(was.row.requires) === JSON.stringify(is.row.requires) ? 'unchanged' : 'relinked';
}

/** Members that were made for the time of a rolling update alone, by their events. */
function passed(
  store: MemoryStore,
  events: ReadonlyMap<StackId, number>,
  before: Map<string, Seen>,
  after: Map<string, Seen>,
): readonly (readonly [string, ChangeKind])[] {
  const stays = [...after.values()].filter(
    ({ row }) => registry.get(row.handler)?.composite !== undefined && before.get(pathOf(after, row))?.row.id === row.id,
  );
  return stays.flatMap(({ row, path }) => {
    const id = asId<StackId>(row.physicalId ?? row.id);
    const made = store
      .events(id)
      .slice(events.get(id) ?? 0)
      .filter(({ action, resourceType }) => action === 'CREATE' && resourceType !== 'OS::Heat::Stack');
    const names = new Set(made.map(({ resourceName }) => `${path}/${resourceName}`));
    return [...names].filter((one) => !before.has(one) && !after.has(one)).map((one) => [one, 'added'] as const);
  });
}
const pathOf = (all: Map<string, Seen>, row: ResourceRecord): string => [...all.values()].find((one) => one.row.id === row.id)?.path ?? '';

async function life(seed: number, count: Record<string, number>): Promise<void> {
  const random = seededRandom(`foreseen ${seed}`);
  const store = memoryStore();
  const watch = new Watch(store);
  const backing = { ...memoryBacking(store), store: watch.over(store) };
  const timers = virtualTimers(4_000_000_000_000, backing.settle);
  const world = new World({ timers, random, store, backing, watch, trouble: NO_TROUBLE, owners: 1, inFlight: 10 });
  const stackId = asId<StackId>(random.uuid());
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 1_000 && store.stack(stackId).status === 'IN_PROGRESS'; i++) await world.pass(1_000);
  };
  const first = definitionOf(random, stackId, 1);
  await world.insert(newStack(stackId, first, true, Math.floor(timers.now())), first);
  await settle();
  for (let number = 2; number < 2 + UPDATES; number++) {
    const wanted = definitionOf(random, stackId, number);
    const changes = await foretold(store, stackId, wanted);
    const before = standing(store, stackId);
    const events = new Map(store.stackIds().map((id) => [id, store.events(id).length]));
    await world.request(stackId, { kind: 'update', definition: wanted });
    await settle();
    const where = `seed ${seed}, update ${number}`;
    expect([where, store.stack(stackId).status]).toEqual([where, 'COMPLETE']);
    const after = standing(store, stackId);
    const wasToldOf = (row: ResourceRecord): boolean =>
      store
        .events(row.stackId)
        .slice(events.get(row.stackId) ?? 0)
        .some((event) => event.resourceName === row.name && event.physicalId === row.physicalId && event.action === 'UPDATE');
    const kinds = new Map<string, Set<ChangeKind>>();
    const add = (path: string, kind: ChangeKind): void => void kinds.set(path, (kinds.get(path) ?? new Set<ChangeKind>()).add(kind));
    for (const change of changes) {
      const path = change.path.join('/');
      for (const kind of [change.kind, ...change.maybe]) add(path, kind);
      const counted = change.maybe.length === 0 ? change.kind : 'maybe';
      count[counted] = (count[counted] ?? 0) + 1;
    }
    for (const [path, kind] of passed(store, events, before, after))
      expect([where, path, kinds.get(path)?.has(kind) === true || changes.some(({ maybe }) => maybe.length > 0)]).toEqual([
        where,
        path,
        true,
      ]);
    for (const path of new Set([...before.keys(), ...after.keys()])) {
      const actual = happened(before, after, path, wasToldOf);
      const told = kinds.get(path);
      if (told?.has('added') && told.has('deleted')) told.add('replaced');
      // What stands below something that may change is told as it stands most likely.
      const above = path.split('/').slice(0, -1).join('/');
      const isBelowDoubt = changes.some(
        (one) => one.maybe.length > 0 && (above === one.path.join('/') || above.startsWith(`${one.path.join('/')}/`)),
      );
      if (isBelowDoubt) continue;
      const fits = told === undefined ? actual === 'unchanged' : told.has(actual);
      expect(fits ? null : { where, path, actual, told: [...(told ?? [])] }).toBeNull();
    }
  }
  await world.stop();
}

describe('the changes that are told before an update', () => {
  it(`are those that the engine makes, in ${SEEDS} stacks`, { timeout: 300_000 }, async () => {
    const count: Record<string, number> = {};
    for (let seed = 1; seed <= SEEDS; seed++) await life(seed, count);
    // All kinds were seen, and most of it was certain.
    const { maybe = 0, ...certain } = count;
    expect(Object.keys(certain).sort()).toEqual(['added', 'deleted', 'replaced', 'unchanged', 'updated']);
    expect(maybe).toBeLessThan(Object.values(certain).reduce((sum, one) => sum + one, 0) / 4);
  });
});
