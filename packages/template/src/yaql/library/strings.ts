/** Texts. Positions count characters, not UTF-16 units. */
import { badValue, checkedBytes } from '../bounds.ts';
import { formatted } from '../format.ts';
import { define, type FunctionDefinition, type Invocation } from '../signature.ts';
import { textSize } from '../sizes.ts';
import { textOf } from '../text.ts';
import { type Collection, type Dict, List, type YaqlValue } from '../values.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: the separators U+001C to U+001F are white space in the language
const SPACE = /[\s\x1c-\x1f\x85]/;
const isSpace = (char: string): boolean => char !== '\ufeff' && SPACE.test(char);

const text = (call: Invocation): string => call.args[0] as string;
const textList = (items: readonly string[], call: Invocation, fixed = false): List => {
  call.engine.meter.produce(items.length);
  return new List(items, fixed);
};

/** Without the given characters (blanks, when none are given) at the ends. */
function trimmed(value: string, chars: string | null, left: boolean, right: boolean): string {
  const set = chars === null ? null : new Set(chars);
  const goes = (char: string): boolean => (set === null ? isSpace(char) : set.has(char));
  const all = [...value];
  let from = 0;
  let to = all.length;
  while (left && from < to && goes(all[from] as string)) from++;
  while (right && to > from && goes(all[to - 1] as string)) to--;
  return all.slice(from, to).join('');
}
const trims =
  (left: boolean, right: boolean) =>
  (call: Invocation): string =>
    trimmed(text(call), call.args[1] as string | null, left, right);

function splitText(value: string, separator: string | null, most: number): string[] {
  if (separator === null) return splitAtBlanks(value, most);
  if (separator === '') throw badValue('split: the separator must not be empty');
  const pieces = value.split(separator);
  if (most < 0 || pieces.length <= most + 1) return pieces;
  return [...pieces.slice(0, most), pieces.slice(most).join(separator)];
}
function splitAtBlanks(value: string, most: number): string[] {
  const pieces: string[] = [];
  let rest = trimmed(value, null, true, false);
  while (rest !== '' && (most < 0 || pieces.length < most)) {
    let end = 0;
    while (end < rest.length && !isSpace(rest[end] as string)) end++;
    pieces.push(rest.slice(0, end));
    while (end < rest.length && isSpace(rest[end] as string)) end++;
    rest = rest.slice(end);
  }
  if (rest !== '') pieces.push(rest);
  return pieces;
}
const reversed = (value: string): string => [...value].reverse().join('');
function splitFromRight(value: string, separator: string | null, most: number): string[] {
  const pieces = splitText(reversed(value), separator === null ? null : reversed(separator), most);
  return pieces.map(reversed).reverse();
}

/** All occurrences, or the first `count`; an empty one stands between all characters. */
export function replacedText(value: string, old: string, fresh: string, count: number, call: Invocation): string {
  if (count === 0) return value;
  const pieces = old === '' ? ['', ...value, ''] : value.split(old);
  const most = count < 0 ? pieces.length - 1 : Math.min(count, pieces.length - 1);
  call.engine.meter.produce(value.length + most * fresh.length);
  const head = pieces.slice(0, most + 1).join(fresh);
  return most === pieces.length - 1 ? head : [head, ...pieces.slice(most + 1)].join(old);
}

/** Where `part` first (or last) occurs among the characters `from` to `to`; -1 when it does not. Negative places count from the end. */
function foundAt(value: string, sub: string, from: number, to: number, last: boolean): bigint {
  const chars = [...value];
  const length = chars.length;
  const start = from < 0 ? Math.max(0, from + length) : from;
  const end = Math.min(length, to < 0 ? Math.max(0, to + length) : to);
  if (start > length || start > end) return -1n;
  const range = chars.slice(start, end).join('');
  const unit = last ? range.lastIndexOf(sub) : range.indexOf(sub);
  return unit < 0 ? -1n : BigInt(start + [...range.slice(0, unit)].length);
}
function inPart(last: boolean): (call: Invocation) => bigint {
  return ({ args }) => {
    const [value, sub] = args as [string, string];
    const length = [...value].length;
    let from = Number(args[2]);
    let count = Number(args[3]);
    if (from < 0) from += length;
    if (count < 0) count = length - from;
    return foundAt(value, sub, from, from + count, last);
  };
}

function repeated(value: string, times: unknown, call: Invocation): string {
  const count = Math.max(0, Number(times));
  // Counted as the reference does, which is more than the result takes where characters are wide.
  if (count > 0) checkedBytes(count * textSize(value) - (count - 1) * 49);
  call.engine.meter.produce(value.length * count);
  return value.repeat(count);
}
function joined(collection: Collection, separator: string, { engine }: Invocation): string {
  const parts: string[] = [];
  for (const item of engine.through(collection)) parts.push(textOf(item, engine.meter));
  engine.meter.produce(parts.reduce((sum, part) => sum + part.length + separator.length, 0));
  return parts.join(separator);
}

const CHARACTERS: readonly (readonly [string, string | null])[] = [
  ['digits', '0123456789'],
  ['hexdigits', '0123456789abcdefABCDEF'],
  ['asciiLowercase', 'abcdefghijklmnopqrstuvwxyz'],
  ['asciiUppercase', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
  ['asciiLetters', 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'],
  ['letters', null],
  ['octdigits', '01234567'],
  ['punctuation', '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'],
  ['printable', '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~ \t\n\r\x0b\x0c'],
  ['lowercase', null],
  ['uppercase', null],
  ['whitespace', ' \t\n\r\x0b\x0c'],
];

export const stringFunctions: readonly FunctionDefinition[] = [
  ...define('function #operator_+ concat (*args: string)', ({ rest, engine }) => {
    engine.meter.produce((rest as string[]).reduce((sum, part) => sum + part.length, 0));
    return rest.join('');
  }),
  ...define('method toUpper (string: string)', (call) => text(call).toUpperCase()),
  ...define('method toLower (string: string)', (call) => text(call).toLowerCase()),
  ...define('both len (string: string)', (call) => BigInt([...text(call)].length)),
  ...define('method split (string: string, separator: string? = null, maxSplits: int = -1)', (call) =>
    textList(splitText(text(call), call.args[1] as string | null, Number(call.args[2])), call),
  ),
  ...define('method rightSplit (string: string, separator: string? = null, maxSplits: int = -1)', (call) =>
    textList(splitFromRight(text(call), call.args[1] as string | null, Number(call.args[2])), call),
  ),
  ...define('method join (sequence: iterable, separator: string)', (call) =>
    joined(call.args[0] as Collection, call.args[1] as string, call),
  ),
  ...define('method join (separator: string, sequence: iterable)', (call) =>
    joined(call.args[1] as Collection, call.args[0] as string, call),
  ),
  ...define('function str (value: any?)', ({ args, engine }) => textOf(args[0] as YaqlValue, engine.meter)),
  ...define('method trim (string: string, chars: string? = null)', trims(true, true)),
  ...define('method trimLeft (string: string, chars: string? = null)', trims(true, false)),
  ...define('method trimRight (string: string, chars: string? = null)', trims(false, true)),
  ...define('both norm (string: string?, chars: string? = null)', ({ args }) =>
    args[0] === null ? null : trimmed(args[0] as string, args[1] as string | null, true, true) || null,
  ),
  ...define('both isEmpty (string: string?, trim: bool = true, chars: string? = null)', ({ args }) => {
    const [value, trim, chars] = args as [string | null, boolean, string | null];
    return value === null || (trim ? trimmed(value, chars, true, true) : value) === '';
  }),
  ...define('method replace (string: string, old: string, new: string, count: int = -1)', (call) => {
    const [value, old, fresh, count] = call.args as [string, string, string, bigint];
    return replacedText(value, old, fresh, Number(count), call);
  }),
  ...define('method replace (string: string, replacements: mapping, count: int = -1)', (call) => {
    const { meter } = call.engine;
    let value = text(call);
    for (const [old, fresh] of (call.args[1] as Dict).entries.values()) {
      meter.step();
      value = replacedText(value, textOf(old, meter), textOf(fresh, meter), Number(call.args[2]), call);
      checkedBytes(textSize(value));
    }
    return value;
  }),
  ...define('both format (_FormatString: string, *args: any?, **named)', ({ args, rest, named, engine }) =>
    formatted(args[0] as string, rest as YaqlValue[], named, engine.meter),
  ),
  ...define('function #operator_* (left: string, right: int)', (call) => repeated(text(call), call.args[1], call)),
  ...define('function #operator_* (left: int, right: string)', (call) => repeated(call.args[1] as string, call.args[0], call)),
  ...define('function #operator_in (left: string, right: string)', ({ args }) => (args[1] as string).includes(args[0] as string)),
  ...define('method substring (string: string, start: int, length: int = -1)', ({ args }) => {
    const chars = [...(args[0] as string)];
    const length = Number(args[2]) < 0 ? chars.length : Number(args[2]);
    const start = Number(args[1]) < 0 ? Number(args[1]) + chars.length : Number(args[1]);
    return chars.slice(start, start + length).join('');
  }),
  ...define('method indexOf (string: string, sub: string, start: int = 0)', ({ args }) =>
    foundAt(args[0] as string, args[1] as string, Number(args[2]), Number.POSITIVE_INFINITY, false),
  ),
  ...define('method indexOf (string: string, sub: string, start: int, length: int)', inPart(false)),
  ...define('method lastIndexOf (string: string, sub: string, start: int = 0)', ({ args }) =>
    foundAt(args[0] as string, args[1] as string, Number(args[2]), Number.POSITIVE_INFINITY, true),
  ),
  ...define('method lastIndexOf (string: string, sub: string, start: int, length: int)', inPart(true)),
  ...define('method toCharArray (string: string)', (call) => textList([...text(call)], call, true)),
  ...define(`function characters (${CHARACTERS.map(([name]) => `${name}: bool? = false`).join(', ')})`, (call) => {
    const wanted = CHARACTERS.filter((_, i) => call.args[i] === true);
    const chars = wanted.flatMap(([name, set]) => {
      if (set === null) throw badValue(`characters: there is no set "${name}"; use those that begin with "ascii"`);
      return [...set];
    });
    return textList([...new Set(chars)], call, true);
  }),
  ...define('function isString (arg: any?)', ({ args }) => typeof args[0] === 'string'),
  ...define('method startsWith (string: string, *prefixes: string)', (call) =>
    (call.rest as string[]).some((prefix) => text(call).startsWith(prefix)),
  ),
  ...define('method endsWith (string: string, *suffixes: string)', (call) =>
    (call.rest as string[]).some((suffix) => text(call).endsWith(suffix)),
  ),
  ...define('function hex (num: number?)', ({ args: [value] }) => {
    if (typeof value !== 'bigint') throw badValue('hex: the value must be an integer');
    return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
  }),
];
