/** Events of stacks and of all that is below them, from `/hearth/v1`: pages of the past, and streams that come back by themselves. */
import type { Timers } from '@hearth/kernel';
import { readTreeEvent, type TreeEvent } from './event-shapes.ts';
import { listOf, objectOf, textOf } from './reading.ts';
import type { Session } from './session.ts';
import { watchEvents, type WatchOptions } from './watch-events.ts';

export interface EventQuery {
  readonly after?: string;
  /** Default: the beginning. */
  readonly from?: 'start' | 'now';
  /** Default true: with the stacks below. */
  readonly nested?: boolean;
  readonly limit?: number;
}
export interface EventsPage {
  readonly events: readonly TreeEvent[];
  /** Give it back to go on, be there more or not. */
  readonly after: string;
  readonly hasMore: boolean;
}
export interface EventClient {
  readonly endpoint: string;
  /** `stack`: name or id; null: all of the project. */
  page(stack: string | null, query?: EventQuery): Promise<EventsPage>;
  /**
   * Goes on until the stack is gone, the reader stops or the signal is given; comes back by itself where the connection breaks off, with
   * nothing lost or told twice. Throws `Failure`: `not-found` where there is no such stack or no event stream at all.
   */
  watchEvents(stack: string | null, options?: Omit<WatchOptions, 'timers'>): AsyncIterable<TreeEvent>;
}

export function eventClient(session: Session, endpoint: string, timers: Timers): EventClient {
  const address = (stack: string | null, query: EventQuery): string => {
    const parameters = new URLSearchParams();
    if (query.after !== undefined) parameters.set('after', query.after);
    if (query.from !== undefined) parameters.set('from', query.from);
    if (query.nested === false) parameters.set('nested', 'false');
    if (query.limit !== undefined) parameters.set('limit', String(query.limit));
    const place = stack === null ? 'events' : `stacks/${encodeURIComponent(stack)}/events`;
    return `${endpoint}/${place}${parameters.size === 0 ? '' : `?${parameters.toString()}`}`;
  };
  return {
    endpoint,
    async page(stack, query = {}) {
      const { body } = await session.ask({ method: 'GET', url: address(stack, query) });
      const { after, more } = objectOf(body);
      return { events: listOf(body, 'events').map(readTreeEvent), after: textOf(after) ?? '0-0', hasMore: more === true };
    },
    watchEvents: (stack, options = {}) => {
      const { nested, from } = options;
      const query = { ...(nested === undefined ? {} : { nested }), ...(from === undefined ? {} : { from }) };
      return watchEvents(session, address(stack, query), { ...options, timers });
    },
  };
}

/** Where our additions are on the server whose orchestration API is at `http://host:8004/v1/{project}`. */
export function hearthEndpoint(orchestration: string, projectId: string): string {
  const base = orchestration.replace(/\/v1(\.0)?\/[^/]*\/*$/, '').replace(/\/+$/, '');
  return `${base}/hearth/v1/${encodeURIComponent(projectId)}`;
}
