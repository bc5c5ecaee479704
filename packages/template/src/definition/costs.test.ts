/** What the templates of one request cost in all has an end that is counted, told once, and shared by all levels. */
import type { Json, JsonObject } from '@hearth/kernel';
import { describe, expect, test } from 'vitest';
import { bindDefinition } from '../binding/bind-definition.ts';
import { MAX_PATTERN_STEPS, MAX_PRODUCED, MAX_PRODUCED_IN_ALL } from '../document/limits.ts';
import { emptyEnvironment } from '../environment/parse-environment.ts';
import { parseTemplate } from '../parse-template.ts';
import { Costs } from './costs.ts';

function bind(template: JsonObject, parameters: JsonObject, costs: Costs) {
  const { definition, diagnostics } = parseTemplate({ heat_template_version: '2021-04-16', ...template });
  if (definition === null) throw new Error(JSON.stringify(diagnostics[0]));
  const pseudo = { stackId: 's', stackName: 'n', projectId: 'p' };
  return bindDefinition({ definition, environment: emptyEnvironment, parameters, pseudo, files: {}, strict: true, costs });
}
const many = (count: number, value: Json): JsonObject => ({
  parameters: { t: { type: 'string' }, j: { type: 'json', default: {} } },
  resources: Object.fromEntries(Array.from({ length: count }, (_, i) => [`r${i}`, { type: 'T', properties: { value } }])),
});

describe('what functions produce', () => {
  const used = many(200, [{ get_param: 't' }]);
  test('is counted', () => {
    const costs = new Costs();
    expect(bind(used, { t: 'x'.repeat(1_000) }, costs).bound).not.toBeNull();
    expect(costs.produced).toBe(200 * 1_001);
  });
  test('each resource within its bound, and all together beyond theirs: told once', () => {
    const costs = new Costs();
    const { bound, diagnostics } = bind(used, { t: 'x'.repeat(MAX_PRODUCED / 40) }, costs);
    expect(bound).toBeNull();
    expect(diagnostics).toMatchObject([
      { type: 'RequestLimitExceeded', code: 'value-too-large', path: ['resources', 'r159', 'properties', 'value', 0, 'get_param'] },
    ]);
    expect(costs.produced).toBe(MAX_PRODUCED_IN_ALL);
  });
  test('what was spent before counts', () => {
    const costs = new Costs();
    expect(costs.produce(MAX_PRODUCED_IN_ALL - 100)).toBe(true);
    expect(bind(used, { t: 'x' }, costs).diagnostics).toMatchObject([{ code: 'value-too-large' }]);
  });
  test.each([
    ['steps of yaql', { yaql: { expression: 'range(200).toList().select(range(200).toList().select($ * 2).sum()).sum()' } }],
    ['combinations of repeat', { repeat: { template: '%a%%b%', for_each: { '%a%': { get_param: 'j' }, '%b%': { get_param: 'j' } } } }],
    ['replacements', { str_replace: { template: { get_param: 't' }, params: { x: '' } } }],
  ])('%s count as well', (_name, value) => {
    const costs = new Costs();
    const words = Array.from({ length: 400 }, (_, i) => String(i));
    bind(many(1, value as unknown as Json), { t: 'x'.repeat(100_000), j: words }, costs);
    expect(costs.produced).toBeGreaterThan(1_000_000);
    const one = costs.produced;
    // Near the end, so that little of it has to be made.
    costs.produce(MAX_PRODUCED_IN_ALL - one - 3 * one);
    const { diagnostics } = bind(many(10, value as unknown as Json), { t: 'x'.repeat(100_000), j: words }, costs);
    expect(diagnostics.at(-1)).toMatchObject({ code: 'value-too-large' });
    expect(costs.produced).toBe(MAX_PRODUCED_IN_ALL);
  });
  test('a value that is asked for often is weighed once', () => {
    let looks = 0;
    const item = new Proxy([1, 2, 3], {
      get(target, key, receiver) {
        looks++;
        return Reflect.get(target, key, receiver) as unknown;
      },
    });
    const looksFor = (count: number): number => {
      looks = 0;
      bind(many(count, { get_param: 'j' }), { j: [item] as unknown as Json, t: '' }, new Costs());
      return looks;
    };
    expect(looksFor(100)).toBeLessThan(looksFor(10) + 10);
  });
});

describe('steps of patterns', () => {
  const declared = (count: number): JsonObject => ({
    parameters: Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`p${i}`, { type: 'string', constraints: [{ allowed_pattern: '((a?){900})*b?' }] }]),
    ),
  });
  const given = (count: number): JsonObject => Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, 'a'.repeat(500)]));
  test('are counted over all parameters, and have an end', () => {
    const costs = new Costs();
    expect(bind(declared(2), given(2), costs).diagnostics).toEqual([]);
    const two = costs.patternSteps;
    expect(two).toBeGreaterThan(100_000);
    const all = new Costs();
    const count = Math.ceil((3 * MAX_PATTERN_STEPS) / two);
    const { diagnostics } = bind(declared(count), given(count), all);
    expect(diagnostics[0]?.message).toMatch(/takes more than the 20000000 steps allowed$/);
    expect(all.patternSteps).toBeLessThan(MAX_PATTERN_STEPS + count * 2_000);
  });
});
