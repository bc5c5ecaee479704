/** Names given in the cloud: built from the row's id, unlike for unlike ids, and never longer than the service takes. */
import { asId, type ResourceId } from '@hearth/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { physicalName } from './physical-name.ts';

/** 0x00443214c74254b is 00000 00001 00010 … 01011: the letters of the alphabet in turn. */
const ID = asId<ResourceId>('00443214-c742-54b0-8000-000000000000');
const uuids = fc.uuid({ version: 4 }).map((uuid) => asId<ResourceId>(uuid));

describe('physicalName', () => {
  const rows: readonly (readonly [string, string, number, string])[] = [
    ['stack', 'server', 255, 'stack-server-abcdefghijkl'],
    ['stack', 'server', 25, 'stack-server-abcdefghijkl'],
    ['stack', 'server', 24, 'st-k-server-abcdefghijkl'],
    ['stack', 'server', 15, 'st-abcdefghijkl'],
    ['s', 'r', 8, 's--hijkl'],
    ['stack', 'server', 3, 'st-'],
  ];
  it.each(rows)('%s, %s, at most %d characters', (stack, resource, most, expected) =>
    expect(physicalName(stack, resource, ID, most)).toBe(expected),
  );

  it('is the same each time, and keeps to what names may be made of', () => {
    expect(physicalName('a', 'b', ID, 255)).toBe(physicalName('a', 'b', ID, 255));
    fc.assert(fc.property(uuids, (id) => /^a-b-[a-z2-7]{12}$/.test(physicalName('a', 'b', id, 255))));
  });

  it('is never too long, and its end tells two resources apart all the same', () =>
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,300}$/), fc.stringMatching(/^[a-z]{1,300}$/), uuids, uuids, (stack, resource, one, other) => {
        fc.pre(one.slice(0, 17) !== other.slice(0, 17));
        const names = [one, other].map((id) => physicalName(stack, resource, id, 63));
        expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(63);
        expect(names[0]).not.toBe(names[1]);
        expect(names[0]?.slice(0, 2)).toBe(`${stack}-`.slice(0, 2));
      }),
    ));
});
