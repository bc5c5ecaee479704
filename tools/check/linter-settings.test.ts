/** The linter's settings find what they are there for; a rule that was renamed or switched off would show here. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../source/repository-files.ts';

const TRIALS: readonly (readonly [rule: string, source: string])[] = [
  ['noExplicitAny', 'export const a = (b: any): unknown => b;\n'],
  ['noFloatingPromises', 'async function a(): Promise<void> {}\nexport function b(): void {\n  a();\n}\n'],
  ['noMisusedPromises', 'async function a(): Promise<boolean> {\n  return true;\n}\nexport const b = (): number => (a() ? 1 : 2);\n'],
  ['noEnum', 'export enum A {\n  b = 1,\n}\n'],
  ['noReExportAll', "export * from './other.ts';\n"],
  ['useImportType', "import { A } from './other.ts';\nexport const b = (a: A): A => a;\n"],
  ['noUnusedVariables', 'function a(): void {}\nexport const b = 1;\n'],
  ['noUnusedImports', "import { a } from './other.ts';\nexport const b = 1;\n"],
];
const SOUND = '/** A. */\nexport const a = async (b: () => Promise<void>): Promise<void> => {\n  await b();\n};\n';

let folder: string;
/** File name → rules broken in it. */
const broken = new Map<string, string[]>();

/** Our settings in a folder of its own (no git there), all trials in one run. */
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hearth-lint-'));
  const settings = JSON.parse(readFileSync(path.join(ROOT, 'biome.json'), 'utf8')) as Record<string, unknown>;
  writeFileSync(path.join(folder, 'biome.json'), JSON.stringify({ ...settings, $schema: undefined, vcs: { enabled: false } }));
  for (const [rule, source] of TRIALS) writeFileSync(path.join(folder, `${rule}.ts`), source);
  writeFileSync(path.join(folder, 'sound.ts'), SOUND);
  const program = path.join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
  const done = spawnSync(process.execPath, [program, 'lint', '--reporter=json', '--max-diagnostics=none'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const report = JSON.parse(done.stdout) as { diagnostics: { category: string; severity: string; location: { path: string } }[] };
  for (const { category, severity, location } of report.diagnostics) {
    if (severity !== 'error') continue;
    const name = path.basename(location.path);
    broken.set(name, [...(broken.get(name) ?? []), category.split('/').at(-1) as string]);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the linter', () => {
  it.each(TRIALS)('finds %s', (rule) => {
    expect(broken.get(`${rule}.ts`)).toContain(rule);
  });

  it('has nothing against sound code', () => {
    expect(broken.get('sound.ts')).toBeUndefined();
  });
});
