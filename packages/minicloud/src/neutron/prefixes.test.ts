/** Sets of addresses as properties: what is taken away is gone, what is left is whole, and CIDRs are exactly the ranges they came from. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCidr, parseCidr, type Cidr, type Range } from './addresses.ts';
import { cidrsOf, covers, merged, without } from './prefixes.ts';

const range = fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 60 })).map(([first, more]): Range => {
  return { first: BigInt(first), last: BigInt(first + more) };
});
const ranges = fc.array(range, { maxLength: 6 });
const numbers = (all: readonly Range[]): readonly number[] => {
  const found = new Set<number>();
  for (const { first, last } of all) for (let n = first; n <= last; n += 1n) found.add(Number(n));
  return [...found].sort((a, b) => a - b);
};

test('merging keeps every address and leaves no neighbours', () => {
  fc.assert(
    fc.property(ranges, (all) => {
      const whole = merged(all);
      expect(numbers(whole)).toEqual(numbers(all));
      for (const [i, one] of whole.entries()) expect(i === 0 || (whole[i - 1] as Range).last + 1n < one.first).toBe(true);
    }),
  );
});

test('what is taken away is gone, and nothing else', () => {
  fc.assert(
    fc.property(ranges, ranges, (from, taken) => {
      const gone = new Set(numbers(taken));
      expect(numbers(without(from, taken))).toEqual(numbers(from).filter((n) => !gone.has(n)));
    }),
  );
});

test('CIDRs are exactly the addresses they are made of', () => {
  fc.assert(
    fc.property(ranges, (all) => {
      const cidrs = cidrsOf(4, all);
      expect(numbers(cidrs)).toEqual(numbers(all));
      for (const cidr of cidrs) expect(parseCidr(formatCidr(cidr))).toEqual(cidr);
      for (const cidr of cidrs) expect(covers(all, cidr)).toBe(true);
    }),
  );
});

test.each([
  ['two halves are one', ['10.40.0.0/16', '10.41.0.0/16'], ['10.40.0.0/15']],
  ['a part disappears in the whole', ['10.50.0.0/24', '10.50.1.0/24', '10.50.1.128/25'], ['10.50.0.0/23']],
  ['what does not align stays apart', ['10.39.0.0/16', '10.40.0.0/16'], ['10.39.0.0/16', '10.40.0.0/16']],
])('%s', (_name, texts, expected) => {
  const cidrs = texts.map((text) => parseCidr(text) as Cidr);
  expect(cidrsOf(4, cidrs).map(formatCidr)).toEqual(expected);
});
