/** Looks for drift by the owner of a stack, and bringing back what drifted, through nested stacks and with an engine that dies at any commit. */
import type { JsonObject, StackId } from '@hearth/kernel';
import { liveName, p, done, ofGiven, resourceTypes } from '@hearth/resource-kit';
import { countedState, type DefinitionRecord, openDifferences, type ResourceRecord } from '@hearth/store';
import { describe, expect, it } from 'vitest';
import { World } from './composite-world.ts';

interface Boxes {
  readonly things: Map<string, JsonObject>;
  /** Looks that are answered with an error, while it is above 0. */
  failing: number;
  looks: number;
  made: number;
}
const newBoxes = (): Boxes => ({ things: new Map(), failing: 0, looks: 0, made: 0 });

const box = resourceTypes<Boxes>()({
  name: 'Test::Box',
  doc: 'A thing in a cloud of its own.',
  properties: {
    name: p.string('The name.', { updatable: true }),
    lid: p.string('Changes in place.', { updatable: true }),
    colour: p.string('Never changes.'),
    word: p.string('Not to be seen.', { updatable: true, secret: true }),
    after: p.string('Another one.', { updatable: true }),
  },
  attributes: {},
  examples: [],
  find: async ({ cloud, physicalName }) => [...cloud.things].flatMap(([id, thing]) => (thing['mark'] === physicalName ? [id] : [])),
  async create({ cloud, physicalName, props }) {
    const physicalId = `box-${++cloud.made}`;
    cloud.things.set(physicalId, { ...props, name: props.name ?? physicalName, mark: physicalName });
    return done({ physicalId });
  },
  async update({ cloud, physicalId, physicalName, changed }) {
    const before = cloud.things.get(physicalId) ?? {};
    cloud.things.set(physicalId, { ...before, ...changed, ...(changed.name === null && { name: physicalName }) });
    return done();
  },
  async delete({ cloud, physicalId }) {
    cloud.things.delete(physicalId);
    return done();
  },
  async observe({ cloud, physicalId }) {
    cloud.looks++;
    if (cloud.failing > 0) throw new Error('the cloud is not well');
    const thing = cloud.things.get(physicalId);
    return thing === undefined ? null : { show: thing };
  },
  liveProperties({ observed, props, physicalName }) {
    const seen = observed.show as JsonObject;
    return {
      name: liveName(seen['name'], props.name, physicalName),
      ...ofGiven(props, { lid: seen['lid'], colour: seen['colour'], word: seen['word'] }),
    };
  },
});

const CHILD = JSON.stringify({
  heat_template_version: '2018-08-31',
  resources: { inner: { type: 'Test::Box', properties: { lid: 'flat', colour: 'red' } } },
});
const RESOURCES: JsonObject = {
  lidded: { type: 'Test::Box', properties: { lid: 'round', word: 'sesame' } },
  coloured: { type: 'Test::Box', properties: { colour: 'blue' } },
  gone: { type: 'Test::Box', properties: { name: 'wanted' } },
  user: { type: 'Test::Box', properties: { after: { get_resource: 'gone' } } },
  still: { type: 'Test::Box' },
  child: { type: 'child.yaml' },
};

const worldOf = (cloud: Boxes, dieAt = -1): World => new World(dieAt, { types: [box as never], cloud });
const definitionIn = (world: World) => ({ ...world.definition(RESOURCES), files: { 'child.yaml': CHILD } });
/** The same is asked for once more. */
const again = (world: World, definition: DefinitionRecord): DefinitionRecord => ({ ...definition, id: world.definition({}).id, number: 2 });
const rowsOf = (world: World): ReadonlyMap<string, ResourceRecord> => {
  const live = world.live().flatMap((id: StackId) => world.store.rows(id));
  return new Map(live.filter((row) => row.replacedBy === null && row.action !== 'DELETE').map((row) => [row.name, row]));
};
const rowOf = (world: World, name: string): ResourceRecord => rowsOf(world).get(name) as ResourceRecord;
const idOf = (world: World, name: string): string => rowOf(world, name).physicalId as string;
const states = (world: World) => Object.fromEntries([...rowsOf(world)].map(([name, row]) => [name, countedState(row)]));
const change = (world: World, cloud: Boxes, name: string, values: JsonObject) =>
  cloud.things.set(idOf(world, name), { ...cloud.things.get(idOf(world, name)), ...values });

async function meddled(cloud: Boxes, dieAt = -1) {
  const world = worldOf(cloud, dieAt);
  const definition = definitionIn(world);
  expect((await world.create(definition)).status).toBe('COMPLETE');
  await world.rest();
  change(world, cloud, 'lidded', { lid: 'square', word: 'open' });
  change(world, cloud, 'coloured', { colour: 'green' });
  change(world, cloud, 'inner', { lid: 'pointed' });
  cloud.things.delete(idOf(world, 'gone'));
  return { world, definition };
}
const FOUND = {
  lidded: 'differs',
  coloured: 'differs',
  inner: 'differs',
  gone: 'gone',
  user: 'in-sync',
  still: 'in-sync',
  child: null,
};

describe('a look', () => {
  it('finds what differs, and what is gone, in the whole tree, and changes nothing else', async () => {
    const cloud = newBoxes();
    const { world } = await meddled(cloud);
    const before = world.store.rows(world.id);
    const things = JSON.stringify([...cloud.things]);
    await world.detect();
    expect(states(world)).toEqual(FOUND);
    expect(rowOf(world, 'lidded').drift?.differences).toEqual([{ property: 'lid', expected: 'round', actual: 'square' }]);
    expect(JSON.stringify([...cloud.things])).toBe(things);
    for (const row of before) {
      const { drift: _drift, lookedFor: _for, ...rest } = world.store.rows(world.id).find(({ id }) => id === row.id) as ResourceRecord;
      expect(row).toMatchObject(rest);
    }
    expect(world.store.stack(world.id)).toMatchObject({ action: 'CREATE', status: 'COMPLETE', traversal: 1 });
    await world.stop();
  });

  it('is told of once, until it is something else', async () => {
    const cloud = newBoxes();
    const { world, definition } = await meddled(cloud);
    const told = () =>
      world.store
        .events(world.id)
        .filter(({ reason }) => reason.startsWith('Drift: '))
        .map(({ resourceName, reason }) => `${resourceName}: ${reason}`);
    await world.detect();
    await world.detect();
    expect(told().toSorted()).toEqual([
      'coloured: Drift: not as it was applied: colour',
      'gone: Drift: it is gone from the cloud',
      'lidded: Drift: not as it was applied: lid',
    ]);
    const since = rowOf(world, 'lidded').drift?.since;
    expect(rowOf(world, 'lidded').drift?.at).toBeGreaterThan(since as number);
    change(world, cloud, 'lidded', { lid: 'round' });
    await world.detect();
    expect(told().at(-1)).toBe('lidded: Drift: it is as it was applied again');
    expect(definition.number).toBe(1);
    await world.stop();
  });

  it('that fails is a finding with its reason, and no news', async () => {
    const cloud = newBoxes();
    const { world } = await meddled(cloud);
    cloud.failing = 1;
    await world.detect();
    expect(rowOf(world, 'still').drift).toMatchObject({ state: 'unknown', reason: 'the cloud is not well', differences: [] });
    expect(world.store.events(world.id).some(({ reason }) => reason.startsWith('Drift'))).toBe(false);
    cloud.failing = 0;
    await world.detect();
    expect(states(world)).toEqual(FOUND);
    await world.stop();
  });

  it('does not count what was accepted, until it changes again', async () => {
    const cloud = newBoxes();
    const { world } = await meddled(cloud);
    await world.detect();
    const row = rowOf(world, 'lidded');
    world.store.accept(world.id, row.id, { differences: row.drift?.differences ?? [] });
    await world.detect();
    expect(countedState(rowOf(world, 'lidded'))).toBe('in-sync');
    change(world, cloud, 'lidded', { lid: 'open' });
    await world.detect();
    expect(openDifferences(rowOf(world, 'lidded'))).toEqual([{ property: 'lid', expected: 'round', actual: 'open' }]);
    await world.stop();
  });
});

describe('bringing back', () => {
  it('sets what can be set, replaces what cannot, makes what is gone, and nothing else', async () => {
    const cloud = newBoxes();
    const { world, definition } = await meddled(cloud);
    const ids = Object.fromEntries(['lidded', 'coloured', 'gone', 'user', 'still', 'inner'].map((name) => [name, idOf(world, name)]));
    expect(await world.mend(again(world, definition))).toMatchObject({ action: 'UPDATE', status: 'COMPLETE' });
    const kept = (name: string): boolean => idOf(world, name) === ids[name];
    expect(['lidded', 'still', 'user', 'inner'].map(kept)).toEqual([true, true, true, true]);
    expect(['coloured', 'gone'].map(kept)).toEqual([false, false]);
    expect(cloud.things.get(idOf(world, 'lidded'))).toMatchObject({ lid: 'round' });
    expect(cloud.things.get(idOf(world, 'coloured'))).toMatchObject({ colour: 'blue' });
    expect(cloud.things.get(idOf(world, 'inner'))).toMatchObject({ lid: 'flat' });
    expect(cloud.things.get(idOf(world, 'user'))).toMatchObject({ after: idOf(world, 'gone') });
    expect(cloud.things.size).toBe(6);
    await world.detect();
    expect(new Set(Object.values(states(world)))).toEqual(new Set(['in-sync', null]));
    await world.stop();
  });

  it('touches only what is named, also in a nested stack', async () => {
    const cloud = newBoxes();
    const { world, definition } = await meddled(cloud);
    await world.mend(again(world, definition), ['child/inner', 'gone']);
    expect(cloud.things.get(idOf(world, 'inner'))).toMatchObject({ lid: 'flat' });
    expect(cloud.things.has(idOf(world, 'gone'))).toBe(true);
    expect(cloud.things.get(idOf(world, 'lidded'))).toMatchObject({ lid: 'square' });
    expect(cloud.things.get(idOf(world, 'coloured'))).toMatchObject({ colour: 'green' });
    await world.stop();
  });

  it('leaves what was accepted', async () => {
    const cloud = newBoxes();
    const { world, definition } = await meddled(cloud);
    await world.detect();
    const row = rowOf(world, 'lidded');
    world.store.accept(world.id, row.id, { differences: row.drift?.differences ?? [] });
    await world.mend(again(world, definition));
    expect(cloud.things.get(idOf(world, 'lidded'))).toMatchObject({ lid: 'square' });
    expect(cloud.things.get(idOf(world, 'coloured'))).toMatchObject({ colour: 'blue' });
    await world.stop();
  });

  it('looks at everything before, and at nothing where an update does not ask for it', async () => {
    const cloud = newBoxes();
    const { world, definition } = await meddled(cloud);
    const looks = cloud.looks;
    await world.change(again(world, definition));
    expect(cloud.looks).toBe(looks);
    expect(cloud.things.get(idOf(world, 'lidded'))).toMatchObject({ lid: 'square' });
    await world.stop();
  });
});

describe('an engine that dies after any commit', () => {
  it('finds and brings back the same, without doubles', async () => {
    let commits = 0;
    for (let dieAt = 1; dieAt === 1 || dieAt <= commits; dieAt++) {
      const cloud = newBoxes();
      const { world, definition } = await meddled(cloud, dieAt);
      await world.detect();
      expect(states(world), `dead after commit ${dieAt}`).toEqual(FOUND);
      expect((await world.mend(again(world, definition))).status).toBe('COMPLETE');
      await world.detect();
      expect(new Set(Object.values(states(world))), `dead after commit ${dieAt}`).toEqual(new Set(['in-sync', null]));
      expect(cloud.things.size, `dead after commit ${dieAt}`).toBe(6);
      commits = world.store.commits();
      await world.stop();
    }
    expect(commits).toBeGreaterThan(10);
  });
});
