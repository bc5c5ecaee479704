/** What expressions are made of: the dot, variables, contexts, functions of one's own, assertions, and choosing among cases. */
import { badValue } from '../bounds.ts';
import type { Context } from '../context.ts';
import type { LambdaIn, LambdaNamed } from '../engine.ts';
import type { Given } from '../parameter-kinds.ts';
import { define, type FunctionDefinition, type Invocation, type Lambda } from '../signature.ts';
import type { Expression } from '../syntax.ts';
import { type Collection, type Dict, isTrue, type List, Stream, streamOf, type YaqlValue } from '../values.ts';
import { remembered } from './streams.ts';

interface LazyRule {
  readonly source: () => YaqlValue;
  readonly destination: () => YaqlValue;
}

const property = (call: Invocation): YaqlValue =>
  call.engine.call(`#property#${call.args[1] as string}`, call.context.child(), [call.args[0] as YaqlValue]);

const WORD = /^(?!__)[\p{L}\p{Nl}\p{No}_][\p{L}\p{N}_]*$/u;

export const systemFunctions: readonly FunctionDefinition[] = [
  ...define('function #get_context_data (name: string)', ({ args, context }) => context.get(args[0] as string)),
  ...define('function #operator_. (receiver: any?, expr: lambda-on)', ({ args }) => (args[1] as Lambda)(args[0] as YaqlValue)),
  ...define('function fallback-#operator_. (obj: any?, name: word)', property),
  ...define('function #operator_?. (receiver: any?, expr: expression)', ({ args, engine, context }) => {
    const [receiver, expression] = args as [YaqlValue, Expression];
    return receiver === null ? null : engine.call('#operator_.', context.child(), [receiver, expression]);
  }),
  ...define('function #operator_-> (left: context, right: lambda-in)', ({ args }) => (args[1] as LambdaIn)(args[0] as Context)),
  ...define('method unpack (sequence: iterable, *args: string)', ({ args, rest, context, engine }) => {
    const values: YaqlValue[] = [];
    for (const item of engine.through(args[0] as Collection)) {
      if (rest.length > 0 && values.length > rest.length) break;
      values.push(item);
    }
    if (rest.length > 0 && values.length !== rest.length)
      throw badValue(`unpack has ${rest.length} names for ${values.length > rest.length ? 'more' : 'fewer'} elements`);
    for (const [i, value] of values.entries()) context.set(rest.length > 0 ? (rest[i] as string) : String(i + 1), value);
    return context;
  }),
  ...define('function with (*args: any?)', ({ rest, context }) => published(context, rest as YaqlValue[])),
  ...define('function let (*args: any?, **named)', ({ rest, named, context }) => {
    published(context, rest as YaqlValue[]);
    for (const [name, value] of named) context.set(name, value);
    return context;
  }),
  ...define('function def (name: string, func: lambda-named)', ({ args, context }) => {
    const [name, body] = args as [string, LambdaNamed];
    const behave = (call: Invocation): YaqlValue => body(call.named, ...(call.rest as YaqlValue[]));
    for (const definition of define('function own (*args: any?, **named)', behave)) context.define({ ...definition, name });
    return context;
  }),
  ...define('method assert (obj: any?, condition: lambda, message: string = null)', ({ args, engine }) => {
    const [given, condition, message] = args as [YaqlValue, Lambda, string?];
    const value = given instanceof Stream ? remembered(given, engine) : given;
    // A message computed from data may hold a secret, so it is not repeated.
    if (!isTrue(condition(value)))
      throw badValue(message === null ? 'an assertion does not hold' : 'an assertion with a message does not hold');
    return value;
  }),
  ...define('function call (name: string, args: sequence, kwargs: mapping, receiver: any? = none)', ({ args, engine, context }) => {
    const [name, list, map, receiver] = args as [string, List, Dict, YaqlValue | undefined];
    const named = new Map<string, Given>();
    for (const [key, value] of map.entries.values()) {
      if (typeof key !== 'string' || !WORD.test(key)) throw badValue('call: the names of arguments must be words');
      named.set(key, value);
    }
    const on = receiver === undefined ? null : { value: receiver };
    // The name may be computed, so it is not told.
    if (!engine.knows(name, context, on)) throw badValue('call: there is no function of that name');
    return engine.call(name, context, list.items, named, on);
  }),
];

function published(context: Context, values: readonly YaqlValue[]): Context {
  for (const [i, value] of values.entries()) context.set(String(i + 1), value);
  return context;
}

export const branchingFunctions: readonly FunctionDefinition[] = [
  ...define('function rules switch (*args: lazy-rule)', ({ rest }) => {
    for (const rule of rest as LazyRule[]) if (isTrue(rule.source())) return rule.destination();
    return null;
  }),
  ...define('function selectCase (*args: lambda)', ({ rest }) => {
    const found = (rest as Lambda[]).findIndex((test) => isTrue(test()));
    return BigInt(found < 0 ? rest.length : found);
  }),
  ...define('function selectAllCases (*args: lambda)', ({ rest }) =>
    streamOf(
      (function* () {
        for (const [i, test] of (rest as Lambda[]).entries()) if (isTrue(test())) yield BigInt(i);
      })(),
    ),
  ),
  ...define('function examine (*args: lambda)', ({ rest }) =>
    streamOf(
      (function* () {
        for (const test of rest as Lambda[]) yield isTrue(test());
      })(),
    ),
  ),
  ...define('method switchCase (case: int, *args: lambda)', ({ args, rest }) => {
    const index = Number(args[0]);
    const chosen = (rest[index] ?? rest.at(-1)) as Lambda | undefined;
    return chosen === undefined ? null : chosen();
  }),
  ...define('function coalesce (*args: lambda)', ({ rest }) => {
    for (const value of rest as Lambda[]) {
      const result = value();
      if (result !== null) return result;
    }
    return null;
  }),
  ...define('function #operator_and (left: lambda, right: lambda)', ({ args: [left, right] }) => {
    const value = (left as Lambda)();
    return isTrue(value) ? (right as Lambda)() : value;
  }),
  ...define('function #operator_or (left: lambda, right: lambda)', ({ args: [left, right] }) => {
    const value = (left as Lambda)();
    return isTrue(value) ? value : (right as Lambda)();
  }),
  ...define('function #unary_operator_not (arg: any?)', ({ args }) => !isTrue(args[0] as YaqlValue)),
  ...define('function bool (value: any?)', ({ args }) => isTrue(args[0] as YaqlValue)),
  ...define('function isBoolean (value: any?)', ({ args }) => typeof args[0] === 'boolean'),
];
