/** Exports of other stacks as a definition asks for them while it is bound: each answer is kept, so that it is the same for as long as it stays bound. */
import type { Json } from '@hearth/kernel';
import type { EvaluationInput } from './evaluation.ts';

export interface RecordedImports {
  readonly imports: ReadonlyMap<string, Json>;
  readonly imported: EvaluationInput['imported'];
}

/** Without strictness a name that nobody exports yet is merely unknown. */
export function recordedImports(source: ((name: string) => Json | undefined) | null, strict: boolean): RecordedImports {
  const imports = new Map<string, Json>();
  return {
    imports,
    imported(name) {
      const known = imports.has(name) ? imports.get(name) : source?.(name);
      if (known === undefined) return strict ? undefined : null;
      imports.set(name, known);
      return { value: known };
    },
  };
}
