/** `event_sinks` of an environment: where a stack's events are told to. Heat knows queues; URLs that are called are an addition of ours. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import type { Problems } from '../definition/problems.ts';

const KEYS: Readonly<Record<string, readonly string[]>> = {
  'zaqar-queue': ['type', 'target', 'ttl'],
  webhook: ['type', 'target', 'secret'],
};
const EXAMPLE = 'for example {type: zaqar-queue, target: my-queue}';

/** Each `{type: zaqar-queue, target: <name of the queue>, ttl?: <seconds>}` or `{type: webhook, target: <URL>, secret?: <text>}`. */
export function checkEventSinks(sinks: readonly Json[], problems: Problems): void {
  for (const [index, sink] of sinks.entries()) {
    const path = ['event_sinks', String(index)];
    const wrong = (reason: string, hint: string | null = null, at = path): void =>
      problems.add({ type: 'HTTPBadRequest', code: 'invalid-event-sink', message: `the event sink ${index} ${reason}`, path: at, hint });
    if (isJsonObject(sink)) checkSink(sink, path, wrong);
    else wrong('must be a map', EXAMPLE);
  }
}

function checkSink(sink: JsonObject, path: string[], wrong: (reason: string, hint?: string | null, at?: string[]) => void): void {
  const { type, target, ttl, secret } = sink;
  const keys = typeof type === 'string' && Object.hasOwn(KEYS, type) ? KEYS[type] : undefined;
  if (keys === undefined) wrong('has no type that is known', `one of ${Object.keys(KEYS).join(', ')}`, [...path, 'type']);
  if (typeof target !== 'string' || target === '') wrong('needs a target: the name of a queue, or a URL', null, [...path, 'target']);
  else if (type === 'webhook' && !/^https?:\/\//i.test(target))
    wrong('has a target that is no URL', 'for example {type: webhook, target: "https://example.org/events"}', [...path, 'target']);
  else if (type === 'webhook' && /^https?:\/\/[^/?#]*@/i.test(target))
    wrong('has a target with a name or password in it', 'whoever reads the environment would see it; messages are signed with "secret"', [
      ...path,
      'target',
    ]);
  if (ttl !== undefined && ttl !== null && !(typeof ttl === 'number' && ttl >= 0))
    wrong('has a ttl that is no number of seconds', null, [...path, 'ttl']);
  if (secret !== undefined && secret !== null && typeof secret !== 'string')
    wrong('has a secret that is no text', null, [...path, 'secret']);
  for (const key of Object.keys(sink))
    if (keys !== undefined && !keys.includes(key))
      wrong(`has a key that is not known: ${key}`, `the keys are ${keys.join(', ')}`, [...path, key]);
}

/** As they may be shown: without what messages are signed with. */
export const shownSinks = (sinks: readonly Json[]): readonly Json[] =>
  sinks.map((sink) => (isJsonObject(sink) && typeof sink['secret'] === 'string' ? { ...sink, secret: '******' } : sink));
