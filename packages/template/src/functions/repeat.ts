/** `repeat`: a template written out for every combination of values. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { eager, wrongCall, wrongType, wrongValue, type Scope, type TemplateFunction } from './contract.ts';
import { valueSize } from './value-size.ts';

interface Form {
  readonly overMaps: boolean;
  readonly permutations: boolean;
}

function loopValues(name: string, value: Json, form: Form, zipped: boolean): readonly Json[] {
  if (value === null) return [];
  if (isJsonArray(value)) return value;
  if (isJsonObject(value) && form.overMaps && !zipped) return Object.keys(value);
  throw wrongType(`repeat: the values of "${name}" must be a list${form.overMaps && !zipped ? ' or a map' : ''}`);
}

function substituted(template: Json, keys: readonly string[], values: readonly Json[], scope: Scope): Json {
  if (typeof template === 'string') {
    let text = template;
    keys.forEach((key, i) => {
      const value = values[i];
      if (typeof value !== 'string') throw wrongType('repeat: the values must be strings');
      const parts = text.split(key);
      scope.spend(text.length + (parts.length - 1) * value.length);
      text = parts.join(value);
    });
    return text;
  }
  if (template === null || typeof template !== 'object') return template;
  if (isJsonArray(template)) return template.map((item) => substituted(item, keys, values, scope));
  return Object.fromEntries(
    Object.entries(template).map(([key, item]) => [
      substituted(key, keys, values, scope) as string,
      substituted(item, keys, values, scope),
    ]),
  );
}

/** What making one combination stands for, beside what it produces. */
const COMBINATION_COST = 32;

function rows(lists: readonly (readonly Json[])[], zipped: boolean, templateSize: number, scope: Scope): Json[][] {
  if (zipped) {
    const length = lists[0]?.length ?? 0;
    if (lists.some((list) => list.length !== length)) throw wrongValue('repeat: without permutations all lists must have the same length');
    scope.spend(length * (templateSize + lists.length));
    return Array.from({ length }, (_, i) => lists.map((list) => list[i] as Json));
  }
  const count = lists.reduce((product, list) => product * list.length, 1);
  if (count === 0) return [];
  scope.spend(count * (templateSize + lists.length + COMBINATION_COST));
  let combinations: Json[][] = [[]];
  for (const list of lists) combinations = combinations.flatMap((head) => list.map((value) => [...head, value]));
  return combinations;
}

function repeated(args: JsonObject, form: Form, scope: Scope): Json {
  const forEach = args['for_each'];
  if (!isJsonObject(forEach)) throw wrongType('repeat: "for_each" must be a map from a word to its values');
  const keys = Object.keys(forEach);
  if (keys.length === 0) throw wrongValue('repeat: "for_each" must not be empty');
  if (keys.includes('')) throw wrongValue('repeat: a word of "for_each" must not be empty');
  const zipped = form.permutations && args['permutations'] === false;
  if (form.permutations && 'permutations' in args && typeof args['permutations'] !== 'boolean') {
    throw wrongType('repeat: "permutations" must be true or false');
  }
  const lists = keys.map((key) => loopValues(key, forEach[key] as Json, form, zipped));
  if (zipped && keys.some((key) => forEach[key] === null)) return [];
  const template = args['template'] as Json;
  const templateSize = valueSize(template, Number.MAX_SAFE_INTEGER);
  return rows(lists, zipped, templateSize, scope).map((values) => substituted(template, keys, values, scope));
}

function repeat(form: Form, more: string): TemplateFunction {
  return eager('repeat', `A list with one copy of "template" for every combination of the values in "for_each"${more}.`, (args, scope) => {
    if (!isJsonObject(args) || !('template' in args) || !('for_each' in args))
      throw wrongCall('repeat needs a map with the keys "template" and "for_each"');
    return repeated(args, form, scope);
  });
}

export const repeatLists = repeat({ overMaps: false, permutations: false }, '');
export const repeatMaps = repeat({ overMaps: true, permutations: false }, '; a map counts as the list of its keys');
export const repeatZipped = repeat({ overMaps: true, permutations: true }, '; with "permutations: false" the lists run side by side');
