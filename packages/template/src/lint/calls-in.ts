/** The calls in expressions, and names that they are given in so many words. Iterative: expressions are as deep as users make them. */
import { isJsonArray } from '@hearth/kernel';
import type { Definition, Expression } from '../definition/definition.ts';
import { namesInSub } from '../functions/sub.ts';

export type Call = Expression & { readonly kind: 'call' };

export function callsIn(root: Expression): readonly Call[] {
  const found: Call[] = [];
  const open: Expression[] = [root];
  for (let expression = open.pop(); expression !== undefined; expression = open.pop()) {
    if (expression.kind === 'list') open.push(...expression.items);
    else if (expression.kind === 'map') for (const [, item] of expression.entries) open.push(item);
    else if (expression.kind === 'call') {
      found.push(expression);
      open.push(expression.args);
    }
  }
  return found;
}

/** Everything in a definition that may hold calls. */
export function expressionsOf({ conditions, resources, outputs }: Definition): readonly Expression[] {
  const found: Expression[] = [...conditions.values()];
  for (const { properties, metadata, deletionPolicy, updatePolicy, condition, externalId } of resources.values())
    found.push(...[properties, metadata, deletionPolicy, updatePolicy, condition, externalId].filter((one) => one !== null));
  for (const { value, condition } of outputs.values()) found.push(value, ...(condition === null ? [] : [condition]));
  return found;
}

/** A text given as the argument, or as the first of several. */
export function firstText(args: Expression): string | null {
  const first = args.kind === 'list' ? args.items[0] : args;
  if (first?.kind !== 'data') return null;
  const value = isJsonArray(first.value) ? first.value[0] : first.value;
  return typeof value === 'string' ? value : null;
}

/** Names of parameters (and, in CloudFormation, of resources) that an expression refers to. */
export const parametersIn = (expression: Expression): readonly string[] =>
  callsIn(expression).flatMap(({ name, args }) => {
    const text = firstText(args);
    if (text === null) return [];
    if (name === 'Fn::Sub') return namesInSub(text);
    return name === 'get_param' || name === 'Ref' ? [text] : [];
  });

const OF_RESOURCES = new Set(['get_resource', 'get_attr', 'Ref', 'Fn::GetAtt']);

/** Names of resources that an expression refers to. */
export const resourcesIn = (expression: Expression): readonly string[] =>
  callsIn(expression).flatMap(({ name, args }) => {
    const text = firstText(args);
    if (text === null) return [];
    if (name === 'Fn::Sub') return namesInSub(text).map((one) => one.split('.')[0] as string);
    return OF_RESOURCES.has(name) ? [text] : [];
  });
