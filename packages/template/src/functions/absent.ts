/** Functions that a version knows by name only, because it removed them. */
import { SUCCESSORS } from './successors.ts';
import { wrongCall, type TemplateFunction } from './contract.ts';

/** The name is still taken in this version, and a call of it is an error. */
export function removed(name: string): TemplateFunction {
  const successor = SUCCESSORS[name];
  return {
    name,
    doc: 'Not supported in this version.',
    removed: true,
    evaluate() {
      throw wrongCall(`the function "${name}" is not supported in this template version`, {
        code: 'removed-function',
        hint: successor === undefined ? 'use a template version that has it' : `use ${successor}, or a template version that has it`,
      });
    },
  };
}
