/** `if`, and the functions of conditions: `equals`, `not`, `and`, `or`. */
import { isJsonArray, type Json } from '@hearth/kernel';
import type { Expression } from '../definition/definition.ts';
import { looselyEqual } from '../semantics/truth.ts';
import { eager, ELIDED, wrongCall, type TemplateFunction } from './contract.ts';

/** The items of an argument list, whether or not calls are in it; null when it is no list. */
export function argumentItems(args: Expression): readonly Expression[] | null {
  if (args.kind === 'list') return args.items;
  if (args.kind === 'data' && isJsonArray(args.value)) return args.value.map((value): Expression => ({ kind: 'data', value }));
  return null;
}

function ifFunction(name: string, mayElide: boolean): TemplateFunction {
  const shape = mayElide ? '[condition, then] or [condition, then, else]' : '[condition, then, else]';
  return {
    name,
    doc: `One of two values, chosen by a condition: ${shape}. Only the chosen one is looked at.`,
    conditions: 'first',
    evaluate(args, scope) {
      const items = argumentItems(args);
      if (items === null || !(items.length === 3 || (mayElide && items.length === 2))) throw wrongCall(`${name} needs a list ${shape}`);
      const truth = scope.decision(items[0] as Expression);
      if (truth === null) return scope.eitherOf(items.slice(1));
      const branch = items[truth ? 1 : 2];
      return branch === undefined ? ELIDED : scope.resolve(branch);
    },
  };
}

export const ifThenElse = ifFunction('if', false);
export const ifThen = ifFunction('if', true);
export const fnIf = ifFunction('Fn::If', false);

const equality = (name: string): TemplateFunction =>
  eager(name, 'Whether two values are equal: [value, value].', (args) => {
    if (!isJsonArray(args) || args.length !== 2) throw wrongCall(`${name} needs a list of two values`);
    return looselyEqual(args[0] as Json, args[1] as Json);
  });
export const equals = equality('equals');
export const fnEquals = equality('Fn::Equals');

export const not: TemplateFunction = {
  name: 'not',
  doc: 'The opposite of a condition.',
  conditions: 'all',
  evaluate: (args, scope) => !scope.condition(args),
};

/** CloudFormation writes its one condition in a list. */
export const fnNot: TemplateFunction = {
  name: 'Fn::Not',
  doc: 'The opposite of a condition: [condition].',
  conditions: 'all',
  evaluate(args, scope) {
    const [only, ...more] = argumentItems(args) ?? [];
    if (only === undefined || more.length > 0) throw wrongCall('Fn::Not needs a list of one condition');
    return !scope.condition(only);
  },
};

function several(name: string, doc: string, stopsAt: boolean): TemplateFunction {
  return {
    name,
    doc,
    conditions: 'all',
    evaluate(args, scope) {
      const items = argumentItems(args);
      if (items === null || items.length < 2) throw wrongCall(`${name} needs a list of at least two conditions`);
      // Later ones are not looked at once the answer is known.
      return items.some((item) => scope.condition(item) === stopsAt) ? stopsAt : !stopsAt;
    },
  };
}

export const and = several('and', 'Whether all of at least two conditions hold.', false);
export const or = several('or', 'Whether one of at least two conditions holds.', true);
export const fnAnd = several('Fn::And', 'Whether all of at least two conditions hold.', false);
export const fnOr = several('Fn::Or', 'Whether one of at least two conditions holds.', true);

/** `{Condition: name}`, as newer CloudFormation templates name a condition inside another. */
export const namedCondition: TemplateFunction = {
  name: 'Condition',
  doc: 'The truth of a named condition.',
  conditions: 'all',
  addition: true,
  evaluate(args, scope) {
    if (args.kind !== 'data' || typeof args.value !== 'string') throw wrongCall('Condition needs the name of a condition');
    return scope.condition(args);
  },
};
