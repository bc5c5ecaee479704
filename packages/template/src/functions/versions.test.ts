/** Every function in every version: present, refused as removed, or unknown and thus data; and the same for conditions. */
import { readFileSync } from 'node:fs';
import type { Json, JsonObject } from '@hearth/kernel';
import { describe, expect, test } from 'vitest';
import { bindDefinition } from '../binding/bind-definition.ts';
import { resolveOutput } from '../binding/resolve.ts';
import { emptyEnvironment } from '../environment/parse-environment.ts';
import { parseTemplate } from '../parse-template.ts';

interface VersionRow {
  readonly version: string;
  readonly type: 'hot' | 'cfn';
  readonly functions: readonly string[];
  readonly conditionFunctions: readonly string[];
}
const rows = JSON.parse(
  readFileSync(new URL('../../../../testdata/template/template-versions.json', import.meta.url), 'utf8'),
) as VersionRow[];

/** Arguments with which each function has a value, and the value. */
const CALLS: Readonly<Record<string, readonly [args: Json, value: Json]>> = {
  get_param: ['p', 'v'],
  get_resource: ['r', 'r-id'],
  get_attr: [['r', 'a'], 'attribute'],
  get_file: ['f', 'content'],
  resource_facade: ['deletion_policy', 'Retain'],
  list_join: [[',', ['a', 'b']], 'a,b'],
  str_replace: [{ template: 'x', params: { x: 'y' } }, 'y'],
  str_replace_strict: [{ template: 'x', params: { x: 'y' } }, 'y'],
  str_replace_vstrict: [{ template: 'x', params: { x: 'y' } }, 'y'],
  str_split: [
    [',', 'a,b'],
    ['a', 'b'],
  ],
  digest: [['md5', 'x'], '9dd4e461268c8034f5c8564e155c67a6'],
  repeat: [{ template: 'x%', for_each: { '%': ['1', '2'] } }, ['x1', 'x2']],
  map_merge: [[{ a: 1 }, { b: 2 }], { a: 1, b: 2 }],
  map_replace: [[{ a: 1 }, { keys: { a: 'b' } }], { b: 1 }],
  yaql: [{ expression: '$.data.a = 1', data: { a: 1 } }, true],
  if: [['c', 'then', 'else'], 'then'],
  filter: [[['a'], ['a', 'b']], ['b']],
  make_url: [{ host: 'h' }, '//h'],
  list_concat: [
    [['a'], ['b']],
    ['a', 'b'],
  ],
  list_concat_unique: [[['a'], ['a']], ['a']],
  contains: [['a', ['a']], true],
  equals: [[1, 1], true],
  not: [false, true],
  and: [[true, true], true],
  or: [[true, false], true],
  Ref: ['p', 'v'],
  'Fn::GetAtt': [['r', 'a'], 'attribute'],
  'Fn::FindInMap': [['m', 'k', 'v'], true],
  'Fn::GetAZs': ['', ['nova']],
  'Fn::Select': [[0, ['a']], 'a'],
  'Fn::Join': [[',', ['a', 'b']], 'a,b'],
  'Fn::Split': [
    [',', 'a,b'],
    ['a', 'b'],
  ],
  'Fn::Replace': [[{ x: 'y' }, 'x'], 'y'],
  'Fn::Base64': ['x', 'x'],
  'Fn::MemberListToMap': [['N', 'V', ['.member.0.N=k', '.member.0.V=v']], { k: 'v' }],
  'Fn::ResourceFacade': ['DeletionPolicy', 'Retain'],
  'Fn::If': [['c', 'then', 'else'], 'then'],
  'Fn::Equals': [[1, 1], true],
  'Fn::Not': [[false], true],
  'Fn::And': [[true, true], true],
  'Fn::Or': [[true, false], true],
};
/** The Boolean parameter `b` for those that give back what they are asked for. */
const CONDITION_CALLS: Readonly<Record<string, Json>> = { get_param: 'b', Ref: 'b' };

/** Besides those that are for conditions alone; conditions are there at all where there are such. */
function sharedWithConditions({ type, version, conditionFunctions }: VersionRow): readonly string[] {
  if (conditionFunctions.length === 0) return [];
  if (type === 'cfn') return ['Ref', 'Fn::FindInMap'];
  return version >= 'heat_template_version.2017-09-01' ? ['get_param', 'yaql', 'contains'] : ['get_param'];
}

/** Had by an earlier version of HOT, and no more. */
const isRemoved = (row: VersionRow, name: string): boolean =>
  row.type === 'hot' && rows.some((other) => other.type === 'hot' && other.version < row.version && other.functions.includes(name));

interface Parts {
  readonly conditions?: JsonObject;
  readonly value: Json;
}

function templateOf({ version, type }: VersionRow, { conditions, value }: Parts): JsonObject {
  const [key, date] = version.split('.') as [string, string];
  if (type === 'hot') {
    return {
      [key]: date,
      parameters: { p: { type: 'string' }, b: { type: 'boolean' } },
      ...(conditions === undefined ? {} : { conditions }),
      resources: { r: { type: 'T' } },
      outputs: { o: { value } },
    };
  }
  return {
    [key]: date,
    Parameters: { p: { Type: 'String' }, b: { Type: 'Boolean' } },
    ...(conditions === undefined ? {} : { Conditions: conditions }),
    Mappings: { m: { k: { v: true } } },
    Resources: { r: { Type: 'T' } },
    Outputs: { o: { Value: value } },
  };
}

function outcome(row: VersionRow, parts: Parts): { readonly value: Json } | { readonly codes: readonly string[] } {
  const parsed = parseTemplate(templateOf(row, parts));
  if (parsed.definition === null) return { codes: parsed.diagnostics.map(({ code }) => code) };
  const { bound, diagnostics } = bindDefinition({
    definition: parsed.definition,
    environment: { ...emptyEnvironment, parameters: { p: 'v', b: true } },
    pseudo: { stackId: 'sid', stackName: 'st', projectId: 'p' },
    files: { f: 'content' },
    facade: { metadata: {}, deletion_policy: 'Retain', update_policy: {} },
    strict: true,
  });
  if (bound === null) return { codes: diagnostics.map(({ code }) => code) };
  const references = { referenceId: (name: string) => `${name}-id`, attribute: () => 'attribute', allAttributes: () => ({}) };
  return { value: resolveOutput(bound, 'o', references).value };
}

test('there are 41 functions, 25 of HOT and 16 of CloudFormation', () => {
  const named = new Set(rows.flatMap((row) => [...row.functions, ...row.conditionFunctions]));
  expect([...named].toSorted()).toEqual(Object.keys(CALLS).toSorted());
  expect(Object.keys(CALLS).filter((name) => name === 'Ref' || name.startsWith('Fn::')).length).toBe(16);
  expect(Object.keys(CALLS).length).toBe(41);
});

describe.each(rows.map((row) => [row.version, row] as const))('%s', (_version, row) => {
  const hasConditions = row.conditionFunctions.length > 0;
  const truth = row.type === 'hot' ? { c: { equals: [1, 1] } } : { c: { 'Fn::Equals': [1, 1] } };

  test.each(Object.entries(CALLS))('%s', (name, [args, value]) => {
    const call = { [name]: args };
    const got = outcome(row, { ...(hasConditions && { conditions: truth }), value: call });
    if (row.functions.includes(name)) expect(got).toEqual({ value });
    else if (isRemoved(row, name)) expect(got).toEqual({ codes: ['removed-function'] });
    else expect(got).toEqual({ value: call });
  });

  test.each(hasConditions ? Object.entries(CALLS) : [])('%s in a condition', (name, [args]) => {
    const call = { [name]: CONDITION_CALLS[name] ?? args };
    const value = row.type === 'hot' ? { if: ['asked', 1, 2] } : { 'Fn::If': ['asked', 1, 2] };
    const got = outcome(row, { conditions: { ...truth, asked: call }, value });
    if ([...row.conditionFunctions, ...sharedWithConditions(row)].includes(name)) expect(got).toEqual({ value: 1 });
    else expect(got).toHaveProperty('codes');
  });
});
