/** What is not as it was applied: comparing, and the parts that types make it of. Pure tables. */
import type { Json, JsonObject } from '@hearth/kernel';
import { describe, expect, it } from 'vitest';
import { p } from './kit.ts';
import { asSent, inAnyOrder, liveDifferences, liveFields, liveName, matchesEach, ofGiven } from './live-differences.ts';

const properties = {
  name: p.string('Name.'),
  size: p.integer('Size.'),
  flavor: p.string('Name or id.'),
  password: p.string('Secret.', { secret: true }),
  tags: p.list('Tags.'),
};
const type = {
  properties,
  liveProperties: ({ observed }: { readonly observed: JsonObject }): JsonObject => observed,
};
const applied: JsonObject = { name: 'a', size: 1, flavor: 'small', password: 'x', tags: null };
const differences = (observed: JsonObject, ids: Readonly<Record<string, Json | undefined>> = {}, uncertain: readonly string[] = []) =>
  liveDifferences(type, { observed, props: applied, physicalName: 'p', physicalId: 'id', data: {} }, ids, uncertain);

describe('differences', () => {
  const rows: readonly [string, JsonObject, Readonly<Record<string, Json | undefined>>, readonly string[], readonly string[]][] = [
    ['nothing is told', {}, {}, [], []],
    ['as applied', { name: 'a', size: 1 }, {}, [], []],
    ['otherwise, in the order of the schema', { size: 2, name: 'b' }, {}, [], ['name', 'size']],
    ['what the schema does not know', { colour: 'red' }, {}, [], []],
    ['a secret', { password: 'y' }, {}, [], []],
    ['what nobody knows the state of', { name: 'b', size: 2 }, {}, ['size'], ['name']],
    ['a name whose id is told', { flavor: 'f-1' }, { flavor: 'f-1' }, [], []],
    ['a name whose id is another', { flavor: 'f-2' }, { flavor: 'f-1' }, [], ['flavor']],
    ['a name that leads nowhere', { flavor: 'f-2' }, { flavor: undefined }, [], []],
    ['taken away', { name: null }, {}, [], ['name']],
  ];
  it.each(rows)('%s', (_what, observed, ids, uncertain, names) => {
    expect(differences(observed, ids, uncertain).map(({ property }) => property)).toEqual(names);
  });

  it('tells what was given, not the id it stands for', () => {
    expect(differences({ flavor: 'f-2' }, { flavor: 'f-1' })).toEqual([{ property: 'flavor', expected: 'small', actual: 'f-2' }]);
  });

  it('a type that tells nothing differs in nothing', () => {
    const seen = { observed: { name: 'b' }, props: applied, physicalName: 'p', physicalId: 'id', data: {} };
    expect(liveDifferences({ properties }, seen, {})).toEqual([]);
  });
});

describe('parts', () => {
  it.each<[Json | undefined, string | null, Json]>([
    ['made-up', null, null],
    ['made-up', '', ''],
    ['other', null, 'other'],
    ['mine', 'mine', 'mine'],
    ['other', 'mine', 'other'],
    [undefined, 'mine', null],
  ])('name %j for %j is %j', (seen, given, told) => expect(liveName(seen, given, 'made-up')).toBe(told));

  it.each<[Json | undefined, readonly Json[] | null, Json | undefined]>([
    [
      ['b', 'a'],
      ['a', 'b'],
      ['a', 'b'],
    ],
    [['a'], ['a', 'b'], ['a']],
    [
      ['a', 'a'],
      ['a', 'b'],
      ['a', 'a'],
    ],
    [
      ['a', 'b'],
      ['a', 'a'],
      ['a', 'b'],
    ],
    ['a', ['a'], undefined],
    [['a'], null, undefined],
  ])('%j in any order of %j is %j', (seen, wanted, told) => expect(inAnyOrder(seen, wanted)).toEqual(told));

  it('each is used once', () => {
    const isAtLeast = (seen: number, wanted: number): boolean => seen >= wanted;
    expect(matchesEach([3, 1], [1, 1], isAtLeast)).toBe(true);
    expect(matchesEach([3, 1], [2, 2], isAtLeast)).toBe(false);
    expect(matchesEach([3], [1, 1], isAtLeast)).toBe(false);
  });

  const text = (value: Json): Json | undefined => (value === null ? undefined : typeof value === 'string' ? value : JSON.stringify(value));
  it.each<[Json | undefined, JsonObject | null, Json | undefined]>([
    [
      { a: '1', b: 'x' },
      { a: 1, b: 'x' },
      { a: 1, b: 'x' },
    ],
    [{ a: '2' }, { a: 1 }, { a: '2' }],
    [{ a: '1', c: '' }, { a: 1 }, { a: '1', c: '' }],
    [{ a: '1' }, { a: 1, gone: null }, { a: 1, gone: null }],
    [undefined, { a: 1 }, undefined],
    [{ a: '1' }, null, undefined],
  ])('%j as sent for %j is %j', (seen, wanted, told) => expect(asSent(seen, wanted, text)).toEqual(told));

  it('only what was given is told, and only what is known', () => {
    expect(ofGiven({ a: 1, b: null, c: 3 }, { a: 2, b: 4, c: undefined })).toEqual({ a: 2 });
    expect(liveFields({ a: 1, b: 2 }, { a: 3, c: 4 })).toEqual({ a: 1, c: 4 });
  });
});
