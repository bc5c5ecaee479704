/** `yaql` in templates: where problems are told, what is known while values are not, versions, conditions, secrets. */
import type { Json, JsonObject } from '@hearth/kernel';
import { describe, expect, test } from 'vitest';
import { bindDefinition } from '../binding/bind-definition.ts';
import { resolveOutput } from '../binding/resolve.ts';
import { nothingKnown, type References } from '../definition/bound.ts';
import { emptyEnvironment } from '../environment/parse-environment.ts';
import { parseTemplate } from '../parse-template.ts';
import { templateFunctions } from '../views/version-lists.ts';

const known: References = { referenceId: () => 'id', attribute: () => ['b', 'a'], allAttributes: () => ({}) };

function resolved(value: Json, options: { version?: string; references?: References; parameters?: JsonObject; rest?: JsonObject } = {}) {
  const parsed = parseTemplate({
    heat_template_version: options.version ?? '2018-08-31',
    parameters: options.parameters ?? {},
    resources: { r: { type: 'OS::Heat::None' } },
    outputs: { o: { value } },
    ...options.rest,
  });
  if (parsed.definition === null) return { value: null, unknown: false, secret: false, diagnostics: parsed.diagnostics };
  const { bound, diagnostics } = bindDefinition({
    definition: parsed.definition,
    environment: emptyEnvironment,
    pseudo: { stackId: 'sid', stackName: 'st', projectId: 'p' },
    files: {},
    strict: true,
  });
  if (bound === null) return { value: null, unknown: false, secret: false, diagnostics };
  const outcome = resolveOutput(bound, 'o', options.references ?? known);
  return { ...outcome, diagnostics: [...diagnostics, ...outcome.diagnostics] };
}

describe('yaql', () => {
  test.each<[string, Json, Json]>([
    ['data of any kind', { expression: '$.data', data: 5 }, 5],
    ['no data', { expression: '$.data' }, {}],
    ['functions in the data', { expression: '$.data.x.orderBy($)', data: { x: { get_attr: ['r', 'list'] } } }, ['a', 'b']],
    ['a function for the expression', { expression: { list_join: ['', ['$.da', 'ta + 1']] }, data: 2 }, 3],
    ['yaql in yaql', { expression: '$.data.x + 1', data: { x: { yaql: { expression: '$.data * 2', data: 4 } } } }, 9],
  ])('%s', (_name, args, value) => expect(resolved({ yaql: args })).toMatchObject({ value, diagnostics: [] }));

  test.each<[string, Json, string]>([
    ['an expression that cannot be parsed', { expression: '$.data..x' }, 'bad-yaql-expression'],
    ['a character that has no meaning', { expression: '$.data # 1' }, 'bad-yaql-expression'],
    ['an unknown key', { expression: '1', extra: 1 }, 'invalid-function-call'],
    ['no expression', { data: 1 }, 'invalid-function-call'],
    ['no map', '$.data', 'invalid-function-call'],
    ['an expression that is no text', { expression: 5 }, 'invalid-function-call'],
    ['an expression without a value', { expression: '$.data.x' }, 'invalid-function-call'],
    ['too many elements', { expression: 'range(201)' }, 'yaql-limit-exceeded'],
  ])('%s', (_name, args, code) => {
    const { diagnostics } = resolved({ yaql: args });
    expect(diagnostics).toMatchObject([{ severity: 'error', code, path: ['outputs', 'o', 'value', 'yaql'] }]);
  });

  test.each([
    ['$.data..x', "Bad expression Parse error: unexpected '.' at position 7 of expression '$.data..x'."],
    ['$.data.len(', 'Bad expression Parse error: unexpected end of statement.'],
    ["'a' #", "Bad expression Lexical error: illegal character '#' at position 4."],
  ])('the words for %s', (expression, message) => expect(resolved({ yaql: { expression } }).diagnostics).toMatchObject([{ message }]));

  test('a bad expression is told before anything is known; a missing value is not', () => {
    const data = { x: { get_attr: ['r', 'list'] } };
    const options = { references: nothingKnown };
    expect(resolved({ yaql: { expression: '$.data.x.len(', data } }, options).diagnostics).toMatchObject([{ code: 'bad-yaql-expression' }]);
    expect(resolved({ yaql: { expression: '$.data.x.len()', data } }, options)).toMatchObject({ unknown: true, diagnostics: [] });
    const expression = { str_replace: { template: '$.data.X', params: { X: { get_attr: ['r', 'name'] } } } };
    expect(resolved({ yaql: { expression } }, options)).toMatchObject({ unknown: true, diagnostics: [] });
  });

  test('what a hidden parameter went into is secret, and no message tells it', () => {
    const parameters = { p: { type: 'string', default: 'sword(fish', hidden: true } };
    const data = { get_param: 'p' };
    expect(resolved({ yaql: { expression: '$.data.len()', data } }, { parameters })).toMatchObject({ value: 10, secret: true });
    for (const expression of ['int($.data)', '$.data.foo', data]) {
      const { diagnostics } = resolved({ yaql: { expression, data } }, { parameters });
      expect(diagnostics).toHaveLength(1);
      expect(JSON.stringify(diagnostics)).not.toContain('fish');
    }
  });

  test.each([
    ['2017-09-01', []],
    ['2017-02-24', [{ code: 'function-not-in-condition' }]],
  ])('in conditions of %s', (version, problems) => {
    const rest = { conditions: { c: { yaql: { expression: '$.data.contains(heat)', data: ['heat'] } } } };
    const { value, diagnostics } = resolved({ if: ['c', 'yes', 'no'] }, { version, rest });
    expect(diagnostics).toMatchObject(problems);
    if (problems.length === 0) expect(value).toBe('yes');
  });

  test('versions that have it', () => {
    const has = (version: string): boolean =>
      (templateFunctions(`heat_template_version.${version}`, true) ?? []).some(({ functions }) => functions === 'yaql');
    expect(['2015-10-15', '2016-04-08', '2016-10-14', '2018-08-31', '2021-04-16'].map(has)).toEqual([false, false, true, true, true]);
    expect(resolved({ yaql: { expression: '1' } }, { version: '2016-04-08' })).toMatchObject({ value: { yaql: { expression: '1' } } });
  });
});
