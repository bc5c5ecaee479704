/** What the API shows: versions and functions, parameters of a stack, the body of a validation. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { emptyEnvironment } from '../environment/parse-environment.ts';
import { parseTemplate } from '../parse-template.ts';
import { validateView } from './validate-view.ts';
import { templateFunctions, templateVersions } from './version-lists.ts';

interface VersionRow {
  readonly version: string;
  readonly type: string;
  readonly aliases: readonly string[];
  readonly functions: readonly string[];
  readonly conditionFunctions: readonly string[];
}
const rows = JSON.parse(
  readFileSync(new URL('../../../../testdata/template/template-versions.json', import.meta.url), 'utf8'),
) as VersionRow[];

describe('versions', () => {
  test('all of the reference, with their aliases', () => {
    expect(templateVersions()).toEqual(rows.map(({ version, type, aliases }) => ({ version, type, aliases })));
  });
  test.each(rows.map((row) => [row.version, row] as const))('functions of %s', (version, row) => {
    const names = (withConditions: boolean): readonly string[] =>
      (templateFunctions(version, withConditions) ?? []).map((entry) => entry.functions);
    expect(names(false)).toEqual(row.functions);
    expect(names(true)).toEqual([...row.functions, ...row.conditionFunctions].sort());
    for (const entry of templateFunctions(version, true) ?? []) expect(entry.description.length).toBeGreaterThan(10);
  });
  test('by alias, and unknown', () => {
    expect(templateFunctions('heat_template_version.rocky', false)).toEqual(templateFunctions('heat_template_version.2018-08-31', false));
    expect(templateFunctions('nosuch', false)).toBeNull();
  });
});

describe('validation', () => {
  test('every kind of parameter and constraint', () => {
    const { definition, diagnostics } = parseTemplate(`
heat_template_version: 2018-08-31
description: d
parameter_groups: [{label: g, description: gd, parameters: [s]}]
parameters:
  s: {type: string, description: text, label: Text, tags: [a], default: abc, constraints: [{length: {min: 1, max: 9}, description: short}, {allowed_pattern: '[a-z]*'}, {custom_constraint: nova.flavor}]}
  n: {type: number, constraints: [{range: {min: 1, max: 5}}, {modulo: {step: 2, offset: 1}}]}
  c: {type: comma_delimited_list, constraints: [{allowed_values: [a, b]}]}
  j: {type: json, hidden: true, default: {a: 1}}
  b: {type: boolean}
`);
    expect(diagnostics).toEqual([]);
    if (definition === null) return;
    expect(validateView(definition, { ...emptyEnvironment, parameters: { n: 3, j: { secret: 1 } } })).toEqual({
      Description: 'd',
      ParameterGroups: [{ label: 'g', description: 'gd', parameters: ['s'] }],
      Parameters: {
        s: {
          Type: 'String',
          Description: 'text',
          NoEcho: 'false',
          Label: 'Text',
          Default: 'abc',
          MinLength: 1,
          MaxLength: 9,
          AllowedPattern: '[a-z]*',
          CustomConstraint: 'nova.flavor',
          ConstraintDescription: 'short',
          Tags: ['a'],
        },
        n: { Type: 'Number', Description: '', NoEcho: 'false', Label: 'n', Value: 3, MinValue: 1, MaxValue: 5, Step: 2, Offset: 1 },
        c: { Type: 'CommaDelimitedList', Description: '', NoEcho: 'false', Label: 'c', AllowedValues: ['a', 'b'] },
        j: { Type: 'Json', Description: '', NoEcho: 'true', Label: 'j', Default: { a: 1 }, Value: '******' },
        b: { Type: 'Boolean', Description: '', NoEcho: 'false', Label: 'b' },
      },
      Environment: { parameters: { n: 3, j: '******' }, parameter_defaults: {}, resource_registry: { resources: {} }, event_sinks: [] },
    });
  });
});
