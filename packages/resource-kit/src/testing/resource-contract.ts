/**
 * What every resource type must keep, as cases generated from its schema and examples. The caller gives each case to its
 * test runner; a case throws when the promise is broken. They need a cloud that is really there: the mini-cloud, or real services.
 */
import { Bug, type JsonObject } from '@hearth/kernel';
import { checkProperties } from '../check-properties.ts';
import { classifyChange } from '../classify-change.ts';
import type { PatternMatcher } from '../constraints.ts';
import type { Live, ResourceExample, ResourceType } from '../contract.ts';
import { type LiveDifference, liveDifferences } from '../live-differences.ts';
import type { PropertySchema } from '../schema.ts';
import { memoryConfigShelf } from './memory-config-shelf.ts';
import { Drive, type DriveOptions, Killed, killedAfter, type Row } from './drive.ts';

export interface ContractOptions<C>
  extends Partial<Pick<DriveOptions, 'longestPauseMs' | 'maxLooks' | 'signals'>>,
    Pick<DriveOptions, 'timers' | 'random'> {
  readonly makeCloud: () => Promise<C>;
  /** Ids of everything in the cloud that a resource could leave behind. */
  readonly existing: (cloud: C) => Promise<readonly string[]>;
  readonly matchesPattern: PatternMatcher;
  /** For types whose things can change without us. */
  readonly interferences?: readonly Interference<C>[];
}
/** A change behind our back, and the property in which it shows; null: the thing is gone. */
export interface Interference<C> {
  readonly property: string | null;
  /** Of the example that it is tried on; absent: the first one. */
  readonly example?: string;
  readonly act: (live: Live<C>) => Promise<unknown>;
}

export interface ContractCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

const MOST_CALLS = 60;
const DEFAULT_NAME_LENGTH = 255;

function must(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Bug(message);
}

export function resourceContract<C>(type: ResourceType<C>, options: ContractOptions<C>): readonly ContractCase[] {
  const shelf = memoryConfigShelf({ clock: options.timers, random: options.random });
  const drive = new Drive(type, { longestPauseMs: 500, maxLooks: 240, configs: shelf, ...options });
  const propsOf = (raw: JsonObject): JsonObject => {
    const { props, problems } = checkProperties(type, raw, { lenient: false, matchesPattern: options.matchesPattern });
    const errors = problems.filter((problem) => problem.severity === 'error');
    must(
      errors.length === 0,
      `the example does not fit the schema: ${errors.map((error) => `${error.path.join('.')}: ${error.message}`).join('; ')}`,
    );
    return props;
  };
  /** As long as the service allows, so that every name fits. */
  const nameFor = (): string => {
    const limit = type.maxNameLength ?? DEFAULT_NAME_LENGTH;
    return `contract-${options.random.uuid()}-${'x'.repeat(limit)}`.slice(0, limit);
  };
  const leavesNothing = async (act: (cloud: C) => Promise<void>): Promise<void> => {
    const cloud = await options.makeCloud();
    const existing = async () => [...(await options.existing(cloud)), ...shelf.ids().map((id) => `software config ${id}`)];
    const before = new Set(await existing());
    await act(cloud);
    const left = (await existing()).filter((id) => !before.has(id));
    must(left.length === 0, `left behind: ${left.join(', ')}`);
  };
  const found = async (cloud: C, row: Row): Promise<readonly string[]> => (await type.find?.(drive.call(cloud, row))) ?? [];

  /** Lists of real services may show what has gone for a moment. */
  const untilNotFound = async (cloud: C, row: Row, when: string): Promise<void> => {
    for (let looks = 1; (await found(cloud, row)).length > 0; looks++) {
      must(looks < 10, `${when}: find still sees it after deletion`);
      await options.timers.sleep(Math.min(options.longestPauseMs ?? 500, 500));
    }
  };

  const lifeOf = async (cloud: C, example: ResourceExample): Promise<void> => {
    const row = drive.newRow(nameFor(), propsOf(example.props));
    await drive.create(cloud, row);
    const seen = await type.observe(drive.live(cloud, row));
    must(seen !== null, 'observe finds nothing after creation');
    const missing = Object.keys(type.attributes).filter((name) => !(name in seen));
    must(missing.length === 0, `observe leaves out ${missing.join(', ')}`);
    await mustBeInSync(type, drive.live(cloud, row), 'after creation');
    await drive.delete(cloud, row);
    if (type.virtual !== true) must((await type.observe(drive.live(cloud, row))) === null, 'observe still sees it after deletion');
    await drive.delete(cloud, row);
  };

  const updatesOf = async (cloud: C, example: ResourceExample): Promise<void> => {
    const row = drive.newRow(nameFor(), propsOf(example.props));
    await drive.create(cloud, row);
    const id = row.physicalId;
    let raw = example.props;
    for (const change of example.updates ?? []) {
      raw = { ...raw, ...change };
      const verdict = classifyChange(type, row.props, propsOf(raw));
      must(
        verdict.change === 'update',
        `${JSON.stringify(change)} is an ${verdict.change}, not an update (${verdict.replacing.join(', ')})`,
      );
      await drive.update(cloud, row, verdict.changed);
      must(row.physicalId === id, `${JSON.stringify(change)} changed the physical id`);
      must((await type.observe(drive.live(cloud, row))) !== null, `${JSON.stringify(change)} lost it`);
      await mustBeInSync(type, drive.live(cloud, row), `after ${JSON.stringify(change)}`);
    }
    await drive.delete(cloud, row);
  };

  /** Creates it once more for each of its calls, killed after that one, until none is left; `goOn` does the rest, and deletes it. */
  const killedAtEachCall = async (
    cloud: C,
    example: ResourceExample,
    goOn: (row: Row, wasKilled: boolean, when: string) => Promise<void>,
  ): Promise<void> => {
    const props = propsOf(example.props);
    for (let calls = 1; ; calls++) {
      must(calls <= MOST_CALLS, `creation takes more than ${MOST_CALLS} calls`);
      const row = drive.newRow(nameFor(), props);
      must((await found(cloud, row)).length === 0, 'find sees something before anything was made');
      let wasKilled = false;
      try {
        const killed = killedAfter({ cloud, configs: shelf }, calls);
        await drive.withConfigs(killed.configs).create(killed.cloud, row);
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        wasKilled = true;
      }
      const when = `killed after call ${calls}`;
      await goOn(row, wasKilled, when);
      await untilNotFound(cloud, row, when);
      if (!wasKilled) return;
    }
  };

  const interruptedOf = (cloud: C, example: ResourceExample): Promise<void> =>
    killedAtEachCall(cloud, example, async (row, wasKilled, when) => {
      if (wasKilled) await drive.resumeCreate(cloud, row);
      const after = await found(cloud, row);
      // What is on record need not be found any more; a second one would be left in the end.
      const isOnce = type.virtual === true ? after.length === 0 : after.every((id) => id === row.physicalId);
      must(isOnce, `${when}, then resumed: find returns ${JSON.stringify(after)}, the resource is ${row.physicalId}`);
      await drive.delete(cloud, row);
    });

  /** Nobody goes on with the creation: what it has made, and what was found of it, goes. */
  const abandonedOf = (cloud: C, example: ResourceExample): Promise<void> =>
    killedAtEachCall(cloud, example, async (row) => {
      for (const id of row.physicalId === null ? await found(cloud, row) : [row.physicalId])
        await drive.delete(cloud, Object.assign(row, { physicalId: id }));
    });

  /** Another one of the same definition is another's. */
  const apartOf = async (cloud: C, example: ResourceExample): Promise<void> => {
    const row = drive.newRow(nameFor(), propsOf(example.props));
    await drive.create(cloud, row);
    const mistaken = await found(cloud, { ...row, physicalName: nameFor(), physicalId: null, data: {} });
    await drive.delete(cloud, row);
    must(mistaken.length === 0, `another one of the same properties is taken for it: ${mistaken.join(', ')}`);
  };

  const perExample = (example: ResourceExample): readonly ContractCase[] => [
    {
      name: `${example.name}: create, observe and delete leave nothing; deleting again is fine`,
      run: () => leavesNothing((cloud) => lifeOf(cloud, example)),
    },
    {
      name: `${example.name}: killed after any call of its creation, nothing is doubled or leaked`,
      run: () => leavesNothing((cloud) => interruptedOf(cloud, example)),
    },
    {
      name: `${example.name}: killed after any call of its creation and deleted, nothing is left`,
      run: () => leavesNothing((cloud) => abandonedOf(cloud, example)),
    },
    ...(type.isFoundByPlace === true
      ? []
      : [
          {
            name: `${example.name}: another one like it is not taken for it`,
            run: () => leavesNothing((cloud) => apartOf(cloud, example)),
          },
        ]),
    ...((example.updates ?? []).length > 0
      ? [{ name: `${example.name}: changes in place keep the physical id`, run: () => leavesNothing((cloud) => updatesOf(cloud, example)) }]
      : []),
    ...(example.replacedBy === undefined
      ? []
      : [{ name: `${example.name}: reports what replaces it`, run: async () => reportsReplacement(type, propsOf, example) }]),
  ];
  const interferedOf = async (cloud: C, { example: name, property, act }: Interference<C>): Promise<void> => {
    const example = type.examples.find((one) => name === undefined || one.name === name);
    must(example !== undefined, `there is no example "${name}"`);
    const row = drive.newRow(nameFor(), propsOf(example.props));
    await drive.create(cloud, row);
    const live = drive.live(cloud, row);
    await act(live);
    const seen = await driftOf(type, live);
    const wanted = property === null ? seen === null : seen?.some((one) => one.property === property);
    must(wanted === true, `a change of ${property ?? 'its being there'} behind our back is not seen, but ${JSON.stringify(seen)}`);
    // What is brought back has to be as it was applied again.
    if (property !== null && type.properties[property]?.updatable === true) {
      const actual = Object.fromEntries((seen ?? []).map((one) => [one.property, one.actual]));
      await drive.bringBack(cloud, row, actual);
      await mustBeInSync(type, drive.live(cloud, row), 'after it was brought back');
    }
    await drive.delete(cloud, row);
  };

  return [
    { name: 'the schema is sound and documented', run: async () => checkSchema(type) },
    { name: 'every property that cannot change in place is reported as replacing', run: async () => reportsEach(type, propsOf) },
    ...type.examples.flatMap(perExample),
    ...(options.interferences ?? []).map((one) => ({
      name: `a change behind our back is seen: ${one.property ?? 'gone'}`,
      run: () => leavesNothing((cloud) => interferedOf(cloud, one)),
    })),
  ];
}

/** What is not as it was applied; null when it is gone. */
async function driftOf<C>(type: ResourceType<C>, live: Live<C>): Promise<readonly LiveDifference[] | null> {
  const observed = await type.observe({ ...live, wanted: new Set() });
  return observed === null ? null : liveDifferences(type, { ...live, observed }, (await type.withIds?.(live)) ?? {});
}

async function mustBeInSync<C>(type: ResourceType<C>, live: Live<C>, when: string): Promise<void> {
  if (type.virtual === true) return;
  must(type.liveProperties !== undefined, 'it does not say what of it can be told: give it liveProperties');
  const differences = await driftOf(type, live);
  must(differences?.length === 0, `${when} it shows drift that nobody caused: ${JSON.stringify(differences)}`);
}

function reportsReplacement<C>(type: ResourceType<C>, propsOf: (raw: JsonObject) => JsonObject, example: ResourceExample): void {
  const verdict = classifyChange(type, propsOf(example.props), propsOf({ ...example.props, ...example.replacedBy }));
  must(verdict.change === 'replace', `${JSON.stringify(example.replacedBy)} is an ${verdict.change}, not a replacement`);
}

function reportsEach<C>(type: ResourceType<C>, propsOf: (raw: JsonObject) => JsonObject): void {
  const [example] = type.examples;
  if (example === undefined || type.acceptsAnything === true) return;
  const before = propsOf(example.props);
  for (const [name, schema] of Object.entries(type.properties)) {
    const { change, replacing } = classifyChange(type, before, { ...before, [name]: 'something else altogether' });
    if (!schema.updatable) must(change === 'replace' && replacing.includes(name), `another ${name} should replace, but is an ${change}`);
  }
}

function checkSchema<C>(type: ResourceType<C>): void {
  must(/^[A-Za-z0-9]+(::[A-Za-z0-9]+)+$/.test(type.name), `${type.name} is no name of a type`);
  must(type.doc.length > 10, 'the type is not documented');
  must(type.examples.length > 0, 'there are no examples');
  must(type.virtual === true || type.find !== undefined, 'what an interrupted creation leaves cannot be found');
  for (const [name, attribute] of Object.entries(type.attributes)) must(attribute.doc !== '', `attribute ${name} is not documented`);
  for (const [name, schema] of Object.entries(type.properties)) checkProperty(name, schema);
  const updatable = Object.values(type.properties).some((schema) => schema.updatable);
  must(!updatable || type.update !== undefined, 'properties are updatable, but there is no update');
}

function checkProperty(path: string, schema: PropertySchema): void {
  must(schema.doc !== '', `property ${path} is not documented`);
  must(!(schema.required && schema.default !== undefined), `property ${path} is required and has a default`);
  must(!(schema.updatable && schema.immutable === true), `property ${path} is updatable and immutable`);
  must(schema.items === undefined || schema.kind === 'list', `property ${path} has items, but is no list`);
  const fields = schema.fields ?? schema.items?.fields ?? {};
  for (const [name, field] of Object.entries(fields)) checkProperty(`${path}.${name}`, field);
}
