/**
 * `Fn::ForEach::Name: [Identifier, Collection, {Key: Body}]` in any map of the document, written out: the entry is replaced by one for each
 * item of the collection, with `${Identifier}`, `&{Identifier}` (letters and digits only) and `{Ref: Identifier}` replaced by the item. What is
 * produced is counted before it is made.
 */
import { isJsonArray, isJsonObject, type Json, type JsonObject, type Path, type Position } from '@hearth/kernel';
import type { LoopValues } from '../definition/definition.ts';
import { expressionOf } from '../definition/expression.ts';
import type { Problems } from '../definition/problems.ts';
import { MAX_DOCUMENT_EXPANDED } from '../document/limits.ts';
import type { FunctionTable } from '../functions/contract.ts';
import { valueSize } from '../functions/value-size.ts';

const LOOP = /^Fn::ForEach::([A-Za-z0-9]+)$/;

/** Iterative: a look at every key. */
export function hasLoops(document: JsonObject): boolean {
  const open: Json[] = [document];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (value === null || typeof value !== 'object') continue;
    if (isJsonArray(value)) for (const item of value) open.push(item);
    else {
      for (const key in value) {
        if (key.startsWith('Fn::ForEach::')) return true;
        open.push(value[key] as Json);
      }
    }
  }
  return false;
}

export interface LoopInput {
  readonly table: FunctionTable;
  readonly problems: Problems;
  readonly positionOf: (path: Path) => Position | null;
  /** Undefined for a collection that is not known yet: its loop is left out, and the document is not whole. */
  readonly knownValue: LoopValues;
}

export interface WrittenOut {
  readonly document: JsonObject;
  readonly isWhole: boolean;
  /** Of paths in the document as written out, in the text as it was given. */
  readonly positions: (path: Path) => Position | null;
}

export function writtenOut(document: JsonObject, input: LoopInput): WrittenOut {
  const writer = new LoopWriter(input);
  const whole = writer.map(document, { items: new Map(), path: [], origin: [] });
  return { document: whole, isWhole: writer.isWhole, positions: (path) => input.positionOf(writer.originOf(path)) };
}

/** Where the writer is: in the result, in the given document, and in which loops. */
interface Place {
  readonly items: ReadonlyMap<string, string>;
  readonly path: Path;
  readonly origin: Path;
}

const inside = (place: Place, step: string | number, written: string | number = step): Place => ({
  ...place,
  path: [...place.path, written],
  origin: [...place.origin, step],
});

/** What an entry that is written out stands for, beside its size: its place is remembered. */
const ENTRY_COST = 64;

class LoopWriter {
  readonly #input: LoopInput;
  readonly #origins = new Map<string, Path>();
  #left = MAX_DOCUMENT_EXPANDED;
  isWhole = true;

  constructor(input: LoopInput) {
    this.#input = input;
  }

  /** Recursion is bounded by the depth of documents. */
  value(value: Json, place: Place): Json {
    if (typeof value === 'string') return this.#withItems(value, place.items);
    if (value === null || typeof value !== 'object') return value;
    if (isJsonArray(value)) return value.map((item, i) => this.value(item, inside(place, i)));
    const { Ref: name } = value;
    if (typeof name === 'string' && Object.keys(value).length === 1) return place.items.get(name) ?? value;
    return this.map(value, place);
  }

  map(map: JsonObject, place: Place): JsonObject {
    const entries = new Map<string, Json>();
    const add = (key: string, value: Json, origin: Path): void => {
      if (entries.has(key)) this.#wrong(`the loops here give the key "${key}" twice`, origin);
      entries.set(key, value);
    };
    for (const [key, item] of Object.entries(map)) {
      if (LOOP.test(key)) this.#loop(item, inside(place, key), place.path, add);
      else {
        const written = this.#withItems(key, place.items);
        add(written, this.value(item, inside(place, key, written)), [...place.origin, key]);
      }
    }
    return Object.fromEntries(entries);
  }

  #loop(loop: Json, place: Place, into: Path, add: (key: string, value: Json, origin: Path) => void): void {
    const [identifier, collection, body] = isJsonArray(loop) ? loop : [];
    if (!isJsonArray(loop) || loop.length !== 3 || typeof identifier !== 'string' || !isJsonObject(body ?? null)) {
      return this.#wrong('Fn::ForEach needs a list [identifier, collection, {key: value}]', place.origin);
    }
    if (!/^[A-Za-z0-9]+$/.test(identifier) || place.items.has(identifier)) {
      return this.#wrong('Fn::ForEach: the identifier must be letters and digits, and not that of a loop around', [...place.origin, 0]);
    }
    const items = this.#items(collection as Json, inside(place, 1));
    for (const item of items ?? []) {
      const scope = { ...place, items: new Map(place.items).set(identifier, item) };
      for (const [key, value] of Object.entries(body as JsonObject)) {
        if (!this.#spend(ENTRY_COST + valueSize(value, Math.max(0, this.#left)))) return;
        const origin = [...place.origin, 2, key];
        if (LOOP.test(key)) this.#loop(value, { ...scope, path: [...into, key], origin }, into, add);
        else {
          const written = this.#withItems(key, scope.items);
          const path = [...into, written];
          this.#origins.set(JSON.stringify(path), origin);
          add(written, this.value(value, { ...scope, path, origin }), origin);
        }
      }
    }
  }

  /** Null when it was reported, or is not known yet. */
  #items(collection: Json, place: Place): readonly string[] | null {
    const { table, knownValue } = this.#input;
    const given = knownValue(expressionOf(this.value(collection, place), place.path, table), place.path);
    if (given === undefined) {
      this.isWhole = false;
      return null;
    }
    if (isJsonArray(given) && given.every((item) => typeof item === 'string' || typeof item === 'number')) return given.map(String);
    this.#wrong('Fn::ForEach: the collection must be a list of strings', place.origin);
    return null;
  }

  #spend(size: number): boolean {
    if (this.#left < 0) return false;
    this.#left -= size;
    if (this.#left >= 0) return true;
    const message = `with its loops written out the template is larger than the ${MAX_DOCUMENT_EXPANDED} elements and characters allowed`;
    this.#input.problems.add({ type: 'RequestLimitExceeded', code: 'document-too-large', message, path: [] });
    return false;
  }

  #wrong(message: string, path: Path): void {
    this.#input.problems.add({ type: 'StackValidationFailed', code: 'invalid-loop', message, path });
  }

  /** The path in the given document of a path in the result. */
  originOf(path: Path): Path {
    for (let length = path.length; length > 0; length--) {
      const origin = this.#origins.get(JSON.stringify(path.slice(0, length)));
      if (origin !== undefined) return [...origin, ...path.slice(length)];
    }
    return path;
  }

  /** A text with the items of the loops around it. */
  #withItems(text: string, items: ReadonlyMap<string, string>): string {
    if (items.size === 0 || !text.includes('{')) return text;
    return text.replaceAll(/([$&])\{([A-Za-z0-9]+)\}/g, (place, sign: string, name: string) => {
      const item = items.get(name);
      if (item === undefined) return place;
      if (!this.#spend(item.length)) return '';
      return sign === '$' ? item : item.replaceAll(/[^A-Za-z0-9]/g, '');
    });
  }
}
