/** The steps of a transcript: each on its own feet where it can; one that fails is noted, and the rest goes on. */
import { setTimeout as pause } from 'node:timers/promises';

export interface TranscriptStep {
  readonly name: string;
  /** Null: all was as it must be. */
  readonly problem: string | null;
}

export interface Transcript {
  readonly steps: readonly TranscriptStep[];
  step(name: string, work: () => Promise<void>): Promise<void>;
}

export function startTranscript(): Transcript {
  const steps: TranscriptStep[] = [];
  return {
    steps,
    async step(name, work) {
      try {
        await work();
        steps.push({ name, problem: null });
      } catch (error) {
        steps.push({ name, problem: error instanceof Error ? error.message : String(error) });
      }
    },
  };
}

export function see(condition: boolean, what: string, seen: unknown): void {
  if (!condition) throw new Error(`expected ${what}, saw ${JSON.stringify(seen)}`);
}

const PATIENCE_MS = 120_000;
const LOOK_MS = 300;

/** Looks until what is seen is so, and gives it. */
export async function seeAtLast<T>(look: () => Promise<T>, isSo: (seen: T) => boolean, what: string): Promise<T> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    see(Date.now() < end, what, seen);
    await pause(LOOK_MS);
  }
}
