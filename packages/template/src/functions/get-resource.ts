/** `get_resource`: the reference id of a resource. */
import { eager, wrongType } from './contract.ts';

export const getResource = eager(
  'get_resource',
  'The reference id of a resource of this template, usually its physical id.',
  (args, scope) => {
    if (typeof args !== 'string') throw wrongType('get_resource needs the name of a resource');
    return scope.referenceId(args);
  },
);
