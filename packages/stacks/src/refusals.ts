/** Refusals that several use cases share, with the messages Heat's clients know. */
import { diagnosticText, pathText, Refusal, type Diagnostic } from '@hearth/kernel';

export const notFound = (what: string, name: string): Refusal =>
  new Refusal('not-found', 'EntityNotFound', `The ${what} (${name}) could not be found.`);
export const stackExists = (name: string): Refusal => new Refusal('conflict', 'StackExists', `The Stack (${name}) already exists.`);
export const notSupported = (what: string): Refusal => new Refusal('invalid', 'NotSupported', `${what} is not supported.`);
export const notAuthorized = (rule: string): Refusal => new Refusal('forbidden', 'Forbidden', `You are not authorized to use ${rule}.`);
export const invalid = (message: string, type = 'StackValidationFailed'): Refusal => new Refusal('invalid', type, message);

/** Diagnostics listed in one message; the rest is counted. */
const SHOWN = 50;

/**
 * All errors as one refusal, or null when there is none. The first line is the first error as Heat would say it; lines below give
 * every error with its place and what to do, unless the first line has said everything.
 */
function refusalOf(diagnostics: readonly Diagnostic[]): Refusal | null {
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
  const first = errors[0];
  if (first === undefined) return null;
  const lines = [first.message];
  if (errors.length > 1 || first.position !== null || first.hint !== null || !first.message.includes(pathText(first.path))) {
    if (errors.length > 1) lines.push(`${errors.length} errors:`);
    for (const error of errors.slice(0, SHOWN)) lines.push(`- ${errors.length === 1 ? placeText(error) : diagnosticText(error)}`);
    if (errors.length > SHOWN) lines.push(`- and ${errors.length - SHOWN} more`);
  }
  const code = first.type === 'Forbidden' ? 'forbidden' : 'invalid';
  return new Refusal(code, first.type, lines.join('\n'), { codes: [...new Set(errors.map((error) => error.code))] });
}

/** Where and what to do, for an error whose message stands above. */
function placeText(diagnostic: Diagnostic): string {
  const position = diagnostic.position === null ? null : `line ${diagnostic.position.line}, column ${diagnostic.position.column}`;
  const path = pathText(diagnostic.path);
  const place = [path === '' ? null : path, position].filter((part) => part !== null).join(', ');
  return [place === '' ? null : `at ${place}`, diagnostic.hint].filter((part) => part !== null).join('; ');
}

export function refuseErrors(diagnostics: readonly Diagnostic[]): void {
  const refusal = refusalOf(diagnostics);
  if (refusal !== null) throw refusal;
}

/** Text that could not be read, or is not a map, in Heat's words: `Template not in valid format: …`. */
export function asFormatError(diagnostic: Diagnostic, what: 'Template' | 'Environment'): Diagnostic {
  if (diagnostic.type !== 'HTTPBadRequest' && diagnostic.code !== 'not-a-map') return diagnostic;
  return { ...diagnostic, type: 'HTTPBadRequest', message: `${what} not in valid format: ${diagnostic.message}` };
}
