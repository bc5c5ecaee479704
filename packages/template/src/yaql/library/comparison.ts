/** Comparing: equality of anything, order of numbers, texts and nulls (null comes first). */
import { areEqual } from '../equality.ts';
import { byCodePoint } from '../../semantics/rendering.ts';
import { define, type FunctionDefinition } from '../signature.ts';
import type { YaqlValue } from '../values.ts';

/** By name: whether the operator holds for a left side that is smaller, equal, greater. */
const OPERATORS: readonly (readonly [string, boolean, boolean, boolean])[] = [
  ['<', true, false, false],
  ['<=', true, true, false],
  ['>', false, false, true],
  ['>=', false, true, true],
];

type Order = bigint | number | string;
function ordered<T extends Order>(name: string, compare: (a: T, b: T) => number): (args: readonly unknown[]) => boolean {
  const [, smaller, equal, greater] = OPERATORS.find(([operator]) => operator === name) as (typeof OPERATORS)[number];
  return ([a, b]) => {
    const order = compare(a as T, b as T);
    return order < 0 ? smaller : order > 0 ? greater : order === 0 && equal;
  };
}
// Not a number is neither smaller nor equal nor greater.
const byNumber = (a: bigint | number, b: bigint | number): number => (a < b ? -1 : a > b ? 1 : a >= b ? 0 : Number.NaN);

export const comparisonFunctions: readonly FunctionDefinition[] = [
  ...define('function *equal (left: any?, right: any?)', ({ args, engine }) =>
    areEqual(args[0] as YaqlValue, args[1] as YaqlValue, engine.meter),
  ),
  ...define(
    'function *not_equal (left: any?, right: any?)',
    ({ args, engine }) => !areEqual(args[0] as YaqlValue, args[1] as YaqlValue, engine.meter),
  ),
  ...OPERATORS.flatMap(([name, smaller, equal, greater]) => {
    const numbers = ordered(name, byNumber);
    const texts = ordered(name, byCodePoint);
    return [
      ...define(`function #operator_${name} (left: number, right: number)`, ({ args }) => numbers(args)),
      ...define(`function #operator_${name} (left: string, right: string)`, ({ args }) => texts(args)),
      ...define(`function #operator_${name} (left: any, right: none?)`, () => greater),
      ...define(`function #operator_${name} (left: none?, right: any)`, () => smaller),
      ...define(`function #operator_${name} (left: none?, right: none?)`, () => equal),
    ];
  }),
];
