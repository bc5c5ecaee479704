/** `get_param`: the value of a parameter, or a part of it. */
import { isJsonArray } from '@hearth/kernel';
import { isFalsy } from '../semantics/truth.ts';
import { eager, wrongCall, wrongType } from './contract.ts';
import { lenientPath } from './paths.ts';

export const getParam = eager('get_param', 'The value of a parameter; further arguments lead into a map or list.', (args, scope) => {
  if (isFalsy(args)) throw wrongCall('get_param needs the name of a parameter');
  const [name, ...path] = isJsonArray(args) ? args : [args];
  if (typeof name !== 'string') throw wrongType('get_param needs the name of a parameter as a string, or a list that starts with it');
  const value = scope.parameter(name);
  if (path.length === 0) return value;
  const found = lenientPath(value, path);
  // A path that hangs on what is not known yet may still lead somewhere.
  if (found === undefined) return scope.unknown ? null : '';
  return found;
});
