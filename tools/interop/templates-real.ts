/** Templates that people wrote, as requests to validate; and Heat's verdicts on them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { templateSources } from './template-sources.ts';
import type { TemplateCase } from './templates-generator.ts';

/** What Heat 19 said when it was asked. */
export interface RecordedVerdict {
  readonly status: number;
  readonly error?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

export function recordedVerdicts(folder: string): ReadonlyMap<string, RecordedVerdict> {
  const path = join(folder, 'verdicts.json');
  if (!existsSync(path)) return new Map();
  return new Map(Object.entries(JSON.parse(readFileSync(path, 'utf8')) as Record<string, RecordedVerdict>));
}

/** Each template by its path, as data with the files that it names; and as its text, where it names none. */
export function realCases(folder: string): readonly TemplateCase[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /\.(?:yaml|template)$/.test(path));
  return paths.toSorted().flatMap((name): TemplateCase[] => {
    const path = join(folder, name);
    const text = { template: readFileSync(path, 'utf8') };
    const { template, files } = templateSources(path);
    const shown = { name: relative(folder, path), kind: 'real' };
    const isWhole = Object.keys(files).length === 0;
    return [
      ...(isWhole ? [{ ...shown, detail: 'as text', body: text }] : []),
      ...(template === undefined ? [] : [{ ...shown, detail: 'as data', body: { template, files } }]),
    ];
  });
}
