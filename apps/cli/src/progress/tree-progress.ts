/** Shows a tree of stacks that grows with its events: redrawn on a terminal, also while nothing happens; elsewhere a line for each event. */
import { changeLine, type EventTree, type TreeEvent, treeFrame } from '@hearth/client';
import type { Console } from '../console.ts';
import { systemTimers } from '../system-timers.ts';
import { terminalPicture } from './terminal-picture.ts';

export interface TreeProgress {
  /** The tree has heard of it already. */
  tell(event: TreeEvent): void;
  /** Leaves the last picture standing. */
  end(): void;
}

const DRAW_EVERY_MS = 100;

export function treeProgress(console: Console, name: string, tree: EventTree, begunAtMs: number): TreeProgress {
  return console.isTerminal ? onTerminal(console, name, tree, begunAtMs) : asLines(console, tree);
}

function onTerminal(console: Console, name: string, tree: EventTree, begunAtMs: number): TreeProgress {
  const picture = terminalPicture(console);
  const draw = (): void => {
    const elapsedMs = systemTimers.now() - begunAtMs;
    picture.draw(treeFrame({ name, status: tree.status() }, tree.rows(), { ...picture.size(), elapsedMs }));
  };
  let stopTicking = (): void => {};
  const tick = (): void => {
    draw();
    stopTicking = systemTimers.at(systemTimers.now() + DRAW_EVERY_MS, tick);
  };
  tick();
  return {
    tell() {},
    end() {
      stopTicking();
      draw();
      picture.end();
    },
  };
}

const asLines = (console: Console, tree: EventTree): TreeProgress => ({
  tell(event) {
    if (event.kind === 'resource')
      console.line(changeLine({ name: tree.nameOf(event), type: event.resourceType, status: event.status, reason: event.reason }));
  },
  end() {},
});
