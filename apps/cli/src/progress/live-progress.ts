/** Shows a stack on its way: a picture that is redrawn on a terminal, a line for each change elsewhere, nothing in JSON mode. */
import { changeLines, progressFrame, type StackDetail, type StackResource } from '@hearth/client';
import type { Console } from '../console.ts';
import { systemTimers } from '../system-timers.ts';
import { terminalPicture } from './terminal-picture.ts';

export interface LiveProgress {
  look(stack: StackDetail, resources: readonly StackResource[]): void;
  /** Leaves the last picture standing. */
  end(): void;
}

/** `before` is how things stood at the beginning: only what changes from there gets a line. */
export function liveProgress(console: Console, before: readonly StackResource[]): LiveProgress {
  return console.isTerminal ? onTerminal(console) : asLines(console, before);
}

function onTerminal(console: Console): LiveProgress {
  const begunAt = systemTimers.now();
  const picture = terminalPicture(console);
  return {
    look: (stack, resources) =>
      picture.draw(progressFrame(stack, resources, { ...picture.size(), elapsedMs: systemTimers.now() - begunAt })),
    end: () => picture.end(),
  };
}

function asLines(console: Console, atFirst: readonly StackResource[]): LiveProgress {
  let before = atFirst;
  return {
    look(_stack, resources) {
      for (const line of changeLines(before, resources)) console.line(line);
      before = resources;
    },
    end() {},
  };
}
