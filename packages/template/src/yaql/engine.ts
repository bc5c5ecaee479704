/**
 * Evaluates expressions: finds the one definition of a function that its arguments fit, evaluates what is not lazy, and counts. All
 * that definitions need of evaluation is here.
 */
import { checkedBytes, checkedCount, type Meter, YaqlProblem } from './bounds.ts';
import { Context } from './context.ts';
import { checkCount, type Given, isCounted, isSpecialCase } from './parameter-kinds.ts';
import { type FunctionDefinition, type Lambda, type Mapping, mapped, type Parameter } from './signature.ts';
import { byteSize } from './sizes.ts';
import { type Expression, isExpression, Literal, OMITTED, RuleExpression, Wrapped } from './syntax.ts';
import { type Collection, iterate, isIterable, List, type Regex, Rule, Stream, type YaqlValue } from './values.ts';

type Layers = ReadonlyMap<string, readonly (readonly FunctionDefinition[])[]>;
/** Definitions by name in layers, the nearer first. What expressions define themselves are functions only. */
export interface Library {
  readonly functions: Layers;
  readonly methods: Layers;
}
/** A lambda whose context, or receiver, the function chooses. */
export type LambdaIn = (context: Context) => YaqlValue;
/** A lambda that takes named arguments too. */
export type LambdaNamed = (named: ReadonlyMap<string, YaqlValue>, ...args: YaqlValue[]) => YaqlValue;
type Receiver = { readonly value: YaqlValue } | null;

const PLAIN_NAMES: ReadonlyMap<string, string> = new Map([
  ['#indexer', 'index'],
  ['#list', 'list'],
  ['#map', 'map'],
  ['*equal', '='],
  ['*not_equal', '!='],
]);
/** How a function is told in messages. */
function nameInWords(name: string): string {
  if (name.startsWith('#property#')) return `property "${name.slice('#property#'.length)}"`;
  const operator = /^(?:#operator_|#unary_operator_)(.+)$/.exec(name)?.[1];
  if (operator !== undefined) return `operator "${operator}"`;
  return `function "${PLAIN_NAMES.get(name) ?? name}"`;
}

export class Engine {
  readonly meter: Meter;
  /** Regular expressions read so far, by source and flags. */
  readonly patterns = new Map<string, Regex>();
  readonly #library: Library;

  constructor(library: Library, meter: Meter) {
    this.#library = library;
    this.meter = meter;
  }

  evaluate(expression: Expression, context: Context, receiver: Receiver = null): YaqlValue {
    if (expression instanceof Literal) return expression.value;
    if (expression instanceof Wrapped) return this.evaluate(expression.inner, context, receiver);
    if (expression instanceof RuleExpression)
      return new Rule(this.evaluate(expression.source, context, receiver), this.evaluate(expression.destination, context, receiver));
    const [first] = expression.args;
    if (expression.name === '#get_context_data' && first instanceof Literal) {
      this.meter.step();
      return this.checked(context.get(first.value as string));
    }
    return this.call(expression.name, context, expression.args, new Map(), expression.isPlain ? receiver : null);
  }

  /** A value that enters or leaves a function. */
  checked<T extends YaqlValue>(value: T): T {
    checkedBytes(byteSize(value));
    return value;
  }

  /** Calls a function with arguments that are written or computed already. */
  call(
    name: string,
    context: Context,
    args: readonly Given[],
    named: ReadonlyMap<string, Given> = new Map(),
    receiver: Receiver = null,
  ): YaqlValue {
    this.meter.step();
    this.meter.enter();
    try {
      const run = this.#chosen(name, context, args, named, receiver);
      const result = this.checked(run());
      if (typeof result === 'string') this.meter.produce(result.length);
      return result;
    } finally {
      this.meter.leave();
    }
  }

  knows(name: string, context: Context, receiver: Receiver): boolean {
    return this.#layers(name, context, receiver).length > 0;
  }
  #layers(name: string, context: Context, receiver: Receiver): readonly (readonly FunctionDefinition[])[] {
    const plain = name.endsWith('_') ? name.replace(/_+$/, '') : name;
    const standard = (receiver === null ? this.#library.functions : this.#library.methods).get(plain) ?? [];
    const own = receiver === null ? context.layers(plain) : [];
    return own.length === 0 ? standard : [...own, ...standard];
  }

  #chosen(
    name: string,
    context: Context,
    given: readonly Given[],
    namedGiven: ReadonlyMap<string, Given>,
    receiver: Receiver,
  ): () => YaqlValue {
    const layers = this.#layers(name, context, receiver);
    const first = layers[0]?.[0];
    const method = receiver === null ? '' : ' on a value';
    if (first === undefined)
      throw new YaqlProblem(
        'no-match',
        `there is no ${nameInWords(name)}${method}`.replace('function', receiver === null ? 'function' : 'method'),
      );
    const ambiguous = (): YaqlProblem => new YaqlProblem('argument', `it is not clear which ${nameInWords(name)} is meant`);
    const unfit = (): YaqlProblem => new YaqlProblem('no-match', `no ${nameInWords(name)} takes what is given to it`);

    let args: readonly Given[] = receiver === null ? given : [receiver.value, ...given];
    let named = namedGiven;
    if (!first.keepsRules) [args, named] = withNamed(args, namedGiven);
    else if (named.size > 0) throw new YaqlProblem('argument', `${nameInWords(name)} takes no named arguments`);

    let lazy: string | null = null;
    const candidates: (readonly [FunctionDefinition, Mapping])[][] = [];
    for (const layer of layers) {
      const found: (readonly [FunctionDefinition, Mapping])[] = [];
      for (const definition of layer) {
        if (definition.keepsRules !== first.keepsRules) throw ambiguous();
        const mapping = mapped(definition, args, named, OMITTED);
        if (mapping === null) continue;
        const lazyHere = lazyKey(mapping);
        if (lazy !== null && lazy !== lazyHere) throw ambiguous();
        lazy = lazyHere;
        found.push([definition, mapping]);
      }
      if (found.length > 0) candidates.push(found);
    }
    const [anyMapping] = (candidates[0]?.[0]?.slice(1) as [Mapping?] | undefined) ?? [];
    if (anyMapping === undefined) throw unfit();

    const evaluated = args.map((arg, i) => this.#argument(arg, anyMapping.positional[i] as Parameter, context));
    const evaluatedNamed = new Map<string, Given>();
    for (const [key, arg] of named) evaluatedNamed.set(key, this.#argument(arg, anyMapping.named.get(key) as Parameter, context));

    for (const layer of candidates) {
      let best: readonly [FunctionDefinition, Mapping] | null = null;
      for (const candidate of layer) {
        if (!accepted(candidate[0], evaluated, evaluatedNamed)) continue;
        if (best !== null) {
          if (isMoreSpecial(best[1], candidate[1])) continue;
          if (!isMoreSpecial(candidate[1], best[1])) throw ambiguous();
        }
        best = candidate;
      }
      if (best !== null) {
        const [definition] = best;
        return () => this.#invoke(definition, evaluated, evaluatedNamed, context, receiver);
      }
    }
    throw unfit();
  }

  #argument(arg: Given, parameter: Parameter, context: Context): Given {
    const isOpen = isExpression(arg) && !(arg instanceof Literal) && !parameter.kind.lazy;
    return isOpen ? this.evaluate(arg, context) : arg;
  }

  #invoke(
    definition: FunctionDefinition,
    args: readonly Given[],
    named: ReadonlyMap<string, Given>,
    caller: Context,
    receiver: Receiver,
  ): YaqlValue {
    const context = caller.child();
    const hand = (given: Given, parameter: Parameter): unknown => this.#handed(given, parameter, context, receiver);
    const values = definition.parameters.map((parameter, i) => {
      const given = args[i];
      const value = given === undefined || given === OMITTED ? named.get(parameter.name) : given;
      if (value !== undefined) return hand(value, parameter);
      const fallback = parameter.fallback?.value;
      return fallback === undefined ? undefined : fallback;
    });
    const rest = args.slice(definition.parameters.length).map((arg) => hand(arg, definition.rest as Parameter));
    const others = new Map<string, YaqlValue>();
    for (const [key, value] of named) {
      if (definition.parameters.some((parameter) => parameter.name === key)) continue;
      others.set(key, value instanceof Literal ? value.value : (value as YaqlValue));
    }
    return definition.behave({ engine: this, context, args: values, rest, named: others, receiver });
  }

  /** What a function gets for an argument: a lambda, or a value, counted. */
  #handed(given: Given, parameter: Parameter, context: Context, receiver: Receiver): unknown {
    const { kind } = parameter;
    switch (kind.name) {
      case 'expression':
      case 'word-itself':
        return given;
      case 'lambda':
        return given === null ? null : this.lambda(given, context);
      case 'lambda-named':
        return (called: ReadonlyMap<string, YaqlValue>, ...values: YaqlValue[]): YaqlValue => {
          const inner = context.child();
          for (const [name, value] of called) inner.set(name, value);
          return this.lambda(given, inner)(...values);
        };
      case 'lambda-in':
        return given === null ? null : (chosen: Context): YaqlValue => this.#run(given, chosen, null);
      case 'lambda-on':
        return (value: YaqlValue): YaqlValue => this.#run(given, context.child(), { value });
      case 'lazy-rule': {
        const rule = given as RuleExpression;
        return {
          source: () => this.evaluate(rule.source, context, receiver),
          destination: () => this.evaluate(rule.destination, context, receiver),
        };
      }
      default: {
        const value = this.checked((given instanceof Literal ? given.value : given) as YaqlValue);
        // Work on a text grows with it.
        if (typeof value === 'string') this.meter.step(value.length >>> 8);
        return isCounted(kind) && isIterable(value) ? this.counted(value) : value;
      }
    }
  }

  lambda(given: Given, context: Context): Lambda {
    return (...args) => {
      const inner = context.child();
      for (const [i, value] of args.entries()) inner.set(String(i + 1), value);
      return this.#run(given, inner, null);
    };
  }
  #run(given: Given, context: Context, receiver: Receiver): YaqlValue {
    this.meter.step();
    return isExpression(given) ? this.evaluate(given, context, receiver) : (given as YaqlValue);
  }

  /** The same collection, refused when it has too many elements: at once when their number is known, while going through it otherwise. */
  counted(collection: Collection): Collection {
    return checkCount(collection) ? collection : new Stream(() => this.#counting(collection));
  }
  /** Counts a stream once; a remembered one may be gone through again. */
  *#counting(collection: Collection): Generator<YaqlValue> {
    const source = iterate(collection);
    for (let count = 0; ; count++) {
      this.meter.step();
      const next = this.#next(source);
      if (next.done === true) return;
      checkedCount(count + 1);
      yield next.value;
    }
  }
  #next(source: Iterator<YaqlValue>): IteratorResult<YaqlValue> {
    this.meter.enter();
    try {
      return source.next();
    } finally {
      this.meter.leave();
    }
  }

  /** All elements, counted. */
  listOf(collection: Collection): readonly YaqlValue[] {
    if (collection instanceof List) {
      checkedCount(collection.items.length);
      return collection.items;
    }
    return [...this.through(this.counted(collection))];
  }
  /** Goes through a collection that was counted already; every element is a step. */
  *through(collection: Collection | Iterable<YaqlValue>): Generator<YaqlValue> {
    const source = Symbol.iterator in collection ? collection[Symbol.iterator]() : iterate(collection);
    for (let next = this.#next(source); next.done !== true; next = this.#next(source)) {
      this.meter.step();
      yield next.value;
    }
  }

  /** The value of a whole expression over `data`. */
  result(expression: Expression, data: YaqlValue): YaqlValue {
    const context = new Context(null);
    context.set('$', data);
    return this.evaluate(expression, context);
  }
}

function withNamed(args: readonly Given[], given: ReadonlyMap<string, Given>): [readonly Given[], ReadonlyMap<string, Given>] {
  const named = new Map(given);
  const positional: Given[] = [];
  for (const arg of args) {
    if (!(arg instanceof RuleExpression)) {
      positional.push(arg);
      continue;
    }
    const { source, destination } = arg;
    if (!(source instanceof Literal && source.isWord))
      throw new YaqlProblem('argument', 'what stands before "=>" must be the name of an argument');
    named.set(source.value as string, destination);
  }
  return [positional, named];
}

function lazyKey(mapping: Mapping): string {
  const positions = mapping.positional.flatMap((parameter, i) => (parameter.kind.lazy ? [String(i)] : []));
  const names = [...mapping.named].flatMap(([name, parameter]) => (parameter.kind.lazy ? [name] : []));
  return [...positions, ...names.sort()].join(' ');
}

/** Whether the values fit, now that they are known. */
function accepted(definition: FunctionDefinition, args: readonly Given[], named: ReadonlyMap<string, Given>): boolean {
  for (const [i, value] of args.entries()) {
    const parameter = definition.parameters[i] ?? definition.rest;
    if (value !== OMITTED && !(parameter?.kind.accepts(value) ?? false)) return false;
  }
  return definition.parameters.every((parameter) => {
    const value = named.get(parameter.name);
    return value === undefined || parameter.kind.accepts(value);
  });
}

function isMoreSpecial(a: Mapping, b: Mapping): boolean {
  let special = false;
  const pairs = a.positional.map((parameter, i) => [parameter, b.positional[i] as Parameter] as const);
  for (const [name, parameter] of a.named) pairs.push([parameter, b.named.get(name) as Parameter]);
  for (const [mine, other] of pairs) {
    if (isSpecialCase(other.kind, mine.kind)) return false;
    if (isSpecialCase(mine.kind, other.kind)) special = true;
  }
  return special;
}
