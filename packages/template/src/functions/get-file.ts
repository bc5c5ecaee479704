/** `get_file`: the content of a file sent along with the template. */
import { eager, wrongType } from './contract.ts';

export const getFile = eager('get_file', 'The content of a file that was sent along with the template.', (args, scope) => {
  if (typeof args !== 'string') throw wrongType('get_file needs the name of a file');
  return scope.file(args);
});
