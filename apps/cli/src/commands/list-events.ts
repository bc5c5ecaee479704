/** `hearth events NAME [--follow]`: what has happened to a stack and to those below it, oldest first; with `--follow` also what happens next. */
import type { TreeEvent } from '@hearth/client';
import { connectAll, type Where } from '../connect.ts';
import type { Console } from '../console.ts';
import { presentStack } from './stack-presence.ts';

export interface EventFlags extends Where {
  readonly follow?: boolean;
  readonly nested: boolean;
}

const PAGE = 1_000;
/** More is a stack whose past should be read through the API, page by page. */
const MOST_PAGES = 1_000;

export async function listEvents(nameOrId: string, flags: EventFlags, console: Console): Promise<number> {
  const { stacks, events } = await connectAll(flags);
  const stack = await presentStack(stacks, nameOrId);
  const { nested } = flags;
  if (flags.follow === true) {
    for await (const event of events.watchEvents(stack.id, { from: 'start', nested, signal: console.cancel })) {
      // One value a line, as it comes.
      if (console.json) console.raw(`${JSON.stringify(event)}\n`);
      else console.line(eventLine(event));
    }
    return console.cancel.aborted ? 130 : 0;
  }
  const all: TreeEvent[] = [];
  let after: string | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const page: Awaited<ReturnType<typeof events.page>> = await events.page(stack.id, {
      nested,
      limit: PAGE,
      ...(after === null ? {} : { after }),
    });
    for (const event of page.events) console.line(eventLine(event));
    if (console.json) all.push(...page.events);
    after = page.after;
    if (!page.hasMore) break;
  }
  console.result(all.map((event) => ({ ...event })));
  return 0;
}

function eventLine(event: TreeEvent): string {
  const place = event.kind === 'stack' ? event.stackPath : `${event.stackPath}.${event.resourceName}`;
  const reason = event.reason === '' || event.reason === 'state changed' ? '' : `  ${event.reason.replaceAll(/\s+/g, ' ')}`;
  return `${event.at}  ${place.padEnd(32)}  ${event.resourceType.padEnd(22)}  ${event.status}${reason}`;
}
