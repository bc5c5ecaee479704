/** What signals to a wait condition's handle say, in the words of either kind of handle: `status`, `id`, `data` and `reason`, or `Status`, `UniqueId` … */
import { isJsonObject, Refusal, type Json, type JsonObject } from '@hearth/kernel';
import type { Signal, SignalTaking, SignalVerdict } from '@hearth/resource-kit';
import { jsonText } from '@hearth/template';

/** What the four parts are called. */
export interface Words {
  readonly status: string;
  readonly id: string;
  readonly data: string;
  readonly reason: string;
}
export const HEAT_WORDS: Words = { status: 'status', id: 'id', data: 'data', reason: 'reason' };
export const AWS_WORDS: Words = { status: 'Status', id: 'UniqueId', data: 'Data', reason: 'Reason' };

const SUCCESS = 'SUCCESS';
const STATUSES: readonly Json[] = [SUCCESS, 'FAILURE'];

/** Nothing said means success; the number of the signal is its id. */
export const heatSignals: SignalTaking = {
  url: 'waitcondition',
  judge(details, { count }) {
    const number = count + 1;
    const defaults = { reason: `Signal ${number} received`, data: null, id: number, status: SUCCESS };
    return judged(HEAT_WORDS, details === null || isJsonObject(details) ? { ...defaults, ...details } : details);
  },
  metadata,
};
/** Everything must be said, and nothing else; who sends nothing at all only knocks. */
export const awsSignals: SignalTaking = {
  url: 'waitcondition',
  judge: (details) => (details === null ? { kind: 'ignore' } : judged(AWS_WORDS, details)),
  metadata,
};

function judged(words: Words, details: Json): SignalVerdict {
  const problem = problemOf(words, details);
  if (problem !== null) throw new Refusal('invalid', 'ValueError', `Metadata format invalid: ${problem}`);
  const { [words.id]: id, ...body } = details as JsonObject;
  const said = (word: string): string => textOf(body[word] ?? null);
  return { kind: 'keep', key: textOf(id as Json), body, reason: `status:${said(words.status)} reason:${said(words.reason)}` };
}

function problemOf(words: Words, details: Json): string | null {
  const names = Object.values(words);
  if (!isJsonObject(details)) return `a signal is a map of ${names.join(', ')}`;
  const strange = Object.keys(details).filter((name) => !names.includes(name));
  if (strange.length > 0)
    return `a signal has no ${strange.map((name) => `"${name.slice(0, 100)}"`).join(', ')}; it has ${names.join(', ')}`;
  const missing = names.filter((name) => details[name] === undefined);
  if (missing.length > 0) return `${missing.join(', ')} missing`;
  return STATUSES.includes(details[words.status] as Json) ? null : `${words.status} must be SUCCESS or FAILURE`;
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : jsonText(value, false));

/** By id. */
function metadata(signals: readonly Signal[]): JsonObject {
  return Object.fromEntries(signals.map(({ key, body }) => [key ?? '', body]));
}

/** Reasons of those that failed. */
export const failuresIn = (signals: readonly Signal[], words: Words): readonly string[] =>
  signals.filter(({ body }) => body[words.status] !== SUCCESS).map(({ body }) => textOf(body[words.reason] ?? null));
export const reasonsIn = (signals: readonly Signal[], words: Words): readonly string[] =>
  signals.map(({ body }) => textOf(body[words.reason] ?? null));

/** Data by id as JSON text, in the order in which the signals came. */
export const dataText = (signals: readonly Signal[], words: Words): string =>
  `{${signals.map(({ key, body }) => `${jsonText(key ?? '', false)}: ${jsonText(body[words.data] ?? null, false)}`).join(', ')}}`;
