/** Names in scope while an expression is evaluated: variables, and functions defined by the expression itself. */
import type { FunctionDefinition } from './signature.ts';
import type { YaqlValue } from './values.ts';

/** There are many of them and most hold nothing, so maps are made when needed. */
export class Context {
  readonly #parent: Context | null;
  #variables: Map<string, YaqlValue> | null = null;
  #functions: Map<string, FunctionDefinition[]> | null = null;
  /** Whether it, or one above it when it was made, defines a function: nothing is defined once there are contexts below. */
  #definesAny = false;

  constructor(parent: Context | null) {
    this.#parent = parent;
    if (parent !== null) this.#definesAny = parent.#definesAny;
  }
  child(): Context {
    return new Context(this);
  }
  /** `name` with or without its `$`; `$` is `$1`. */
  set(name: string, value: YaqlValue): void {
    this.#variables ??= new Map();
    this.#variables.set(normalName(name), value);
  }
  get(name: string): YaqlValue {
    const normal = normalName(name);
    for (let at: Context | null = this; at !== null; at = at.#parent) {
      const value = at.#variables?.get(normal);
      if (value !== undefined) return value;
    }
    return null;
  }
  define(definition: FunctionDefinition): void {
    this.#definesAny = true;
    this.#functions ??= new Map();
    this.#functions.set(definition.name, [...(this.#functions.get(definition.name) ?? []), definition]);
  }
  /** Definitions by layer, the nearest first. */
  layers(name: string): readonly (readonly FunctionDefinition[])[] {
    if (!this.#definesAny) return [];
    const found: (readonly FunctionDefinition[])[] = [];
    for (let at: Context | null = this; at !== null; at = at.#parent) {
      const layer = at.#functions?.get(name);
      if (layer !== undefined) found.push(layer);
    }
    return found;
  }
}

function normalName(name: string): string {
  const full = name.startsWith('$') ? name : `$${name}`;
  return full === '$' ? '$1' : full;
}
