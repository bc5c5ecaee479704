/** Random YAQL: well-formed expressions over all functions, and texts that look like some. */
import type { Json } from '@hearth/kernel';
import { evaluateYaql, MAX_PRODUCED, parseYaql, standardLibrary } from '@hearth/template/testing';
import fc from 'fast-check';
import { hold, type Counters, type Kind } from './kind.ts';

const names = [...new Set([...standardLibrary.functions.keys(), ...standardLibrary.methods.keys()])].filter((name) => /^\w/.test(name));
const leaf = fc.constantFrom(
  '$',
  '$.data',
  '$.data.l',
  '$.data.m',
  '$.data.s',
  '$x',
  '1',
  '-1',
  '0',
  '2.5',
  "'ab'",
  "'(a|b)*'",
  'null',
  'true',
  '[]',
  '{}',
  'word',
  '[1,2]',
  '{a=>1}',
  '1000000',
  'range(9)',
  'sequence()',
);
const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const some = fc.array(
    fc.oneof({ weight: 5, arbitrary: tie('expression') }, { weight: 1, arbitrary: tie('expression').map((text) => `a => ${text}`) }),
    { maxLength: 3 },
  );
  return {
    expression: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      leaf,
      fc.tuple(tie('expression'), fc.constantFrom(...names), some).map(([on, name, args]) => `${on}.${name}(${args.join(', ')})`),
      fc.tuple(fc.constantFrom(...names), some).map(([name, args]) => `${name}(${args.join(', ')})`),
      fc
        .tuple(
          tie('expression'),
          fc.constantFrom('+', '-', '*', '/', ' mod ', '=', '<', ' in ', ' and ', ' or ', '=~', '->', '.', '?.'),
          tie('expression'),
        )
        .map((parts) => parts.join(' ')),
      fc.tuple(tie('expression'), tie('expression')).map(([list, index]) => `${list}[${index}]`),
      some.map((items) => `[${items.join(', ')}]`),
      some.map((items) => `{${items.join(', ')}}`),
    ),
  };
});

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('$', '.', '(', ')', '[', ']', '{', '}', ',', '=>', "'", '`', '\\', 'a', '1', ' ', 'not', 'in', '-', 'f('))
    .map((parts) => parts.join('')),
);
const data: Json = { l: [3, 1, 2], m: { a: 1, b: [{ c: null }] }, s: 'some text' };

function run(source: string): Counters {
  const parsed = parseYaql(source);
  if (parsed.failure !== null) {
    hold(parsed.failure.message !== '', 'a failure says nothing');
    return { expressions: 1, parsed: 0, values: 0, produced: 0 };
  }
  let produced = 0;
  const outcome = evaluateYaql(parsed.expression, data, (size) => {
    produced += size;
  });
  hold(produced <= MAX_PRODUCED, `an expression took ${produced} characters, elements and steps`);
  if (outcome.failure !== null) hold(outcome.failure.message !== '', 'a failure says nothing');
  else JSON.parse(JSON.stringify(outcome.value));
  return { expressions: 1, parsed: 1, values: outcome.failure === null ? 1 : 0, produced };
}

export const yaqlExpressions: Kind<string> = { name: 'YAQL expressions', share: 5, arbitrary: expression, run };
export const yaqlTexts: Kind<string> = { name: 'YAQL texts', share: 5, arbitrary: text, run };
