/** How long files and functions are, and which are too long and not known to be: what is above the line may stay, nothing new crosses it. */
import type { RepositoryFile } from '../source/repository-files.ts';
import { isSource, isTest } from '../source/repository-files.ts';
import { scanSource } from '../source/scan-source.ts';
import type { Finding } from '../source/finding.ts';

export const LONGEST_FILE = 400;
export const LONGEST_TEST_FILE = 800;
export const LONGEST_FUNCTION = 70;

/** `path` or `path name` of what may be too long. */
export type KnownSizes = readonly string[];

export interface FunctionSize {
  /** As written; those without a name are called `a function`, so that moving them changes no list. */
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

/** Everything over the line, as entries of the list of known ones. */
export function tooLong(files: readonly RepositoryFile[]): ReadonlyMap<string, Finding> {
  const found = new Map<string, Finding>();
  for (const { path, text } of files) {
    if (!isSource(path) || path.endsWith('.gen.ts')) continue;
    const lines = text.split('\n').length - 1;
    const most = isTest(path) ? LONGEST_TEST_FILE : LONGEST_FILE;
    if (lines > most)
      found.set(path, { rule: 'file-size', path, line: 0, message: `has ${lines} lines, more than ${most}; is it more than one idea?` });
    if (isTest(path)) continue;
    for (const one of functionSizes(text)) {
      if (one.lines <= LONGEST_FUNCTION) continue;
      found.set(`${path} ${one.name}`, {
        rule: 'function-size',
        path,
        line: one.line,
        message: `${one.name} has ${one.lines} lines, more than ${LONGEST_FUNCTION}; name its parts`,
      });
    }
  }
  return found;
}

export function checkSizes(files: readonly RepositoryFile[], known: KnownSizes, knownPlace: string): readonly Finding[] {
  const found = tooLong(files);
  const crossed = [...found].filter(([entry]) => !known.includes(entry)).map(([, finding]) => finding);
  const obsolete = known.filter((entry) => !found.has(entry));
  return [
    ...crossed,
    ...obsolete.map((entry) => ({
      rule: 'known-sizes',
      path: knownPlace,
      line: 0,
      message: `"${entry}" is short enough now; take it off the list`,
    })),
  ];
}

/** From the opening brace to the closing one. Blocks of control flow are not functions. */
export function functionSizes(source: string): readonly FunctionSize[] {
  const { code } = scanSource(source);
  const open: { readonly name: string | null; readonly line: number }[] = [];
  const sizes: FunctionSize[] = [];
  let line = 1;
  let segmentFrom = 0;
  for (let i = 0; i < code.length; i++) {
    const one = code[i];
    if (one === '\n') line += 1;
    if (one === '{') open.push({ name: functionName(code.slice(segmentFrom, i)), line });
    if (one === '}') {
      const block = open.pop();
      if (block?.name != null) sizes.push({ name: block.name, line: block.line, lines: line - block.line + 1 });
    }
    if (one === '{' || one === '}' || one === ';') segmentFrom = i + 1;
  }
  return sizes;
}

/** The name of the function that a block belongs to, from what stands before its brace; null when it is no function's. */
function functionName(before: string): string | null {
  const text = before.trim();
  if (
    /^(else\s+)?(if|for|while|switch|catch|with)\b|^(else|do|try|finally)$/.test(text) ||
    /\b(class|interface|namespace|enum)\b[^()]*$/.test(text)
  )
    return null;
  if (!/=>$|\)$|\)\s*:[^=]*$/.test(text)) return null;
  const named =
    /\bfunction\s*\*?\s*([\w$]+)/.exec(text) ??
    /\b(?:const|let)\s+([\w$]+)\b[^=]*=/.exec(text) ??
    /([#\w$]+)\s*(?:<[^>]*>)?\s*\(/.exec(text) ??
    /([\w$]+)\s*:/.exec(text);
  return named?.[1] ?? 'a function';
}
