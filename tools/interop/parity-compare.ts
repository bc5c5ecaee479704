/** Two clouds that were told the same: where the answers differ in code, headers, shape, or the words of a refusal. */
import { type Call, callsOf, type RecordedRun } from './parity-calls.ts';

export interface Difference {
  readonly service: string;
  readonly call: string;
  /** `call`, `status`, `header …`, `body…` as a path, or `words…` for the texts of a refusal. */
  readonly at: string;
  readonly real: string;
  readonly ours: string;
  /** Commands that showed it. */
  readonly steps: readonly string[];
}

/** Headers of the connection and of the moment. */
const PASSING = new Set(['date', 'connection', 'keep-alive', 'server', 'content-length', 'transfer-encoding', 'expires', 'age']);

/** Differences of all steps, each once, in the order of services and calls. */
export function differencesOf(real: RecordedRun, ours: RecordedRun): readonly Difference[] {
  const realCalls = callsOf(real);
  const ourCalls = callsOf(ours);
  const found = new Map<string, { difference: Omit<Difference, 'steps'>; steps: string[] }>();
  const failed = (run: RecordedRun) => new Set(run.steps.flatMap(({ name, problem }) => (problem === null ? [] : [name])));
  const [realFailed, oursFailed] = [failed(real), failed(ours)];
  for (const [step, expected] of realCalls) {
    const answered = ourCalls.get(step) ?? [];
    // A command that failed is told as such. Where it was ours, its answers may say why; the calls it did not come to say nothing.
    if (realFailed.has(step) || answered.length === 0) continue;
    for (const difference of differencesOfStep(expected, answered)) {
      if (difference.at === 'call' && oursFailed.has(step)) continue;
      const key = JSON.stringify(difference);
      const known = found.get(key);
      if (known === undefined) found.set(key, { difference, steps: [step] });
      else known.steps.push(step);
    }
  }
  return [...found.values()]
    .map(({ difference, steps }) => ({ ...difference, steps }))
    .sort((a, b) => compareTexts(a.service, b.service) || compareTexts(a.call, b.call) || compareTexts(a.at, b.at));
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

type Found = Omit<Difference, 'steps'>;

function differencesOfStep(real: readonly Call[], ours: readonly Call[]): readonly Found[] {
  const key = ({ service, call }: Call) => `${service} ${call}`;
  const answers = new Map(ours.map((call) => [key(call), call]));
  const found: Found[] = [];
  const onlyOne: Found[] = [];
  for (const expected of real) {
    const { service, call } = expected;
    const answer = answers.get(key(expected));
    answers.delete(key(expected));
    if (answer === undefined) onlyOne.push({ service, call, at: 'call', real: `answered ${expected.status}`, ours: 'never called' });
    else for (const difference of differencesOfCall(expected, answer)) found.push({ service, call, ...difference });
  }
  for (const { service, call, status } of answers.values()) {
    onlyOne.push({ service, call, at: 'call', real: 'never called', ours: `answered ${status}` });
  }
  // After another status a client takes another course; that it does says nothing new.
  return found.some(({ at }) => at === 'status') ? found : [...found, ...onlyOne];
}

interface Aspect {
  readonly at: string;
  readonly real: string;
  readonly ours: string;
}

function differencesOfCall(real: Call, ours: Call): readonly Aspect[] {
  const headers = headerDifferences(real.headers, ours.headers);
  if (real.status !== ours.status) {
    return [{ at: 'status', real: withWords(real), ours: withWords(ours) }, ...headers];
  }
  if (real.status >= 400) return [...headers, ...wordDifferences('words', real.body, ours.body)];
  return [...headers, ...shapeDifferences('body', ...ownParts(real.body, ours.body))];
}

const withWords = ({ status, body }: Call): string =>
  status >= 400 ? `${status} ${typeof body === 'string' ? body : JSON.stringify(body)}`.slice(0, 400) : String(status);

function headerDifferences(real: Call['headers'], ours: Call['headers']): readonly Aspect[] {
  const names = [...new Set([...Object.keys(real), ...Object.keys(ours)])].filter((name) => !PASSING.has(name)).sort();
  const worded = (value: string | undefined) => (value === undefined ? 'absent' : 'present');
  return names.flatMap((name): Aspect[] => {
    const [expected, answer] = [real[name], ours[name]];
    if (name === 'content-type' && expected !== answer)
      return [{ at: 'header content-type', real: String(expected), ours: String(answer) }];
    return worded(expected) === worded(answer) ? [] : [{ at: `header ${name}`, real: worded(expected), ours: worded(answer) }];
  });
}

/** Refusals are compared word by word. */
function wordDifferences(at: string, real: unknown, ours: unknown): readonly Aspect[] {
  if (isRecord(real) && isRecord(ours)) {
    return [...new Set([...Object.keys(real), ...Object.keys(ours)])].flatMap((key) =>
      wordDifferences(`${at}.${key}`, real[key], ours[key]),
    );
  }
  const [expected, answer] = [JSON.stringify(real) ?? 'absent', JSON.stringify(ours) ?? 'absent'];
  return expected === answer ? [] : [{ at, real: expected.slice(0, 600), ours: answer.slice(0, 600) }];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Listings hold what others made too. Where rows of the step's own chapter are on both sides, only those count; else those that nobody
 * of the run made.
 */
function ownParts(real: unknown, ours: unknown): [real: unknown, ours: unknown] {
  if (Array.isArray(real) && Array.isArray(ours)) return ownRows(real, ours);
  if (!isRecord(real) || !isRecord(ours)) return [real, ours];
  const left: Record<string, unknown> = { ...real };
  const right: Record<string, unknown> = { ...ours };
  for (const [key, value] of Object.entries(real)) {
    const other = ours[key];
    if (Array.isArray(value) && Array.isArray(other)) [left[key], right[key]] = ownRows(value, other);
  }
  return [left, right];
}

function ownRows(real: readonly unknown[], ours: readonly unknown[]): [real: readonly unknown[], ours: readonly unknown[]] {
  const rowsWith = (rows: readonly unknown[], word: string, isThere: boolean) =>
    rows.filter((row) => (JSON.stringify(row) ?? '').includes(word) === isThere);
  const own = [rowsWith(real, '<tag>', true), rowsWith(ours, '<tag>', true)] as const;
  if (own[0].length > 0 && own[1].length > 0) return [own[0], own[1]];
  const standing = [rowsWith(real, '<other>', false), rowsWith(ours, '<other>', false)] as const;
  const names = (rows: readonly unknown[]) =>
    new Set(rows.flatMap((row) => (isRecord(row) && typeof row.name === 'string' ? [row.name] : [])));
  const [theirs, mine] = [names(standing[0]), names(standing[1])];
  const common = (rows: readonly unknown[]) =>
    rows.filter((row) => isRecord(row) && theirs.has(String(row.name)) && mine.has(String(row.name)));
  // What is there from the start on both sides, such as the image; a strange cloud may hold more.
  if (common(standing[0]).length > 0) return [common(standing[0]), common(standing[1])];
  // Nothing stands on one side: there is nothing to compare with. That rows must be there is for the transcript to say.
  return standing[0].length === 0 || standing[1].length === 0 ? [[], []] : [standing[0], standing[1]];
}

/** Kinds of values by path; all rows of a list share one path. */
type Shape = Map<string, Set<string>>;

function shapeDifferences(at: string, real: unknown, ours: unknown): readonly Aspect[] {
  const expected = shapeOf(at, real);
  const answer = shapeOf(at, ours);
  const found: Aspect[] = [];
  const settled: string[] = [];
  for (const path of [...new Set([...expected.keys(), ...answer.keys()])].sort()) {
    if (settled.some((above) => path.startsWith(above))) continue;
    const [wanted, given] = [kinds(expected.get(path)), kinds(answer.get(path))];
    if (wanted === given) continue;
    if (isOfRows(path) && mayBeSame(expected.get(path), answer.get(path))) {
      if (wanted === 'empty list' || given === 'empty list') settled.push(`${path}[`);
      continue;
    }
    found.push({ at: path, real: wanted, ours: given });
    // What lies below something that is not there, or is something else, says nothing new.
    settled.push(`${path}.`, `${path}[`);
  }
  return found;
}

/** Rows of one listing may be about different things on the two sides: their kinds only have to have one in common. */
const isOfRows = (path: string): boolean => path.includes('[]');

function mayBeSame(real: ReadonlySet<string> | undefined, ours: ReadonlySet<string> | undefined): boolean {
  if (real === undefined || ours === undefined) return false;
  const kind = (name: string) => (name === 'empty list' ? 'list' : name);
  const wanted = new Set([...real].map(kind));
  return [...ours].some((name) => wanted.has(kind(name)));
}

/** Rows of a listing that hold lists, some of them empty, say no more than those with full ones. */
const kinds = (set: ReadonlySet<string> | undefined): string =>
  set === undefined
    ? 'absent'
    : [...set]
        .filter((kind) => kind !== 'empty list' || !set.has('list'))
        .sort()
        .join(' or ');

function shapeOf(top: string, body: unknown): Shape {
  const shape: Shape = new Map();
  const open: [path: string, value: unknown][] = [[top, body]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [path, value] = next;
    const known = shape.get(path) ?? new Set<string>();
    known.add(kindOf(value));
    shape.set(path, known);
    if (Array.isArray(value)) for (const row of value) open.push([`${path}[]`, row]);
    else if (isRecord(value)) for (const [key, inner] of Object.entries(value)) open.push([`${path}.${key}`, inner]);
  }
  return shape;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'empty list' : 'list';
  return typeof value;
}
