/** Values as text, the way Python writes them: `True`, `None`, `1e+16`, JSON with `", "` and `": "`. Templates depend on it. */
import { isJsonArray, type Json } from '@hearth/kernel';

/** A number: integers plain, floats as Python's shortest form. Integral floats below 2^53 cannot be told from integers and render as such. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  if (Number.isSafeInteger(value)) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude >= 1e16 || magnitude < 1e-4) {
    const [digits, exponent] = value.toExponential().split('e') as [string, string];
    const size = exponent.slice(1).padStart(2, '0');
    return `${digits}e${exponent[0]}${size}`;
  }
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}

function escapedText(text: string): string {
  // DEL and everything beyond ASCII is escaped, as Python's json does.
  return JSON.stringify(text).replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** JSON text as Python's `json.dumps` writes it; keys sorted when asked. */
export function jsonText(value: Json, sortKeys: boolean): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return escapedText(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return 'NaN';
    return Number.isFinite(value) ? numberText(value) : value > 0 ? 'Infinity' : '-Infinity';
  }
  if (isJsonArray(value)) return `[${value.map((item) => jsonText(item, sortKeys)).join(', ')}]`;
  const keys = Object.keys(value);
  if (sortKeys) keys.sort(byCodePoint);
  return `{${keys.map((key) => `${escapedText(key)}: ${jsonText((value as Record<string, Json>)[key] as Json, sortKeys)}`).join(', ')}}`;
}

/** Order of strings by code point, which JavaScript's own order by UTF-16 unit is not beyond U+FFFF. */
export function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const xSurrogate = x >= 0xd800 && x <= 0xdfff;
    const ySurrogate = y >= 0xd800 && y <= 0xdfff;
    return xSurrogate === ySurrogate ? x - y : xSurrogate ? 1 : -1;
  }
  return a.length - b.length;
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  return (
    quote +
    text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t').replaceAll(quote, `\\${quote}`) +
    quote
  );
}

/** How a value looks inside a list or map that is written as text. */
export function innerText(value: Json): string {
  if (typeof value === 'string') return quoted(value);
  if (value === null || typeof value !== 'object') return plainText(value);
  if (isJsonArray(value)) return `[${value.map(innerText).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, item]) => `${quoted(key)}: ${innerText(item)}`)
    .join(', ')}}`;
}

/** Python's `str(value)`. */
export function plainText(value: Json): string {
  if (typeof value === 'string') return value;
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  return typeof value === 'number' ? numberText(value) : innerText(value);
}
