/** Bytes a value takes by itself, without what is in it, as the reference counts them for its memory quota (CPython 3.11 on 64 bits). */
import { Dict, List, SetOf, type YaqlValue } from './values.ts';

/** [most entries, bytes] of maps and of sets, growing as their tables do. */
const DICT_SIZES: readonly (readonly [number, number])[] = [
  [0, 64],
  [5, 224],
  [10, 352],
  [21, 632],
  [42, 1168],
  [85, 2264],
  [170, 4688],
  [341, 9304],
];
const SET_SIZES: readonly (readonly [number, number])[] = [
  [4, 216],
  [9, 472],
  [18, 728],
  [38, 1240],
  [76, 2264],
  [153, 4312],
  [306, 8408],
];

const sizeIn = (table: readonly (readonly [number, number])[], count: number): number =>
  table.find(([most]) => count <= most)?.[1] ?? count * 100;

export function byteSize(value: YaqlValue): number {
  // At four bytes a character at most, short ones are far from any limit.
  if (typeof value === 'string') return value.length < 2_000 ? 0 : textSize(value);
  if (typeof value === 'bigint') return integerSize(value);
  if (value instanceof List) return value.fixed ? 40 + 8 * value.items.length : 56 + 8 * value.items.length;
  // A fixed map is counted as the small object that holds it.
  if (value instanceof Dict) return value.fixed ? 48 : sizeIn(DICT_SIZES, value.entries.size);
  return value instanceof SetOf ? sizeIn(SET_SIZES, value.members.size) : 48;
}

const SMALL = 2n ** 53n;
function integerSize(value: bigint): number {
  if (value < SMALL && value > -SMALL) return 32;
  return 24 + 4 * Math.ceil((value.toString(16).length * 4) / 30);
}

/** By the widest character, as the reference stores text. */
export function textSize(text: string): number {
  let widest = 0;
  let count = 0;
  for (const char of text) {
    count++;
    const code = char.codePointAt(0) as number;
    if (code > widest) widest = code;
  }
  if (widest < 0x80) return 49 + count;
  if (widest < 0x100) return 73 + count;
  return widest < 0x10000 ? 74 + 2 * count : 76 + 4 * count;
}
