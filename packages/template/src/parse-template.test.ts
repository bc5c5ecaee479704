/** Parsing: versions, sections, and what each part of a template may look like; errors with the reference's types, all at once. */
import type { Json, JsonObject } from '@hearth/kernel';
import { describe, expect, test } from 'vitest';
import { parseTemplate } from './parse-template.ts';

const parse = (rest: JsonObject, version: Json = '2018-08-31') => parseTemplate({ heat_template_version: version, ...rest });
const errors = (result: ReturnType<typeof parseTemplate>): readonly string[] =>
  result.diagnostics.map((d) => `${d.type} ${d.path.join('.')}`);
const resource = (fields: JsonObject, version?: string): ReturnType<typeof parseTemplate> =>
  parse({ resources: { r: { type: 'T', ...fields } } }, version);

describe('the version', () => {
  test.each([
    ['none', { resources: {} }, 'missing-version'],
    ['two', { heat_template_version: '2018-08-31', AWSTemplateFormatVersion: '2010-09-09' }, 'ambiguous-version'],
    ['unknown', { heat_template_version: '2012-12-12' }, 'unknown-version'],
    ['a number', { heat_template_version: 2018 }, 'unknown-version'],
    ['an old code name', { heat_template_version: 'mitaka' }, 'unknown-version'],
    ['unknown CloudFormation', { AWSTemplateFormatVersion: '2010-09-08' }, 'unknown-version'],
  ] as const)('%s', (_name, template, code) => {
    const { definition, diagnostics } = parseTemplate(template as unknown as JsonObject);
    expect(definition).toBeNull();
    expect(diagnostics).toMatchObject([{ type: 'InvalidTemplateVersion', code }]);
  });
  test.each([
    ['2013-05-23', '2013-05-23'],
    ['newton', '2016-10-14'],
    ['ocata', '2017-02-24'],
    ['pike', '2017-09-01'],
    ['queens', '2018-03-02'],
    ['rocky', '2018-08-31'],
    ['wallaby', '2021-04-16'],
  ])('%s is %s', (given, date) => {
    expect(parseTemplate(`heat_template_version: ${given}\n`).definition?.version).toBe(`heat_template_version.${date}`);
  });
  test('what it lists, and a slip of the pen', () => {
    const [error] = parse({}, '2018-08-13').diagnostics;
    expect(error?.message).toMatch(
      /^The template version is invalid: "heat_template_version: 2018-08-13"\. "heat_template_version" should be one of: 2013-05-23, /,
    );
    expect(error?.hint).toBe('did you mean "2018-08-31"?');
  });
});

describe('sections', () => {
  test('unknown ones', () => {
    expect(parse({ resoruces: {}, Parameters: {} }).diagnostics).toMatchObject([
      {
        type: 'StackValidationFailed',
        message: 'The template section is invalid: resoruces',
        hint: 'did you mean "resources"?',
        path: ['resoruces'],
      },
      { type: 'StackValidationFailed', path: ['Parameters'] },
    ]);
  });
  test('conditions came with 2016-10-14', () => {
    expect(errors(parse({ conditions: {} }, '2016-04-08'))).toEqual(['StackValidationFailed conditions']);
    expect(errors(parse({ conditions: {} }, '2016-10-14'))).toEqual([]);
  });
  test('not a map', () =>
    expect(errors(parse({ resources: ['a'], outputs: 5 }))).toEqual(['StackValidationFailed resources', 'StackValidationFailed outputs']));
  test('empty ones are as if absent', () => {
    const { definition } = parseTemplate('heat_template_version: 2021-04-16\nresources:\noutputs:\nparameters:\n');
    expect(definition).toMatchObject({ description: 'No description', parameterGroups: [] });
    expect(definition?.resources.size).toBe(0);
  });
  test.each(['[]', '3', 'text', '"text"'])('the document is %s', (text) =>
    expect(parseTemplate(text).diagnostics[0]).toMatchObject({ code: 'not-a-map' }),
  );
  test('a name for a parameter and a resource', () => {
    expect(errors(parse({ parameters: { a: { type: 'string' } }, resources: { a: { type: 'T' } } }))).toEqual([
      'StackValidationFailed resources.a',
    ]);
  });
});

describe('resources', () => {
  test.each([
    ['no map', { resources: { r: 'T' } }, 'resources.r'],
    ['no type', { resources: { r: {} } }, 'resources.r'],
    ['empty type', { resources: { r: { type: '' } } }, 'resources.r'],
    ['type no text', { resources: { r: { type: 5 } } }, 'resources.r'],
    ['slash in the name', { resources: { 'a/b': { type: 'T' } } }, 'resources.a/b'],
    ['unknown key', { resources: { r: { type: 'T', propertys: {} } } }, 'resources.r.propertys'],
    ['properties a list', { resources: { r: { type: 'T', properties: [] } } }, 'resources.r.properties'],
    ['metadata a text', { resources: { r: { type: 'T', metadata: 'x' } } }, 'resources.r.metadata'],
    ['depends_on a map', { resources: { r: { type: 'T', depends_on: {} } } }, 'resources.r.depends_on'],
    ['depends_on numbers', { resources: { r: { type: 'T', depends_on: [1] } } }, 'resources.r.depends_on'],
    ['unknown deletion policy', { resources: { r: { type: 'T', deletion_policy: 'Keep' } } }, 'resources.r.deletion_policy'],
    ['update_policy a text', { resources: { r: { type: 'T', update_policy: 'x' } } }, 'resources.r.update_policy'],
    [
      'external_id and depends_on',
      { resources: { r: { type: 'T', external_id: 'x', depends_on: 'q' }, q: { type: 'T' } } },
      'resources.r.depends_on',
    ],
    ['description a list', { resources: { r: { type: 'T', description: [] } } }, 'resources.r.description'],
  ] as const)('%s', (_name, template, path) => {
    const result = parse(template as unknown as JsonObject);
    expect(result.definition).toBeNull();
    expect(errors(result)).toEqual([`StackValidationFailed ${path}`]);
  });
  test('an empty field is refused, for it may be a slip; calls stand for maps', () => {
    const keys = ['properties', 'metadata', 'depends_on', 'deletion_policy', 'update_policy', 'condition', 'external_id', 'description'];
    for (const key of keys) expect(errors(resource({ [key]: null }))).toEqual([`StackValidationFailed resources.r.${key}`]);
    expect(errors(resource({ properties: { if: ['c', {}, {}] } }))).toEqual([]);
  });
  test('keys and spellings by version', () => {
    expect(errors(resource({ condition: true }, '2016-04-08'))).toEqual(['StackValidationFailed resources.r.condition']);
    expect(errors(resource({ condition: true, external_id: 'x' }, '2016-10-14'))).toEqual([]);
    expect(errors(resource({ deletion_policy: 'retain' }, '2016-04-08'))).toEqual(['StackValidationFailed resources.r.deletion_policy']);
    expect(errors(resource({ deletion_policy: 'retain' }, '2016-10-14'))).toEqual([]);
    expect(errors(resource({ deletion_policy: 'Snapshot' }, '2013-05-23'))).toEqual([]);
  });
});

describe('outputs and parameter groups', () => {
  test('an output needs a value', () => {
    expect(errors(parse({ outputs: { a: { description: 'x' }, b: 5, c: { value: null }, d: { Value: 1 } } }))).toEqual([
      'StackValidationFailed outputs.a',
      'StackValidationFailed outputs.b',
      'StackValidationFailed outputs.d',
    ]);
  });
  test.each([
    ['no list', { parameter_groups: { parameters: ['x'] } }, 'parameter_groups'],
    ['no map', { parameter_groups: ['x'] }, 'parameter_groups.0'],
    ['no parameters', { parameter_groups: [{ label: 'x' }] }, 'parameter_groups.0'],
    ['unknown parameter', { parameter_groups: [{ parameters: ['x'] }] }, 'parameter_groups.0.parameters.0'],
    [
      'in two groups',
      { parameters: { p: { type: 'string' } }, parameter_groups: [{ parameters: ['p'] }, { parameters: ['p'] }] },
      'parameter_groups.1.parameters.0',
    ],
  ] as const)('a group: %s', (_name, template, path) =>
    expect(errors(parse(template as unknown as JsonObject))).toEqual([`StackValidationFailed ${path}`]),
  );
  test('pseudo parameters may be grouped', () => {
    const { definition } = parse({ parameter_groups: [{ label: 'l', description: 'd', parameters: ['OS::stack_name'] }] });
    expect(definition?.parameterGroups).toEqual([{ label: 'l', description: 'd', parameters: ['OS::stack_name'] }]);
  });
});

describe('all errors at once', () => {
  test('in every section, with positions', () => {
    const { diagnostics } = parseTemplate(
      'heat_template_version: 2018-08-31\nparameters:\n  p: {type: strin}\nresources:\n  r:\n    typ: T\noutputs:\n  o: {valu: 1}\nextra: 1\n',
    );
    expect(diagnostics.map((d) => [d.path.join('.'), d.position?.line, d.hint])).toEqual([
      ['extra', 9, expect.stringContaining('known sections')],
      ['parameters.p.type', 3, 'did you mean "string"?'],
      ['resources.r.typ', 6, 'did you mean "type"?'],
      ['outputs.o', 8, 'did you mean "value" by "valu"?'],
    ]);
  });
  test('however many there are, the list is short and quick', () => {
    const resources = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`r${i}`, { type: 'T', propertys: {} }]));
    const { diagnostics } = parse({ resources });
    expect(diagnostics.length).toBe(200);
  });
});
