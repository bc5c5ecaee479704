/** Rules for points in time and time zones. */

const DATE = String.raw`(?<year>\d{4})(?:(?:-(?<monthDash>\d{1,2})|(?<month>\d{2})(?!$))(?:(?:-(?<dayDash>\d{1,2})|(?<day>\d{2}))(?<clock>[ T].+)?)?)?`;
const CLOCK = String.raw`(?<hour>\d{2})(?::?(?<minute>\d{2}))?(?::?(?<second>\d{1,2})(?:[.,](?<fraction>\d+))?)?`;
const ZONE = String.raw`(?:Z|(?<sign>[-+])(?<zoneHour>\d{2}):?(?<zoneMinute>\d{2})?)?`;
const DATE_FORM = new RegExp(`^${DATE}$`);
const CLOCK_FORM = new RegExp(`^[ T]${CLOCK}${ZONE}$`);

/** Milliseconds since 1970 of an ISO 8601 date or time; null: it is none. */
function timeOf(text: string): number | null {
  const date = DATE_FORM.exec(text.replace(/\n$/, ''))?.groups;
  if (date === undefined) return null;
  const [year, month, day] = [date.year, date.monthDash ?? date.month ?? 1, date.dayDash ?? date.day ?? 1].map(Number) as [
    number,
    number,
    number,
  ];
  const clock = date.clock === undefined ? {} : CLOCK_FORM.exec(date.clock)?.groups;
  if (clock === undefined) return null;
  const [hour, minute, second] = [clock.hour ?? 0, clock.minute ?? 0, clock.second ?? 0].map(Number) as [number, number, number];
  const zone = (Number(clock.zoneHour ?? 0) * 60 + Number(clock.zoneMinute ?? 0)) * (clock.sign === '-' ? -1 : 1);
  const isPossible = year >= 1 && hour <= 23 && minute <= 59 && second <= 59 && Math.abs(zone) < 24 * 60;
  if (!isPossible) return null;
  const at = new Date(0);
  // `Date.UTC` takes years below 100 for those of the last century.
  at.setUTCFullYear(year, month - 1, day);
  if (at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day) return null;
  at.setUTCHours(hour, minute, second);
  return at.getTime() - zone * 60_000;
}

export const dateProblem = (value: string): string | null => (timeOf(value) === null ? 'it is not an ISO 8601 date or time' : null);

const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
export function expirationProblem(value: string, now: number): string | null {
  if (value === '') return null;
  const wrong = (reason: string): string => `Expiration ${value} is invalid: ${reason}`;
  const text = value.trim();
  const at = timeOf(text);
  if (at === null) return wrong(`Unable to parse date string '${text}'`);
  if (at > LAST_MS) return wrong('date value out of range');
  return at > now ? null : wrong('Expiration time is out of date.');
}

export function timezoneProblem(value: string): string | null {
  return value === '' || isTimezone(value) ? null : `Invalid timezone: '${value}'`;
}

/** Three-letter names of the time zone database; JavaScript knows others, which mean different things in different places. */
const SHORT_NAMES = /^(?:CET|EET|EST|GMT|HST|MET|MST|PRC|ROC|ROK|UCT|UTC|WET)$/i;
/** Names that JavaScript still knows and the database has given up. */
const GIVEN_UP = /^(?:SystemV\/.*|US\/Pacific-New|Canada\/East-Saskatchewan)$/i;

/** A name of the time zone database, in any case. */
function isTimezone(value: string): boolean {
  // Offsets (`+01:00`) are no names, though JavaScript takes them.
  if (!/^[A-Za-z]/.test(value) || GIVEN_UP.test(value)) return false;
  if (value.length === 3 && !SHORT_NAMES.test(value)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}
