/** Dates by format codes (`%Y-%m-%d`), written and read. */
import { badValue } from './bounds.ts';
import { dayNumber, type Fields, fieldsOf, HOUR, MINUTE, momentFrom, offsetText, SECOND } from './calendar.ts';
import type { Moment } from './moments.ts';

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const padded = (value: number, width: number): string => String(value).padStart(width, '0');

/** Monday is 0. */
export const weekdayOf = ({ year, month, day }: Fields): number => (((dayNumber(year, month, day) + 3) % 7) + 7) % 7;

function coded(code: string, moment: Moment): string {
  const fields = fieldsOf(moment.local);
  const { year, month, day, hour, minute, second, microsecond } = fields;
  const weekday = weekdayOf(fields);
  const yearDay = dayNumber(year, month, day) - dayNumber(year, 1, 1);
  const codes: Readonly<Record<string, () => string>> = {
    Y: () => String(year),
    m: () => padded(month, 2),
    d: () => padded(day, 2),
    e: () => String(day).padStart(2, ' '),
    H: () => padded(hour, 2),
    I: () => padded(hour % 12 === 0 ? 12 : hour % 12, 2),
    M: () => padded(minute, 2),
    S: () => padded(second, 2),
    f: () => padded(microsecond, 6),
    z: () => offsetText(moment.offset, ''),
    Z: () => (moment.offset === 0n ? 'UTC' : ''),
    j: () => padded(yearDay + 1, 3),
    y: () => padded(year % 100, 2),
    C: () => padded(Math.floor(year / 100), 2),
    b: () => (MONTHS[month - 1] as string).slice(0, 3),
    h: () => (MONTHS[month - 1] as string).slice(0, 3),
    B: () => MONTHS[month - 1] as string,
    a: () => (DAYS[weekday] as string).slice(0, 3),
    A: () => DAYS[weekday] as string,
    p: () => (hour < 12 ? 'AM' : 'PM'),
    w: () => String((weekday + 1) % 7),
    u: () => String(weekday + 1),
    U: () => padded(Math.floor((yearDay + 7 - ((weekday + 1) % 7)) / 7), 2),
    W: () => padded(Math.floor((yearDay + 7 - weekday) / 7), 2),
    F: () => `${year}-${padded(month, 2)}-${padded(day, 2)}`,
    T: () => `${padded(hour, 2)}:${padded(minute, 2)}:${padded(second, 2)}`,
    R: () => `${padded(hour, 2)}:${padded(minute, 2)}`,
    D: () => `${padded(month, 2)}/${padded(day, 2)}/${padded(year % 100, 2)}`,
    x: () => `${padded(month, 2)}/${padded(day, 2)}/${padded(year % 100, 2)}`,
    X: () => `${padded(hour, 2)}:${padded(minute, 2)}:${padded(second, 2)}`,
    s: () => String((moment.instant - (moment.instant % SECOND)) / SECOND),
    n: () => '\n',
    t: () => '\t',
    '%': () => '%',
  };
  const write = Object.hasOwn(codes, code) ? codes[code] : undefined;
  if (write === undefined) throw badValue('a format code for dates is not supported');
  return write();
}

export function momentFormatted(moment: Moment, format: string): string {
  return format.replaceAll(/%([\s\S])/gu, (_, code: string) => coded(code, moment));
}

const NUMBERS: Readonly<Record<string, string>> = {
  Y: '\\d{4}',
  m: '\\d{1,2}',
  d: '\\d{1,2}',
  H: '\\d{1,2}',
  I: '\\d{1,2}',
  M: '\\d{1,2}',
  S: '\\d{1,2}',
  f: '\\d{1,6}',
  y: '\\d{2}',
  j: '\\d{1,3}',
};
const WORDS: Readonly<Record<string, string>> = {
  z: 'Z|[+-]\\d{2}:?\\d{2}(?::?\\d{2})?',
  p: 'AM|PM',
  b: MONTHS.map((name) => name.slice(0, 3)).join('|'),
  B: MONTHS.join('|'),
  a: DAYS.map((name) => name.slice(0, 3)).join('|'),
  A: DAYS.join('|'),
};

/** Reads a date by its format. Blanks in the format stand for any run of them. */
export function momentParsed(text: string, format: string): Moment {
  const found = new Map<string, string>();
  let at = 0;
  const take = (expression: string): string => {
    const pattern = new RegExp(expression, 'iy');
    pattern.lastIndex = at;
    const match = pattern.exec(text)?.[0];
    if (match === undefined) throw badValue('datetime: the text does not fit the format');
    at += match.length;
    return match;
  };
  for (const [piece] of format.matchAll(/%[\s\S]|\s+|[\s\S]/gu)) {
    if (/^\s/.test(piece)) take('\\s+');
    else if (piece === '%%') take('%');
    else if (!piece.startsWith('%')) take(piece.replaceAll(/[$()*+.?[\\\]^{|}/-]/g, '\\$&'));
    else {
      const code = piece.slice(1);
      const expression = Object.hasOwn(NUMBERS, code) ? NUMBERS[code] : Object.hasOwn(WORDS, code) ? WORDS[code] : undefined;
      if (expression === undefined) throw badValue('a format code for dates is not supported');
      found.set(code, take(expression));
    }
  }
  if (at < text.length) throw badValue('datetime: the text does not fit the format');
  return momentOf(found);
}

const monthNamed = (name: string): number =>
  MONTHS.findIndex((month) => month.slice(0, 3).toLowerCase() === name.slice(0, 3).toLowerCase()) + 1;

function momentOf(found: ReadonlyMap<string, string>): Moment {
  const number = (code: string, otherwise: number): number => (found.has(code) ? Number(found.get(code)) : otherwise);
  const short = number('y', -1);
  const year = short < 0 ? number('Y', 1900) : short + (short < 69 ? 2000 : 1900);
  const named = found.get('b') ?? found.get('B');
  let hour = number('H', 0);
  if (found.has('I')) hour = (number('I', 0) % 12) + (found.get('p')?.toUpperCase() === 'PM' ? 12 : 0);
  const month = named === undefined ? number('m', 1) : monthNamed(named);
  const offset = offsetFrom(found.get('z') ?? 'Z');
  const clock = { hour, minute: number('M', 0), second: number('S', 0), microsecond: Number((found.get('f') ?? '0').padEnd(6, '0')) };
  if (!found.has('j') || found.has('d')) return momentFrom({ year, month, day: number('d', 1), ...clock }, offset);
  const first = momentFrom({ year, month: 1, day: 1, ...clock }, offset);
  return momentFrom({ ...fieldsOf(first.local + BigInt(number('j', 1) - 1) * 24n * HOUR) }, offset);
}

export function offsetFrom(text: string): bigint {
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = /^([+-])(\d{2}):?(\d{2})?(?::?(\d{2}))?$/.exec(text) ?? [];
  const size = BigInt(hours) * HOUR + BigInt(minutes) * MINUTE + BigInt(seconds) * SECOND;
  return sign === '-' ? -size : size;
}
