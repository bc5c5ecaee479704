/** Watches a stack until nothing goes on in it any more. */
import type { Cancel, Timers } from '@hearth/kernel';
import type { StackClient, StackKey } from './stack-client.ts';
import { isSettled, type StackDetail, type StackResource } from './stack-shapes.ts';

export interface AwaitOptions {
  readonly timers: Timers;
  /** Time between two looks; default 500. */
  readonly everyMs?: number;
  /** Stops watching (the stack goes on). */
  readonly cancel?: Cancel;
  /** Told at every look. */
  readonly onLook?: (stack: StackDetail, resources: readonly StackResource[]) => void;
}

/** The settled stack; null when it is gone, and the last sight of it when watching was cancelled. */
export async function awaitSettled(client: StackClient, key: StackKey, options: AwaitOptions): Promise<StackDetail | null> {
  for (;;) {
    const stack = await client.show(key.id);
    if (stack === null || stack.status === 'DELETE_COMPLETE') return null;
    if (options.onLook !== undefined) options.onLook(stack, await resourcesOf(client, key));
    if (isSettled(stack.status) || options.cancel?.aborted === true) return stack;
    await options.timers.sleep(options.everyMs ?? 500);
  }
}

/** A stack may vanish between two questions. */
async function resourcesOf(client: StackClient, key: StackKey): Promise<readonly StackResource[]> {
  const stack = await client.show(key.id);
  return stack === null ? [] : await client.resources(key);
}
