/** Parameter types and constraints against answers of the reference implementation (Zed), and what must not leak. */
import { readFileSync } from 'node:fs';
import { diagnosticText, type Json, type JsonObject } from '@hearth/kernel';
import { describe, expect, test } from 'vitest';
import { bindDefinition } from '../binding/bind-definition.ts';
import { emptyEnvironment } from '../environment/parse-environment.ts';
import { parseTemplate } from '../parse-template.ts';
import { parameterView } from '../views/parameter-view.ts';

interface Vector {
  readonly schema: JsonObject;
  readonly version?: string;
  readonly value?: Json;
  readonly result?: Json;
  /** As `stack show` presents it. */
  readonly text?: string;
  readonly error?: string;
  readonly message?: string;
}

const vectors = JSON.parse(
  readFileSync(new URL('../../../../testdata/template/parameter-vectors.json', import.meta.url), 'utf8'),
) as Vector[];

function bindOne(schema: JsonObject, value: Json | undefined, version = '2018-08-31') {
  const parsed = parseTemplate({ heat_template_version: version, parameters: { p: schema } });
  if (parsed.definition === null) return { bound: null, diagnostics: parsed.diagnostics };
  return bindDefinition({
    definition: parsed.definition,
    environment: { ...emptyEnvironment, parameters: value === undefined ? {} : { p: value } },
    pseudo: { stackId: 'sid', stackName: 'st', projectId: 'p' },
    files: {},
    strict: true,
  });
}

describe('parameters', () => {
  test('there are vectors', () => expect(vectors.length).toBeGreaterThan(200));
  test.each(vectors.map((vector) => [`${JSON.stringify(vector.schema)} given ${JSON.stringify(vector.value)}`, vector] as const))(
    '%s',
    (_name, vector) => {
      const { bound, diagnostics } = bindOne(vector.schema, vector.value, vector.version);
      if (vector.error !== undefined) {
        expect(bound).toBeNull();
        expect(diagnostics[0]?.type).toBe(vector.error);
        if (vector.message !== undefined) expect(diagnostics[0]?.message).toBe(vector.message);
        return;
      }
      expect(diagnostics).toEqual([]);
      expect(bound?.parameters.get('p')).toEqual(vector.result);
      expect(bound === null ? null : parameterView(bound)['p']).toBe(vector.text);
    },
  );

  test.each([
    ['pattern', { type: 'string', constraints: [{ allowed_pattern: 'a' }] }, 'hunter2'],
    ['allowed values', { type: 'string', constraints: [{ allowed_values: ['a'] }] }, 'hunter2'],
    ['range', { type: 'number', constraints: [{ range: { max: 3 } }] }, 98765],
    ['modulo', { type: 'number', constraints: [{ modulo: { step: 2, offset: 0 } }] }, 98765],
    ['wrong type', { type: 'number' }, 'hunter2'],
    ['json', { type: 'json' }, '{"hunter2'],
  ] as const)('a hidden value is in no message: %s', (_name, schema, value) => {
    const { bound, diagnostics } = bindOne({ ...schema, hidden: true } as unknown as JsonObject, value);
    expect(bound).toBeNull();
    expect(diagnostics.length).toBe(1);
    expect(diagnostics.map(diagnosticText).join()).not.toMatch(/hunter2|98765/);
  });

  test('values: the request over the environment over its defaults over the template', () => {
    const parsed = parseTemplate({ heat_template_version: '2018-08-31', parameters: { a: { type: 'string', default: 'template' } } });
    const value = (parameters: JsonObject, own: JsonObject, defaults: JsonObject): Json | undefined =>
      bindDefinition({
        definition: parsed.definition as NonNullable<typeof parsed.definition>,
        environment: { ...emptyEnvironment, parameters: own, parameterDefaults: defaults },
        parameters,
        pseudo: { stackId: 's', stackName: 'n', projectId: 'p' },
        files: {},
        strict: true,
      }).bound?.parameters.get('a');
    expect(value({}, {}, {})).toBe('template');
    expect(value({}, {}, { a: 'default', unknown: 'ignored' })).toBe('default');
    expect(value({}, { a: 'environment' }, { a: 'default' })).toBe('environment');
    expect(value({ a: 'request' }, { a: 'environment' }, { a: 'default' })).toBe('request');
  });
});
