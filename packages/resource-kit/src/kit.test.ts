/** What the builders' types refuse (compiled in the ordinary check), and what `resourceTypes` makes of a declaration. */
import type { JsonObject } from '@hearth/kernel';
import { describe, expect, it } from 'vitest';
import { a, c, done, p, resourceTypes, wait, type Live, type Update } from './index.ts';

interface Shelf {
  readonly put: (name: string) => Promise<string>;
}
const shelfType = resourceTypes<Shelf>();
const base = {
  name: 'Test::Kit::Thing',
  doc: 'A thing for tests of the kit.',
  examples: [],
  attributes: { status: a.string('What state it is in.') },
  create: async () => done({ physicalId: '1' }),
  delete: async () => done(),
} as const;
const observe = async () => ({ status: 'ok' });

export const thing = shelfType({
  ...base,
  properties: {
    size: p.integer('Size.', { required: true, updatable: true, constraints: [c.range(1, null)] }),
    kind: p.string('Kind.'),
    count: p.integer('Count.', { default: 1 }),
    tags: p.listOf(p.string(''))('Tags.', { updatable: true }),
    place: p.mapOf({ row: p.integer('Row.', { required: true }), shelf: p.string('Shelf.') })('Place.'),
  },
  async create({ cloud, props, physicalName }) {
    const size: number = props.size;
    const count: number = props.count;
    const row: number | undefined = props.place?.row;
    const tags: readonly string[] | null = props.tags;
    // @ts-expect-error optional without a default may be null
    const kind: string = props.kind;
    // @ts-expect-error the cloud has no such client
    cloud.take;
    return wait('making', { physicalId: await cloud.put(`${physicalName} ${size} ${count} ${row} ${tags?.length} ${kind}`) });
  },
  async update({ changed }) {
    const size: number | null | undefined = changed.size;
    // @ts-expect-error kind is not updatable, so it is never in `changed`
    changed.kind;
    return size === 0 ? wait('odd') : done();
  },
  observe,
});

// @ts-expect-error attribute misspelled
shelfType({ ...base, properties: {}, observe: async () => ({ statu: 'ok' }) });
// @ts-expect-error attribute of the wrong type
shelfType({ ...base, properties: {}, observe: async () => ({ status: 3 }) });
// @ts-expect-error create must name the physical resource
shelfType({ ...base, properties: {}, create: async () => done(), observe });
// @ts-expect-error a replacing name that is no property
shelfType({ ...base, properties: { size: p.integer('') }, replaces: () => ['colour'], observe });
// @ts-expect-error default of the wrong type
p.integer('', { default: 'x' });
// @ts-expect-error no such option
p.string('', { requird: true });

const live = (extra: JsonObject = {}) =>
  ({
    cloud: { put: async (name: string) => name },
    props: { size: 1, kind: null, count: 1, tags: null, place: null },
    physicalName: 'n',
    physicalId: 'i',
    data: {},
    ...extra,
  }) as unknown as Live<Shelf>;

describe('resourceTypes', () => {
  it('adds the attribute every type has', () => expect(Object.keys(thing.attributes)).toEqual(['status', 'show']));
  it('observes exactly the attributes of the schema, null where there is nothing', async () => {
    const chatty = shelfType({ ...base, properties: {}, observe: async () => ({ status: 'ok', internal: 1, show: { raw: true } }) });
    expect(await chatty.observe(live())).toEqual({ status: 'ok', show: { raw: true } });
    expect(await thing.observe(live())).toEqual({ status: 'ok', show: null });
  });
  it('keeps null for what is gone', async () => {
    const gone = shelfType({ ...base, properties: {}, observe: async () => null });
    expect(await gone.observe(live())).toBeNull();
  });
  it('passes handlers what they are called with', async () => {
    expect(await thing.create(live())).toEqual({
      kind: 'wait',
      saw: 'making',
      token: null,
      afterMs: 500,
      physicalId: 'n 1 1 undefined undefined null',
    });
    expect(await thing.update?.({ ...live(), changed: { size: 2 }, before: {} } as Update<Shelf>)).toEqual({ kind: 'done' });
  });
});
