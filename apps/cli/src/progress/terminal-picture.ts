/** A picture of some lines on a terminal that is drawn over and over in its place. */
import type { FrameOptions } from '@hearth/client';
import type { Console } from '../console.ts';

export interface TerminalPicture {
  size(): Omit<FrameOptions, 'elapsedMs'>;
  draw(lines: readonly string[]): void;
  /** Leaves the last one standing. */
  end(): void;
}

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';

export function terminalPicture(console: Console): TerminalPicture {
  let height = 0;
  return {
    size: () => ({ columns: console.columns, rows: console.rows - 1, colour: process.env['NO_COLOR'] === undefined }),
    draw(lines) {
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
