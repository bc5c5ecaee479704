/** Looking for a regular expression anywhere in a text, with what its groups caught. In bounded time, as matching is. */
import { MAX_PATTERN_STEPS } from '../document/limits.ts';
import { Machine, type Program, programOf } from './pattern.ts';
import { type Flags, PatternProblem, readPatternWithGroups } from './pattern-syntax.ts';

/** A text as code points. */
export type CodePoints = readonly number[];
/** Start and end of the whole match and of each group, as code points; -1 where a group took no part. */
export type Found = readonly number[];

export interface SearchPattern {
  /** How many groups capture. */
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
  /** The first match at or after `from`, by the order of preference; null when there is none. `mayBeEmpty` false passes over empty ones at `from`. */
  find(text: CodePoints, from: number, mayBeEmpty: boolean): Found | null;
}

/** Instructions that are told as one step, for they are quick. */
const WORK_PER_STEP = 50;

interface Thread {
  readonly at: number;
  readonly slots: Found;
}

/** Throws a `PatternProblem` when the pattern cannot be used. */
export function compileSearch(source: string, flags: Partial<Flags>, spend: (steps: number) => void): SearchPattern {
  const { tree, groups, names } = readPatternWithGroups(source, flags);
  const program = programOf(tree);
  return { groups, names, find: (text, from, mayBeEmpty) => new Search(program, groups, text, spend).run(from, mayBeEmpty) };
}

class Search {
  readonly #program: Program;
  readonly #text: CodePoints;
  readonly #machine: Machine;
  readonly #empty: Found;
  readonly #spend: (steps: number) => void;
  #steps = 0;
  #untold = 0;

  constructor(program: Program, groups: number, text: CodePoints, spend: (steps: number) => void) {
    this.#program = program;
    this.#text = text;
    this.#machine = new Machine(text, { step: (count) => this.#count(count) });
    this.#empty = new Array<number>(2 * groups + 2).fill(-1);
    this.#spend = spend;
  }

  run(from: number, mayBeEmpty: boolean): Found | null {
    let threads: Thread[] = [];
    let found: Found | null = null;
    for (let at = from; at <= this.#text.length; at++) {
      this.#spend(1 + Math.floor(this.#untold / WORK_PER_STEP));
      this.#untold %= WORK_PER_STEP;
      // A later start is less preferred than all that began before it.
      if (found === null) threads.push({ at: 0, slots: this.#empty.with(0, at) });
      if (threads.length === 0) break;
      const next: Thread[] = [];
      const char = this.#text[at];
      for (const thread of this.#reached(threads, at)) {
        const instruction = this.#program[thread.at];
        if (instruction?.op === 'match') {
          if (!mayBeEmpty && at === from) continue;
          found = thread.slots.with(1, at);
          break;
        }
        if (instruction?.op === 'character' && char !== undefined && instruction.test(char))
          next.push({ at: thread.at + 1, slots: thread.slots });
      }
      threads = next;
    }
    return found;
  }

  #count(steps: number): boolean {
    this.#untold += steps;
    this.#steps += steps;
    return this.#steps <= MAX_PATTERN_STEPS;
  }

  /** Instructions that take a character or match, in order of preference, each once. */
  #reached(starts: readonly Thread[], at: number): Thread[] {
    const seen = new Set<number>();
    const reached: Thread[] = [];
    const left = [...starts].reverse();
    for (let thread = left.pop(); thread !== undefined; thread = left.pop()) {
      if (!this.#count(1)) throw new PatternProblem('the pattern takes too long on this text');
      if (seen.has(thread.at)) continue;
      seen.add(thread.at);
      const { slots } = thread;
      const instruction = this.#program[thread.at];
      if (instruction === undefined) continue;
      switch (instruction.op) {
        case 'character':
        case 'match':
          reached.push(thread);
          break;
        case 'jump':
          left.push({ at: instruction.to, slots });
          break;
        case 'split':
          left.push({ at: instruction.other, slots }, { at: instruction.prefer, slots });
          break;
        case 'save':
          this.#untold += thread.slots.length;
          left.push({ at: thread.at + 1, slots: slots.with(instruction.slot, at) });
          break;
        case 'place':
        case 'look':
          if (this.#machine.holds(instruction, at)) left.push({ at: thread.at + 1, slots });
          break;
      }
    }
    return reached;
  }
}
