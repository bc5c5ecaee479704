/** Diagnostics as text, as compilers write them: `file:line:column: severity: message`, the line itself, a mark below the column, what to do. */
import { relative } from 'node:path';
import type { ValidationResult } from '@hearth/client';
import { type Diagnostic, pathText } from '@hearth/kernel';
import type { TemplateFiles } from './template-files.ts';

type Sources = Pick<TemplateFiles, 'sources' | 'unreadable'>;

/** A diagnostic with places and names of files as the user knows them. */
export interface Told {
  readonly diagnostic: Diagnostic;
  /** The text of its line; null: there is none to show. */
  readonly line: string | null;
}

/** From what was sent to what the user wrote. */
export function atHome(one: Diagnostic, { sources, unreadable }: Sources): Told {
  const source = one.position === null ? undefined : sources.get(one.file ?? null);
  const place = source === undefined || one.position === null ? null : source.at(one.position);
  let { message, hint } = one;
  const lost = [...unreadable].find(([address]) => message.includes(address));
  if (lost !== undefined && (one.code === 'missing-template' || one.code === 'missing-file')) [message, hint] = [lost[1], null];
  for (const [address, { file }] of sources) if (address !== null) message = message.replaceAll(address, near(file));
  return { diagnostic: { ...one, message, hint, position: place?.position ?? one.position }, line: place?.line ?? null };
}

/** Relative where that is shorter. */
function near(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') || path === '' ? file : path;
}

/** `template`: as the user named it. */
export const shownFile = (file: string | null, { sources }: Sources, template: string): string => {
  if (file === null) return template;
  const source = sources.get(file);
  return source === undefined ? file : near(source.file);
};

const RED = 31;
const YELLOW = 33;
const BOLD = 1;
const DIM = 2;
/** Characters of a line that are shown. */
const MOST_COLUMNS = 160;

export function diagnosticLines({ diagnostic, line }: Told, sources: Sources, template: string, hasColors: boolean): readonly string[] {
  const paint = (code: number, text: string): string => (hasColors ? `\u001b[${code}m${text}\u001b[0m` : text);
  const { severity, message, code, hint, position, path, file = null } = diagnostic;
  const place = [shownFile(file, sources, template), ...(position === null ? [] : [position.line, position.column])].join(':');
  const kind = paint(severity === 'error' ? RED : YELLOW, severity);
  const [first, ...more] = message.split('\n');
  const lines = [`${paint(BOLD, place)}: ${kind}: ${first} [${code}]`, ...more.map((text) => `  ${text}`)];
  if (line !== null && position !== null) lines.push(...marked(line, position, (text) => paint(DIM, text)));
  if (path.length > 0 && line === null) lines.push(`    at ${pathText(path)}`);
  if (hint !== null) lines.push(`    hint: ${hint}`);
  return lines;
}

/** A long line is cut to what is around the mark; tabs keep their width above and below. */
function marked(
  line: string,
  { line: number, column }: { readonly line: number; readonly column: number },
  dim: (text: string) => string,
): string[] {
  const from = column > MOST_COLUMNS - 20 ? column - 40 : 0;
  const shown = line.slice(from, from + MOST_COLUMNS);
  const cut = from > 0 ? '… ' : '';
  const margin = String(number);
  const below = line.slice(from, column - 1).replaceAll(/[^\t]/g, ' ');
  return [`  ${dim(`${margin} |`)} ${cut}${shown}`, `  ${dim(`${' '.repeat(margin.length)} |`)} ${' '.repeat(cut.length)}${below}^`];
}

export function summary({ errors, warnings, omitted }: ValidationResult, template: string): string {
  if (errors + warnings === 0) return `${template}: nothing is wrong.`;
  const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
  const rest = omitted === 0 ? '' : `, ${omitted} of them not shown`;
  return `${template}: ${count(errors, 'error')}, ${count(warnings, 'warning')}${rest}.`;
}
