/** One stream of events over any number of connections: what breaks off is taken up behind the last event that was told. */
import { Failure, type Timers } from '@hearth/kernel';
import { readTreeEvent, type TreeEvent } from './event-shapes.ts';
import { serverSentReader, type ServerSent } from './server-sent.ts';
import type { Session } from './session.ts';

export interface WatchOptions {
  readonly timers: Timers;
  /** Begin behind this; a cursor as it was told. */
  readonly after?: string;
  /** Where to begin without one; default: what the server finds usual. */
  readonly from?: 'start' | 'now';
  readonly nested?: boolean;
  readonly signal?: AbortSignal;
  /** How long the server may be away before watching fails; default 60 s. */
  readonly patienceMs?: number;
}

/** The server says that it is alive every 15 s. */
const SILENCE_MS = 50_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 3_000;

export async function* watchEvents(session: Session, url: string, options: WatchOptions): AsyncGenerator<TreeEvent, void, undefined> {
  const { timers, signal, patienceMs = 60_000 } = options;
  let after = options.after ?? null;
  const isStopped = (): boolean => signal?.aborted === true;
  let heardMs = timers.now();
  let isHeard = false;
  let pauseMs = FIRST_PAUSE_MS;
  while (!isStopped()) {
    try {
      for await (const message of messages(session, url, after, options)) {
        heardMs = timers.now();
        isHeard = true;
        pauseMs = FIRST_PAUSE_MS;
        if (message.id !== '') after = message.id;
        if (message.event === 'end') return;
        if (message.event === 'expired' || message.data === null) continue;
        yield readTreeEvent(JSON.parse(message.data) as never);
      }
    } catch (error) {
      if (isStopped()) return;
      if (!isPassing(error, isHeard) || timers.now() - heardMs > patienceMs) throw error;
    }
    if (isStopped()) return;
    await timers.sleep(pauseMs);
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
  }
}

/** A server that has no room for a new reader says so at once; one that was read already is come back to. */
const isPassing = (error: unknown, isHeard: boolean): boolean =>
  error instanceof Failure && (error.code === 'unavailable' || (isHeard && error.code === 'busy'));

/** The messages of one connection, until it ends one way or another. */
async function* messages(session: Session, url: string, after: string | null, options: WatchOptions): AsyncGenerator<ServerSent> {
  const { timers, signal } = options;
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  signal?.addEventListener('abort', stop);
  let quiet = timers.at(timers.now() + SILENCE_MS, stop);
  try {
    const headers = { accept: 'text/event-stream', ...(after === null ? {} : { 'last-event-id': after }) };
    const bytes = await session.open({ url, headers, signal: abort.signal });
    const decoder = new TextDecoder();
    const read = serverSentReader();
    for await (const chunk of bytes) {
      quiet();
      quiet = timers.at(timers.now() + SILENCE_MS, stop);
      yield* read(decoder.decode(chunk, { stream: true }));
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('unavailable', `${url}: the connection broke off and did not come back`, { cause: error });
  } finally {
    quiet();
    signal?.removeEventListener('abort', stop);
    stop();
  }
}
