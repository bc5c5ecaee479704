/**
 * A small fault that must be noticed: one text of a production module replaced by another while the module is loaded, in a process of its own. It says in
 * which package the text is, not in which file, so that it follows code that moves; a text that is not there exactly once is an error.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who must notice: simulated lives, scenarios (each killed at every commit, too), or a file of tests that live something else in virtual time. */
export type Noticing = 'lives' | 'scenarios' | `${string}.test.ts`;

export interface Fault {
  readonly name: string;
  /** Folder of the package. */
  readonly within: string;
  readonly from: string;
  readonly to: string;
  readonly by: Noticing;
}

export const ROOT = join(import.meta.dirname, '../../..');

/** The one module that holds the fault's text. */
export function moduleOf({ name, within, from }: Fault): string {
  const folder = join(ROOT, within, 'src');
  const modules = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => join(folder, file));
  const counts = modules.map((module) => [module, readFileSync(module, 'utf8').split(from).length - 1] as const);
  const holding = counts.filter(([, count]) => count > 0);
  const [only] = holding;
  if (only === undefined || holding.length > 1 || only[1] !== 1) {
    const found = holding.map(([module, count]) => `${count} in ${module}`).join(', ') || 'nowhere';
    throw new Error(`"${name}": ${within} must hold "${from}" once, and it is ${found}; the fault must follow the code`);
  }
  return only[0];
}

export const planted = (source: string, { from, to }: Fault): string => source.replace(from, () => to);
