/** The loader: PyYAML's scalars, merge keys, and bounds that hold before the work. */
import { readFileSync } from 'node:fs';
import type { Json } from '@hearth/kernel';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadDocument } from './load-document.ts';

interface ScalarRow {
  readonly scalar: string;
  readonly result?: Json;
  readonly special?: 'nan' | 'inf' | '-inf';
  readonly refused?: true;
}
const rows = JSON.parse(readFileSync(new URL('../../../../testdata/template/yaml-scalars.json', import.meta.url), 'utf8')) as ScalarRow[];
const SPECIAL = { nan: Number.NaN, inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY };

const value = (text: string): Json => {
  const { value: loaded, diagnostics } = loadDocument(text);
  expect(diagnostics).toEqual([]);
  return loaded;
};
const code = (source: string | Json): string | undefined => loadDocument(source).diagnostics[0]?.code;

describe('scalars as PyYAML reads them', () => {
  test('there are rows', () => expect(rows.length).toBeGreaterThan(100));
  test.each(rows.map((row) => [row.scalar, row] as const))('%s', (scalar, row) => {
    const loaded = loadDocument(`a: ${scalar}\n`);
    if (row.refused) {
      expect(loaded.diagnostics[0]?.severity).toBe('error');
      return;
    }
    expect(loaded.diagnostics).toEqual([]);
    const got = (loaded.value as { a: Json }).a;
    if (row.special === undefined) expect(got).toEqual(row.result);
    else expect(got).toBe(SPECIAL[row.special]);
  });
});

describe('documents', () => {
  test.each([
    ['JSON first', '{"a": 1e3, "b": [true, null]}', { a: 1000, b: [true, null] }],
    ['a flow map that is no JSON', '{a: yes}', { a: true }],
    ['empty', '', {}],
    ['only a comment', '# nothing\n', {}],
    ['null', '~', {}],
    ['bare JSON scalar', '3', 3],
    ['duplicate keys: the last wins', 'a: 1\nb: 2\na: 3\n', { a: 3, b: 2 }],
    ['keys become text', '1: a\ntrue: b\nnull: c\n', { '1': 'a', true: 'b', null: 'c' }],
    ['merge key', 'x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\n', { x: { a: 1, b: 2 }, y: { a: 1, b: 3 } }],
    ['merge list', 'x: &x {a: 1}\nz: &z {a: 2, c: 3}\ny:\n  <<: [*x, *z]\n', { x: { a: 1 }, z: { a: 2, c: 3 }, y: { a: 1, c: 3 } }],
    [
      'set and ordered maps',
      's: !!set {a, b}\no: !!omap [{k: v}]\np: !!pairs [{k: v}, {k: w}]\n',
      {
        s: { a: null, b: null },
        o: [['k', 'v']],
        p: [
          ['k', 'v'],
          ['k', 'w'],
        ],
      },
    ],
    [
      'big integers in JSON keep their digits',
      '{"a": 12345678901234567890, "b": 9007199254740991}',
      { a: '12345678901234567890', b: 9007199254740991 },
    ],
    [
      'little indentation inside brackets and quotes',
      'a:\n    b: [\n  1,\n{c: 2},\n    ]\n    d: "x\ny\n  z"\ne: 3\n',
      { a: { b: [1, { c: 2 }], d: 'x y z' }, e: 3 },
    ],
    ['block texts', 'a: |\n  x\n  y\nb: >-\n  x\n  y\n', { a: 'x\ny\n', b: 'x y' }],
  ] as const)('%s', (_name, text, expected) => expect(value(text)).toEqual(expected));

  test('a key __proto__ is a key', () => {
    for (const text of ['{"__proto__": {"x": 1}}', '__proto__: {x: 1}\n']) {
      const loaded = value(text) as Record<string, Json>;
      expect(Object.keys(loaded)).toEqual(['__proto__']);
      expect((loaded as { x?: Json }).x).toBeUndefined();
    }
  });
  test('an error has a line and a column', () => {
    const [error] = loadDocument('a: 1\nb: [1,\n').diagnostics;
    expect(error).toMatchObject({ type: 'HTTPBadRequest', code: 'invalid-yaml' });
    expect(error?.position?.line).toBeGreaterThanOrEqual(2);
  });
  test('a document marker inside brackets', () => expect(code('a:\n  b: [\n---\n  ]\n')).toBe('invalid-yaml'));
  test('several documents', () => expect(code('a: 1\n---\nb: 2\n')).toBe('invalid-yaml'));
  test('a map as a key', () => expect(code('{a: b}: c\n')).toBe('invalid-yaml'));
  test('positions of keys and items, through aliases', () => {
    const { positions } = loadDocument('a: &x\n  b:\n    - 1\n    - c: 2\nd: *x\n');
    expect(positions(['a', 'b'])).toEqual({ line: 2, column: 3 });
    expect(positions(['a', 'b', 1, 'c'])).toEqual({ line: 4, column: 7 });
    expect(positions(['d', 'b'])).toEqual({ line: 2, column: 3 });
    expect(positions(['a', 'nothing', 'here'])).toEqual({ line: 1, column: 1 });
  });
});

describe('bounds', () => {
  test('text', () => expect(code(`a: ${'x'.repeat(600_000)}`)).toBe('document-too-large'));
  test('depth in YAML', () => expect(code(`${'['.repeat(150)}${']'.repeat(150)}x`)).toBeDefined());
  test('depth in flow and block YAML', () => {
    expect(code(`a: ${'['.repeat(101)}x${']'.repeat(101)}`)).toBe('document-too-deep');
    expect(code(`a: ${'['.repeat(99)}x${']'.repeat(99)}`)).toBeUndefined();
  });
  test('depth in JSON, and far beyond the stack', () => {
    expect(code('['.repeat(101) + ']'.repeat(101))).toBe('document-too-deep');
    expect(code('['.repeat(200_000))).toBeDefined();
  });
  test('depth in data', () => {
    let data: Json = 1;
    for (let i = 0; i < 50_000; i++) data = { a: data };
    expect(code(data)).toBe('document-too-deep');
  });
  test('aliases that multiply', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 12; i++) lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`);
    expect(code(lines.join('\n'))).toBe('document-too-large');
  });
  test('aliases that deepen', () => {
    const lines = ['a0: &a0 [x]'];
    for (let i = 1; i < 120; i++) lines.push(`a${i}: &a${i} [*a${i - 1}]`);
    expect(code(lines.join('\n'))).toBe('document-too-deep');
  });
  test('an alias inside its anchor', () => expect(code('a: &a [*a]\n')).toBe('recursive-alias'));
  test('merge keys that multiply', () => {
    const wide = Array.from({ length: 400 }, (_, i) => `k${i}: ${i}`).join(', ');
    const merges = Array.from({ length: 400 }, (_, i) => `m${i}: {<<: *w}`).join('\n');
    expect(code(`w: &w {${wide}}\n${merges}\n`)).toBeDefined();
  });
  test.each([
    ['of ten', '9'.repeat(5_000)],
    ['of eight', `0${'7'.repeat(5_000)}`],
    ['of sixteen', `0x${'f'.repeat(5_000)}`],
    ['in base 60', `1${':59'.repeat(2_000)}`],
  ])('an integer that is longer than anybody reads: %s', (_name, digits) => {
    for (const text of [`a: ${digits}\n`, `{"a": ${digits}}`])
      expect(loadDocument(text).diagnostics[0]?.message).toContain('more than 4300 digits');
  });
  test('the size is told, with aliases written out', () => {
    expect(loadDocument('{"a": [1, "xy"]}').size).toBe(loadDocument({ a: [1, 'xy'] }).size);
    expect(loadDocument('a: &a [x, y]\nb: *a\n').size).toBeGreaterThan(loadDocument('a: &a [x, y]\nb: 1\n').size);
    expect(loadDocument('a: [').size).toBe(0);
  });
  test('a text may be as long as is said', () => {
    expect(loadDocument(`a: ${'x'.repeat(100)}`, 50).diagnostics[0]?.code).toBe('document-too-large');
    expect(loadDocument(`a: ${'x'.repeat(600_000)}`, 2 ** 20).diagnostics).toEqual([]);
  });
  test('thousands of lines to indent', () => expect(code(`a:\n  b: [\n${'x,\n'.repeat(50_000)}]\n`)).toBe('invalid-yaml'));
  test('nothing makes it throw', () => {
    const yamlish = fc.string({
      unit: fc.constantFrom('a', ':', ' ', '\n', '-', '[', ']', '{', '}', '&', '*', '!', '|', '>', '"', "'", '#', '<', '%', '1', '.', ','),
      maxLength: 60,
    });
    fc.assert(
      fc.property(fc.oneof(yamlish, fc.string(), fc.json()), (text) => {
        const loaded = loadDocument(text);
        expect(loaded.value !== null || loaded.diagnostics.length > 0 || text.trim() === 'null').toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
