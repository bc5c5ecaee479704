/** What our own server says of a definition before anything is made: `POST /hearth/v1/{project}/validate`. */
import type { Diagnostic, Json } from '@hearth/kernel';
import type { Session } from './session.ts';
import { bodyOf, type StackWish } from './stack-client.ts';
import { itemsOf, listOf, numberOf, objectOf, textOf, textOrEmpty } from './reading.ts';

export interface ValidationWish extends StackWish {
  /** As for making a stack now: every parameter needs a value. */
  readonly isStrict: boolean;
}

export interface ValidationResult {
  readonly diagnostics: readonly Diagnostic[];
  readonly errors: number;
  readonly warnings: number;
  /** How many were too many to be told. */
  readonly omitted: number;
}

/** `endpoint`: as `hearthEndpoint` gives it. Throws `Failure`: `not-found` where the server is not ours. */
export async function validateDefinition(session: Session, endpoint: string, wish: ValidationWish): Promise<ValidationResult> {
  const { isStrict, ...definition } = wish;
  const request = { ...bodyOf(definition), mode: isStrict ? 'strict' : 'lenient', limit: 1000 };
  const { body } = await session.ask({ method: 'POST', url: `${endpoint}/validate`, body: request });
  const count = (key: string): number => numberOf(objectOf(body)[key]) ?? 0;
  const diagnostics = listOf(body, 'diagnostics').map(readDiagnostic);
  return { diagnostics, errors: count('errors'), warnings: count('warnings'), omitted: count('omitted') };
}

function readDiagnostic(value: Json): Diagnostic {
  const one = objectOf(value);
  const { line, column, path } = one;
  return {
    severity: one['severity'] === 'warning' ? 'warning' : 'error',
    type: textOrEmpty(one['type']),
    code: textOrEmpty(one['code']),
    message: textOrEmpty(one['message']),
    hint: textOf(one['hint']),
    file: textOf(one['file']),
    path: itemsOf(path) as readonly (string | number)[],
    position: typeof line === 'number' && typeof column === 'number' ? { line, column } : null,
  };
}
