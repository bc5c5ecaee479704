/** Days, clocks and their text: the proleptic Gregorian calendar, years 1 to 9999, in microseconds. */
import { badValue } from './bounds.ts';
import { Moment, Span } from './moments.ts';

export const SECOND = 1_000_000n;
export const MINUTE = 60n * SECOND;
export const HOUR = 60n * MINUTE;
export const DAY = 24n * HOUR;
const EARLIEST = -62_135_596_800n * SECOND;
const LATEST = 253_402_300_800n * SECOND;
const LONGEST = 1_000_000_000n * DAY;

/** Division that rounds down. */
export function floored(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by !== 0n && value < 0n !== by < 0n ? quotient - 1n : quotient;
}
export const remainder = (value: bigint, by: bigint): bigint => value - floored(value, by) * by;

export interface Fields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
export const daysInMonth = (year: number, month: number): number =>
  month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;

/** Days since 1970-01-01. */
export function dayNumber(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

export function fieldsOf(local: bigint): Fields {
  const days = Number(floored(local, DAY)) + 719_468;
  const inDay = remainder(local, DAY);
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
    hour: Number(inDay / HOUR),
    minute: Number((inDay / MINUTE) % 60n),
    second: Number((inDay / SECOND) % 60n),
    microsecond: Number(inDay % SECOND),
  };
}

const within = (value: number, from: number, to: number): boolean => Number.isInteger(value) && value >= from && value <= to;

export function momentFrom(fields: Fields, offset: bigint): Moment {
  const { year, month, day, hour, minute, second, microsecond } = fields;
  const fits =
    within(year, 1, 9999) &&
    within(month, 1, 12) &&
    within(day, 1, daysInMonth(year, month)) &&
    within(hour, 0, 23) &&
    within(minute, 0, 59) &&
    within(second, 0, 59) &&
    within(microsecond, 0, 999_999);
  if (!fits) throw badValue('there is no such date or time');
  const clock = BigInt(hour) * HOUR + BigInt(minute) * MINUTE + BigInt(second) * SECOND + BigInt(microsecond);
  return checkedMoment(BigInt(dayNumber(year, month, day)) * DAY + clock, offset);
}
export function checkedMoment(local: bigint, offset: bigint): Moment {
  if (local < EARLIEST || local >= LATEST) throw badValue('a date must lie in the years 1 to 9999');
  if (offset <= -DAY || offset >= DAY) throw badValue('an offset must be shorter than a day');
  return new Moment(local, offset);
}
export function checkedSpan(span: bigint): Span {
  if (span >= LONGEST || span <= -LONGEST) throw badValue('a timespan must be shorter than a thousand million days');
  return new Span(span);
}

const padded = (value: number | bigint, width: number): string => String(value).padStart(width, '0');

export function offsetText(offset: bigint, colon: string): string {
  const size = offset < 0n ? -offset : offset;
  const seconds = (size / SECOND) % 60n;
  const text = `${offset < 0n ? '-' : '+'}${padded(size / HOUR, 2)}${colon}${padded((size / MINUTE) % 60n, 2)}`;
  return seconds === 0n ? text : `${text}${colon}${padded(seconds, 2)}`;
}
export function momentText(moment: Moment, separator: string): string {
  const { year, month, day, hour, minute, second, microsecond } = fieldsOf(moment.local);
  const fraction = microsecond === 0 ? '' : `.${padded(microsecond, 6)}`;
  const clock = `${padded(hour, 2)}:${padded(minute, 2)}:${padded(second, 2)}${fraction}`;
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}${separator}${clock}${offsetText(moment.offset, ':')}`;
}
export function spanText({ span }: Span): string {
  const days = floored(span, DAY);
  const rest = remainder(span, DAY);
  const fraction = rest % SECOND === 0n ? '' : `.${padded(rest % SECOND, 6)}`;
  const clock = `${rest / HOUR}:${padded((rest / MINUTE) % 60n, 2)}:${padded((rest / SECOND) % 60n, 2)}${fraction}`;
  return days === 0n ? clock : `${days} day${days === 1n || days === -1n ? '' : 's'}, ${clock}`;
}
