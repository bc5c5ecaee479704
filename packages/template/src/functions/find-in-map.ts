/** `Fn::FindInMap`: a value of the section `Mappings`. */
import { didYouMean, isJsonArray, isJsonObject, type Json } from '@hearth/kernel';
import { eager, wrongCall, wrongType, wrongValue } from './contract.ts';
import { valueSize } from './value-size.ts';

const hint = (key: string, container: Json): string => {
  const meant = isJsonObject(container) && key.length < 100 ? didYouMean(key, Object.keys(container).slice(0, 500)) : null;
  return meant === null ? '' : `; did you mean "${meant}"?`;
};

/** The message names the key that was looked for: when it came from a hidden parameter, whoever reports the error withholds it. */
function at(container: Json, key: Json): Json {
  if (typeof key !== 'string' && typeof key !== 'number') throw wrongType('Fn::FindInMap: a key must be a string');
  if (!isJsonObject(container)) throw wrongType(`Fn::FindInMap: there is no map in which "${key}" could be`);
  const text = String(key);
  if (!Object.hasOwn(container, text)) throw wrongValue(`Fn::FindInMap: no key "${text}"${hint(text, container)}`);
  return container[text] as Json;
}

export const fnFindInMap = eager('Fn::FindInMap', 'A value of the section "Mappings": [map, key, key].', (args, scope) => {
  if (!isJsonArray(args) || args.length !== 3) throw wrongCall('Fn::FindInMap needs a list [map, key, key]');
  let value: Json = scope.mappings;
  for (const key of args) value = at(value, key);
  scope.spend(valueSize(value, Number.MAX_SAFE_INTEGER));
  return value;
});
