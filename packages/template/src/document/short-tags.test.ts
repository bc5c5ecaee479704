/** Short tags of CloudFormation in YAML: what they stand for, where, and that no other document has them. */
import type { Json } from '@hearth/kernel';
import { describe, expect, test } from 'vitest';
import { loadDocument } from './load-document.ts';

const load = (value: string) => loadDocument(`AWSTemplateFormatVersion: '2010-09-09'\nv: ${value}\n`);

describe('what they stand for', () => {
  test.each<[string, Json]>([
    ['!Ref a', { Ref: 'a' }],
    ['!Condition c', { Condition: 'c' }],
    ['!GetAtt a.b', { 'Fn::GetAtt': ['a', 'b'] }],
    ['!GetAtt a.Outputs.x', { 'Fn::GetAtt': ['a', 'Outputs.x'] }],
    ['!GetAtt [a, b.c]', { 'Fn::GetAtt': ['a', 'b.c'] }],
    ['!GetAtt a', { 'Fn::GetAtt': 'a' }],
    ["!Sub '${a}'", { 'Fn::Sub': '${a}' }],
    ['!Sub [x, {a: !Ref b}]', { 'Fn::Sub': ['x', { a: { Ref: 'b' } }] }],
    ['!Join [",", [!Ref a, b]]', { 'Fn::Join': [',', [{ Ref: 'a' }, 'b']] }],
    ['!Transform {Name: x}', { 'Fn::Transform': { Name: 'x' } }],
    ['!Base64 5', { 'Fn::Base64': '5' }],
    ["!GetAZs ''", { 'Fn::GetAZs': '' }],
    ['!If [c, !Equals [1, 2], yes]', { 'Fn::If': ['c', { 'Fn::Equals': [1, 2] }, true] }],
  ])('%s', (text, value) => {
    const { value: loaded, diagnostics } = load(text);
    expect(diagnostics).toEqual([]);
    expect((loaded as { v: Json }).v).toEqual(value);
  });
  test('wherever the version stands', () => {
    for (const text of [
      '{a: {b: [c]}, x: !Ref y, HeatTemplateFormatVersion: z}',
      'a: &a {b: c}\nd: *a\nx: !Ref y\n"AWSTemplateFormatVersion": z\n',
    ])
      expect(loadDocument(text)).toMatchObject({ value: { x: { Ref: 'y' } }, diagnostics: [] });
  });
});

describe('refused', () => {
  test.each([
    ['in HOT', "heat_template_version: '2018-08-31'\nv: !Ref a\n"],
    ['where the version is further in', 'a: {AWSTemplateFormatVersion: x}\nv: !Ref a\n'],
    ['where the version is a value', 'a: AWSTemplateFormatVersion\nv: !Ref a\n'],
    ['a tag that nobody knows', "AWSTemplateFormatVersion: '2010-09-09'\nv: !Nope a\n"],
    ['a tag of the host language', "AWSTemplateFormatVersion: '2010-09-09'\nv: !!python/object:os.system a\n"],
  ])('%s', (_name, text) => expect(loadDocument(text).diagnostics).toMatchObject([{ type: 'HTTPBadRequest', code: 'invalid-yaml' }]));
  test('nested beyond the bound, the maps that tags stand for counted', () => {
    const nested = (depth: number): string => `${'!Not ['.repeat(depth)}x${']'.repeat(depth)}`;
    expect(load(nested(40)).diagnostics).toEqual([]);
    expect(load(nested(60)).diagnostics[0]?.code).toBe('document-too-deep');
  });
});

test('positions inside', () => {
  const { positions } = loadDocument("AWSTemplateFormatVersion: '2010-09-09'\na: !Sub\n  - x\n  - k: !Ref b\n    l: 1\n");
  expect(positions(['a', 'Fn::Sub', 1, 'l'])).toEqual({ line: 5, column: 5 });
  expect(positions(['a', 'Fn::Sub', 1, 'k', 'Ref'])).toEqual({ line: 4, column: 5 });
});
