/** The mini-cloud's time over HTTP: how far it is ahead, a leap forward, a faster pace. It never goes back. */
import { json, type Route } from '@hearth/http-kit';
import type { Clock, JsonObject } from '@hearth/kernel';
import type { BehaviourBook } from './behaviour-book.ts';
import { fieldsOf, invalid, numberOf } from './read-fields.ts';
import { aheadMsAt, advanced, paced } from './virtual-clock.ts';

const MAX_ADVANCE_SECONDS = 10 * 366 * 86_400;
const MAX_AHEAD_SECONDS = 100 * 366 * 86_400;
const MAX_FACTOR = 10_000;

export function timeRoutes(book: BehaviourBook, clock: Clock): readonly Route[] {
  const shown = (): JsonObject => {
    const realMs = clock.now();
    const aheadMs = aheadMsAt(book.time(), realMs);
    return {
      time: {
        now: new Date(realMs + aheadMs).toISOString(),
        real: new Date(realMs).toISOString(),
        aheadSeconds: aheadMs / 1000,
        factor: book.time().factor,
      },
    };
  };
  return [
    {
      method: 'GET',
      path: '/time',
      async handle() {
        await book.read();
        return json(200, shown());
      },
    },
    {
      method: 'POST',
      path: '/time',
      async handle(request) {
        const { advanceSeconds, factor } = fieldsOf(request.body, ['advanceSeconds', 'factor']);
        if ((advanceSeconds === undefined) === (factor === undefined)) throw invalid('give either advanceSeconds or factor');
        if (factor !== undefined) {
          const pace = numberOf(factor, 'factor', { least: 1, most: MAX_FACTOR });
          await book.changeTime((time, realMs) => paced(time, pace, realMs));
        } else {
          const seconds = numberOf(advanceSeconds ?? null, 'advanceSeconds', { least: 0, most: MAX_ADVANCE_SECONDS });
          await book.changeTime((time, realMs) => {
            if (aheadMsAt(time, realMs) / 1000 + seconds > MAX_AHEAD_SECONDS)
              throw invalid('the mini-cloud would be more than a hundred years ahead');
            return advanced(time, seconds * 1000, realMs);
          });
        }
        return json(200, shown());
      },
    },
  ];
}
