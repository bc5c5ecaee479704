/** Functions of newer CloudFormation templates: Sub, Cidr, ToJsonString, Length, Transform. */
import type { Json } from '@hearth/kernel';
import { describe, expect, test } from 'vitest';
import { bindDefinition } from '../binding/bind-definition.ts';
import { resolveOutput } from '../binding/resolve.ts';
import { emptyEnvironment } from '../environment/parse-environment.ts';
import { parseTemplate } from '../parse-template.ts';

/** The value, or null when the expression was refused. */
function evaluated(expression: Json): { readonly value: Json } | null {
  const { definition } = parseTemplate({
    AWSTemplateFormatVersion: '2010-09-09',
    Parameters: {
      s: { Type: 'String', Default: 'str' },
      n: { Type: 'Number', Default: 1.5 },
      b: { Type: 'Boolean', Default: true },
      l: { Type: 'CommaDelimitedList', Default: 'a,b' },
    },
    Resources: { r: { Type: 'T' } },
    Outputs: { o: { Value: expression } },
  });
  if (definition === null) return null;
  const pseudo = { stackId: 'sid', stackName: 'st', projectId: 'p' };
  const { bound } = bindDefinition({ definition, environment: emptyEnvironment, pseudo, files: {}, strict: true });
  if (bound === null) return null;
  const known = {
    referenceId: () => 'rid',
    attribute: (_r: string, key: string) => (key === 'none' ? null : key),
    allAttributes: () => ({}),
  };
  const { value, diagnostics } = resolveOutput(bound, 'o', known);
  return diagnostics.length > 0 ? null : { value };
}

describe('Fn::Sub', () => {
  test.each([
    ['plain', 'plain'],
    ['', ''],
    ['${s} ${n} ${b}', 'str 1.5 true'],
    ['${r}/${r.Outputs.x}/${r.none}', 'rid/Outputs.x/'],
    ['${AWS::StackName}', 'st'],
    ['${!s} ${!AWS::Region} $s {s} $${s}', '${s} ${AWS::Region} $s {s} $str'],
    ['${ s }', 'str'],
    [['${x}${s}', { x: 1, s: 'own' }], '1own'],
    [['${a.b}', { 'a.b': { Ref: 's' } }], 'str'],
    [['${x', { x: 1 }], '${x'],
  ] as const)('%j', (text, value) => expect(evaluated({ 'Fn::Sub': text } as Json)).toEqual({ value }));
  test.each([
    ['${nope}'],
    ['${nope.x}'],
    ['${l}'],
    ['${}'],
    ['${a b}'],
    [5],
    [['x']],
    [['x', []]],
    [['x', {}, 1]],
    [[{}, {}]],
    [['${x}', { x: {} }]],
  ])('refused: %j', (text) => expect(evaluated({ 'Fn::Sub': text } as unknown as Json)).toBeNull());
});

describe('Fn::Cidr', () => {
  test.each([
    [
      ['10.0.0.0/16', 3, 8],
      ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24'],
    ],
    [
      ['10.0.0.77/24', 2, '5'],
      ['10.0.0.0/27', '10.0.0.32/27'],
    ],
    [['192.168.0.0/24', '8', 5], Array.from({ length: 8 }, (_, i) => `192.168.0.${32 * i}/27`)],
    [
      ['0.0.0.0/0', 2, 31],
      ['0.0.0.0/1', '128.0.0.0/1'],
    ],
    [
      ['2001:db8::/56', 2, 64],
      ['2001:db8::/64', '2001:db8:0:1::/64'],
    ],
    [
      ['fd00:1:2:3:4:5:6:0/112', 2, 8],
      ['fd00:1:2:3:4:5:6:0/120', 'fd00:1:2:3:4:5:6:100/120'],
    ],
    [['::/0', 1, 128], ['::/0']],
  ] as const)('%j', (args, value) => expect(evaluated({ 'Fn::Cidr': args } as unknown as Json)).toEqual({ value }));
  test.each([
    ['no network', ['10.0.0.0', 1, 8]],
    ['an address that is none', ['10.0.0.256/16', 1, 8]],
    ['a prefix too long', ['10.0.0.0/33', 1, 1]],
    ['groups too many', ['1:2:3:4:5:6:7:8:9/64', 1, 8]],
    ['two gaps', ['1::2::3/64', 1, 8]],
    ['no room', ['10.0.0.0/24', 9, 5]],
    ['larger than the network', ['10.0.0.0/24', 1, 9]],
    ['count 0', ['10.0.0.0/16', 0, 8]],
    ['count 257', ['10.0.0.0/8', 257, 8]],
    ['no bits', ['10.0.0.0/16', 1, 0]],
    ['count no number', ['10.0.0.0/16', 'x', 8]],
    ['two arguments', ['10.0.0.0/16', 1]],
    ['no list', '10.0.0.0/16'],
  ] as const)('refused: %s', (_name, args) => expect(evaluated({ 'Fn::Cidr': args } as unknown as Json)).toBeNull());
});

describe('small ones', () => {
  test.each([
    [{ 'Fn::ToJsonString': { a: [1, { Ref: 's' }], b: null } }, '{"a":[1,"str"],"b":null}'],
    [{ 'Fn::ToJsonString': { Ref: 'l' } }, '["a","b"]'],
    [{ 'Fn::Length': { Ref: 'l' } }, 2],
    [{ 'Fn::Length': [] }, 0],
  ] as const)('%j', (expression, value) => expect(evaluated(expression as unknown as Json)).toEqual({ value }));
  test.each([
    [{ 'Fn::ToJsonString': 'x' }],
    [{ 'Fn::Length': 'x' }],
    [{ 'Fn::Length': { a: 1 } }],
    [{ 'Fn::Transform': { Name: 'x' } }],
    [{ 'Fn::ImportValue': '' }],
    [{ 'Fn::ImportValue': ['x'] }],
  ])('refused: %j', (expression) => expect(evaluated(expression as unknown as Json)).toBeNull());
});
