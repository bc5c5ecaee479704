/** Whatever CloudFormation document is sent, nothing throws: a definition and values come out, or diagnostics do. */
import type { Json, JsonObject } from '@hearth/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bindDefinition } from './binding/bind-definition.ts';
import { outsideOf } from './binding/outside.ts';
import { resolveOutput, resolveResource } from './binding/resolve.ts';
import { parseEnvironment } from './environment/parse-environment.ts';
import { CFN_TABLES, RULE_TABLE } from './functions/cfn-tables.ts';
import { parseTemplate } from './parse-template.ts';
import { parameterView } from './views/parameter-view.ts';
import { validateView } from './views/validate-view.ts';

const names = [...new Set([...CFN_TABLES, RULE_TABLE].flatMap((table) => [...table.functions.keys(), ...table.conditionFunctions.keys()]))];

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

test('random CloudFormation documents never crash', () => {
  let bindings = 0;
  fc.assert(
    fc.property(
      template,
      mostly(fc.record({ p: value }, { requiredKeys: [] })),
      fc.boolean(),
      value,
      (source, parameters, strict, attribute) => {
        const parsed = parseTemplate(source as JsonObject);
        if (parsed.definition === null) {
          expect(parsed.diagnostics.length).toBeGreaterThan(0);
          return;
        }
        const { environment } = parseEnvironment({ parameters });
        validateView(parsed.definition, environment);
        const pseudo = { stackId: 's', stackName: 'n', projectId: 'p' };
        const outside = outsideOf({ imports: { a: { value: attribute, secret: false } } });
        const { bound, diagnostics } = bindDefinition({ definition: parsed.definition, environment, pseudo, files: {}, strict, outside });
        if (bound === null) {
          expect(diagnostics.length).toBeGreaterThan(0);
          return;
        }
        bindings++;
        parameterView(bound);
        const references = { referenceId: () => 'id', attribute: () => attribute, allAttributes: () => ({ x: attribute }) };
        for (const name of bound.resources.keys()) resolveResource(bound, name, references);
        for (const name of bound.outputs.keys()) resolveOutput(bound, name, references);
      },
    ),
    { numRuns: 1500 },
  );
  expect(bindings).toBeGreaterThan(30);
});
