/** Watches one stack with live progress until it has settled, is gone, or the user has seen enough. */
import { awaitSettled, type StackClient, type StackDetail, type StackKey, type StackResource } from '@hearth/client';
import type { Console } from '../console.ts';
import { liveProgress } from '../progress/live-progress.ts';
import { systemTimers } from '../system-timers.ts';

const LOOK_EVERY_MS = 400;

/** `before`: the resources as they were when the wish was accepted. */
export async function watch(
  client: StackClient,
  key: StackKey,
  before: readonly StackResource[],
  console: Console,
): Promise<StackDetail | null> {
  const progress = liveProgress(console, before);
  try {
    return await awaitSettled(client, key, { timers: systemTimers, everyMs: LOOK_EVERY_MS, cancel: console.cancel, onLook: progress.look });
  } finally {
    progress.end();
  }
}
