/** Functions that a version knows by name only: removed ones, and those that this program does not evaluate yet. */
import { wrongCall, type TemplateFunction } from './contract.ts';

/** The name is still taken in this version, and a call of it is an error. */
export function removed(name: string): TemplateFunction {
  return {
    name,
    doc: 'Not supported in this version.',
    removed: true,
    evaluate() {
      throw wrongCall(`the function "${name}" is not supported in this template version`, {
        code: 'removed-function',
        hint: 'use a template version that has it, or its successor',
      });
    },
  };
}

export const yaql: TemplateFunction = {
  name: 'yaql',
  doc: 'The value of a YAQL expression over the given data.',
  evaluate() {
    throw wrongCall('the function "yaql" is not available yet', {
      code: 'function-not-available',
      hint: 'write it with the other functions, for example map_merge, repeat, filter or list_concat',
    });
  },
};
