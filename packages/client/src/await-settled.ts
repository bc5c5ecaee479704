/** Watches a stack until nothing goes on in it any more; a server that is away for a moment is waited for. */
import { type Cancel, Failure, type Timers } from '@hearth/kernel';
import type { StackClient, StackKey } from './stack-client.ts';
import { isSettled, type StackDetail, type StackResource } from './stack-shapes.ts';

export interface AwaitOptions {
  readonly timers: Timers;
  /** Time between two looks; default 500. */
  readonly everyMs?: number;
  /** How long the server may be away before watching fails; default 30 s. */
  readonly patienceMs?: number;
  /** Stops watching (the stack goes on). */
  readonly cancel?: Cancel;
  /** Told at every look; without it resources are not asked for. */
  readonly onLook?: (stack: StackDetail, resources: readonly StackResource[]) => void;
}

/** The settled stack; null when it is gone, and the last sight of it when watching was cancelled. */
export async function awaitSettled(client: StackClient, key: StackKey, options: AwaitOptions): Promise<StackDetail | null> {
  const { timers, everyMs = 500, patienceMs = 30_000 } = options;
  let lastAnswerMs = timers.now();
  for (;;) {
    try {
      const stack = await client.show(key.id);
      lastAnswerMs = timers.now();
      if (stack === null || stack.status === 'DELETE_COMPLETE') return null;
      if (options.onLook !== undefined) options.onLook(stack, await resourcesOf(client, key));
      if (isSettled(stack.status) || options.cancel?.aborted === true) return stack;
    } catch (error) {
      const isAway = error instanceof Failure && error.code === 'unavailable';
      if (!isAway || options.cancel?.aborted === true || timers.now() - lastAnswerMs > patienceMs) throw error;
    }
    await timers.sleep(everyMs);
  }
}

/** A stack may vanish between two questions. */
async function resourcesOf(client: StackClient, key: StackKey): Promise<readonly StackResource[]> {
  try {
    return await client.resources(key);
  } catch (error) {
    if (error instanceof Failure && error.code === 'not-found') return [];
    throw error;
  }
}
