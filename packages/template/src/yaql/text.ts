/** Values as text, as `str()` and formatting write them: a list as `(1, 2)`, a map as `{'a': 1}`, true inside of them as `True`. */
import { badValue, type Meter } from './bounds.ts';
import { numberText } from '../semantics/rendering.ts';
import { momentText, spanText } from './calendar.ts';
import { Moment, Span } from './moments.ts';
import { Dict, List, SetOf, View, viewItems, type YaqlValue } from './values.ts';

/** A number that is no integer in the language always shows that: `1.0`. */
export function floatText(value: number): string {
  const text = numberText(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** Digits an integer may have as text, as in the reference. */
const MAX_DIGITS = 4300;
export function integerText(value: bigint): string {
  const text = String(value);
  if (text.length > MAX_DIGITS + (value < 0n ? 1 : 0))
    throw badValue(`an integer has more than the ${MAX_DIGITS} digits that may be written`);
  return text;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const UNPRINTABLE = /[\\\x00-\x1f\x7f-\xa0\xad]|[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

function escaped(char: string): string {
  const simple: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  const known = simple[char];
  if (known !== undefined) return known;
  const code = char.codePointAt(0) as number;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  return `${quote}${text.replaceAll(UNPRINTABLE, escaped).replaceAll(quote, `\\${quote}`)}${quote}`;
}

/** How a value looks inside a list or a map. Streams and the like have no text of their own. */
export function innerText(value: YaqlValue, meter: Meter): string {
  const text = meter.within(() => partText(value, meter));
  meter.produce(text.length);
  return text;
}

function partText(value: YaqlValue, meter: Meter): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'bigint') return integerText(value);
  if (typeof value === 'number') return floatText(value);
  if (typeof value === 'string') return quoted(value);
  const inside = (items: Iterable<YaqlValue>): string => [...items].map((item) => innerText(item, meter)).join(', ');
  if (value instanceof List) {
    if (!value.fixed) return `[${inside(value.items)}]`;
    return value.items.length === 1 ? `(${inside(value.items)},)` : `(${inside(value.items)})`;
  }
  if (value instanceof Dict)
    return `{${[...value.entries.values()].map(([key, item]) => `${innerText(key, meter)}: ${innerText(item, meter)}`).join(', ')}}`;
  if (value instanceof SetOf) return value.members.size === 0 ? 'frozenset()' : `frozenset({${inside(value.members.values())}})`;
  if (value instanceof View) {
    const { of, dict } = value;
    const name = of[0]?.toUpperCase() + of.slice(1);
    return dict.fixed ? `${name}View(${innerText(dict, meter)})` : `dict_${of}([${inside(viewItems(value))}])`;
  }
  if (value instanceof Moment) return momentText(value, ' ');
  return value instanceof Span ? spanText(value) : '<value without text>';
}

/** `str(value)`: null and booleans by their names here, everything else as the reference shows it. */
export function textOf(value: YaqlValue, meter: Meter): string {
  if (typeof value === 'string') return value;
  if (value === null) return 'null';
  return typeof value === 'boolean' ? String(value) : innerText(value, meter);
}
/** What formatting writes for `{}`. */
export const shownText = (value: YaqlValue, meter: Meter): string => (typeof value === 'string' ? value : innerText(value, meter));
