/** The names under which outputs are exported: texts that hang on no resource, each used once. */
import type { OutputDefinition } from '../definition/definition.ts';
import type { Problems } from '../definition/problems.ts';
import type { References } from '../definition/bound.ts';
import type { Evaluation } from './evaluation.ts';
import { recordingReferences } from './recording-references.ts';

/** Letters, digits, colons and hyphens, as CloudFormation has it. */
const NAME = /^[A-Za-z0-9:_-]{1,255}$/;

/** By name, the output. Outputs whose condition is false are not among `outputs`. */
export function exportedNames(
  outputs: readonly OutputDefinition[],
  evaluationOf: (references: References) => Evaluation,
  problems: Problems,
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { name, exportName, path } of outputs) {
    if (exportName === null) continue;
    const at = [...path, 'Export', 'Name'];
    const wrong = (message: string): void =>
      problems.add({
        type: 'StackValidationFailed',
        code: 'invalid-export',
        message: `the export of the output "${name}" ${message}`,
        path: at,
      });
    const before = problems.count;
    const { references, requires } = recordingReferences();
    const one = evaluationOf(references);
    const value = one.valueOf(exportName, at);
    if (problems.count > before) continue;
    if (requires.size > 0) wrong('has a name that hangs on a resource; it must be known before any is made');
    else if (one.unknown) continue;
    else if (one.secret) wrong('has a name that a hidden parameter went into; exports are seen by all of the project');
    else if (typeof value !== 'string' || !NAME.test(value)) wrong('must have a name of 1 to 255 letters, digits, "_", ":" and "-"');
    else if (names.has(value)) wrong(`has the same name as that of "${names.get(value)}"`);
    else names.set(value, name);
  }
  return names;
}
