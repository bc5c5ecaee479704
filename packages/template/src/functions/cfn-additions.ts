/** Small functions of newer CloudFormation templates: ToJsonString, Length, ImportValue; and Transform, which is refused in clear words. */
import { isJsonArray } from '@hearth/kernel';
import { eager, type TemplateFunction, wrongCall, wrongType } from './contract.ts';
import { valueSize } from './value-size.ts';

export const fnToJsonString: TemplateFunction = {
  ...eager('Fn::ToJsonString', 'A list or map as JSON text.', (args, scope) => {
    if (args === null || typeof args !== 'object') throw wrongType('Fn::ToJsonString needs a list or a map');
    scope.spend(valueSize(args, Number.MAX_SAFE_INTEGER));
    return JSON.stringify(args);
  }),
  addition: true,
};

export const fnLength: TemplateFunction = {
  ...eager('Fn::Length', 'How many items a list has.', (args) => {
    if (!isJsonArray(args)) throw wrongType('Fn::Length needs a list');
    return args.length;
  }),
  addition: true,
};

export const fnImportValue: TemplateFunction = {
  ...eager('Fn::ImportValue', 'The value that another stack of the project exports under a name.', (args, scope) => {
    if (typeof args !== 'string' || args === '') throw wrongType('Fn::ImportValue needs the name of an export');
    return scope.importedValue(args);
  }),
  addition: true,
};

export const fnTransform: TemplateFunction = {
  name: 'Fn::Transform',
  doc: 'Macros are not run.',
  addition: true,
  evaluate() {
    throw wrongCall('Fn::Transform names a macro, and macros are not run here', {
      code: 'transform-not-supported',
      hint: 'write out what the macro would produce',
    });
  },
};
