/** `filter`, `list_concat`, `list_concat_unique`, `contains`. */
import { isJsonArray, type Json } from '@hearth/kernel';
import { equalityKey, isFalsy } from '../semantics/truth.ts';
import { eager, wrongCall, wrongType, type Scope } from './contract.ts';

export const filter = eager('filter', 'A list without the given values: [values, list].', (args, scope) => {
  if (!isJsonArray(args) || args.length !== 2) throw wrongCall('filter needs a list [values, list]');
  const [values, sequence] = args as readonly [Json, Json];
  if (isFalsy(sequence)) return sequence;
  if (!isJsonArray(sequence)) throw wrongType('filter: the second argument must be a list');
  if (isFalsy(values)) return sequence;
  if (!isJsonArray(values)) throw wrongType('filter: the first argument must be a list of values');
  scope.spend(values.length + sequence.length);
  const unwanted = new Set(values.map(equalityKey));
  return sequence.filter((item) => !unwanted.has(equalityKey(item)));
});

function concatenated(name: string, args: Json, scope: Scope): readonly Json[] {
  if (!isJsonArray(args)) throw wrongType(`${name} needs a list of lists`);
  const items: Json[] = [];
  for (const list of args) {
    if (list === null) continue;
    if (!isJsonArray(list)) throw wrongType(`${name}: every item must be a list`);
    scope.spend(list.length);
    for (const item of list) items.push(item);
  }
  return items;
}

export const listConcat = eager('list_concat', 'One list out of a list of lists.', (args, scope) =>
  concatenated('list_concat', args, scope),
);

export const listConcatUnique = eager('list_concat_unique', 'One list out of a list of lists, each value once.', (args, scope) => {
  const seen = new Set<string>();
  return concatenated('list_concat_unique', args, scope).filter((item) => {
    const key = equalityKey(item);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
});

export const contains = eager('contains', 'Whether a value is in a list, or a string in a string: [value, sequence].', (args) => {
  if (!isJsonArray(args) || args.length !== 2) throw wrongCall('contains needs a list [value, sequence]');
  const [value, sequence] = args as readonly [Json, Json];
  if (typeof sequence === 'string') {
    if (typeof value !== 'string') throw wrongType('contains: only a string can be in a string');
    return sequence.includes(value);
  }
  if (!isJsonArray(sequence)) throw wrongType('contains: the second argument must be a list or a string');
  const key = equalityKey(value);
  return sequence.some((item) => equalityKey(item) === key);
});
