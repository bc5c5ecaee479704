/**
 * Watches one stack with live progress until it has settled, is gone, or the user has seen enough: from the stream of its events, nested
 * stacks included; by looking again and again where the server has no such stream (Heat itself).
 */
import {
  awaitSettled,
  type EventClient,
  eventTree,
  isSettled,
  type StackClient,
  type StackDetail,
  type StackKey,
  type StackResource,
  type TreeEvent,
} from '@hearth/client';
import { Failure } from '@hearth/kernel';
import type { Console } from '../console.ts';
import { liveProgress } from '../progress/live-progress.ts';
import { treeProgress } from '../progress/tree-progress.ts';
import { systemTimers } from '../system-timers.ts';

const LOOK_EVERY_MS = 400;

export interface Clients {
  readonly stacks: StackClient;
  readonly events: EventClient;
}

/** How things stand before something is asked for: what happens from here on is news. */
export interface Standpoint {
  readonly resources: readonly StackResource[];
  /** Null: from the beginning, or there is no stream. */
  readonly now: string | null;
  /** The stack's place in its tree. */
  readonly path: string;
}

export const newStack = (key: StackKey): Standpoint => ({ resources: [], now: null, path: key.name });

/** Of a stack that is there. */
export async function standpoint({ stacks, events }: Clients, key: StackKey): Promise<Standpoint> {
  let now: string | null = null;
  let path = key.name;
  try {
    now = (await events.page(key.id, { from: 'now', limit: 1 })).after;
    path = (await events.page(key.id, { nested: false, limit: 1 })).events[0]?.stackPath ?? path;
  } catch (error) {
    if (!lacksStream(error)) throw error;
  }
  return { resources: await stacks.resources(key), now, path };
}

/** The settled stack; null when it is gone, and the last sight of it when the user has seen enough. */
export async function watch(clients: Clients, key: StackKey, from: Standpoint, console: Console): Promise<StackDetail | null> {
  const begunAtMs = systemTimers.now();
  try {
    return await watchEvents(clients, key, from, console, begunAtMs);
  } catch (error) {
    if (!lacksStream(error)) throw error;
    return watchLooks(clients.stacks, key, from.resources, console);
  }
}

/** Heat has nothing under our addresses; a server with too many readers is looked at instead. */
const lacksStream = (error: unknown): boolean =>
  error instanceof Failure && ['not-found', 'busy', 'invalid', 'unknown'].includes(error.code);

async function watchEvents(
  { stacks, events }: Clients,
  key: StackKey,
  from: Standpoint,
  console: Console,
  begunAtMs: number,
): Promise<StackDetail | null> {
  const tree = eventTree(from.path, begunAtMs);
  const progress = treeProgress(console, key.name, tree, begunAtMs);
  const isOwnEnd = (event: TreeEvent): boolean => event.kind === 'stack' && event.stackId === key.id && isSettled(event.status);
  try {
    const stream = events.watchEvents(key.id, { ...(from.now === null ? { from: 'start' } : { after: from.now }), signal: console.cancel });
    let isLearnt = false;
    for await (const event of stream) {
      if (!isLearnt) {
        isLearnt = true;
        tree.learn(from.resources.length > 0 ? from.resources : await resourcesOf(stacks, key));
      }
      if (tree.apply(event)) progress.tell(event);
      if (!isOwnEnd(event)) continue;
      const stack = await stacks.show(key.id);
      if (stack === null || stack.status === 'DELETE_COMPLETE') return null;
      if (isSettled(stack.status)) return stack;
    }
    const stack = await stacks.show(key.id);
    return stack === null || stack.status === 'DELETE_COMPLETE' ? null : stack;
  } finally {
    progress.end();
  }
}

/** A stack may vanish between two questions. */
async function resourcesOf(stacks: StackClient, key: StackKey): Promise<readonly StackResource[]> {
  try {
    return await stacks.resources(key);
  } catch (error) {
    if (error instanceof Failure && error.code === 'not-found') return [];
    throw error;
  }
}

async function watchLooks(
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
