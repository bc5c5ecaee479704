/**
 * How column values arrive: `bigint` as number, `timestamptz` and `timestamp` as milliseconds since 1970 (as every clock of ours gives
 * them), `json` parsed, `bytea` as Buffer, arrays as arrays, `numeric` and `date` as text. Given back the other way: pass a time as
 * `new Date(ms)` or `to_timestamp($1 / 1000.0)`, and JSON as `JSON.stringify(…)` (the driver takes a bare array for a PostgreSQL array).
 */
import { Bug } from '@hearth/kernel';
import pg from 'pg';

const { builtins } = pg.types;
const TIMESTAMPTZ_ARRAY = 1185;
const INT8_ARRAY = 1016;
const TEXT_ARRAY = 1009;

/** A `bigint`; beyond 2^53 a number would be another number. */
function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Bug(`bigint ${text} does not fit a number`);
  return value;
}

/** `2026-01-31 12:00:00.123456+00` as milliseconds, the rest cut off; `infinity` as Infinity. */
export function millisecondsOf(text: string): number {
  if (text === 'infinity') return Number.POSITIVE_INFINITY;
  if (text === '-infinity') return Number.NEGATIVE_INFINITY;
  const zone = /[+-]\d\d(?::?\d\d)?$/.exec(text)?.[0] ?? '';
  const iso = `${text.slice(0, text.length - zone.length).replace(' ', 'T')}${zone === '' || zone === '+00' ? 'Z' : zone.length === 3 ? `${zone}:00` : zone}`;
  const value = Date.parse(iso);
  if (Number.isNaN(value)) throw new Bug(`time ${text} is not understood`);
  return value;
}

function listOf<T>(parse: (text: string) => T): (text: string) => (T | null)[] {
  const parseTexts = pg.types.getTypeParser(TEXT_ARRAY as never) as unknown as (text: string) => (string | null)[];
  return (text) => parseTexts(text).map((item) => (item === null ? null : parse(item)));
}

type Parser = (text: string) => unknown;

/** For the driver's `types` option. */
export function rowValueTypes(): pg.CustomTypesConfig {
  const own = new Map<number, Parser>([
    [builtins.INT8, wholeNumber],
    [INT8_ARRAY, listOf(wholeNumber)],
    [builtins.TIMESTAMPTZ, millisecondsOf],
    [builtins.TIMESTAMP, millisecondsOf],
    [TIMESTAMPTZ_ARRAY, listOf(millisecondsOf)],
    [builtins.DATE, (text) => text],
  ]);
  const getTypeParser = (oid: number, format?: string): Parser => {
    const parser = format === 'binary' ? undefined : own.get(oid);
    return parser ?? (pg.types.getTypeParser(oid as never, format as 'text') as Parser);
  };
  return { getTypeParser: getTypeParser as pg.CustomTypesConfig['getTypeParser'] };
}
