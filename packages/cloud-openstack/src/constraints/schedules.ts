/** The rule for schedules in cron's language: five fields, a sixth for seconds, names of months and days, steps, `L`, `#`, and `@daily`. */

interface Field {
  readonly min: number;
  readonly max: number;
  readonly names: Readonly<Record<string, number>>;
}
const numbered = (first: number, names: string): Field['names'] => Object.fromEntries(names.split(' ').map((name, i) => [name, first + i]));
const MINUTES: Field = { min: 0, max: 59, names: {} };
const FIELDS: readonly Field[] = [
  MINUTES,
  { min: 0, max: 23, names: {} },
  { min: 1, max: 31, names: {} },
  { min: 1, max: 12, names: numbered(1, 'jan feb mar apr may jun jul aug sep oct nov dec') },
  { min: 0, max: 7, names: numbered(0, 'sun mon tue wed thu fri sat') },
  MINUTES,
];
const DAY_OF_MONTH = 2;
const DAY_OF_WEEK = 4;
const SHORTHANDS: Readonly<Record<string, string>> = {
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

export function scheduleProblem(value: string): string | null {
  if (value === '') return null;
  const lower = value.toLowerCase();
  const text = Object.hasOwn(SHORTHANDS, lower) ? (SHORTHANDS[lower] as string) : lower;
  const fields = text.split(/\s+/).filter((field) => field !== '');
  const reason =
    fields.length === 5 || fields.length === 6
      ? fieldsProblem(fields, value)
      : 'Exactly 5 or 6 columns has to be specified for iterator expression.';
  return reason === null ? null : `Invalid CRON expression: ${reason}`;
}

function fieldsProblem(fields: readonly string[], whole: string): string | null {
  for (const [i, field] of fields.entries()) {
    const spread = /^([hr])(?:\((\d+)-(\d+)\))?(?:\/(\d+))?$/.exec(field);
    const problem = spread === null ? partsProblem(field, { i, fields, whole }) : spreadProblem(spread, i, whole);
    if (problem !== null) return problem;
  }
  return null;
}

/** `r(0-29)/5`: any one of them. */
function spreadProblem([, kind, from, to, step]: RegExpExecArray, i: number, whole: string): string | null {
  if (kind === 'h') return 'Hashed definitions must include hash_id';
  const { min, max } = FIELDS[i] as Field;
  const isWithin = from === undefined || (Number(from) >= min && Number(to) <= max && Number(from) <= Number(to));
  return isWithin && step !== '0' ? null : `[${whole}] is not acceptable, out of range`;
}

interface Place {
  readonly i: number;
  readonly fields: readonly string[];
  readonly whole: string;
}

function partsProblem(field: string, place: Place): string | null {
  const plainDays = new Set<number>();
  const countedDays = new Set<number>();
  for (const part of field.split(',').reverse()) {
    const counted = place.i === DAY_OF_WEEK ? /^(\w+)#(\d+)|l(\d+)$/.exec(part) : null;
    const days = counted === null ? plainDays : countedDays;
    if (counted?.[2] !== undefined && (Number(counted[2]) < 1 || Number(counted[2]) > 5))
      return `[${place.whole}] is not acceptable.  Invalid day_of_week value: '${part}'`;
    const problem = partProblem(counted?.[1] ?? counted?.[3] ?? part, place, days);
    if (problem !== null) return problem;
  }
  const isMixed = countedDays.size > 0 && [...plainDays].some((day) => !countedDays.has(day));
  return isMixed ? 'day-of-week field does not support mixing literal values and nth day of week syntax.' : null;
}

/** One value, a range, or a step through one. Adds the days that it stands for. */
function partProblem(part: string, place: Place, days: Set<number>): string | null {
  const { i, whole } = place;
  const { min, max } = FIELDS[i] as Field;
  const asRange = part.replace(/^\*(?=\/.)/, `${min}-${max}`);
  const rangeForm = /^([^-]+)-([^-/]+)(\/(\d+))?$/;
  const range = rangeForm.exec(asRange) ?? rangeForm.exec(part.replace(/^(.+)\/(.+)$/, `$1-${max}/$2`));
  if (range === null) return valueProblem(part, place, days);
  const isDayL = i === DAY_OF_MONTH && range[2] === 'l';
  const from = numberOf(range[1] as string, i);
  const last = isDayL ? max : numberOf(range[2] as string, i);
  if (from === null || last === null) return unknownWord(place);
  // Sunday ends a week as well as it begins one.
  const to = i === DAY_OF_WEEK && range[2] === '0' && from > last ? max : last;
  if (from > to) return `[${whole}] is not acceptable`;
  if (to > max) return `${whole} is out of bands`;
  const step = Number(range[4] ?? 1);
  if (step === 0) return 'invalid range: the step must not be zero';
  for (let item = from; item <= to; item += step) {
    const problem = valueProblem(String(item), place, days);
    if (problem !== null) return problem;
  }
  return null;
}

function valueProblem(text: string, place: Place, days: Set<number>): string | null {
  const { i, fields, whole } = place;
  if (text === '*' || (text === 'l' && i === DAY_OF_MONTH)) return null;
  if (text.startsWith('-')) return `[${whole}] is not acceptable,negative numbers not allowed`;
  const number = numberOf(text, i);
  if (number === null) return unknownWord(place);
  const { min, max } = FIELDS[i] as Field;
  // With seconds, day 0 has always been taken for the first.
  const isZeroDay = i === DAY_OF_MONTH && number === 0 && fields.length === 6;
  if (!isZeroDay && (number < min || number > max)) return `[${whole}] is not acceptable, out of range`;
  days.add(i === DAY_OF_WEEK && number === 7 ? 0 : number);
  return null;
}

const unknownWord = ({ fields }: Place): string => `[${fields.join(' ')}] is not acceptable`;

function numberOf(text: string, i: number): number | null {
  if (/^\d+$/.test(text)) return Number(text);
  const { names } = FIELDS[i] as Field;
  return Object.hasOwn(names, text) ? (names[text] as number) : null;
}
