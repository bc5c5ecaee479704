/** Every rule of the house with what breaks it and what does not. */
import { describe, expect, it } from 'vitest';
import { checkLock, checkTidy } from './check-tidy.ts';
import { functionSizes } from './function-sizes.ts';
import { RULES } from './rules.ts';

const HEAD = '/** What it is for. */\n';
const found = (path: string, text: string): string[] =>
  checkTidy(
    [
      { path: 'packages/kernel/src/sound.ts', text: HEAD },
      { path, text },
    ],
    [],
  ).map((finding) => `${finding.rule}:${finding.line}`);

/** rule, file, source below the header, line of the breach */
const broken: readonly [string, string, string, number][] = [
  ['default-export', 'packages/engine/src/a.ts', 'export default 1;', 2],
  ['default-export', 'packages/engine/src/a.ts', 'export { a as default };', 2],
  ['export-all', 'packages/engine/src/a.ts', "\nexport * from './b.ts';", 3],
  ['bare-error', 'packages/engine/src/a.ts', 'if (a)\n  throw new Error("x");', 3],
  ['environment', 'packages/engine/src/a.ts', 'const a = process.env["A"];', 2],
  ['environment', 'packages/engine/src/a.ts', 'process.exit(1);', 2],
  ['clock', 'packages/engine/src/a.ts', 'const a = Date.now();', 2],
  ['clock', 'packages/engine/src/a.ts', 'const a = `${Math.random()}`;', 2],
  ['clock', 'packages/engine/src/a.ts', 'const a = new Date();', 2],
  ['sql', 'packages/engine/src/a.ts', 'query(`\n  select a\n  from b where c = ${d}`);', 2],
  ['sql', 'packages/api-heat/src/a.ts', "query('insert into a values (1)');", 2],
  ['sql', 'packages/minicloud/src/nova/a.ts', "query('update a set b = 1');", 2],
  ['sql', 'apps/server/src/a.ts', "query('with a as (select 1) delete from b');", 2],
  ['reveal-secret', 'packages/stacks/src/a.ts', 'revealSecret(a);', 2],
  ['file-name', 'packages/engine/src/utils.ts', '', 0],
  ['file-name', 'packages/engine/src/fooBar.ts', '', 0],
  ['machine-path', 'docs/a.md', 'cd /root/x', 2],
  ['machine-path', 'packages/engine/src/a.ts', "open('/home/me/x');", 2],
  ['unfinished', 'packages/engine/src/a.ts', '// TODO later', 2],
];

/** file, source below the header */
const sound: readonly [string, string][] = [
  ['packages/engine/src/a.ts', "// new Error( Date.now() any export default\nconst text = 'process.env select new Error(';"],
  ['packages/engine/src/a.ts', 'const many: { any: boolean } = f; // a word'],
  ['packages/engine/src/a.ts', 'new Date(1); expect.any(Number); AbortSignal.any([]);'],
  ['packages/engine/src/a.ts', "say('select a resource type, update the list, delete it; with a smile')"],
  ['packages/store/src/a.ts', "query('select a from b');"],
  ['packages/minicloud/src/store/a.ts', "query('delete from b');"],
  ['packages/cloud-openstack/src/a.ts', 'revealSecret(a);'],
  ['apps/server/src/a.ts', 'process.exit(1); Date.now(); revealSecret(a);'],
  ['packages/engine/src/a.test.ts', "throw new Error('x'); Date.now();"],
  ['packages/engine/src/schema.gen.ts', ''],
  ['docs/a.md', 'see /v1/work/x and ./root/x and http://h/home/me/x'],
];

describe('rules', () => {
  it.each(broken)('%s is found in %s: %j', (rule, path, text, line) => {
    expect(found(path, HEAD + text).filter((one) => one.startsWith(`${rule}:`))).toEqual([`${rule}:${line}`]);
  });

  it.each(sound)('nothing is found in %s: %j', (path, text) => {
    expect(found(path, HEAD + text)).toEqual([]);
  });

  it('header is found where the opening comment lacks or is an essay', () => {
    expect(found('packages/engine/src/a.ts', 'const a = 1;\n')).toEqual(['header:1']);
    expect(found('packages/engine/src/a.ts', `/**\n${' * x\n'.repeat(20)} */\n`)).toEqual(['header:1']);
  });

  it('are each tried here', () => {
    const tried = new Set([...broken.map(([rule]) => rule), 'header']);
    expect(RULES.map((rule) => rule.name).filter((rule) => !tried.has(rule))).toEqual([]);
  });

  it('fail when no file was looked at', () => {
    expect(checkTidy([{ path: 'docs/a.md', text: 'x' }], [])).toMatchObject([{ rule: 'tidy' }]);
  });
});

describe('sizes', () => {
  const long = (lines: number): string => `function big(a: number): void {\n${'  a;\n'.repeat(lines - 2)}}\n`;

  it('are counted for functions, methods and arrows, not for control flow and types', () => {
    const source =
      'class A {\n  go(a: B): C {\n    if (a) {\n      b();\n    } else {\n    }\n  }\n}\nconst f = async (a: B) => {\n};\ninterface D {\n  e: F;\n}\n';
    expect(functionSizes(source).map(({ name, lines }) => `${name} ${lines}`)).toEqual(['go 6', 'f 2']);
  });

  it('over the line are found once they are new', () => {
    const file = { path: 'packages/engine/src/a.ts', text: HEAD + long(71) };
    expect(checkTidy([file], [])).toMatchObject([{ rule: 'function-size', line: 2, message: expect.stringContaining('big has 71 lines') }]);
    expect(checkTidy([file], ['packages/engine/src/a.ts big'])).toEqual([]);
    expect(checkTidy([{ ...file, text: HEAD + long(70) }], [])).toEqual([]);
  });

  it('of files are found, for tests later', () => {
    const text = `${HEAD}${'a;\n'.repeat(400)}`;
    expect(found('packages/engine/src/a.ts', text)).toEqual(['file-size:0']);
    expect(found('packages/engine/src/a.test.ts', text)).toEqual([]);
  });

  it('that are fine again leave the list', () => {
    expect(checkTidy([{ path: 'packages/engine/src/a.ts', text: HEAD }], ['packages/engine/src/a.ts'])).toMatchObject([
      { rule: 'known-sizes' },
    ]);
  });
});

describe('the lock file', () => {
  const lock = (packages: object) =>
    checkLock({ path: 'package-lock.json', text: JSON.stringify({ packages }) }).map((finding) => finding.rule);

  it('names no host', () => {
    expect(lock({ 'node_modules/a': { version: '1.0.0', resolved: 'https://packages.example/a.tgz' } })).toEqual(['lock-host']);
    expect(lock({ 'node_modules/@hearth/a': { resolved: 'packages/a', link: true } })).toEqual([]);
  });

  it('has every variant that a package names', () => {
    const packages = {
      'node_modules/a': { version: '1.0.0', optionalDependencies: { '@a/linux-x64': '1.0.0', '@a/darwin-arm64': '1.0.0' } },
      'node_modules/@a/linux-x64': { version: '1.0.0' },
    };
    expect(lock(packages)).toEqual(['lock-incomplete']);
  });
});
