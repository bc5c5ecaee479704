/** What a test may leave behind and must not: open sockets, servers, processes and timers, and rows that somebody still owns. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@hearth/kernel';
import type { Database } from '@hearth/store';
import { leftoverRows } from '@hearth/store/testing';

/** Open handles by kind, e.g. `{TCPServerWrap: 1}`. */
export type OpenHandles = Readonly<Record<string, number>>;

/** Kinds that our own code opens and has to close. Files and name look-ups end by themselves. */
const WATCHED = ['TCPSocketWrap', 'TCPServerWrap', 'PipeWrap', 'PipeServerWrap', 'ProcessWrap', 'Timeout', 'UDPWrap', 'FSEvent'];
/** Closing takes a few turns of the event loop. */
const PATIENCE_MS = 1000;

export function openHandles(): OpenHandles {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) {
    if (WATCHED.includes(kind)) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/**
 * Throws naming what is left: handles beyond those in `before` (taken with `openHandles()` when the test began), living leases and held
 * stacks in `database`. Waits a second for things that are just closing.
 */
export async function expectNoLeaks(watched: { before?: OpenHandles; database?: Database }): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const rows = watched.database === undefined ? [] : await leftoverRows(watched.database);
    const handles = watched.before === undefined ? [] : surplus(watched.before, openHandles());
    const leaks = [...rows, ...handles];
    if (leaks.length === 0) return;
    if (performance.now() > until) throw new Failure('unknown', `left behind: ${leaks.join('; ')}`);
    await sleep(20);
  }
}

function surplus(before: OpenHandles, after: OpenHandles): readonly string[] {
  return Object.entries(after).flatMap(([kind, count]) => {
    const more = count - (before[kind] ?? 0);
    return more > 0 ? [`${more} × ${kind}`] : [];
  });
}
