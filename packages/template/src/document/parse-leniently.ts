/**
 * YAML events with PyYAML's leniency about indentation: inside brackets and quotes any will do there, while js-yaml wants more than the
 * parent's. White space at the start of such a line means nothing, so it is added where it is missing, line by line, within a bound.
 */
import { parseEvents, YAMLException, type Event } from 'js-yaml';
import { MAX_DOCUMENT_DEPTH, MAX_REREAD } from './limits.ts';

export interface ParsedText {
  /** What the offsets of the events refer to; as many lines as the original. */
  readonly text: string;
  readonly events: Event[];
}

/** js-yaml's words for such a line; the tests notice when they change. */
const TOO_LITTLE = 'deficient indentation';

/** Throws what js-yaml throws. */
export function parseLeniently(original: string): ParsedText {
  let text = original;
  let padding: string | null = null;
  for (let reread = 0; ; reread += text.length) {
    try {
      return { text, events: parseEvents(text, { maxDepth: MAX_DOCUMENT_DEPTH + 2 }) };
    } catch (error) {
      if (!(error instanceof YAMLException) || error.reason !== TOO_LITTLE || error.mark === undefined || reread > MAX_REREAD) throw error;
      padding ??= ' '.repeat(deepestIndentation(text) + 1);
      const indented = withPadding(text, error.mark.line, padding);
      if (indented === null) throw error;
      text = indented;
    }
  }
}

function deepestIndentation(text: string): number {
  let deepest = 0;
  for (const [spaces] of text.matchAll(/^ +/gm)) deepest = Math.max(deepest, spaces.length);
  return deepest;
}

/** Null for a line that begins a document, or that was padded already. */
function withPadding(text: string, line: number, padding: string): string | null {
  const lines = text.split('\n');
  const given = lines[line];
  if (given === undefined || /^(?:---|\.\.\.)(?:\s|$)/.test(given) || given.startsWith(padding)) return null;
  lines[line] = padding + given;
  return lines.join('\n');
}
