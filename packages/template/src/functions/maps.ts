/** `map_merge` and `map_replace`. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { equalityKey } from '../semantics/truth.ts';
import { eager, wrongCall, wrongType, wrongValue } from './contract.ts';

export const mapMerge = eager('map_merge', 'One map out of a list of maps; where keys are equal, the later wins.', (args, scope) => {
  if (!isJsonArray(args)) throw wrongType('map_merge needs a list of maps');
  const entries = new Map<string, Json>();
  for (const map of args) {
    if (map === null) continue;
    if (!isJsonObject(map)) throw wrongType('map_merge: every item must be a map');
    scope.spend(Object.keys(map).length);
    for (const [key, value] of Object.entries(map)) entries.set(key, value);
  }
  return Object.fromEntries(entries);
});

function optionalMap(value: Json | undefined, name: string): JsonObject {
  if (value === undefined || value === null) return {};
  if (!isJsonObject(value)) throw wrongType(`map_replace: "${name}" must be a map`);
  return value;
}

export const mapReplace = eager(
  'map_replace',
  'A copy of a map with keys renamed and values replaced: [map, {keys, values}].',
  (args, scope) => {
    if (!isJsonArray(args) || args.length !== 2) throw wrongCall('map_replace needs a list [map, {keys: {…}, values: {…}}]');
    const [given, changes] = args as readonly [Json, Json];
    const map = given === null ? {} : given;
    if (!isJsonObject(map)) throw wrongType('map_replace: the first argument must be a map');
    if (changes === null) return map;
    if (!isJsonObject(changes)) throw wrongType('map_replace: the second argument must be a map with "keys" and "values"');
    const other = Object.keys(changes).find((key) => key !== 'keys' && key !== 'values');
    if (other !== undefined) throw wrongCall(`map_replace: unexpected key "${other}"; "keys" and "values" are known`);
    const keys = optionalMap(changes['keys'], 'keys');
    const values = new Map(Object.entries(optionalMap(changes['values'], 'values')).map(([key, value]) => [JSON.stringify(key), value]));
    scope.spend(Object.keys(map).length);
    const result = new Map<string, Json>();
    for (const [key, value] of Object.entries(map)) {
      let newKey = key;
      const renamed = Object.hasOwn(keys, key) ? (keys[key] as Json) : null;
      if (renamed !== null) {
        if (typeof renamed === 'object') throw wrongType('map_replace: a key cannot become a list or a map');
        newKey = typeof renamed === 'string' ? renamed : String(renamed);
        if (newKey !== key && Object.hasOwn(map, newKey)) throw wrongValue(`map_replace: the key "${newKey}" is there already`);
      }
      if (result.has(newKey)) throw wrongValue(`map_replace: two keys become "${newKey}"`);
      const replaced = typeof value === 'object' && value !== null ? undefined : values.get(equalityKey(value));
      result.set(newKey, replaced === undefined ? value : replaced);
    }
    return Object.fromEntries(result);
  },
);
