/** What every command is made with: the flags that all have, and how its work is run. */
import type { Command } from 'commander';
import type { Where } from '../connect.ts';
import type { Console } from '../console.ts';

export interface CommandFrame {
  /** Adds the flags that every command has. */
  readonly withFlags: (command: Command) => Command;
  readonly run: <Flags extends Where>(command: Command, work: (flags: Flags, console: Console) => Promise<number>) => Promise<void>;
}

/** For flags that may be given several times. */
export const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];
