/**
 * JSON values as YAML in block style, keys sorted: for people to read, and for readers of YAML 1.1 and 1.2 to understand alike. What any of
 * them could take for something else than text is quoted. Depth is bounded where values enter.
 */
import { isJsonArray, isJsonObject, type Json } from '@hearth/kernel';

export const yamlText = (value: Json): string => `${block(value, '').join('\n')}\n`;

/** Lines, the first of which may follow a key or a dash. */
function block(value: Json, indent: string): readonly string[] {
  if (isJsonArray(value) && value.length > 0) {
    return value.flatMap((item) => nested(`${indent}-`, item, `${indent}  `, true));
  }
  if (isJsonObject(value) && Object.keys(value).length > 0) {
    return Object.keys(value)
      .sort()
      .flatMap((key) => {
        const item = value[key] as Json;
        return nested(`${indent}${textOf(key)}:`, item, isJsonArray(item) ? indent : `${indent}  `, false);
      });
  }
  return [`${indent}${scalar(value)}`];
}

function nested(head: string, value: Json, indent: string, isItem: boolean): readonly string[] {
  const isFull = (isJsonArray(value) && value.length > 0) || (isJsonObject(value) && Object.keys(value).length > 0);
  if (isFull) {
    const lines = block(value, indent);
    // What an item holds begins on the line of its dash.
    return isItem ? [`${head} ${(lines[0] as string).slice(indent.length)}`, ...lines.slice(1)] : [head, ...lines];
  }
  const literal = typeof value === 'string' ? literalLines(value, indent) : null;
  return literal === null ? [`${head} ${scalar(value)}`] : [`${head} ${literal.mark}`, ...literal.lines];
}

function scalar(value: Json): string {
  if (typeof value === 'string') return textOf(value);
  if (isJsonArray(value)) return '[]';
  if (isJsonObject(value)) return '{}';
  // YAML 1.1 takes a number for one only with a point before the exponent.
  return JSON.stringify(value).replace(/^(-?\d+)e/, '$1.0e');
}

const PLAIN = /^[A-Za-z_/.][\w/.@+=-]*(?: [\w/.@+=-]+)*$/;
/** Words that some version of YAML takes for a truth value or nothing. */
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null|none|\.inf|\.nan|~)$/i;
const NUMERIC = /^[.][\d_]|^\.$|^\.\.\.$/;

/** Double-quoted JSON is YAML too, but for characters that YAML wants escaped. */
function textOf(text: string): string {
  if (PLAIN.test(text) && !WORDS.test(text) && !NUMERIC.test(text)) return text;
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Several lines of plain text as they are; null where that would change them. */
function literalLines(text: string, indent: string): { readonly mark: string; readonly lines: readonly string[] } | null {
  if (!text.includes('\n') || /^[ \n]|[^\n\t\u0020-\u007e\u00a0-\ud7ff]/.test(text)) return null;
  const body = text.replace(/\n+$/, '');
  const trailing = text.length - body.length;
  const lines = [...body.split('\n'), ...Array.from({ length: Math.max(0, trailing - 1) }, () => '')];
  return { mark: trailing === 0 ? '|-' : trailing === 1 ? '|' : '|+', lines: lines.map((line) => (line === '' ? '' : `${indent}${line}`)) };
}
