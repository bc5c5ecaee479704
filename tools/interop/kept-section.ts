/** Sections of a document that a run writes: between a line that says which run, and the next end. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
const COMPATIBILITY = 'docs/compatibility.md';
const END = '<!-- end -->';
const beginOf = (run: string): string => `<!-- begin: written by \`npm run interop -- ${run} --write\` -->`;

/** Puts the text into the run's section, or says whether it is there already. */
export function keepSection(run: string, text: string, write: boolean, name = COMPATIBILITY): { readonly current: boolean } {
  const file = path.join(ROOT, name);
  const document = readFileSync(file, 'utf8');
  const begin = document.indexOf(beginOf(run));
  const end = document.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`${file} has no section between "${beginOf(run)}" and "${END}"`);
  const wanted = `${document.slice(0, begin)}${beginOf(run)}\n\n${text.trim()}\n\n${document.slice(end)}`;
  if (wanted === document) return { current: true };
  if (write) writeFileSync(file, wanted);
  return { current: write };
}
