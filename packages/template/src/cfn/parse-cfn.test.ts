/** What errors in CloudFormation documents say and where, and what newer templates have beyond Heat. */
import type { Json, JsonObject } from '@hearth/kernel';
import { describe, expect, test } from 'vitest';
import { bindDefinition } from '../binding/bind-definition.ts';
import { type Outside, outsideOf } from '../binding/outside.ts';
import { resolveOutput } from '../binding/resolve.ts';
import { nothingKnown } from '../definition/bound.ts';
import { emptyEnvironment } from '../environment/parse-environment.ts';
import { parseTemplate } from '../parse-template.ts';

const AWS = { AWSTemplateFormatVersion: '2010-09-09' };
const text = (rest: string): string => `AWSTemplateFormatVersion: '2010-09-09'\n${rest}`;

interface Given {
  readonly values?: JsonObject;
  readonly strict?: boolean;
  readonly outside?: Outside;
}
function bind(source: string | JsonObject, { values = {}, strict = true, outside }: Given = {}) {
  const parsed = parseTemplate(source);
  if (parsed.definition === null) return { bound: null, diagnostics: parsed.diagnostics };
  return bindDefinition({
    definition: parsed.definition,
    environment: { ...emptyEnvironment, parameters: values },
    pseudo: { stackId: 'sid', stackName: 'st', projectId: 'p/1' },
    files: {},
    strict,
    ...(outside === undefined ? {} : { outside }),
  });
}
function output(source: string | JsonObject, given: Given = {}): Json {
  const { bound, diagnostics } = bind(source, given);
  expect(diagnostics).toEqual([]);
  const known = {
    referenceId: (name: string) => `id-of-${name}`,
    attribute: (_name: string, key: string) => key,
    allAttributes: () => ({}),
  };
  return bound === null ? null : resolveOutput(bound, 'o', known).value;
}
const errors = (result: ReturnType<typeof bind>): readonly string[] => result.diagnostics.map((d) => `${d.type} ${d.path.join('.')}`);

describe('errors', () => {
  test('all at once, in the words of the language, with lines and hints', () => {
    const { diagnostics } = parseTemplate(
      text(
        'Parameters:\n  p: {Type: Strin}\n  k: {Type: "AWS::SSM::Parameter::Value<String>"}\nResources:\n  r:\n    Typ: T\nOutputs:\n  o: {Valu: 1}\nParameter: {}\n',
      ),
    );
    expect(diagnostics.map((d) => [d.path.join('.'), d.position?.line, d.message, d.hint])).toEqual([
      ['Parameter', 10, 'The template section is invalid: Parameter', 'did you mean "Parameters"?'],
      ['Parameters.p.Type', 3, 'Invalid type (Strin)', 'did you mean "String"?'],
      [
        'Parameters.k.Type',
        4,
        'Invalid type (AWS::SSM::Parameter::Value<String>)',
        'there is no parameter store to look values up in: give the value itself, as a String',
      ],
      ['Resources.r', 6, 'Each Resource must contain a Type key.', 'did you mean "Type" by "Typ"?'],
      ['Outputs.o', 9, 'Output validation error: Each output definition must contain a Value key.', 'did you mean "Value" by "Valu"?'],
    ]);
  });
  test('of functions and references, with paths of the language', () => {
    const result = bind(
      text(`Parameters:
  Size: {Type: Number}
Mappings: {Sizes: {small: {ram: 1}}}
Resources:
  server:
    Type: T
    DependsOn: netwrk
    Properties:
      a: !Ref Sice
      b: !GetAtt network1.id
      c: !FindInMap [Sizes, smal, ram]
      d: !If [nowhere, 1, 2]
    Metadata: {m: !Sub 'x \${nothing}'}
  network: {Type: T}
`),
    );
    expect(result.diagnostics.map((d) => [d.type, d.path.join('.'), d.position?.line, d.hint])).toEqual([
      ['UserParameterMissing', 'Parameters.Size', 3, 'give it a value, or a default in the template'],
      ['InvalidTemplateReference', 'Resources.server.Properties.a.Ref', 10, 'did you mean "Size"?'],
      ['InvalidTemplateReference', 'Resources.server.Properties.b.Fn::GetAtt', 11, 'did you mean "network"?'],
      ['StackValidationFailed', 'Resources.server.Properties.c.Fn::FindInMap', 12, null],
      ['StackValidationFailed', 'Resources.server.Properties.d.Fn::If', 13, null],
      ['InvalidTemplateReference', 'Resources.server.Metadata.m.Fn::Sub', 14, null],
      ['InvalidTemplateReference', 'Resources.server.DependsOn', 8, 'did you mean "network"?'],
    ]);
    expect(result.diagnostics[3]?.message).toBe('Fn::FindInMap: no key "smal"; did you mean "small"?');
  });
  test('a deletion policy that is computed', () => {
    const policy = (value: string): readonly string[] =>
      errors(bind({ ...AWS, Resources: { r: { Type: 'T', DeletionPolicy: { 'Fn::Join': ['', [value, 'ain']] } } } }));
    expect(policy('Ret')).toEqual([]);
    expect(policy('Rem')).toEqual(['StackValidationFailed Resources.r.DeletionPolicy']);
  });
  test('a hidden value is in no message', () => {
    for (const value of [
      { 'Fn::FindInMap': ['m', { Ref: 'p' }, 'v'] },
      { 'Fn::ImportValue': { Ref: 'p' } },
      { 'Fn::GetAtt': [{ Ref: 'p' }, 'x'] },
    ]) {
      const template = {
        ...AWS,
        Parameters: { p: { Type: 'String', NoEcho: true } },
        Mappings: { m: {} },
        Resources: { r: { Type: 'T', Properties: { value } } },
      } as unknown as JsonObject;
      const { diagnostics } = bind(template, { values: { p: 'hunter2' }, outside: outsideOf(undefined) });
      expect(diagnostics.length).toBe(1);
      expect(JSON.stringify(diagnostics)).not.toContain('hunter2');
    }
  });
  test.each([
    ['a macro', 'AWS::Serverless-2016-10-31', ['Transform']],
    ['one of several', ['AWS::LanguageExtensions', 'Mine'], ['Transform']],
    ['no name', { Name: 'x' }, ['Transform']],
    ['what is here anyway', 'AWS::LanguageExtensions', []],
    ['the same in a list', ['AWS::LanguageExtensions'], []],
  ] as const)('Transform: %s', (_name, transform, path) => {
    const { diagnostics } = parseTemplate({ ...AWS, Transform: transform } as unknown as JsonObject);
    expect(diagnostics.flatMap((d) => d.path)).toEqual(path);
    for (const one of diagnostics) expect(one.message).toContain('macros are not run here');
  });
  test('additions are of the newer version alone', () => {
    const old = { HeatTemplateFormatVersion: '2012-12-12', Resources: { r: { Type: 'T' } } };
    expect(errors(bind({ ...old, Rules: {}, Transform: 'AWS::LanguageExtensions' }))).toEqual([
      'StackValidationFailed Rules',
      'StackValidationFailed Transform',
    ]);
    const value = { 'Fn::Sub': '${AWS::StackName}' };
    expect(output({ ...old, Outputs: { o: { Value: value, Export: { Name: 'x' } } } })).toEqual(value);
  });
});

describe('references', () => {
  test('what a resource requires, and what is asked of others', () => {
    const { bound } = bind(
      text(`Resources:
  a: {Type: T}
  b: {Type: T}
  c: {Type: T}
  d: {Type: T}
  x:
    Type: T
    DependsOn: d
    Properties: {p: !Ref a, q: !GetAtt b.Outputs.x}
    Metadata: {m: !Sub '\${c.ip}'}
`),
    );
    expect(bound?.resources.get('x')?.requires).toEqual(['d', 'a', 'b', 'c']);
    expect([...(bound?.resources.get('b')?.usedAttributes ?? [])]).toEqual(['Outputs.x']);
    expect([...(bound?.resources.get('c')?.usedAttributes ?? [])]).toEqual(['ip']);
  });
  test('the pseudo parameters', () => {
    const template = { ...AWS, Outputs: { o: { Value: [{ Ref: 'AWS::StackId' }, { Ref: 'AWS::StackName' }, { Ref: 'AWS::Region' }] } } };
    expect(output(template)).toEqual(['arn:openstack:heat::p%2F1:stacks/st/sid', 'st', 'ap-southeast-1']);
    expect(errors(bind({ ...AWS, Outputs: { o: { Value: { Ref: 'OS::stack_name' } } } }))).toEqual([
      'InvalidTemplateReference Outputs.o.Value.Ref',
    ]);
  });
  test('AWS::NoValue removes what it stands for', () => {
    const none = { Ref: 'AWS::NoValue' };
    const value = { a: none, b: [1, none, { 'Fn::If': ['y', none, 2] }], c: { 'Fn::If': ['y', 3, none] } };
    expect(output({ ...AWS, Conditions: { y: true }, Outputs: { o: { Value: value as unknown as Json } } })).toEqual({ b: [1], c: 3 });
  });
});

describe('rules', () => {
  const template = text(`Parameters:
  stage: {Type: String}
  names: {Type: CommaDelimitedList, Default: 'a,b'}
Rules:
  r:
    RuleCondition: !Equals [!Ref stage, prod]
    Assertions:
      - Assert: !EachMemberIn [!Ref names, [a, b, c]]
      - {Assert: !Contains [!Ref names, a], AssertDescription: a is always there}
`);
  test.each([
    ['the condition does not hold', { stage: 'test', names: 'x' }, []],
    ['all hold', { stage: 'prod' }, []],
    ['one is broken, in its own words', { stage: 'prod', names: 'b' }, ["Rule 'r' is broken: a is always there"]],
    [
      'two are broken',
      { stage: 'prod', names: 'x' },
      ["Rule 'r' is broken: the values of the parameters do not go together", "Rule 'r' is broken: a is always there"],
    ],
  ] as const)('%s', (_name, values, messages) => expect(bind(template, { values }).diagnostics.map((d) => d.message)).toEqual(messages));
  test('nothing is demanded of values that are not there yet', () => expect(bind(template, { strict: false }).diagnostics).toEqual([]));
  test.each([
    ['no map', [], 'Rules'],
    ['no assertions', { r: { Assertions: [] } }, 'Rules.r'],
    ['no Assert', { r: { Assertions: [{}] } }, 'Rules.r.Assertions.0'],
    ['an unknown key', { r: { Assertion: [], Assertions: [{ Assert: true }] } }, 'Rules.r.Assertion'],
  ] as const)('written wrongly: %s', (_name, rules, path) =>
    expect(errors(bind({ ...AWS, Rules: rules } as unknown as JsonObject))).toEqual([`StackValidationFailed ${path}`]),
  );
  test.each([
    ['a function about types', { 'Fn::RefAll': 'x' }],
    ['a resource', { 'Fn::Equals': [{ Ref: 'res' }, 'x'] }],
    ['no condition', 'text'],
    ['no list', { 'Fn::Contains': ['a', 'a'] }],
  ] as const)('cannot be evaluated: %s', (_name, assert) => {
    const rules = { r: { Assertions: [{ Assert: assert }] } };
    expect(bind({ ...AWS, Rules: rules, Resources: { res: { Type: 'T' } } } as unknown as JsonObject).bound).toBeNull();
  });
});

describe('exports and imports', () => {
  const exporting = (name: Json, more: JsonObject = {}): JsonObject => ({
    ...AWS,
    Parameters: { secret: { Type: 'String', NoEcho: 'true', Default: 'x' } },
    Resources: { r: { Type: 'T' } },
    Outputs: { o: { Value: { Ref: 'r' }, Export: { Name: name } }, ...more },
  });
  test('a name may be computed', () => {
    expect(Object.fromEntries(bind(exporting({ 'Fn::Sub': '${AWS::StackName}:net' })).bound?.exports ?? [])).toEqual({ 'st:net': 'o' });
  });
  test('an output that is not there exports nothing', () => {
    const more = { off: { Value: 1, Condition: false, Export: { Name: 'off' } } };
    expect([...(bind(exporting('on', more)).bound?.exports.keys() ?? [])]).toEqual(['on']);
  });
  test.each([
    ['no text', 5],
    ['empty', ''],
    ['blanks', 'a b'],
    ['hangs on a resource', { Ref: 'r' }],
    ['hidden', { 'Fn::Sub': 'x${secret}' }],
    ['unknown', { Ref: 'nope' }],
  ] as const)('a name that will not do: %s', (_name, name) => expect(bind(exporting(name)).bound).toBeNull());
  test('each name once, and Export is a map', () => {
    expect(errors(bind(exporting('x', { p: { Value: 1, Export: { Name: 'x' } } })))).toEqual([
      'StackValidationFailed Outputs.p.Export.Name',
    ]);
    expect(errors(bind({ ...AWS, Outputs: { o: { Value: 1, Export: 'x' } } }))).toEqual(['StackValidationFailed Outputs.o.Export']);
  });

  const importing = { ...AWS, Outputs: { o: { Value: { 'Fn::ImportValue': { 'Fn::Sub': '${AWS::StackName}:net' } } } } };
  const known = outsideOf({ imports: { 'st:net': { value: 'v', secret: false } }, zones: ['north', 'south'] });
  test('what others export has the value it had', () => {
    expect(output(importing, { outside: known })).toBe('v');
  });
  test('what is secret there is secret here', () => {
    const { bound } = bind(importing, { outside: outsideOf({ imports: { 'st:net': { value: 'v', secret: true } } }) });
    expect(bound && resolveOutput(bound, 'o', nothingKnown)).toMatchObject({ value: 'v', secret: true });
  });
  test('an export that cannot be had yet is merely not known', () => {
    const { bound, diagnostics } = bind(importing, { outside: { imported: () => null, zones: () => null } });
    expect(diagnostics).toEqual([]);
    expect(bound && resolveOutput(bound, 'o', nothingKnown)).toMatchObject({ value: null, unknown: true });
  });
  test('zones are those of the cloud', () => {
    const zones = { ...AWS, Outputs: { o: { Value: { 'Fn::GetAZs': '' } } } };
    expect(output(zones, { outside: known })).toEqual(['north', 'south']);
    expect(output(zones)).toEqual(['nova']);
  });
  test('a name that nobody exports', () => {
    const { diagnostics } = bind(importing);
    expect(diagnostics).toMatchObject([{ code: 'unknown-export', message: 'No export named st:net found.' }]);
    expect(bind(importing, { strict: false }).diagnostics).toEqual([]);
  });
});
