/** Shows a stack on its way: a picture that is redrawn on a terminal, a line for each change elsewhere, nothing in JSON mode. */
import { changeLines, progressFrame, type StackDetail, type StackResource } from '@hearth/client';
import type { Console } from '../console.ts';
import { systemTimers } from '../system-timers.ts';

export interface LiveProgress {
  look(stack: StackDetail, resources: readonly StackResource[]): void;
  /** Leaves the last picture standing. */
  end(): void;
}

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';

/** `before` is how things stood at the beginning: only what changes from there gets a line. */
export function liveProgress(console: Console, before: readonly StackResource[]): LiveProgress {
  return console.isTerminal ? onTerminal(console) : asLines(console, before);
}

function onTerminal(console: Console): LiveProgress {
  const begunAt = systemTimers.now();
  let height = 0;
  return {
    look(stack, resources) {
      const elapsedMs = systemTimers.now() - begunAt;
      const lines = progressFrame(stack, resources, {
        columns: console.columns,
        rows: console.rows - 1,
        colour: process.env['NO_COLOR'] === undefined,
        elapsedMs,
      });
      const back = height > 0 ? `\u001b[${height}A\r\u001b[J` : HIDE_CURSOR;
      height = lines.length;
      console.raw(`${back}${lines.join('\n')}\n`);
    },
    end() {
      if (height > 0) console.raw(SHOW_CURSOR);
      height = 0;
    },
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
