/** Loops written out: over lists and parameters, in each other, in properties; their errors and bounds. */
import type { Json, JsonObject } from '@hearth/kernel';
import { describe, expect, test } from 'vitest';
import { bindDefinition } from '../binding/bind-definition.ts';
import { resolveOutput, resolveResource } from '../binding/resolve.ts';
import { emptyEnvironment } from '../environment/parse-environment.ts';
import { parseTemplate } from '../parse-template.ts';

const AWS = { AWSTemplateFormatVersion: '2010-09-09' };
const known = { referenceId: (name: string) => name, attribute: () => null, allAttributes: () => ({}) };

function bind(template: JsonObject | string, values: JsonObject = {}, strict = true) {
  const parsed = parseTemplate(template);
  if (parsed.definition === null) return { bound: null, diagnostics: parsed.diagnostics };
  const pseudo = { stackId: 's', stackName: 'st', projectId: 'p' };
  return bindDefinition({
    definition: parsed.definition,
    environment: { ...emptyEnvironment, parameters: values },
    pseudo,
    files: {},
    strict,
  });
}
const loop = (collection: Json, body: JsonObject, rest: JsonObject = {}): JsonObject => ({
  ...AWS,
  Parameters: { list: { Type: 'CommaDelimitedList' } },
  Resources: { 'Fn::ForEach::L': ['Name', collection, body], ...rest },
});
const body = { 'R${Name}': { Type: 'T', Properties: { a: '${Name}', b: { Ref: 'Name' }, c: { 'Fn::Sub': '${Name}-${AWS::StackName}' } } } };

describe('written out', () => {
  test('over a list that stands there: known at once', () => {
    const { definition } = parseTemplate(loop(['x', 'y'], body));
    expect([...(definition?.resources.keys() ?? [])]).toEqual(['Rx', 'Ry']);
    expect(definition?.unrolled).toBeNull();
    expect(definition?.raw['Resources']).toHaveProperty(['Fn::ForEach::L']);
  });
  test('over a parameter: once it has a value', () => {
    const template = loop({ Ref: 'list' }, body, { last: { Type: 'T', DependsOn: 'Rb' } });
    expect([...(parseTemplate(template).definition?.resources.keys() ?? [])]).toEqual(['last']);
    const { bound, diagnostics } = bind(template, { list: 'a,b' });
    expect(diagnostics).toEqual([]);
    expect([...(bound?.resources.keys() ?? [])]).toEqual(['Ra', 'Rb', 'last']);
    expect(bound === null ? null : resolveResource(bound, 'Ra', known).properties.value).toEqual({ a: 'a', b: 'a', c: 'a-st' });
    expect(bound?.resources.get('last')?.requires).toEqual(['Rb']);
  });
  test('without values the loop is left out', () => {
    const { bound, diagnostics } = bind(loop({ Ref: 'list' }, body), {}, false);
    expect(diagnostics).toEqual([]);
    expect(bound?.resources.size).toBe(0);
  });
  test('in each other, in conditions, properties and outputs', () => {
    const inner = { 'Fn::ForEach::I': ['Port', [80, 443], { 'R${Name}P${Port}': { Type: 'T', Condition: 'Is&{Name}' } }] };
    const { bound, diagnostics } = bind({
      ...AWS,
      Conditions: { 'Fn::ForEach::C': ['Name', ['a-1', 'b-2'], { 'Is&{Name}': { 'Fn::Equals': ['${Name}', 'a-1'] } }] },
      Resources: {
        'Fn::ForEach::L': ['Name', ['a-1', 'b-2'], inner],
        x: { Type: 'T', Properties: { 'Fn::ForEach::P': ['K', ['k', 'l'], { 'key${K}': { v: { Ref: 'K' } } }], other: 1 } },
      },
      Outputs: { 'Fn::ForEach::O': ['Port', ['80'], { 'O${Port}': { Value: { Ref: 'Ra-1P80' } } }] },
    });
    expect(diagnostics).toEqual([]);
    if (bound === null) return;
    expect(Object.fromEntries(bound.conditions)).toEqual({ Isa1: true, Isb2: false });
    expect([...bound.resources.keys()]).toEqual(['Ra-1P80', 'Ra-1P443', 'x']);
    expect(resolveResource(bound, 'x', known).properties.value).toEqual({ keyk: { v: 'k' }, keyl: { v: 'l' }, other: 1 });
    expect(resolveOutput(bound, 'O80', known).value).toBe('Ra-1P80');
  });
});

describe('errors', () => {
  test.each([
    ['no list', loop('x', body).Resources],
    ['a list of maps', loop([{}], body).Resources],
    ['too short', { 'Fn::ForEach::L': ['Name', ['x']] }],
    ['a body that is no map', { 'Fn::ForEach::L': ['Name', ['x'], ['y']] }],
    ['a name that will not do', { 'Fn::ForEach::L': ['a b', ['x'], body] }],
    ['the same name within', { 'Fn::ForEach::L': ['Name', ['x'], { 'Fn::ForEach::M': ['Name', ['y'], body] }] }],
    ['the same key twice', { 'Fn::ForEach::L': ['Name', ['x', 'y'], { R: { Type: 'T' } }] }],
  ] as const)('%s', (_name, resources) => {
    const { definition, diagnostics } = parseTemplate({ ...AWS, Resources: resources as JsonObject });
    expect(definition).toBeNull();
    expect(diagnostics[0]).toMatchObject({ code: 'invalid-loop' });
  });
  test('in what a loop makes are shown where the loop stands', () => {
    const template = `AWSTemplateFormatVersion: '2010-09-09'
Parameters: {list: {Type: CommaDelimitedList}}
Resources:
  Fn::ForEach::L:
    - Name
    - !Ref list
    - R\${Name}:
        Type: T
        Properties:
          a: !Ref nothing
`;
    expect(bind(template, { list: 'x' }).diagnostics.map((d) => [d.path.join('.'), d.position?.line])).toEqual([
      ['Resources.Rx.Properties.a.Ref', 10],
    ]);
  });
  test('a collection that names what is not there', () =>
    expect(bind(loop({ Ref: 'nope' }, body), { list: 'x' }).diagnostics[0]).toMatchObject({ type: 'InvalidTemplateReference' }));
  test('a hidden collection', () => {
    const template = { ...loop({ Ref: 'list' }, body), Parameters: { list: { Type: 'CommaDelimitedList', NoEcho: 'true' } } };
    const { bound, diagnostics } = bind(template, { list: 'hunter2' });
    expect(bound).toBeNull();
    expect(diagnostics).toMatchObject([{ code: 'invalid-loop', path: ['Resources', 'Fn::ForEach::L', 1] }]);
    expect(JSON.stringify(diagnostics)).not.toContain('hunter2');
  });
  test('long items in long texts: refused before they are put in', () => {
    const resources = {
      'Fn::ForEach::L': ['N', ['x'.repeat(100_000)], { 'R&{N}': { Type: 'T', Properties: { a: '${N}'.repeat(5_000) } } }],
    };
    expect(parseTemplate({ ...AWS, Resources: resources }).diagnostics[0]).toMatchObject({
      type: 'RequestLimitExceeded',
      code: 'document-too-large',
    });
  });
  test('no end of copies: refused before they are made', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => `n${i}`);
    let inner: JsonObject = { 'R${A}${B}${C}${D}': { Type: 'T', Properties: { text: 'x'.repeat(100) } } };
    for (const name of ['A', 'B', 'C', 'D']) inner = { [`Fn::ForEach::${name}`]: [name, hundred, inner] };
    const { diagnostics } = parseTemplate({ ...AWS, Resources: inner });
    expect(diagnostics[0]).toMatchObject({ type: 'RequestLimitExceeded', code: 'document-too-large' });
  });
});
