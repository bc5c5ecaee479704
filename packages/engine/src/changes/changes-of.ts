/** What bringing a stack to a definition would do to each resource of its tree: a pure function of rows and definitions. */
import type { StackId } from '@hearth/kernel';
import type { Registry } from '@hearth/resource-kit';
import type { ResourceRecord, StackRecord, StackSnapshot } from '@hearth/store';
import type { CompiledDefinition } from '../compiled.ts';
import type { ResourceChange } from './change-set.ts';
import { hiddenTexts } from './hidden-values.ts';
import { levelChanges } from './level-changes.ts';

export interface ChangesInput {
  readonly registry: Registry;
  readonly stack: Pick<StackRecord, 'name' | 'projectId'>;
  /** Null: nothing is wanted any more. */
  readonly wanted: CompiledDefinition | null;
  /** Definitions that it had: what is hidden in them stays so. */
  readonly before: readonly CompiledDefinition[];
  readonly rows: readonly ResourceRecord[];
  /** Nested stacks that were loaded, by id; null: gone. */
  readonly children: ReadonlyMap<string, StackSnapshot | null>;
  readonly isUpdate: boolean;
  /** Told of every definition that is looked at, by the place of its stack; the last one counts. */
  seen?(path: readonly string[], definition: CompiledDefinition): void;
}

export interface ChangesFound {
  /** In the order of dependencies; what goes comes last of each level. Complete once nothing is missing. */
  readonly changes: readonly ResourceChange[];
  /** Nested stacks that have to be known as well: load them and ask again. */
  readonly missing: readonly StackId[];
}

export function changesOf({ registry, stack, wanted, before, rows, children, isUpdate, seen }: ChangesInput): ChangesFound {
  const missing = new Set<StackId>();
  const child = (id: StackId): StackSnapshot | null | undefined => {
    const known = children.get(id);
    if (known === undefined) missing.add(id);
    return known;
  };
  const definitions = wanted === null ? before : [wanted, ...before];
  const hidden = definitions.reduce<ReadonlySet<string>>((found, { bound }) => hiddenTexts(bound, found), new Set());
  const around = { registry, projectId: stack.projectId, child, ...(seen !== undefined && { seen }) };
  const { changes } = levelChanges({
    around,
    path: [],
    stackName: stack.name,
    wanted,
    before,
    rows,
    isKnown: true,
    isWidest: false,
    hidden,
    isUpdate,
  });
  return { changes, missing: [...missing] };
}
