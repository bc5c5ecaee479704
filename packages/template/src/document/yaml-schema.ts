/**
 * The YAML 1.1 scalars exactly as PyYAML's safe loader reads them with Heat's one change (timestamps stay text). The patterns were
 * checked against PyYAML 6.0.3 (the table is in testdata/template/yaml-scalars.json).
 */
import { defineMappingTag, defineScalarTag, defineSequenceTag, mergeTag, NOT_RESOLVED, Schema, seqTag, strTag } from 'js-yaml';
import { latin1OrUtf8Text, base64Bytes } from './binary.ts';

const TAG = 'tag:yaml.org,2002:';
const DIGITS = [...'0123456789'];
const never = (): boolean => false;

const NULLS = new Set(['~', 'null', 'Null', 'NULL', '']);
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['yes', 'true', 'on'].flatMap((word) => spellings(word).map((spelling): [string, boolean] => [spelling, true])),
  ...['no', 'false', 'off'].flatMap((word) => spellings(word).map((spelling): [string, boolean] => [spelling, false])),
]);
function spellings(word: string): string[] {
  return [word, `${word[0]?.toUpperCase()}${word.slice(1)}`, word.toUpperCase()];
}

const INTEGER = /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/**
 * An integer beyond 2^53 as its decimal digits in a string: exact wherever it ends in text or in a string property. JavaScript's number
 * would silently change it.
 */
export function exactInteger(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

function sexagesimal(text: string): bigint {
  let total = 0n;
  for (const part of text.split(':')) total = total * 60n + BigInt(part);
  return total;
}

/** Longer integers cost more than they are worth; the reference cannot read them either. */
const MAX_DIGITS = 4_300;
/** Throws when an integer is written too long. */
export function checkDigits(source: string): void {
  if (source.length > MAX_DIGITS) throw new RangeError(`an integer has more than ${MAX_DIGITS} digits`);
}

function integerOf(source: string): number | string | null {
  checkDigits(source);
  let text = source.replaceAll('_', '');
  const negative = text.startsWith('-');
  if (negative || text.startsWith('+')) text = text.slice(1);
  let value: bigint;
  try {
    if (text === '0') value = 0n;
    else if (text.startsWith('0b') || text.startsWith('0x')) value = text.length === 2 ? notANumber() : BigInt(text);
    else if (text.startsWith('0')) value = BigInt(`0o${text.slice(1)}`);
    else if (text.includes(':')) value = sexagesimal(text);
    else value = BigInt(text);
  } catch {
    return null;
  }
  return exactInteger(negative ? -value : value);
}
function notANumber(): never {
  throw new RangeError('no digits');
}

function floatOf(source: string): number | null {
  let text = source.replaceAll('_', '').toLowerCase();
  const sign = text.startsWith('-') ? -1 : 1;
  if (text.startsWith('-') || text.startsWith('+')) text = text.slice(1);
  if (text === '.inf') return sign * Number.POSITIVE_INFINITY;
  if (text === '.nan') return Number.NaN;
  if (text.includes(':')) return sign * text.split(':').reduce((total, part) => total * 60 + Number(part), 0);
  const value = Number(text);
  return text === '' || Number.isNaN(value) ? null : sign * value;
}

const nullTag = defineScalarTag(`${TAG}null`, {
  implicit: true,
  implicitFirstChars: ['~', 'n', 'N', ''],
  resolve: (source, isExplicit) => (NULLS.has(source) || isExplicit ? null : NOT_RESOLVED),
  identify: never,
});
const boolTag = defineScalarTag(`${TAG}bool`, {
  implicit: true,
  implicitFirstChars: [...'yYnNtTfFoO'],
  resolve: (source, isExplicit) => BOOLEANS.get(isExplicit ? source.toLowerCase() : source) ?? NOT_RESOLVED,
  identify: never,
});
const intTag = defineScalarTag(`${TAG}int`, {
  implicit: true,
  implicitFirstChars: ['-', '+', ...DIGITS],
  resolve: (source, isExplicit) => (INTEGER.test(source) || isExplicit ? (integerOf(source) ?? NOT_RESOLVED) : NOT_RESOLVED),
  identify: never,
});
const floatTag = defineScalarTag(`${TAG}float`, {
  implicit: true,
  implicitFirstChars: ['-', '+', '.', ...DIGITS],
  resolve: (source, isExplicit) => (FLOAT.test(source) || isExplicit ? (floatOf(source) ?? NOT_RESOLVED) : NOT_RESOLVED),
  identify: never,
});
const timestampTag = defineScalarTag(`${TAG}timestamp`, { implicit: false, resolve: (source) => source, identify: never });
const binaryTag = defineScalarTag(`${TAG}binary`, {
  resolve: (source) => {
    const bytes = base64Bytes(source);
    return bytes === null ? NOT_RESOLVED : latin1OrUtf8Text(bytes);
  },
  identify: never,
});

/** A key as JSON writes it: maps have string keys once a template has travelled, and so have ours from the start. */
function keyText(key: unknown): string | null {
  if (typeof key === 'string') return key;
  if (key === null || typeof key === 'boolean' || typeof key === 'number') return String(key);
  return null;
}

type Pairs = Record<string, unknown>;
/** Sets an own property whatever its name is (`__proto__` included). */
export function setOwn(target: Pairs, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}

export const mapTag = defineMappingTag<Pairs>(`${TAG}map`, {
  create: () => ({}),
  addPair: (carrier, key, value) => {
    const text = keyText(key);
    if (text === null) return 'a list or map cannot be a key';
    setOwn(carrier, text, value);
    return '';
  },
  has: (carrier, key) => {
    const text = keyText(key);
    return text !== null && Object.hasOwn(carrier, text);
  },
  keys: (carrier) => Object.keys(carrier),
  get: (carrier, key) => {
    const text = keyText(key);
    return text !== null && Object.hasOwn(carrier, text) ? carrier[text] : null;
  },
  identify: never,
});
const setTag = defineMappingTag<Pairs>(`${TAG}set`, {
  create: mapTag.create,
  addPair: mapTag.addPair,
  has: mapTag.has,
  keys: mapTag.keys,
  get: mapTag.get,
  identify: never,
});
const pairList = (name: string) =>
  defineSequenceTag<unknown[][]>(`${TAG}${name}`, {
    create: () => [],
    addItem: (carrier, item) => {
      const entries = typeof item === 'object' && item !== null && !Array.isArray(item) ? Object.entries(item) : [];
      if (entries.length !== 1) return `an item of !!${name} must be a map of one key`;
      carrier.push(entries[0] as [string, unknown]);
      return '';
    },
    identify: never,
  });

/** A plain `=` has a tag without a constructor in PyYAML's safe loader: an error there, and so here. */
export const VALUE_KEY = '=';
/** As a key it merges; as a value it is the same error. */
export const MERGE_KEY = '<<';

export const heatYamlSchema: Schema = new Schema([
  strTag,
  seqTag,
  mapTag,
  nullTag,
  boolTag,
  intTag,
  floatTag,
  mergeTag,
  timestampTag,
  binaryTag,
  setTag,
  pairList('omap'),
  pairList('pairs'),
]);
