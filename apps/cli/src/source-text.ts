/** A text as the user wrote it, and where in it places of the text are that was sent, in which names of files were replaced by their addresses. */
import type { Position } from '@hearth/kernel';
import { type Replacement, withNames } from './file-references.ts';

export interface SourceLine {
  readonly position: Position;
  readonly line: string;
}

export class SourceText {
  readonly file: string;
  readonly #text: string;
  readonly #replacements: readonly Replacement[];

  /** `replacements` in the order of the text. */
  constructor(file: string, text: string, replacements: readonly Replacement[]) {
    this.file = file;
    this.#text = text;
    this.#replacements = replacements;
  }

  /** The place in the user's text; what was put in stands where the name began. */
  at(sent: Position): SourceLine {
    const offset = this.#original(offsetOf(withNames(this.#text, this.#replacements), sent));
    const before = this.#text.slice(0, offset);
    const line = before.split('\n').length;
    const column = offset - before.lastIndexOf('\n');
    return { position: { line, column }, line: (this.#text.split('\n')[line - 1] ?? '').replace(/\r$/, '') };
  }

  #original(sent: number): number {
    let grown = 0;
    for (const { start, end, text } of this.#replacements) {
      const from = start + grown;
      if (sent < from) break;
      if (sent < from + text.length) return start;
      grown += text.length - (end - start);
    }
    return Math.max(0, Math.min(sent - grown, this.#text.length));
  }
}

function offsetOf(text: string, { line, column }: Position): number {
  let offset = 0;
  for (let i = 1; i < line; i++) {
    const next = text.indexOf('\n', offset);
    if (next < 0) return text.length;
    offset = next + 1;
  }
  return offset + column - 1;
}
