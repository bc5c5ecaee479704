/** Sets of addresses as lists of ranges, and ranges as CIDRs: what subnet pools calculate with. Pure. */
import type { Cidr, IpVersion, Range } from './addresses.ts';

const byFirst = (a: Range, b: Range): number => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0);

/** The same addresses in ascending order, without overlaps or neighbours. */
export function merged(ranges: readonly Range[]): readonly Range[] {
  const result: Range[] = [];
  for (const range of [...ranges].sort(byFirst)) {
    const last = result.at(-1);
    if (last !== undefined && range.first <= last.last + 1n)
      result[result.length - 1] = range.last > last.last ? { first: last.first, last: range.last } : last;
    else result.push({ first: range.first, last: range.last });
  }
  return result;
}

/** What is in `from` and not in `taken`. */
export function without(from: readonly Range[], taken: readonly Range[]): readonly Range[] {
  const holes = merged(taken);
  return merged(from).flatMap((range) => {
    const parts: Range[] = [];
    let first = range.first;
    for (const hole of holes) {
      if (hole.last < first || hole.first > range.last) continue;
      if (hole.first > first) parts.push({ first, last: hole.first - 1n });
      first = hole.last + 1n;
    }
    return first <= range.last ? [...parts, { first, last: range.last }] : parts;
  });
}

export const covers = (ranges: readonly Range[], part: Range): boolean =>
  merged(ranges).some((range) => range.first <= part.first && part.last <= range.last);

/** The fewest CIDRs that are exactly these addresses; at most two for each bit of an address and range. */
export function cidrsOf(version: IpVersion, ranges: readonly Range[]): readonly Cidr[] {
  const bits = version === 4 ? 32 : 128;
  const result: Cidr[] = [];
  for (const range of merged(ranges)) {
    let first = range.first;
    while (first <= range.last) {
      let free = 0;
      while (free < bits && (first & (1n << BigInt(free))) === 0n && first + (1n << BigInt(free + 1)) - 1n <= range.last) free += 1;
      const last = first + (1n << BigInt(free)) - 1n;
      result.push({ version, first, last, prefix: bits - free });
      first = last + 1n;
    }
  }
  return result;
}
