/** Dates and lengths of time. What depends on the clock of the machine is refused. */
import { badValue } from '../bounds.ts';
import { checkedMoment, checkedSpan, DAY, type Fields, fieldsOf, HOUR, MINUTE, momentFrom, remainder, SECOND } from '../calendar.ts';
import { momentFormatted, momentParsed, offsetFrom, weekdayOf } from '../clock-format.ts';
import { Moment, Span } from '../moments.ts';
import { define, type FunctionDefinition, type Invocation } from '../signature.ts';
import type { YaqlValue } from '../values.ts';
import { unsteady } from './numbers.ts';

const NONE = new Span(0n);
const moment = (call: Invocation): Moment => call.args[0] as Moment;
const offsetGiven = (value: unknown): bigint => ((value as Span | undefined) ?? NONE).span;

/** ISO 8601: a date, a time after `T` or a blank, a fraction, an offset. */
const ISO = /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,6})\d*)?)?)? ?(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/i;

function parsed(text: string): Moment {
  const match = ISO.exec(text.trim());
  if (match === null) throw badValue('datetime: without a format the text must be as ISO 8601 has it');
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone = 'Z'] = match;
  const fields = { year, month, day, hour, minute, second, microsecond: fraction.padEnd(6, '0') };
  return momentFrom(
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, Number(value)])) as unknown as Fields,
    offsetFrom(zone),
  );
}

/** Microseconds for a number of something; halves go to the even one. */
function scaled(value: number): bigint {
  if (!Number.isFinite(value) || Math.abs(value) > 1e24) throw badValue('a timespan is too long');
  const below = Math.floor(value);
  const rest = value - below;
  return BigInt(below) + (rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? 1n : 0n);
}
function multiplied(span: unknown, by: unknown): Span {
  const { span: length } = span as Span;
  return checkedSpan(typeof by === 'bigint' ? length * by : scaled(Number(length) * (by as number)));
}
function divided([span, by]: readonly unknown[]): Span {
  if (Number(by) === 0) throw badValue('division by zero');
  return checkedSpan(scaled(Number((span as Span).span) / Number(by)));
}

const OPERATORS: readonly (readonly [string, (a: bigint, b: bigint) => boolean])[] = [
  ['<', (a, b) => a < b],
  ['<=', (a, b) => a <= b],
  ['>', (a, b) => a > b],
  ['>=', (a, b) => a >= b],
];
const UNITS: readonly (readonly [string, bigint])[] = [
  ['microseconds', 1n],
  ['milliseconds', 1000n],
  ['seconds', SECOND],
  ['minutes', MINUTE],
  ['hours', HOUR],
  ['days', DAY],
];
const FIELDS: readonly (keyof Fields)[] = ['year', 'month', 'day', 'hour', 'minute', 'second', 'microsecond'];

const property = (name: string, of: 'moment' | 'span', value: (call: Invocation) => YaqlValue): readonly FunctionDefinition[] =>
  define(`function #property#${name} (obj: ${of})`, value);
const day = (value: Moment): Moment => new Moment(value.local - remainder(value.local, DAY), value.offset);

function replaced({ args }: Invocation): Moment {
  const given = args[0] as Moment;
  const fields = { ...fieldsOf(given.local) };
  for (const [i, name] of FIELDS.entries()) if (args[i + 1] !== null) Object.assign(fields, { [name]: Number(args[i + 1]) });
  return momentFrom(fields, args[8] === null ? given.offset : (args[8] as Span).span);
}

export const dateFunctions: readonly FunctionDefinition[] = [
  ...define(
    'function datetime (year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, microsecond: int = 0, offset: span = none)',
    ({ args }) => {
      const fields = Object.fromEntries(FIELDS.map((name, i) => [name, Number(args[i])])) as unknown as Fields;
      return momentFrom(fields, offsetGiven(args[7]));
    },
  ),
  ...define('function datetime (timestamp: number, offset: span = none)', ({ args }) => {
    const instant = typeof args[0] === 'bigint' ? args[0] * SECOND : scaled((args[0] as number) * 1e6);
    const offset = offsetGiven(args[1]);
    return checkedMoment(instant + offset, offset);
  }),
  ...define('function datetime (string: string, format: string? = null)', ({ args }) => {
    const [text, format] = args as [string, string | null];
    return format === null || format === '' ? parsed(text) : momentParsed(text, format);
  }),
  ...define(
    'function timespan (days: int = 0, hours: int = 0, minutes: int = 0, seconds: integer = 0, milliseconds: integer = 0, microseconds: integer = 0)',
    ({ args }) => {
      const units = [DAY, HOUR, MINUTE, SECOND, 1000n, 1n];
      return checkedSpan(units.reduce((sum, unit, i) => sum + unit * BigInt(args[i] as bigint), 0n));
    },
  ),
  ...define('function now (offset: span? = null)', unsteady('now')),
  // Services run on UTC.
  ...define('function localtz ()', () => NONE),
  ...define('function utctz ()', () => NONE),
  ...define('function #operator_+ (dt: moment, ts: span)', ({ args: [a, b] }) => moved(a, (b as Span).span)),
  ...define('function #operator_+ (ts: span, dt: moment)', ({ args: [a, b] }) => moved(b, (a as Span).span)),
  ...define('function #operator_- (dt: moment, ts: span)', ({ args: [a, b] }) => moved(a, -(b as Span).span)),
  ...define('function #operator_- (dt1: moment, dt2: moment)', ({ args: [a, b] }) =>
    checkedSpan((a as Moment).instant - (b as Moment).instant),
  ),
  ...define('function #operator_+ (ts1: span, ts2: span)', ({ args: [a, b] }) => checkedSpan((a as Span).span + (b as Span).span)),
  ...define('function #operator_- (ts1: span, ts2: span)', ({ args: [a, b] }) => checkedSpan((a as Span).span - (b as Span).span)),
  ...OPERATORS.flatMap(([name, holds]) => [
    ...define(`function #operator_${name} (dt1: moment, dt2: moment)`, ({ args: [a, b] }) =>
      holds((a as Moment).instant, (b as Moment).instant),
    ),
    ...define(`function #operator_${name} (ts1: span, ts2: span)`, ({ args: [a, b] }) => holds((a as Span).span, (b as Span).span)),
  ]),
  ...define('function #operator_* (ts: span, n: number)', ({ args: [a, b] }) => multiplied(a, b)),
  ...define('function #operator_* (n: number, ts: span)', ({ args: [a, b] }) => multiplied(b, a)),
  ...define('function #operator_/ (ts1: span, ts2: span)', ({ args: [a, b] }) => {
    if ((b as Span).span === 0n) throw badValue('division by zero');
    return Number((a as Span).span) / Number((b as Span).span);
  }),
  ...define('function #operator_/ (ts: span, n: number)', ({ args }) => divided(args)),
  ...define('function #unary_operator_- (ts: span)', ({ args }) => checkedSpan(-(args[0] as Span).span)),
  ...define('function #unary_operator_+ (ts: span)', ({ args }) => args[0] as Span),
  ...UNITS.flatMap(([name, unit]) =>
    property(name, 'span', ({ args }) => {
      const { span } = args[0] as Span;
      return unit === 1n ? span : Number(span) / Number(unit);
    }),
  ),
  ...FIELDS.flatMap((name) => property(name, 'moment', (call) => BigInt(fieldsOf(moment(call).local)[name]))),
  ...property('date', 'moment', (call) => day(moment(call))),
  ...property('time', 'moment', (call) => new Span(remainder(moment(call).local, DAY))),
  ...property('weekday', 'moment', (call) => BigInt(weekdayOf(fieldsOf(moment(call).local)))),
  // As in the reference the clock is set to UTC but the offset stays.
  ...property('utc', 'moment', (call) => checkedMoment(moment(call).instant, moment(call).offset)),
  ...property('offset', 'moment', (call) => new Span(moment(call).offset)),
  ...property('timestamp', 'moment', (call) => Number(moment(call).instant - moment(call).offset) / 1e6),
  ...define(
    'method replace (dt: moment, year: int? = null, month: int? = null, day: int? = null, hour: int? = null, minute: int? = null, second: int? = null, microsecond: int? = null, offset: span? = null)',
    replaced,
  ),
  ...define('method format (dt: moment, format: string)', (call) => momentFormatted(moment(call), call.args[1] as string)),
  ...define('function isDatetime (value: any?)', ({ args }) => args[0] instanceof Moment),
  ...define('function isTimespan (value: any?)', ({ args }) => args[0] instanceof Span),
];

function moved(value: unknown, by: bigint): Moment {
  const { local, offset } = value as Moment;
  return checkedMoment(local + by, offset);
}
