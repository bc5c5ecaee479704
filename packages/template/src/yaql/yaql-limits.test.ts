/** What expressions may cost, and what they cannot reach. */
import type { Json } from '@hearth/kernel';
import { describe, expect, test } from 'vitest';
import { MAX_EXPRESSION_DEPTH, MAX_EXPRESSION_TEXT, type YaqlFault } from './bounds.ts';
import { evaluateYaql, parseYaql } from './evaluate.ts';

function outcome(expression: string, data: Json = {}): { value: Json } | { fault: YaqlFault; message: string } {
  const parsed = parseYaql(expression);
  if (parsed.failure !== null) return parsed.failure;
  const evaluated = evaluateYaql(parsed.expression, data);
  return evaluated.failure ?? { value: evaluated.value };
}

describe('limits', () => {
  test.each([
    ['elements of a list in the data', '$.data.len() + $.data.select($).len()'],
    ['elements of an endless stream', 'sequence().toList()'],
    ['elements of an endless stream that nothing counts', 'generate(0, true, $ + 1).len()'],
    ['elements in the result', '[0] * 201'],
    ['elements inside the result', '[[0] * 201]'],
    ['elements compared while sorting', 'range(200).toList().select(range(200).orderBy(-$).toList()).toList()'],
    ['bytes of a text', "'x' * 9952"],
    ['bytes of a text made of parts', "('x' * 9000 + 'y' * 900) * 2"],
    ['bytes of a list', '[0] * 2000'],
    ['bytes of an integer', 'pow(2, 1000000000)'],
    ['bytes of a shifted integer', 'shiftBitsLeft(1, 1000000000)'],
    ['bytes of a product', 'range(30).aggregate($1 * $1, 99999999)'],
    ['bytes of formatted text', "'{:>10001}'.format('x')"],
    ['steps of nested loops', 'range(200).toList().select(range(200).toList().select(range(200).sum()).sum()).sum()'],
    ['depth of calls', 'def(f, f($ + 1)) -> f(0)'],
    ['depth of streams in streams', 'range(200).aggregate($1.concat([$2]), []).len()'],
    ['depth of lists in lists', 'range(200).aggregate([$1], [])'],
  ])('%s', (_name, expression) => {
    expect(
      outcome(
        expression,
        Array.from({ length: 201 }, (_, i) => i),
      ),
    ).toMatchObject({ fault: /format/.test(expression) ? 'value' : 'limit' });
  });

  test('nested brackets', () => {
    const deep = MAX_EXPRESSION_DEPTH + 1;
    expect(outcome('['.repeat(deep) + ']'.repeat(deep))).toMatchObject({ fault: 'syntax' });
    expect(outcome('('.repeat(100_000 / 2))).toMatchObject({ fault: 'syntax' });
  });
  test('chains of operators', () => {
    expect(outcome(`1${' + 1'.repeat(MAX_EXPRESSION_DEPTH + 1)}`)).toMatchObject({ fault: 'syntax' });
    expect(outcome(`1${' -> 1'.repeat(5000)}`)).toMatchObject({ fault: 'syntax' });
    expect(outcome(`${'not '.repeat(5000)}1`)).toMatchObject({ fault: 'syntax' });
  });
  test('the text', () => expect(outcome(' '.repeat(MAX_EXPRESSION_TEXT + 1))).toMatchObject({ fault: 'syntax' }));
  test('an expression as deep as is allowed has a value', () => {
    expect(outcome(`1${' + 1'.repeat(MAX_EXPRESSION_DEPTH - 5)}`)).toEqual({ value: MAX_EXPRESSION_DEPTH - 4 });
  });
  test('a pattern that others backtrack on', () => {
    expect(outcome("regex('(a+)+$').matches('a' * 60 + 'b')")).toEqual({ value: false });
  });
  test('what surrounds it is told of everything produced, and may end it', () => {
    const parsed = parseYaql("range(100).select('x' * 1000).join(',').len()");
    if (parsed.failure !== null) throw new Error(parsed.failure.message);
    class Enough extends Error {}
    let left = 5000;
    const spend = (size: number): void => {
      left -= size;
      if (left < 0) throw new Enough();
    };
    expect(() => evaluateYaql(parsed.expression, {}, spend)).toThrow(Enough);
  });
});

describe('nothing but data is reached', () => {
  test.each([
    '$.data.constructor',
    '$.data.toString',
    "$.data['hasOwnProperty']",
    '{}.constructor',
    "{}['__proto__']",
    "'a'.constructor",
    '[1].length',
    'constructor()',
    "'a'.toString()",
    'toString()',
    'hasOwnProperty(a)',
    "call('constructor', [], {})",
    "'{0.constructor}'.format(1)",
    "'{0[constructor]}'.format({})",
    'env()',
    'openFile(a)',
    'now()',
    'random()',
    'lambda($)',
  ])('%s', (expression) => expect(outcome(expression)).toHaveProperty('fault'));

  test('such names are keys like others', () => {
    const data = JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}') as Json;
    expect(outcome("$.data.get('__proto__').x + $.data.constructor", data)).toEqual({ value: 3 });
    expect(outcome('$.data.x', data)).toHaveProperty('fault');
    const made = outcome("{'__proto__' => {a => 1}}");
    expect(JSON.stringify(made)).toBe('{"value":{"__proto__":{"a":1}}}');
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });
  test('a message never holds a value', () => {
    for (const expression of [
      '$.data.foo',
      '$.data + 1',
      'int($.data)',
      'regex($.data)',
      "'a'.format($.data).x",
      '$.data.assert(false, $.data)',
      '{}[$.data]',
      'call($.data, [], {})',
      "format('{' + $.data + '}')",
    ])
      expect(JSON.stringify(outcome(expression, 'se(cret')), expression).not.toContain('cret');
  });
});
