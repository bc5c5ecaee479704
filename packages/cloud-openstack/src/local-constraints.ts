/** Named rules that need no cloud: addresses, DNS names, times, schedules, JSON. The words are those that users of Heat know. */
import { isIP, isIPv4 } from 'node:net';
import type { Json } from '@hearth/kernel';

type Rule = (value: string, now: number) => string | null;

const RULES: Readonly<Record<string, Rule>> = {
  ip_addr: (value) => (isIP(value) === 0 ? 'Invalid IP address' : null),
  net_cidr: cidrProblem,
  ip_or_cidr: (value) => (isIP(value) !== 0 || cidrProblem(value) === null ? null : 'Invalid net cidr or IP address'),
  mac_addr: (value) =>
    /^(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}$/i.test(value) || /^[0-9a-f]{12}$/i.test(value) ? null : 'Invalid MAC address.',
  dns_name: dnsNameProblem,
  rel_dns_name: (value) => (value.endsWith('.') ? `'${value}' must not end with '.'.` : dnsNameProblem(value)),
  dns_domain: (value) => (value === '' ? null : (dnsNameProblem(value) ?? (value.endsWith('.') ? null : `'${value}' must end with '.'.`))),
  iso_8601: (value) => (timeOf(value) === null ? `Invalid ISO 8601 date: ${value}` : null),
  expiration(value, now) {
    const at = timeOf(value);
    if (at === null) return `Expiration ${value} is invalid: not an ISO 8601 date`;
    return at > now ? null : `Expiration ${value} is invalid: Expiration time is out of date.`;
  },
  timezone: (value) => (isTimezone(value) ? null : `Invalid timezone: '${value}'`),
  cron_expression: cronProblem,
  json_string: (value) => (isJsonText(value) ? null : 'JSON string expected'),
};

/** Undefined: not one of these rules. Null: fine. */
export function localConstraintProblem(name: string, value: Json, now: number): string | null | undefined {
  // A test double: it only ever takes time.
  if (name === 'test_constr') return null;
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  if (rule === undefined) return undefined;
  return typeof value === 'string' ? rule(value, now) : 'a text is expected';
}

function cidrProblem(value: string): string | null {
  const [address = '', prefix, ...rest] = value.split('/');
  const family = isIP(address);
  const isRight =
    family !== 0 && rest.length === 0 && prefix !== undefined && /^\d{1,3}$/.test(prefix) && Number(prefix) <= (isIPv4(address) ? 32 : 128);
  return isRight ? null : `Invalid net cidr ${value}`;
}

const MAX_FQDN = 255;
function dnsNameProblem(value: string): string | null {
  const wrong = (reason: string): string => `'${value}' not in valid format. Reason: ${reason}`;
  if (value === '') return null;
  if (value.length > MAX_FQDN) return wrong(`'${value}' exceeds the ${MAX_FQDN} character FQDN limit`);
  const names = (value.endsWith('.') ? value.slice(0, -1) : value).split('.');
  for (const name of names) {
    if (name === '') return wrong('Encountered an empty component');
    if (name.startsWith('-') || name.endsWith('-')) return wrong(`Name '${name}' must not start or end with a hyphen.`);
    if (!/^[0-9a-z-]{1,63}$/i.test(name))
      return wrong(`Name '${name}' must be 1-63 characters long, each of which can only be alphanumeric or a hyphen.`);
  }
  const last = names.at(-1) as string;
  return names.length > 1 && /^\d+$/.test(last) ? wrong(`TLD '${last}' must not be all numeric`) : null;
}

const ISO_8601 = /^\d{4}-?\d{2}-?\d{2}(?:[T ]\d{2}(?::?\d{2}(?::?\d{2}(?:[.,]\d{1,9})?)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;
function timeOf(value: string): number | null {
  const text = value.trim();
  if (!ISO_8601.test(text)) return null;
  const [, year, month, day, clock = ''] = /^(\d{4})-?(\d{2})-?(\d{2})(.*)$/.exec(text) as RegExpExecArray;
  const parts = /^[T ]?(\d{2})?:?(\d{2})?:?(\d{2})?(?:[.,]\d+)?(Z|[+-]\d{2}:?(?:\d{2})?)?$/i.exec(clock);
  const [, hour = '00', minute = '00', second = '00', zone = 'Z'] = parts ?? [];
  const offset = zone.toUpperCase() === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`);
  return Number.isFinite(at) ? at : null;
}

function isTimezone(value: string): boolean {
  if (!/^[A-Za-z]/.test(value)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

/** Limits of minute, hour, day of month, month, day of week, and the sixth field (seconds). */
const CRON_FIELDS = [
  { min: 0, max: 59, names: [] },
  { min: 0, max: 23, names: [] },
  { min: 1, max: 31, names: ['L'] },
  { min: 1, max: 12, names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'] },
  { min: 0, max: 7, names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] },
  { min: 0, max: 59, names: [] },
] as const;

function cronProblem(value: string): string | null {
  const wrong = (reason: string): string => `Invalid CRON expression: ${reason}`;
  const fields = value.trim().split(/\s+/);
  if (fields.length !== 5 && fields.length !== 6) return wrong('Exactly 5 or 6 columns has to be specified for iterator expression.');
  const bad = fields.find(
    (field, i) => !field.split(',').every((part) => isCronPart(part, CRON_FIELDS[i] as (typeof CRON_FIELDS)[number])),
  );
  return bad === undefined ? null : wrong(`[${value}] is not acceptable, out of range or not understood: ${bad}`);
}

function isCronPart(part: string, field: (typeof CRON_FIELDS)[number]): boolean {
  const match = /^(\*|[0-9A-Za-z]+)(?:-([0-9A-Za-z]+))?(?:\/(\d+))?$/.exec(part);
  if (match === null) return false;
  const [, from = '', to, step] = match;
  const isLimit = (text: string): boolean =>
    /^\d+$/.test(text)
      ? Number(text) >= field.min && Number(text) <= field.max
      : (field.names as readonly string[]).includes(text.toUpperCase());
  if (step !== undefined && Number(step) < 1) return false;
  return from === '*' ? to === undefined : isLimit(from) && (to === undefined || isLimit(to));
}

function isJsonText(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}
