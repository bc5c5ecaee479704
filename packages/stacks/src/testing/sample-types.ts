/** Resource types for tests of the use cases: they live in memory, wait and fail on request, and cover what schemas can say. */
import { Failure, type JsonObject } from '@hearth/kernel';
import {
  a,
  c,
  type Call,
  type Copying,
  done,
  type Live,
  liveName,
  p,
  ResourceFailed,
  registryOf,
  resourceTypes,
  wait,
  withStackUser,
  type Registry,
} from '@hearth/resource-kit';

const sampleType = resourceTypes<SampleCloud>();

/** What the sample types live in: attributes by physical id, and ids that are to stay in progress until released. */
export interface SampleCloud {
  readonly things: Map<string, JsonObject>;
  /** Names (property `name`) of things whose creation does not end. */
  readonly stuck: Set<string>;
  /** Ids of things that are not seen for the present. */
  readonly slowToShow: Set<string>;
  /** Names of things that rest, in the order in which they were put to rest. */
  readonly rested: string[];
  /** By id; `copyOf` is the name that each bears. */
  readonly copies: Map<string, JsonObject>;
}
export const sampleCloud = (): SampleCloud => ({
  things: new Map(),
  stuck: new Set(),
  slowToShow: new Set(),
  rested: [],
  copies: new Map(),
});

function thingOf({ things, slowToShow }: SampleCloud, id: string): JsonObject | undefined {
  if (slowToShow.has(id)) throw new Failure('unavailable', 'it cannot be seen now');
  return things.get(id);
}

async function deleteThing({ cloud, physicalId }: Pick<Live<SampleCloud>, 'cloud' | 'physicalId'>) {
  cloud.things.delete(physicalId);
  return done();
}

/** What was looked at more often is broken. */
const WORN_OUT = 1_000;

const thing = sampleType({
  name: 'Test::Thing',
  doc: 'Something with a name.',
  support: { status: 'SUPPORTED', since: '1.0' },
  properties: {
    name: p.string('How it is called.', { updatable: true }),
    size: p.integer('How big it is.', { updatable: true, constraints: [c.range(1, 10)] }),
    flavor: p.string('Known to the cloud.', { constraints: [c.custom('test.flavor')] }),
    password: p.string('Not to be seen.', { secret: true }),
    fails: p.boolean('Fail when created.', { default: false }),
    guest: p.string('Id of the account that its guest has.'),
    list: p.list('Some items.'),
  },
  attributes: { name: a.string('How it is called.'), seen: a.integer('How often it was looked at.', { cache: 'live' }) },
  examples: [],
  async create({ cloud, props, physicalName, projectId }) {
    if (props.fails === true) throw new ResourceFailed('it was told to fail');
    cloud.things.set(physicalName, { name: props.name ?? physicalName, seen: 0 });
    const data = props.guest === null ? {} : withStackUser({}, { id: props.guest, projectId });
    return wait('made', { physicalId: physicalName, data, afterMs: 1 });
  },
  async checkCreate({ cloud, props }) {
    return cloud.stuck.has(props.name ?? '') ? wait('stuck', { afterMs: 20 }) : done();
  },
  async update({ cloud, physicalId, physicalName, changed }) {
    const before = cloud.things.get(physicalId) ?? {};
    cloud.things.set(physicalId, { ...before, ...(changed.name !== undefined && { name: changed.name ?? physicalName }) });
    return done();
  },
  delete: deleteThing,
  async observe({ cloud, physicalId }) {
    const seen = thingOf(cloud, physicalId);
    if (seen === undefined) return null;
    const next: JsonObject = { ...seen, seen: (seen['seen'] as number) + 1 };
    cloud.things.set(physicalId, next);
    return { name: next['name'] as string, seen: next['seen'] as number };
  },
  unhealthy: ({ seen }) => (seen !== null && seen > WORN_OUT ? 'it is worn out' : null),
  liveProperties: ({ observed, props, physicalName }) => ({ name: liveName(observed.name ?? undefined, props.name, physicalName) }),
  async suspend({ cloud, props, physicalName }) {
    cloud.rested.push(props.name ?? physicalName);
    return wait('going to rest', { afterMs: 1 });
  },
  async resume({ cloud, props, physicalName }) {
    cloud.rested.splice(cloud.rested.indexOf(props.name ?? physicalName), 1);
    return done();
  },
});

const shown = sampleType({
  name: 'Test::Shown',
  doc: 'Something whose service answers with a whole body.',
  properties: {},
  attributes: { status: a.string('How it is.'), extra: a.string('Only on request.') },
  examples: [],
  async create({ physicalName }) {
    return done({ physicalId: physicalName });
  },
  async delete() {
    return done();
  },
  async observe() {
    return { status: 'ACTIVE', extra: 'more', show: { id: 'x', status: 'ACTIVE' } };
  },
});

/** Handlers of what is made at once and has nothing to show. */
const plain = {
  create: async ({ physicalName }: Call<SampleCloud>) => done({ physicalId: physicalName }),
  delete: async () => done(),
  observe: async () => ({}),
};

const needy = sampleType({
  name: 'Test::Needy',
  doc: 'Something that cannot do without.',
  properties: { must: p.string('What it needs.', { required: true }) },
  attributes: {},
  examples: [],
  ...plain,
});

/** Copies lie beside the things, under ids of their own. */
const copies: Copying<SampleCloud> = {
  key: 'copy_id',
  async find({ cloud, physicalName }) {
    return [...cloud.copies].flatMap(([id, { copyOf }]) => (copyOf === physicalName ? [id] : []));
  },
  async make({ cloud, physicalId, physicalName }) {
    const id = `copy-${cloud.copies.size + 1}-of-${physicalId}`;
    cloud.copies.set(id, { ...cloud.things.get(physicalId), copyOf: physicalName });
    return wait('copying', { physicalId: id, afterMs: 1 });
  },
  async check({ cloud, physicalId }) {
    const copy = cloud.copies.get(physicalId);
    if (copy?.['name'] === 'uncopied') throw new ResourceFailed('it cannot be copied');
    return copy !== undefined && cloud.stuck.has(`copy of ${copy['name'] as string}`) ? wait('stuck', { afterMs: 20 }) : done();
  },
  async delete({ cloud, physicalId }) {
    if (cloud.stuck.has(`deletion of ${physicalId}`)) throw new ResourceFailed('it is in use');
    cloud.copies.delete(physicalId);
    return done();
  },
  restored: (props, copy) => ({ ...props, source: copy }),
};

const kept = sampleType({
  name: 'Test::Kept',
  doc: 'Something that can be copied.',
  properties: {
    name: p.string('How it is called.', { updatable: true }),
    source: p.string('The copy that it is made from.', { updatable: true }),
  },
  attributes: { name: a.string('How it is called.') },
  examples: [],
  copies,
  async find({ cloud, physicalName }) {
    return cloud.things.has(physicalName) ? [physicalName] : [];
  },
  async create({ cloud, props, physicalName }) {
    cloud.things.set(physicalName, { name: props.name ?? physicalName, source: props.source });
    return done({ physicalId: physicalName });
  },
  async update({ cloud, physicalId, props }) {
    cloud.things.set(physicalId, { name: props.name ?? physicalId, source: props.source });
    return done();
  },
  delete: deleteThing,
  async observe({ cloud, physicalId }) {
    const seen = thingOf(cloud, physicalId);
    return seen === undefined ? null : { name: seen['name'] as string };
  },
});

const served = sampleType({
  name: 'Test::Served',
  doc: 'Something of a service that need not be there.',
  service: 'served',
  extension: 'more',
  copies,
  properties: { must: p.string('What it needs.', { required: true }) },
  attributes: {},
  examples: [],
  ...plain,
});

/** Among the types that only administrators may use. */
const adminOnly = sampleType({
  name: 'OS::Nova::Flavor',
  doc: 'For administrators.',
  properties: {},
  attributes: {},
  examples: [],
  ...plain,
});

export const sampleRegistry = (): Registry<SampleCloud> => registryOf([thing, kept, shown, needy, served, adminOnly]);
