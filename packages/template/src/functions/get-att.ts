/** `Fn::GetAtt`: the value of an attribute, whose name may have dots in it. */
import { isJsonArray } from '@hearth/kernel';
import { eager, wrongCall, wrongType } from './contract.ts';

export const fnGetAtt = eager('Fn::GetAtt', 'The value of an attribute of a resource: [resource, attribute].', (args, scope) => {
  if (!isJsonArray(args) || args.length !== 2) throw wrongCall('Fn::GetAtt needs a list [resource, attribute]');
  const [resource, attribute] = args;
  if (typeof resource !== 'string') throw wrongType('Fn::GetAtt needs the name of a resource as its first argument');
  if (typeof attribute !== 'string') throw wrongType('Fn::GetAtt needs the name of an attribute as its second argument');
  return scope.attribute(resource, attribute, []);
});
