/** `yaql`: the value of an expression over data. A bad expression is reported wherever it stands in the text, whatever the data is. */
import { isJsonObject, type Json } from '@hearth/kernel';
import type { Expression } from '../definition/definition.ts';
import type { YaqlFault } from '../yaql/bounds.ts';
import { evaluateYaql, parseYaql } from '../yaql/evaluate.ts';
import { ELIDED, FunctionError, type TemplateFunction, wrongCall, wrongValue } from './contract.ts';

const SHAPE = 'yaql needs a map {expression: text, data: value}; data may be left out';

/** An expression is repeated in a message up to this many characters. */
const LONGEST_QUOTED = 500;

/** The keys as written, so that a wrong shape is found before anything is known. */
function writtenKeys(args: Expression): readonly string[] | null {
  if (args.kind === 'map') return args.entries.map(([key]) => key);
  return args.kind === 'data' && isJsonObject(args.value) ? Object.keys(args.value) : null;
}

function isWrittenOut(args: Expression): boolean {
  return (
    args.kind === 'data' || (args.kind === 'map' && args.entries.some(([key, value]) => key === 'expression' && value.kind === 'data'))
  );
}

/** How much evaluating may cost is a limit of the request, not an error of types. */
function failed(fault: YaqlFault, message: string): FunctionError {
  if (fault === 'limit') return new FunctionError('ValueError', `yaql: ${message}`, { code: 'yaql-limit-exceeded' });
  return new FunctionError(fault === 'value' ? 'ValueError' : 'TypeError', `yaql: ${message}`);
}

export const yaql: TemplateFunction = {
  name: 'yaql',
  doc: 'The value of a YAQL expression in which $.data is the given data: {expression, data}.',
  evaluate(args, scope) {
    const keys = writtenKeys(args);
    if (keys === null || !keys.includes('expression') || keys.some((key) => key !== 'expression' && key !== 'data')) throw wrongCall(SHAPE);
    const resolved = scope.resolve(args);
    if (resolved === ELIDED || !isJsonObject(resolved)) throw wrongCall(SHAPE);
    const { expression, data = {} } = resolved as { readonly expression?: Json; readonly data?: Json };
    if (typeof expression !== 'string') throw wrongValue('yaql: the expression must be a string');
    const parsed = parseYaql(expression);
    if (parsed.failure !== null) {
      // One that is put together may be whole once everything in it is known, and may hold what must not be told.
      const structural = isWrittenOut(args);
      const { message } = parsed.failure;
      const where =
        structural && expression.length <= LONGEST_QUOTED && /position \d+$/.test(message) && message.startsWith('Parse')
          ? ` of expression '${expression}'`
          : '';
      throw new FunctionError('ValueError', `Bad expression ${message}${where}.`, { code: 'bad-yaql-expression', structural });
    }
    const outcome = evaluateYaql(parsed.expression, data ?? null, (size) => scope.spend(size));
    if (outcome.failure !== null) throw failed(outcome.failure.fault, outcome.failure.message);
    return outcome.value;
  },
};
