/** `GET …/events`: server-sent events for whoever accepts them, a page of JSON for the others. */
import { ByteStream, json, type Answer, type ApiRequest } from '@hearth/http-kit';
import type { Caller, EventFeed, EventRequest } from '@hearth/stacks';
import { eventStreamBytes, shownEvent } from './event-text.ts';
import { limitOf, refused, refuseUnknown } from './request-values.ts';

const PARAMETERS: ReadonlySet<string> = new Set(['after', 'from', 'nested', 'limit']);
const EVENT_STREAM = 'text/event-stream';

/** `stack` null: all of the project. */
export async function answerEvents(feed: EventFeed, caller: Caller, request: ApiRequest, stack: string | null): Promise<Answer> {
  refuseUnknown(request.query, PARAMETERS);
  const wantsStream = accepts(request, EVENT_STREAM);
  const asked: EventRequest = {
    stack,
    isNested: nested(request.query),
    after: place(request, wantsStream),
    from: from(request.query, wantsStream && stack === null ? 'now' : 'start'),
  };
  if (!wantsStream) {
    const { events, after, hasMore } = await feed.page(caller, asked, limitOf(request.query));
    return json(200, { events: events.map(shownEvent), after, more: hasMore });
  }
  const headers = {
    'Content-Type': `${EVENT_STREAM}; charset=utf-8`,
    'Cache-Control': 'no-store',
    // Proxies that collect answers would hold events back.
    'X-Accel-Buffering': 'no',
  };
  if (request.method === 'HEAD') return { status: 200, headers };
  const stream = await feed.stream(caller, asked, request.identity.expiresAt);
  return { status: 200, headers, body: new ByteStream(eventStreamBytes(stream)) };
}

const accepts = (request: ApiRequest, type: string): boolean =>
  (request.header('accept') ?? '').split(',').some((range) => range.split(';')[0]?.trim().toLowerCase() === type);

/** What a browser or our client sends on its own when it comes back is newer than what stands in the URL. */
function place(request: ApiRequest, wantsStream: boolean): string | null {
  const last = wantsStream ? request.header('last-event-id') : null;
  return last || request.query.get('after') || null;
}

function nested(query: URLSearchParams): boolean {
  const text = query.get('nested') ?? 'true';
  if (text !== 'true' && text !== 'false') throw refused(`nested=${text.slice(0, 60)}: it must be true or false.`);
  return text === 'true';
}

function from(query: URLSearchParams, usual: 'start' | 'now'): 'start' | 'now' {
  const text = query.get('from') ?? usual;
  if (text !== 'start' && text !== 'now') throw refused(`from=${text.slice(0, 60)}: it must be start or now.`);
  return text;
}
