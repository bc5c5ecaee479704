/** `format()`: fields in braces by position or name, `[key]` into them, `!r` and `!s`, and the usual specifications of width and form. */
import { badValue, checkedBytes, type Meter } from './bounds.ts';
import { hashKey } from './equality.ts';
import { itemAt } from './library/lists.ts';
import { floatText, innerText, shownText } from './text.ts';
import { momentFormatted } from './clock-format.ts';
import { Moment } from './moments.ts';
import { Dict, isNumber, List, type YaqlValue } from './values.ts';

const wrong = (message: string): Error => badValue(`format: ${message}`);
const WIDEST = 10_000;

export function formatted(template: string, positional: readonly YaqlValue[], named: ReadonlyMap<string, YaqlValue>, meter: Meter): string {
  return new Formatter(positional, named, meter).text(template, 0);
}

class Formatter {
  readonly #positional: readonly YaqlValue[];
  readonly #named: ReadonlyMap<string, YaqlValue>;
  readonly #meter: Meter;
  #next: number | null = null;

  constructor(positional: readonly YaqlValue[], named: ReadonlyMap<string, YaqlValue>, meter: Meter) {
    this.#positional = positional;
    this.#named = named;
    this.#meter = meter;
  }

  text(template: string, depth: number): string {
    if (depth > 1) throw wrong('fields are nested too deep');
    const parts: string[] = [];
    let at = 0;
    while (at < template.length) {
      this.#meter.step();
      const brace = template.slice(at).search(/[{}]/);
      if (brace < 0) break;
      const open = at + brace;
      parts.push(template.slice(at, open));
      const char = template[open] as string;
      if (template[open + 1] === char) {
        parts.push(char);
        at = open + 2;
        continue;
      }
      if (char === '}') throw wrong('a "}" stands alone');
      const close = closing(template, open);
      parts.push(this.#field(template.slice(open + 1, close), depth));
      at = close + 1;
    }
    parts.push(template.slice(at));
    const text = parts.join('');
    this.#meter.produce(text.length);
    checkedBytes(text.length);
    return text;
  }

  #field(field: string, depth: number): string {
    const match = /^([^!:{}]*)(?:!([^:]*))?(?::([\s\S]*))?$/.exec(field);
    if (match === null) throw wrong('a field is written wrongly');
    const [, name = '', conversion, spec = ''] = match;
    let value = this.#value(name);
    if (conversion !== undefined) {
      if (conversion !== 'r' && conversion !== 's' && conversion !== 'a') throw wrong('a conversion must be !r or !s');
      value = conversion === 's' ? shownText(value, this.#meter) : innerText(value, this.#meter);
    }
    return withSpec(value, spec.includes('{') ? this.text(spec, depth + 1) : spec, this.#meter);
  }

  #value(name: string): YaqlValue {
    const head = /^[^.[]*/.exec(name)?.[0] ?? '';
    let value = this.#start(head);
    let rest = name.slice(head.length);
    while (rest !== '') {
      const step = /^\[([^\]]+)\]/.exec(rest);
      // Attributes of values are those of the machinery behind them.
      if (step === null) throw wrong('only [key] may follow the name of a field');
      value = this.#inside(value, step[1] as string);
      rest = rest.slice(step[0].length);
    }
    return value;
  }
  #start(head: string): YaqlValue {
    if (head === '' || /^\d+$/.test(head)) {
      const automatic = head === '';
      if (automatic ? this.#next === -1 : this.#next !== null && this.#next !== -1)
        throw wrong('numbered fields cannot be mixed with others');
      const index = automatic ? (this.#next ?? 0) : Number(head);
      this.#next = automatic ? index + 1 : -1;
      const value = this.#positional[index];
      if (value === undefined) throw wrong('there are fewer values than fields');
      return value;
    }
    const value = this.#named.get(head);
    if (value === undefined) throw wrong('there is no value for a named field');
    return value;
  }
  #inside(value: YaqlValue, key: string): YaqlValue {
    const numeric = /^\d+$/.test(key);
    if (value instanceof List && numeric) return itemAt(value, BigInt(key));
    const found = value instanceof Dict ? value.entries.get(hashKey(numeric ? BigInt(key) : key, this.#meter)) : undefined;
    if (found === undefined) throw wrong('a [key] leads nowhere');
    return found[1];
  }
}

function closing(template: string, open: number): number {
  let depth = 0;
  for (let at = open; at < template.length; at++) {
    if (template[at] === '{') depth++;
    else if (template[at] === '}' && --depth === 0) return at;
  }
  throw wrong('a "{" is not closed');
}

const SPEC = /^(?:([\s\S])?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/u;
interface Spec {
  readonly fill: string;
  readonly align: string;
  readonly sign: string;
  readonly alternate: boolean;
  readonly width: number;
  readonly grouping: string;
  readonly precision: number | null;
  readonly type: string;
}

function withSpec(value: YaqlValue, text: string, meter: Meter): string {
  if (text === '') return shownText(value, meter);
  if (value instanceof Moment) return momentFormatted(value, text);
  const match = SPEC.exec(text);
  if (match === null) throw wrong('the specification after ":" is written wrongly');
  const [, fill, align, sign = '', , alternate, zero, width, grouping = '', precision, type = ''] = match;
  if (Number(width ?? 0) > WIDEST || Number(precision ?? 0) > WIDEST) throw wrong('a field is too wide');
  const spec: Spec = {
    fill: fill ?? (zero === undefined ? ' ' : '0'),
    align: align ?? (zero === undefined ? '' : '='),
    sign,
    alternate: alternate !== undefined,
    width: Number(width ?? 0),
    grouping,
    precision: precision === undefined ? null : Number(precision),
    type,
  };
  if (typeof value === 'string') return textField(value, spec);
  if (typeof value === 'boolean') return numberField(BigInt(value), spec);
  if (isNumber(value)) return numberField(value, spec);
  throw wrong('this value takes no specification');
}

function textField(value: string, spec: Spec): string {
  if (!['', 's'].includes(spec.type) || spec.sign !== '' || spec.alternate || spec.grouping !== '' || spec.align === '=')
    throw wrong('the specification does not fit a text');
  const chars = [...value].slice(0, spec.precision ?? Number.POSITIVE_INFINITY);
  return padded('', chars.join(''), { ...spec, align: spec.align === '' ? '<' : spec.align });
}

function padded(sign: string, body: string, { fill, align, width }: Spec): string {
  const missing = Math.max(0, width - [...sign].length - [...body].length);
  if (align === '<') return sign + body + fill.repeat(missing);
  if (align === '=') return sign + fill.repeat(missing) + body;
  if (align !== '^') return fill.repeat(missing) + sign + body;
  const before = Math.floor(missing / 2);
  return fill.repeat(before) + sign + body + fill.repeat(missing - before);
}

function grouped(digits: string, separator: string, size: number): string {
  if (separator === '') return digits;
  const [, whole = '', rest = ''] = /^([0-9a-fA-F]*)([\s\S]*)$/.exec(digits) ?? [];
  const groups: string[] = [];
  for (let end = whole.length; end > 0; end -= size) groups.unshift(whole.slice(Math.max(0, end - size), end));
  return groups.join(separator) + rest;
}

const BASES: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16, X: 16, d: 10, n: 10, '': 10 };

function numberField(value: bigint | number, spec: Spec): string {
  const negative = value < 0 || Object.is(value, -0);
  const sign = negative ? '-' : spec.sign === '-' ? '' : spec.sign;
  if (typeof value === 'bigint' && Object.hasOwn(BASES, spec.type)) {
    if (spec.precision !== null) throw wrong('an integer takes no precision');
    const base = BASES[spec.type] as number;
    const digits = (value < 0n ? -value : value).toString(base);
    const prefix = spec.alternate && base !== 10 ? `0${spec.type}` : '';
    const body = grouped(spec.type === 'X' ? digits.toUpperCase() : digits, spec.grouping, base === 10 ? 3 : 4);
    return padded(sign + prefix, body, spec);
  }
  if (typeof value === 'bigint' && spec.type === 'c') return padded('', String.fromCodePoint(Math.min(Number(value), 0x10ffff)), spec);
  if (!/^[eEfFgGn%]?$/.test(spec.type)) throw wrong('the specification does not fit a number');
  const body = grouped(floatDigits(Math.abs(Number(value)), spec), spec.grouping, 3);
  return padded(sign, body, spec);
}

function exponential(value: number, digits: number): string {
  return value.toExponential(Math.min(digits, 100)).replace(/e([+-])(\d)$/, 'e$10$2');
}
function general(value: number, precision: number, least: number): string {
  const digits = precision === 0 ? 1 : Math.min(precision, 100);
  const exponent = value === 0 ? 0 : Number(value.toExponential(digits - 1).split('e')[1]);
  const text =
    exponent < -4 || exponent >= digits - least ? exponential(value, digits - 1) : value.toFixed(Math.max(0, digits - 1 - exponent));
  return text.replace(/(\.\d*?)0+(e|$)/, '$1$2').replace(/\.(e|$)/, '$1');
}
function floatDigits(value: number, { type, precision }: Spec): string {
  if (!Number.isFinite(value))
    return type === type.toUpperCase() && type !== '' && type !== '%' ? special(value).toUpperCase() : special(value);
  const digits = precision ?? 6;
  switch (type) {
    case 'f':
    case 'F':
      return fixedDigits(value, digits);
    case '%':
      return `${fixedDigits(value * 100, digits)}%`;
    case 'e':
      return exponential(value, digits);
    case 'E':
      return exponential(value, digits).toUpperCase();
    case 'G':
      return general(value, digits, 0).toUpperCase();
    case '': {
      if (precision === null) return floatText(value);
      const text = general(value, precision, 1);
      return /[.e]/.test(text) ? text : `${text}.0`;
    }
    default:
      return general(value, digits, 0);
  }
}
const special = (value: number): string => (Number.isNaN(value) ? 'nan' : 'inf');
/** Halves go to the even digit where they are exact, which JavaScript's own rounding does not do. */
function fixedDigits(value: number, digits: number): string {
  if (value >= 1e21) return BigInt(value).toString() + (digits > 0 ? `.${'0'.repeat(digits)}` : '');
  const text = value.toFixed(Math.min(digits, 100));
  const doubled = value * 2 * 10 ** digits;
  const isHalf =
    digits < 15 &&
    Number.isInteger(doubled) &&
    doubled % 2 === 1 &&
    doubled < 2 ** 52 &&
    doubled / 2 / 10 ** digits === value &&
    exact(value, digits);
  if (!isHalf) return text + '0'.repeat(Math.max(0, digits - 100));
  const lower = (doubled - 1) / 2;
  return ((lower % 2 === 0 ? lower : lower + 1) / 10 ** digits).toFixed(digits);
}
/** Whether a half at this digit is the exact value: it needs that many binary digits behind the point at most. */
const exact = (value: number, digits: number): boolean => Number.isInteger(value * 2 ** (digits + 1));
