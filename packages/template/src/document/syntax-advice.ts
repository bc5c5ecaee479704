/**
 * What usually stands behind a syntax error of YAML, and where: parsers stop at the first character that cannot go on, which is often lines below the
 * mistake. Pure guesses from the text around the place, made only when there is an error.
 */
import type { Position } from '@hearth/kernel';
import { similar } from '../definition/problems.ts';
import { SHORT_TAGS } from './tag-names.ts';

export interface SyntaxAdvice {
  readonly position: Position;
  readonly hint: string;
}

interface Place {
  readonly lines: readonly string[];
  /** 0-based. */
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

type Guess = (place: Place) => SyntaxAdvice | null;

/** Lines that are looked at above the error. */
const FAR = 60;

/** Null: no idea. Where the parser says nothing of the place, little can be guessed. */
export function syntaxAdvice(text: string, reason: string, position: Position | null): SyntaxAdvice | null {
  const lines = text.split(/\r\n|\r|\n/);
  if (position === null) return severalDocuments({ lines, line: 0, column: 0, reason });
  const place = { lines, line: position.line - 1, column: position.column - 1, reason };
  for (const guess of GUESSES) {
    const advice = guess(place);
    if (advice !== null) return advice;
  }
  return null;
}

const at = (line: number, column: number, hint: string): SyntaxAdvice => ({ position: { line: line + 1, column: column + 1 }, hint });
const lineOf = ({ lines, line }: Place): string => lines[line] ?? '';
const indentOf = (text: string): number => text.length - text.trimStart().length;
const isBlank = (text: string): boolean => /^\s*(#.*)?$/.test(text);

/** The nearest line above that says something; -1: none. */
function lineBefore({ lines, line }: Place): number {
  for (let i = line - 1; i >= 0 && line - i < FAR; i--) if (!isBlank(lines[i] as string)) return i;
  return -1;
}

const tab: Guess = (place) => {
  const column = /^\s*/.exec(lineOf(place))?.[0].indexOf('\t') ?? -1;
  if (column < 0) return null;
  return at(place.line, column, 'YAML takes no tabs for indentation: use spaces');
};

const unknownTag: Guess = (place) => {
  const tag = /unknown \w+ tag !<(!?[^>]*)>/.exec(place.reason)?.[1];
  if (tag === undefined) return null;
  const isCloudFormation = place.lines.some((line) => /^["']?(AWS|Heat)TemplateFormatVersion\b/.test(line));
  const column = Math.max(0, lineOf(place).indexOf(tag));
  if (isCloudFormation) {
    const known = [...SHORT_TAGS];
    const cased = known.find((one) => one.toLowerCase() === tag.toLowerCase());
    return at(
      place.line,
      column,
      cased === undefined ? (similar(tag, known) ?? `known tags are ${known.join(', ')}`) : `did you mean "${cased}"?`,
    );
  }
  const long = SHORT_TAGS.has(tag) ? 'short tags belong to CloudFormation templates; ' : 'a value that begins with "!" must be in quotes; ';
  return at(place.line, column, `${long}in HOT write a function as a map, such as { get_param: name }`);
};

/** Characters that no plain value may begin with. */
const reserved: Guess = (place) => {
  const line = lineOf(place);
  const found = /^(\s*(?:-\s+)*(?:[^\s"'#][^"'#]*?:\s+)?)([%@`])(\S*)/.exec(line);
  if (found === null) return null;
  const [, before = '', sign = '', rest = ''] = found;
  return at(place.line, before.length, `a value must not begin with "${sign}": put it in quotes, as in "${sign}${rest}"`);
};

const emptyAnchor: Guess = (place) => {
  const sign = place.reason.includes('alias') ? '*' : place.reason.includes('name of an anchor') ? '&' : null;
  if (sign === null) return null;
  const column = lineOf(place).indexOf(sign);
  const what = sign === '*' ? 'names an anchor (&name) that must stand above' : 'names an anchor';
  return at(place.line, Math.max(0, column), `a value that begins with "${sign}" ${what}; put it in quotes if text is meant`);
};

const badEscape: Guess = (place) =>
  place.reason.includes('escape')
    ? at(place.line, place.column, 'in double quotes a backslash begins an escape sequence: write \\\\, or use single quotes')
    : null;

const doubleBraces: Guess = (place) => {
  for (const i of [place.line, lineBefore(place)]) {
    const column = place.lines[i]?.indexOf('{{') ?? -1;
    if (column >= 0) return at(i, column, 'a value that begins with "{" is a map: put it in quotes if text is meant');
  }
  return null;
};

/** Opens a value and is not closed on its line. */
const openQuote: Guess = (place) => {
  for (let i = place.line; i >= 0 && place.line - i < FAR; i--) {
    const line = place.lines[i] ?? '';
    const opening = /(?:^\s*|[:,[{]\s*|-\s+)(["'])/.exec(line);
    if (opening === null) continue;
    const quote = opening[1] as string;
    const column = opening.index + opening[0].length - 1;
    const rest = line.slice(column + 1).replaceAll(quote === '"' ? /\\./g : /''/g, '');
    const count = rest.split(quote).length - 1;
    if (count % 2 === 1) continue;
    if (count > 0) {
      if (quote === "'") return at(i, column, "inside single quotes a single quote is written twice: ''");
      return at(i, column, 'inside double quotes a double quote is written \\"');
    }
    return at(i, column, `the quote ${quote} that opens here is not closed`);
  }
  return null;
};

const missingSpace: Guess = (place) => {
  for (const i of [place.line, lineBefore(place)]) {
    const found = /^(\s*(?:-\s+)?)([A-Za-z_][\w-]*):((?!\/\/|:)[^\s].*)$/.exec(place.lines[i] ?? '');
    if (found === null) continue;
    const [, before = '', key = '', value = ''] = found;
    return at(i, before.length + key.length, `a space is missing after the colon: "${key}: ${value.trim().slice(0, 40)}"`);
  }
  return null;
};

const missingColon: Guess = (place) => {
  if (place.reason.includes('indentation')) return null;
  for (const i of [lineBefore(place), place.line]) {
    const found = /^(\s*(?:-\s+)?)([A-Za-z_][\w-]*)\s*$/.exec(place.lines[i] ?? '');
    if (found === null || i < 0) continue;
    const [, before = '', key = ''] = found;
    return at(i, before.length, `a colon is missing after the key: "${key}:"`);
  }
  return null;
};

const colonInside: Guess = (place) => {
  const line = lineOf(place);
  const found = /^(\s*(?:-\s+)?[^\s"'#{[][^"'#]*?:\s+)([^\s"'{[|>&*!#][^"'#]*?:(?:\s|$))/.exec(line);
  return found === null ? null : at(place.line, (found[1] as string).length, 'a value with ": " in it must be in quotes');
};

/** The bracket that is open where the parser stopped, as far as lines without quotes tell. */
const openBracket: Guess = (place) => {
  if (!/flow collection|flow sequence|flow mapping/.test(place.reason)) return null;
  const open: { readonly sign: string; readonly line: number; readonly column: number }[] = [];
  for (let i = Math.max(0, place.line - FAR); i <= place.line; i++) {
    const whole = place.lines[i] ?? '';
    const line = i === place.line ? whole.slice(0, place.column) : whole;
    for (const { 0: sign, index } of line.replaceAll(/"[^"]*"|'[^']*'|#.*$/g, (text) => ' '.repeat(text.length)).matchAll(/[[\]{}]/g)) {
      if (sign === '[' || sign === '{') open.push({ sign, line: i, column: index });
      else open.pop();
    }
  }
  const last = open.at(-1);
  if (last === undefined) return null;
  const closing = last.sign === '{' ? '}' : ']';
  const hint = `a comma is missing here, or the "${closing}" for the "${last.sign}" of line ${last.line + 1}`;
  return at(place.line, place.column, hint);
};

const indentation: Guess = (place) => {
  const before = lineBefore(place);
  if (before < 0 || !place.reason.includes('indentation')) return null;
  const here = indentOf(lineOf(place));
  const above = place.lines[before] as string;
  if (/^\s*-(\s|$)/.test(above) && !/^\s*-(\s|$)/.test(lineOf(place)) && indentOf(above) === here)
    return at(place.line, here, 'an item of a list ("- …") stands before it at the same depth: indent the one or the other');
  if (here === indentOf(above)) return null;
  return at(
    place.line,
    here,
    `the line is indented by ${here}, the one before it by ${indentOf(above)}: entries of one map begin in one column`,
  );
};

const severalDocuments: Guess = (place) => {
  if (!place.reason.includes('several YAML documents')) return null;
  let seen = false;
  for (const [i, line] of place.lines.entries()) {
    if (/^---(\s|$)/.test(line) && seen) return at(i, 0, 'a second document begins here: remove the "---", or what follows it');
    seen ||= !isBlank(line);
  }
  return null;
};

const GUESSES: readonly Guess[] = [
  unknownTag,
  badEscape,
  emptyAnchor,
  tab,
  reserved,
  doubleBraces,
  openQuote,
  openBracket,
  missingSpace,
  missingColon,
  colonInside,
  indentation,
];
