/** `event_sinks` of an environment: queues that a stack's events go to. */
import { isJsonObject, type Json } from '@hearth/kernel';
import type { Problems } from '../definition/problems.ts';

const KEYS = ['type', 'target', 'ttl'];

/** Each `{type: zaqar-queue, target: <name of the queue>, ttl?: <seconds>}`. */
export function checkEventSinks(sinks: readonly Json[], problems: Problems): void {
  for (const [index, sink] of sinks.entries()) {
    const path = ['event_sinks', String(index)];
    const wrong = (reason: string, hint: string | null = null, at = path): void =>
      problems.add({ type: 'HTTPBadRequest', code: 'invalid-event-sink', message: `the event sink ${index} ${reason}`, path: at, hint });
    if (!isJsonObject(sink)) {
      wrong('must be a map', 'for example {type: zaqar-queue, target: my-queue}');
      continue;
    }
    const { type, target, ttl } = sink;
    if (type !== 'zaqar-queue') wrong('has no type that is known', 'the only one is zaqar-queue', [...path, 'type']);
    if (typeof target !== 'string' || target === '') wrong('needs a target: the name of a queue', null, [...path, 'target']);
    if (ttl !== undefined && ttl !== null && !(typeof ttl === 'number' && ttl >= 0))
      wrong('has a ttl that is no number of seconds', null, [...path, 'ttl']);
    for (const key of Object.keys(sink))
      if (!KEYS.includes(key)) wrong(`has a key that is not known: ${key}`, `the keys are ${KEYS.join(', ')}`, [...path, key]);
  }
}
