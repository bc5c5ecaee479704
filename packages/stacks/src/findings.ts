/** What a look at a definition finds: diagnostics, and values that only the cloud can judge. */
import { pathText, type Diagnostic, type Path } from '@hearth/kernel';
import type { PropertyProblem, ResourceType } from '@hearth/resource-kit';
import type { BoundDefinition, Definition } from '@hearth/template';
import type { ConstraintQuestion } from './ports.ts';
import type { ServiceKnowledge } from './service-knowledge.ts';

/** A value for the cloud to judge, and what to tell when it is wrong. */
export interface Question extends ConstraintQuestion {
  readonly wrong: (reason: string) => Diagnostic;
}

export interface Findings {
  readonly found: Diagnostic[];
  readonly questions: Question[];
  readonly services: ServiceKnowledge;
  /** A look for all that is wrong: what can be read is looked at in spite of errors, and what is wrong below is told in plain words. */
  readonly looksOn?: boolean;
  /** Templates that were looked at below, by file. */
  readonly seen?: Map<string, Definition>;
}

export const HIDDEN_VALUE = 'Error validating a value that is not shown: it is not valid.';

export const error = (code: string, message: string, path: Path, definition: Definition, hint: string | null): Diagnostic => ({
  severity: 'error',
  type: 'StackValidationFailed',
  code,
  message,
  path,
  position: definition.positionOf(path),
  hint,
});

/** A message about a property that a hidden parameter went into names the place and not the value. */
export function propertyDiagnostic(
  definition: Definition,
  base: Path,
  problem: PropertyProblem,
  type: ResourceType,
  isSecret: boolean,
): Diagnostic {
  const path = [...base, ...problem.path];
  const at = problem.key === undefined ? path : [...path, problem.key];
  const quotesValue = problem.code === 'wrong-type' || problem.code === 'constraint' || problem.code === 'invalid-combination';
  const isWithheld = isSecret && quotesValue;
  const message = isWithheld
    ? `The value of ${type.name} is not valid (it comes from a hidden parameter and is not shown)`
    : problem.message;
  return {
    severity: problem.severity,
    type: 'StackValidationFailed',
    code: problem.code,
    message: `Property error: : ${pathText(path)}: : ${message}`,
    path: at,
    position: definition.positionOf(at),
    hint: isWithheld ? null : problem.hint,
  };
}

export function parameterQuestions(bound: BoundDefinition): readonly Question[] {
  const questions: Question[] = [];
  for (const [name, schema] of bound.definition.parameters) {
    const value = bound.parameters.get(name);
    if (value === undefined || value === null || value === '') continue;
    for (const constraint of schema.constraints) {
      if (constraint.kind !== 'custom') continue;
      questions.push({
        constraint: constraint.name,
        value,
        wrong: (reason) => {
          const message = `Parameter '${name}' is invalid: ${constraint.message ?? (schema.hidden ? HIDDEN_VALUE : reason)}`;
          return error('custom-constraint', message, [bound.definition.keys.parameters, name], bound.definition, null);
        },
      });
    }
  }
  return questions;
}
