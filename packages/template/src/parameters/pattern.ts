/**
 * Matching a regular expression as `allowed_pattern` wants it: Python's meaning, in bounded time. The expression becomes a small program
 * whose threads run side by side in order of preference (Pike's machine), so nothing is ever tried again; steps are counted besides.
 */
import { Costs } from '../definition/costs.ts';
import { isWordCharacter, PatternProblem, type CharacterTest, type PatternTree, type Place, readPattern } from './pattern-syntax.ts';

export type Instruction =
  | { readonly op: 'character'; readonly test: CharacterTest }
  | { op: 'split'; prefer: number; other: number }
  | { op: 'jump'; to: number }
  | { readonly op: 'place'; readonly place: Place }
  | { readonly op: 'look'; readonly program: Program; readonly width: number; readonly negative: boolean }
  /** Notes where a group begins or ends; matching alone passes over it. */
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'match' };
export type Program = readonly Instruction[];

const MAX_PROGRAM = 5_000;
class TooLarge extends PatternProblem {}

/** Counts the steps of matching; false: there were enough. */
export interface Steps {
  step(count: number): boolean;
}
/** A thread that is looked at, or an instruction that is reached. Told in portions, for telling costs time too. */
const PORTION = 1_000;

export type Pattern =
  | {
      readonly problem: null;
      /** Whether the first match at the start, by the order of preference, ends at the end of the value. Null: there are not steps enough. */
      readonly matchesWhole: (value: string, steps: Steps) => boolean | null;
    }
  | { readonly problem: string /** It can be read, and would be too much work. */; readonly isTooLarge: boolean };

/** Patterns are few and used again and again, those of resource types most of all. */
const recent = new Map<string, Pattern>();
const MOST_RECENT = 200;
const LONGEST_RECENT = 500;

export function compilePattern(source: string): Pattern {
  const known = recent.get(source);
  if (known !== undefined) return known;
  const made = compiled(source);
  const oldest = recent.size < MOST_RECENT ? undefined : recent.keys().next().value;
  if (oldest !== undefined) recent.delete(oldest);
  if (source.length <= LONGEST_RECENT) recent.set(source, made);
  return made;
}

function compiled(source: string): Pattern {
  try {
    const program = programOf(readPattern(source));
    return {
      problem: null,
      matchesWhole(value, steps) {
        const text = [...value].map((char) => char.codePointAt(0) as number);
        const end = new Machine(text, steps).run(program, 0);
        return end === null ? null : end === text.length;
      },
    };
  } catch (error) {
    if (error instanceof PatternProblem) return { problem: error.message, isTooLarge: error instanceof TooLarge };
    throw error;
  }
}

/** The same for a pattern known to be good, as those of resource types are; a bad one, and one that takes too long, matches nothing. */
export function matchesPattern(source: string, value: string): boolean {
  const pattern = compilePattern(source);
  return pattern.problem === null && pattern.matchesWhole(value, new Costs()) === true;
}

export function programOf(tree: PatternTree): Program {
  const code: Instruction[] = [];
  emit(tree, code);
  code.push({ op: 'match' });
  return code;
}

/** Depth of the tree is bounded by the reader. */
function emit(tree: PatternTree, code: Instruction[]): void {
  if (code.length > MAX_PROGRAM) throw new TooLarge('the pattern is too large once its repetitions are written out');
  switch (tree.kind) {
    case 'character':
      code.push({ op: 'character', test: tree.test });
      return;
    case 'place':
      code.push({ op: 'place', place: tree.place });
      return;
    case 'group':
      code.push({ op: 'save', slot: 2 * tree.index });
      emit(tree.item, code);
      code.push({ op: 'save', slot: 2 * tree.index + 1 });
      return;
    case 'sequence':
      for (const item of tree.items) emit(item, code);
      return;
    case 'choice':
      emitChoice(tree.items, code);
      return;
    case 'repeat':
      emitRepeat(tree, code);
      return;
    case 'look': {
      const width = tree.ahead ? 0 : widthOf(tree.item);
      if (width === null) throw new PatternProblem('look-behind requires fixed-width pattern');
      code.push({ op: 'look', program: programOf(tree.item), width, negative: tree.negative });
      return;
    }
  }
}

function emitChoice(items: readonly PatternTree[], code: Instruction[]): void {
  const exits: { op: 'jump'; to: number }[] = [];
  items.forEach((item, i) => {
    if (i === items.length - 1) {
      emit(item, code);
      return;
    }
    const split: Instruction & { op: 'split' } = { op: 'split', prefer: code.length + 1, other: 0 };
    code.push(split);
    emit(item, code);
    const exit: Instruction & { op: 'jump' } = { op: 'jump', to: 0 };
    code.push(exit);
    exits.push(exit);
    split.other = code.length;
  });
  for (const exit of exits) exit.to = code.length;
}

function emitRepeat(tree: PatternTree & { kind: 'repeat' }, code: Instruction[]): void {
  const { item, min, max, greedy } = tree;
  const branch = (enter: number, leave: number): Instruction & { op: 'split' } =>
    greedy ? { op: 'split', prefer: enter, other: leave } : { op: 'split', prefer: leave, other: enter };
  for (let i = 0; i < min; i++) emit(item, code);
  if (max === Number.POSITIVE_INFINITY) {
    const at = code.length;
    const placeholder: Instruction = { op: 'jump', to: 0 };
    code.push(placeholder);
    emit(item, code);
    code.push({ op: 'jump', to: at });
    code[at] = branch(at + 1, code.length);
    return;
  }
  const splits: number[] = [];
  for (let i = min; i < max; i++) {
    splits.push(code.length);
    code.push({ op: 'jump', to: 0 });
    emit(item, code);
  }
  for (const at of splits) code[at] = branch(at + 1, code.length);
}

/** Characters a tree always takes; null when that varies. */
function widthOf(tree: PatternTree): number | null {
  switch (tree.kind) {
    case 'character':
      return 1;
    case 'place':
    case 'look':
      return 0;
    case 'group':
      return widthOf(tree.item);
    case 'sequence':
      return tree.items.reduce<number | null>((sum, item) => {
        const width = widthOf(item);
        return sum === null || width === null ? null : sum + width;
      }, 0);
    case 'choice': {
      const widths = new Set(tree.items.map(widthOf));
      return widths.size === 1 ? ([...widths][0] as number | null) : null;
    }
    case 'repeat': {
      const width = widthOf(tree.item);
      return width === null || tree.min !== tree.max ? null : width * tree.min;
    }
  }
}

/** Which instructions were reached at the place where the machine is: numbers of places, so that nothing needs to be emptied. */
interface Reached {
  readonly at: Uint32Array;
  turn: number;
}

/** Not enough steps: ends the whole matching. */
class Exhausted extends PatternProblem {}

export class Machine {
  readonly #text: readonly number[];
  readonly #steps: Steps;
  readonly #reached = new Map<Program, Reached>();
  #untold = 0;

  constructor(text: readonly number[], steps: Steps) {
    this.#text = text;
    this.#steps = steps;
  }

  /** End of the preferred match that starts at `start`; -1 when there is none, null when finding out would take too long. */
  run(program: Program, start: number): number | null {
    try {
      const end = this.#end(program, start);
      return this.#steps.step(this.#untold) ? end : null;
    } catch (error) {
      if (error instanceof Exhausted) return null;
      throw error;
    } finally {
      this.#untold = 0;
    }
  }

  #step(): void {
    if (++this.#untold < PORTION) return;
    this.#untold = 0;
    if (!this.#steps.step(PORTION)) throw new Exhausted('the pattern takes too long on this text');
  }

  #end(program: Program, start: number): number {
    let threads = this.#reach(program, [0], start);
    let end = -1;
    for (let at = start; threads.length > 0; at++) {
      const next: number[] = [];
      const char = this.#text[at];
      for (const thread of threads) {
        this.#step();
        const instruction = program[thread] as Instruction;
        if (instruction.op === 'match') {
          // What comes after in the list is less preferred.
          end = at;
          break;
        }
        if (instruction.op === 'character' && char !== undefined && instruction.test(char)) next.push(thread + 1);
      }
      threads = this.#reach(program, next, at + 1);
    }
    return end;
  }

  #reachedOf(program: Program): Reached {
    const known = this.#reached.get(program) ?? { at: new Uint32Array(program.length), turn: 0 };
    this.#reached.set(program, known);
    known.turn++;
    return known;
  }

  /** Instructions that consume or match, reached from `starts` without consuming, in order of preference; each once. */
  #reach(program: Program, starts: readonly number[], at: number): number[] {
    // A program that is looked at inside of another is never that other.
    const seen = this.#reachedOf(program);
    const reached: number[] = [];
    const left = [...starts].reverse();
    for (let index = left.pop(); index !== undefined; index = left.pop()) {
      this.#step();
      if (seen.at[index] === seen.turn) continue;
      seen.at[index] = seen.turn;
      const instruction = program[index] as Instruction;
      switch (instruction.op) {
        case 'character':
        case 'match':
          reached.push(index);
          break;
        case 'jump':
          left.push(instruction.to);
          break;
        case 'split':
          left.push(instruction.other, instruction.prefer);
          break;
        case 'save':
          left.push(index + 1);
          break;
        case 'place':
        case 'look':
          if (this.holds(instruction, at)) left.push(index + 1);
          break;
      }
    }
    return reached;
  }

  /** Whether a condition on the place holds at `at`. */
  holds(instruction: Instruction & { op: 'place' | 'look' }, at: number): boolean {
    if (instruction.op === 'place') return this.#isAt(instruction.place, at);
    return this.#looks(instruction.program, at - instruction.width) !== instruction.negative;
  }

  #looks(program: Program, from: number): boolean {
    return from >= 0 && this.#end(program, from) >= 0;
  }

  #isAt(place: Place, at: number): boolean {
    const { length } = this.#text;
    const newline = 10;
    const isWord = (index: number): boolean => index >= 0 && index < length && isWordCharacter(this.#text[index] as number);
    switch (place) {
      case 'start':
        return at === 0;
      case 'end':
        return at === length;
      case 'before-last-newline':
        return at === length || (at === length - 1 && this.#text[at] === newline);
      case 'line-start':
        return at === 0 || this.#text[at - 1] === newline;
      case 'line-end':
        return at === length || this.#text[at] === newline;
      case 'word-edge':
        return isWord(at - 1) !== isWord(at);
      case 'no-word-edge':
        return isWord(at - 1) === isWord(at);
    }
  }
}
