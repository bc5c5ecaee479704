/** Regular expressions with Python's meaning: searching, replacing, splitting. */
import { badValue } from '../bounds.ts';
import { compileSearch, type CodePoints, type Found } from '../../parameters/pattern-search.ts';
import { PatternProblem } from '../../parameters/pattern-syntax.ts';
import type { Context } from '../context.ts';
import type { Engine, LambdaIn } from '../engine.ts';
import { entriesOf } from '../equality.ts';
import { define, type FunctionDefinition, type Invocation } from '../signature.ts';
import { Dict, List, Regex, type YaqlValue } from '../values.ts';
import { streaming } from './streams.ts';

/** Each expression is read once in an evaluation, and reading it costs steps. */
function compiled(source: string, flags: Parameters<typeof compileSearch>[1], engine: Engine): Regex {
  const key = JSON.stringify([source, flags]);
  const known = engine.patterns.get(key);
  if (known !== undefined) return known;
  engine.meter.step(50 + source.length);
  const regex = guarded(
    () =>
      new Regex(
        source,
        compileSearch(source, flags, (steps) => engine.meter.step(steps)),
      ),
  );
  engine.patterns.set(key, regex);
  return regex;
}
function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof PatternProblem) throw badValue(`the regular expression cannot be used: ${error.message}`);
    throw error;
  }
}

/** A text in which a pattern is looked for. */
class Subject {
  readonly text: CodePoints;
  readonly #regex: Regex;
  constructor(text: string, regex: Regex) {
    this.text = [...text].map((char) => char.codePointAt(0) as number);
    this.#regex = regex;
  }
  find(from: number, mayBeEmpty = true): Found | null {
    return guarded(() => this.#regex.pattern.find(this.text, from, mayBeEmpty));
  }
  /** All matches that do not overlap; an empty one may follow another, but not at the same place as an empty one. */
  *all(): Generator<Found> {
    let mayBeEmpty = true;
    for (let from = 0; from <= this.text.length; ) {
      const found = this.find(from, mayBeEmpty);
      if (found === null) return;
      yield found;
      from = found[1] as number;
      mayBeEmpty = found[0] !== found[1];
    }
  }
  cut(from: number, to: number): string {
    let text = '';
    for (let at = from; at < to; at += 4096) text += String.fromCodePoint(...this.text.slice(at, Math.min(to, at + 4096)));
    return text;
  }
  group(found: Found, index: number): string | null {
    const [from, to] = [found[2 * index] as number, found[2 * index + 1] as number];
    return from < 0 || to < 0 ? null : this.cut(from, to);
  }
  /** `$1` is the whole match, `$2` the first group, each with `value`, `start` and `end`. */
  publish(found: Found, context: Context, engine: Engine): void {
    // The reference fails on them, too.
    if (this.#regex.pattern.names.size > 0) throw badValue('groups with names cannot be used with a selector');
    for (let index = 0; index <= this.#regex.pattern.groups; index++) {
      const pairs: [string, YaqlValue][] = [
        ['value', this.group(found, index)],
        ['start', BigInt(found[2 * index] as number)],
        ['end', BigInt(found[2 * index + 1] as number)],
      ];
      context.set(String(index + 1), new Dict(entriesOf(pairs, engine.meter), false));
    }
  }
  get groups(): number {
    return this.#regex.pattern.groups;
  }
  get names(): ReadonlyMap<string, number> {
    return this.#regex.pattern.names;
  }
}

const search = (text: string, regex: Regex): boolean => new Subject(text, regex).find(0) !== null;
/** A plain pattern or a compiled one. */
const patternIn = (value: unknown, engine: Engine): Regex => (value instanceof Regex ? value : compiled(value as string, {}, engine));

function found(selector: LambdaIn | null, subject: Subject, match: Found, { context, engine }: Invocation): YaqlValue {
  if (selector === null) return subject.group(match, 0);
  const inner = context.child();
  subject.publish(match, inner, engine);
  return selector(inner);
}

/** `\1`, `\g<1>`, `\g<name>` and the usual escapes of a replacement. */
function expansion(template: string, subject: Subject, match: Found): string {
  return template.replaceAll(
    /\\(?:g<([^>]*)>|(0[0-7]{0,2}|[0-3][0-7]{2})|([1-9]\d?)|([\s\S]?))/gu,
    (_, named?: string, octal?: string, number?: string, char?: string) => {
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      const reference = named ?? number;
      if (reference !== undefined) {
        const index = /^\d+$/.test(reference) ? Number(reference) : subject.names.get(reference);
        if (index === undefined || index > subject.groups)
          throw badValue('the replacement refers to a group that the pattern does not have');
        return subject.group(match, index) ?? '';
      }
      const simple: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', a: '\x07', b: '\b', '\\': '\\' };
      const known = simple[char ?? ''];
      if (known !== undefined) return known;
      if (char === undefined || char === '' || /[A-Za-z]/.test(char)) throw badValue('the replacement has an escape without meaning');
      return `\\${char}`;
    },
  );
}

function replacing(
  text: string,
  regex: Regex,
  count: unknown,
  call: Invocation,
  fresh: (subject: Subject, match: Found) => string,
): string {
  const subject = new Subject(text, regex);
  const parts: string[] = [];
  let end = 0;
  let done = 0;
  for (const match of subject.all()) {
    if (Number(count) > 0 && done >= Number(count)) break;
    if (Number(count) < 0) break;
    const part = fresh(subject, match);
    call.engine.meter.produce(part.length + 1);
    parts.push(subject.cut(end, match[0] as number), part);
    end = match[1] as number;
    done++;
  }
  return parts.join('') + subject.cut(end, subject.text.length);
}
const replacedBy = (text: string, regex: Regex, selector: LambdaIn, count: unknown, call: Invocation): string =>
  replacing(text, regex, count, call, (subject, match) => {
    const value = found(selector, subject, match, call);
    if (typeof value !== 'string') throw badValue('replaceBy: the replacement must be a text');
    return value;
  });

function splitting(text: string, regex: Regex, most: unknown, call: Invocation): List {
  const subject = new Subject(text, regex);
  const parts: YaqlValue[] = [];
  let end = 0;
  let done = 0;
  for (const match of subject.all()) {
    if ((Number(most) > 0 && done >= Number(most)) || Number(most) < 0) break;
    call.engine.meter.produce(1);
    parts.push(subject.cut(end, match[0] as number));
    for (let index = 1; index <= subject.groups; index++) parts.push(subject.group(match, index));
    end = match[1] as number;
    done++;
  }
  parts.push(subject.cut(end, subject.text.length));
  return new List(parts, false);
}

const SPECIAL = /[()[\]{}?*+\-|^$\\.&~# \t\n\r\v\f]/g;

export const patternFunctions: readonly FunctionDefinition[] = [
  ...define(
    'function regex (pattern: string, ignoreCase: bool? = false, multiLine: bool? = false, dotAll: bool? = false)',
    ({ args, engine }) =>
      compiled(args[0] as string, { ignoreCase: args[1] === true, multiLine: args[2] === true, dotAll: args[3] === true }, engine),
  ),
  ...define('method matches (regexp: regex, string: string)', ({ args }) => search(args[1] as string, args[0] as Regex)),
  ...define('method matches (string: string, regexp: string)', ({ args, engine }) => search(args[0] as string, patternIn(args[1], engine))),
  ...['string', 'regex'].flatMap((kind) => [
    ...define(`function #operator_=~ (string: string, regexp: ${kind})`, ({ args, engine }) =>
      search(args[0] as string, patternIn(args[1], engine)),
    ),
    ...define(
      `function #operator_!~ (string: string, regexp: ${kind})`,
      ({ args, engine }) => !search(args[0] as string, patternIn(args[1], engine)),
    ),
  ]),
  ...define('method search (regexp: regex, string: string, selector: lambda-in = null)', (call) => {
    const [regex, text, selector] = call.args as [Regex, string, LambdaIn | null];
    const subject = new Subject(text, regex);
    const match = subject.find(0);
    return match === null ? null : found(selector, subject, match, call);
  }),
  ...define('method searchAll (regexp: regex, string: string, selector: lambda-in = null)', (call) => {
    const [regex, text, selector] = call.args as [Regex, string, LambdaIn | null];
    return streaming(function* () {
      const subject = new Subject(text, regex);
      for (const match of subject.all()) yield found(selector, subject, match, call);
    });
  }),
  ...define('method split (regexp: regex, string: string, maxSplit: int = 0)', (call) =>
    splitting(call.args[1] as string, call.args[0] as Regex, call.args[2], call),
  ),
  ...define('method split (string: string, regexp: regex, maxSplit: int = 0)', (call) =>
    splitting(call.args[0] as string, call.args[1] as Regex, call.args[2], call),
  ),
  ...define('method replace (regexp: regex, string: string, repl: string, count: int = 0)', (call) => {
    const [regex, text, fresh, count] = call.args as [Regex, string, string, bigint];
    return replacing(text, regex, count, call, (subject, match) => expansion(fresh, subject, match));
  }),
  ...define('method replace (string: string, regexp: regex, repl: string, count: int = 0)', (call) => {
    const [text, regex, fresh, count] = call.args as [string, Regex, string, bigint];
    return replacing(text, regex, count, call, (subject, match) => expansion(fresh, subject, match));
  }),
  ...define('method replaceBy (regexp: regex, string: string, repl: lambda-in, count: int = 0)', (call) => {
    const [regex, text, selector, count] = call.args as [Regex, string, LambdaIn, bigint];
    return replacedBy(text, regex, selector, count, call);
  }),
  ...define('method replaceBy (string: string, regexp: regex, repl: lambda-in, count: int = 0)', (call) => {
    const [text, regex, selector, count] = call.args as [string, Regex, LambdaIn, bigint];
    return replacedBy(text, regex, selector, count, call);
  }),
  ...define('function escapeRegex (string: string)', ({ args }) => (args[0] as string).replaceAll(SPECIAL, (char) => `\\${char}`)),
  ...define('function isRegex (value: any?)', ({ args }) => args[0] instanceof Regex),
];
