/** Remarks about a template that is not wrong: warnings, each under a code of its own. */
import type { Diagnostic, Path } from '@hearth/kernel';
import type { Definition } from '../definition/definition.ts';

export interface Remark {
  readonly code: string;
  readonly message: string;
  readonly path: Path;
  readonly hint?: string | null;
}

export const warning = ({ positionOf }: Pick<Definition, 'positionOf'>, { code, message, path, hint = null }: Remark): Diagnostic => ({
  severity: 'warning',
  type: 'StackValidationFailed',
  code,
  message,
  path,
  position: positionOf(path),
  hint,
});
