/** The layer check finds what it should, names it, and never passes on nothing. */
import { describe, expect, it } from 'vitest';
import { repositoryFiles } from '../source/repository-files.ts';
import { checkLayers } from './check-layers.ts';
import { findCycles } from './cycles.ts';
import { importsOf } from './imports.ts';
import { LAYERS } from './table.ts';

const layers = { kernel: [], store: ['kernel'], testkit: ['kernel'] };
const file = (path: string, text: string) => ({ path, text });
const manifest = (name: string, dependencies: string[], devDependencies: string[] = []) =>
  file(
    `packages/${name}/package.json`,
    JSON.stringify({
      dependencies: Object.fromEntries(dependencies.map((d) => [`@hearth/${d}`, '1'])),
      devDependencies: Object.fromEntries(devDependencies.map((d) => [`@hearth/${d}`, '1'])),
    }),
  );
const messages = (...files: { path: string; text: string }[]): string[] =>
  checkLayers(files, layers).map((finding) => `${finding.path}:${finding.line} ${finding.message}`);

describe('imports', () => {
  it.each([
    ["import { a } from './a.ts';", './a.ts', false],
    ["import type { a } from './a.ts';", './a.ts', true],
    ["import { type a, type b } from './a.ts';", './a.ts', true],
    ["import { type a, b } from './a.ts';", './a.ts', false],
    ["import x, { type a } from './a.ts';", './a.ts', false],
    ["import './a.ts';", './a.ts', false],
    ["export { a } from './a.ts';", './a.ts', false],
    ["export * from './a.ts';", './a.ts', false],
    ["import {\n  a, // with 'a quote'\n  b,\n} from './a.ts';", './a.ts', false],
    ["const a = await import('./a.ts');", './a.ts', false],
    ["let a: import('./a.ts').A;", './a.ts', true],
  ])('are found in %j', (source, specifier, typeOnly) => {
    expect(importsOf(`/** x */\n${source}`)).toMatchObject([{ specifier, typeOnly }]);
  });

  it('are not found in texts and comments', () => {
    expect(
      importsOf("// import { a } from './a.ts'\nconst b = \"import { c } from './c.ts'\"; export const d = 'e'; f.import('g');"),
    ).toEqual([]);
  });
});

describe('layers', () => {
  it('name file, importer and imported', () => {
    expect(messages(file('packages/kernel/src/a.ts', "\nimport { x } from '@hearth/store';"))).toEqual([
      'packages/kernel/src/a.ts:2 kernel may not import store; it may import nothing (tools/layers/table.ts)',
    ]);
  });

  it('hold for types too', () => {
    expect(messages(file('packages/kernel/src/a.ts', "import type { x } from '@hearth/store';"))).toHaveLength(1);
  });

  it('let a row through', () => {
    expect(messages(file('packages/store/src/a.ts', "import { x } from '@hearth/kernel';"))).toEqual([]);
  });

  it.each([
    ['inner files by package name', "import { x } from '@hearth/kernel/src/json.ts';", 'an inner file'],
    ['inner files by path', "import { x } from '../../kernel/src/json.ts';", 'an inner file of kernel'],
    ['test helpers outside tests', "import { x } from '@hearth/kernel/testing';", 'for tests only'],
    ['test files outside tests', "import { x } from './test-world.ts';", 'for tests only'],
    ['files outside the package', "import { x } from '../../../tools/a.ts';", 'outside its package'],
    ['packages without a row', "import { x } from '@hearth/unheard';", 'not in the table'],
  ])('refuse %s', (_name, source, expected) => {
    const found = messages(file('packages/store/src/a.ts', source));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });

  it('let tests import the testkit and what is named for development', () => {
    const test = file('packages/kernel/src/a.test.ts', "import { x } from '@hearth/testkit';\nimport { y } from '@hearth/store/testing';");
    expect(messages(test, manifest('kernel', [], ['store']))).toEqual([]);
    expect(messages(test, manifest('kernel', []))).toHaveLength(1);
  });

  it('want package.json to list exactly the row', () => {
    const source = file('packages/kernel/src/a.ts', '');
    expect(messages(source, manifest('store', []))[0]).toContain('lacks the dependency "@hearth/kernel"');
    expect(messages(source, manifest('kernel', ['store']))[0]).toContain('lists "@hearth/store"');
    expect(messages(source, manifest('unheard', []))[0]).toContain('no row');
    expect(messages(source, manifest('store', ['kernel']))).toEqual([]);
  });

  it('find import cycles, not those of types', () => {
    const a = (kind: string) => file('packages/store/src/a.ts', `import ${kind}{ b } from './b.ts';`);
    const b = file('packages/store/src/b.ts', "import { a } from './a.ts';");
    expect(messages(a(''), b)).toEqual([
      'packages/store/src/a.ts:0 is part of an import cycle: packages/store/src/a.ts → packages/store/src/b.ts → packages/store/src/a.ts',
    ]);
    expect(messages(a('type '), b)).toEqual([]);
  });

  it('fail when they looked at no file', () => {
    expect(messages()).toHaveLength(1);
    expect(messages(manifest('kernel', []))[0]).toContain('no source file was looked at');
  });

  it('know every package of this repository', () => {
    const names = repositoryFiles().flatMap((one) => /^(?:packages|apps)\/([^/]+)\/package\.json$/.exec(one.path)?.[1] ?? []);
    expect(names.toSorted()).toEqual(Object.keys(LAYERS).toSorted());
  });
});

describe('cycles', () => {
  it('are given once, however long the ways to them', () => {
    const edges = new Map([...Array.from({ length: 500 }, (_, i) => [`f${i}`, [`f${i + 1}`]] as const), ['f500', ['f499']] as const]);
    expect(findCycles(edges)).toHaveLength(1);
  });
  it('of one file on itself', () => {
    expect(findCycles(new Map([['a', ['a']]]))).toEqual([['a']]);
  });
});
