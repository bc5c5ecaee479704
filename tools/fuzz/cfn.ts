/** Random CloudFormation templates: trees of functions, loops, rules and exports, mostly of the right shape. */
import type { Json, JsonObject } from '@hearth/kernel';
import { functionTables, RULE_TABLE } from '@hearth/template/testing';
import fc from 'fast-check';
import { runTemplate, type Given, type Kind } from './kind.ts';

const tables = [...functionTables.values(), RULE_TABLE].filter((table) => !table.version.startsWith('heat_'));
const names = [...new Set(tables.flatMap((table) => [...table.functions.keys(), ...table.conditionFunctions.keys()]))];

const leaf = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'p',
    'q',
    'c',
    'm',
    'AWS::StackName',
    'AWS::NoValue',
    ',',
    '',
    '${p}',
    '${a.x}',
    '${!p}',
    '10.0.0.0/16',
    '0',
    '-1',
  ),
  fc.constantFrom<Json>(null, true, false, 0, 1, 8, -1, 2.5, [], {}),
);
const keys = fc.constantFrom('x', 'y', '${N}', 'Fn::ForEach::L', 'Name', 'Value', 'Assert', '__proto__');
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(keys, tie('value'), { maxKeys: 3 }),
    fc.tuple(fc.constantFrom(...names), tie('value')).map(([name, args]): Json => ({ [name]: args })),
    fc.tuple(fc.constantFrom<Json>(['a', 'b'], { Ref: 'q' }), tie('value')).map(
      ([list, body]): Json => ({
        'Fn::ForEach::L': ['N', list, { 'k${N}': body }],
      }),
    ),
  ),
}));
const mostly = (fitting: fc.Arbitrary<unknown>): fc.Arbitrary<Json> =>
  fc.oneof({ weight: 60, arbitrary: fitting as fc.Arbitrary<Json> }, { weight: 1, arbitrary: value });
const call = fc.constantFrom<Json>(
  { Ref: 'p' },
  { 'Fn::GetAtt': ['a', 'x'] },
  { 'Fn::Sub': '${p}${a}' },
  { 'Fn::FindInMap': ['m', 'k', 'v'] },
);
const map = fc.dictionary(keys, fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 3, arbitrary: call }, { weight: 1, arbitrary: value }), {
  maxKeys: 3,
});
const condition = mostly(fc.oneof(fc.boolean(), fc.constant({ 'Fn::Equals': [{ Ref: 'p' }, 'a'] })));
const resource = fc.record(
  {
    Type: fc.constant('T'),
    Properties: mostly(map),
    Metadata: mostly(fc.constant({ k: 'v' })),
    DependsOn: mostly(fc.constant('a')),
    DeletionPolicy: mostly(fc.constant('Retain')),
    Condition: mostly(fc.constant('c')),
  },
  { requiredKeys: ['Type'] },
);
const parameter = fc.record(
  {
    Type: fc.constantFrom('String', 'Json', 'CommaDelimitedList'),
    Default: mostly(fc.constant('a')),
    NoEcho: fc.boolean(),
    MinLength: mostly(fc.constant(0)),
  },
  { requiredKeys: ['Type', 'Default'] },
);
const template = fc.record(
  {
    AWSTemplateFormatVersion: fc.constant('2010-09-09'),
    Parameters: mostly(fc.record({ p: mostly(parameter), q: mostly(parameter) })),
    Mappings: mostly(fc.constant({ m: { k: { v: 1 } } })),
    Conditions: mostly(fc.record({ c: condition })),
    Rules: mostly(fc.record({ r: fc.record({ Assertions: mostly(fc.constant([{ Assert: true }])) }) })),
    Resources: mostly(
      fc.record(
        { a: mostly(resource), b: mostly(resource), 'Fn::ForEach::L': fc.constant(['N', { Ref: 'q' }, { 'R${N}': { Type: 'T' } }]) },
        { requiredKeys: ['a'] },
      ),
    ),
    Outputs: mostly(
      fc.record({
        o: fc.record({ Value: value, Condition: condition, Export: mostly(fc.constant({ Name: 'e' })) }, { requiredKeys: ['Value'] }),
      }),
    ),
  },
  { requiredKeys: ['AWSTemplateFormatVersion', 'Parameters', 'Resources', 'Conditions'] },
);

const given: fc.Arbitrary<Given> = fc.record({
  parameters: mostly(fc.record({ p: value }, { requiredKeys: [] })),
  strict: fc.boolean(),
  attribute: value,
});

export const cfnTrees: Kind<[JsonObject, Given]> = {
  name: 'function trees in CloudFormation',
  share: 20,
  arbitrary: fc.tuple(template as unknown as fc.Arbitrary<JsonObject>, given),
  run: ([source, values]) => runTemplate(source, values),
};
