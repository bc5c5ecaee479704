/**
 * One stream of events: reads a page when its reader has taken the last one, waits for news when there is none, says now and then that
 * it is alive, and ends with its subject or its reader's token. An iterator by hand: `return` must not wait for what `next` waits for.
 */
import { Failure, messageOf, type Log, type Timers } from '@hearth/kernel';
import type { EventCursor, StackRecord } from '@hearth/store';
import { cursorText } from './event-cursor.ts';
import type { ToldEvent, ToldPage } from './told-events.ts';

export type StreamItem =
  | { readonly kind: 'event'; readonly event: ToldEvent }
  /** Comes first, and whenever nothing else came for a while: all up to the cursor is told. */
  | { readonly kind: 'alive'; readonly cursor: string }
  /** The stack is gone and all is told. */
  | { readonly kind: 'end'; readonly cursor: string }
  /** The reader must sign in anew, and may go on from here. */
  | { readonly kind: 'expired'; readonly cursor: string };

export interface LiveEventsOptions {
  readonly read: (after: EventCursor, limit: number, looksCloser: boolean) => Promise<ToldPage>;
  readonly after: EventCursor;
  /** Null: a project, which never ends. */
  readonly subject: Pick<StackRecord, 'id' | 'deletedAt'> | null;
  readonly timers: Timers;
  readonly log: Log;
  readonly untilMs: number;
  readonly onClose: () => void;
}

const PAGE = 200;
/** Hints may be lost. */
const LOOK_EVERY_MS = 2_000;
/** However many commits there are, no stream asks more often than this. */
const LOOK_APART_MS = 50;
const ALIVE_EVERY_MS = 15_000;
/** Our own transactions take no longer; after so many looks in vain it is somebody else's that holds events back. */
const HELD_LOOKS = 4;
/** A database that is away is asked again after this. */
const AWAY_MS = 1_000;

export class LiveEvents implements AsyncIterableIterator<StreamItem, undefined> {
  readonly #options: LiveEventsOptions;
  #after: EventCursor;
  #page: readonly ToldEvent[] = [];
  #place = 0;
  #isGone: boolean;
  #state: 'new' | 'open' | 'last' | 'closed' = 'new';
  #lookAt = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #toldAt = 0;
  #heldLooks = 0;
  #resume: (() => void) | null = null;

  constructor(options: LiveEventsOptions) {
    this.#options = options;
    this.#after = options.after;
    this.#isGone = options.subject !== null && options.subject.deletedAt !== null;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** There may be something new. */
  wake(): void {
    this.#lookAt = Math.min(this.#lookAt, this.#lookedAt + LOOK_APART_MS);
    this.#resume?.();
  }

  async next(): Promise<IteratorResult<StreamItem, undefined>> {
    const { timers, untilMs } = this.#options;
    if (this.#state === 'new') return this.#tell({ kind: 'alive', cursor: cursorText(this.#after) });
    for (;;) {
      if (this.#state === 'last') await this.return();
      if (this.#state === 'closed') return { done: true, value: undefined };
      const event = this.#page[this.#place];
      if (event !== undefined) {
        this.#place++;
        return this.#tell({ kind: 'event', event });
      }
      const now = timers.now();
      if (now >= untilMs) return this.#tell({ kind: 'expired', cursor: cursorText(this.#after) }, true);
      if (now >= this.#lookAt) {
        if (await this.#look()) return this.#tell({ kind: 'end', cursor: cursorText(this.#after) }, true);
      } else if (now >= this.#toldAt + ALIVE_EVERY_MS) {
        return this.#tell({ kind: 'alive', cursor: cursorText(this.#after) });
      } else {
        await this.#pause(Math.min(this.#lookAt, this.#toldAt + ALIVE_EVERY_MS, untilMs));
      }
    }
  }

  return(): Promise<IteratorResult<StreamItem, undefined>> {
    if (this.#state !== 'closed') {
      this.#state = 'closed';
      this.#page = [];
      this.#resume?.();
      this.#options.onClose();
    }
    return Promise.resolve({ done: true, value: undefined });
  }

  #tell(item: StreamItem, isLast = false): IteratorResult<StreamItem, undefined> {
    this.#state = isLast ? 'last' : 'open';
    this.#toldAt = this.#options.timers.now();
    return { done: false, value: item };
  }

  /** True when the subject is gone and all of it is told. */
  async #look(): Promise<boolean> {
    const { read, timers, log, subject } = this.#options;
    this.#lookedAt = timers.now();
    this.#lookAt = this.#lookedAt + LOOK_EVERY_MS;
    let page: ToldPage;
    try {
      page = await read(this.#after, PAGE, this.#heldLooks >= HELD_LOOKS);
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'unavailable') throw error;
      log.debug('event-look-failed', { reason: messageOf(error) });
      this.#lookAt = this.#lookedAt + AWAY_MS;
      return false;
    }
    if (this.#state === 'closed') return false;
    this.#heldLooks = page.isHeld ? this.#heldLooks + 1 : 0;
    this.#page = page.events;
    this.#place = 0;
    this.#after = page.after;
    if (page.isFull) this.#lookAt = 0;
    this.#isGone ||= page.events.some(
      ({ kind, stackId, action, status }) => kind === 'stack' && stackId === subject?.id && action === 'DELETE' && status === 'COMPLETE',
    );
    // What is held back becomes readable without another notification; and after its end nobody waits for more of a stack.
    if (page.isHeld || this.#isGone) this.wake();
    return this.#isGone && page.events.length === 0 && !page.isFull && !page.isHeld;
  }

  /** Until then, or until something comes up. */
  #pause(untilMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.timers.at(untilMs, () => this.#resume?.());
      this.#resume = () => {
        cancel();
        this.#resume = null;
        resolve();
      };
    });
  }
}
