/** What bringing a stack to a definition would do, from what the database has of it now. */
import { changesOf, compileDefinition, type CompiledDefinition, type ResourceChange } from '@hearth/engine';
import { asId, Bug, type DefinitionId } from '@hearth/kernel';
import { loadStacks, type DefinitionRecord, type Queryable, type StackRecord, type StackSnapshot } from '@hearth/store';
import type { StackPorts } from '../ports.ts';

export interface Foretold {
  readonly changes: readonly ResourceChange[];
  /** The stacks that were looked at, by id; null: not there. */
  readonly snapshots: ReadonlyMap<string, StackSnapshot | null>;
}

export type Contents = Pick<DefinitionRecord, 'template' | 'environment' | 'files'>;

/** Deeper than stacks can be nested, so that it ends. */
const MOST_ROUNDS = 16;

/** Told of the definitions that are looked at, by the places of their stacks. */
export type Seen = (path: readonly string[], definition: CompiledDefinition) => void;

/** `contents` null: the stack is deleted. */
export async function foretell(
  ports: StackPorts,
  db: Queryable,
  stack: StackRecord,
  contents: Contents | null,
  seen: Seen = () => {},
): Promise<Foretold> {
  const own = (await loadStacks(db, ports.secretBox, [stack.id])).get(stack.id);
  if (own === undefined) throw new Bug(`stack ${stack.id} is not there any more`);
  const before = own.definitions.map((one) => known(ports, one, own.stack));
  const wanted = contents === null ? null : compileDefinition(unsaved(contents, stack), stack, ports.registry);
  const snapshots = new Map<string, StackSnapshot | null>([[stack.id, own]]);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { changes, missing } = changesOf({
      registry: ports.registry,
      stack,
      wanted,
      before,
      rows: own.resources,
      children: snapshots,
      isUpdate: wanted !== null,
      seen,
    });
    if (missing.length === 0) return { changes, snapshots };
    const loaded = await loadStacks(db, ports.secretBox, missing);
    for (const id of missing) snapshots.set(id, loaded.get(id) ?? null);
  }
  throw new Bug(`the tree of stack ${stack.id} does not end`);
}

/** What a creation makes. */
export function foretellCreation(
  ports: StackPorts,
  stack: Pick<StackRecord, 'id' | 'name' | 'projectId'>,
  contents: Contents,
  seen: Seen = () => {},
): readonly ResourceChange[] {
  const compiled = compileDefinition(unsaved(contents, stack), stack as StackRecord, ports.registry);
  const { changes } = changesOf({
    registry: ports.registry,
    stack,
    wanted: compiled,
    before: [],
    rows: [],
    children: new Map(),
    isUpdate: false,
    seen,
  });
  return changes;
}

export const unsaved = (contents: Contents, stack: Pick<StackRecord, 'id'>): DefinitionRecord => ({
  id: asId<DefinitionId>('unsaved'),
  stackId: stack.id,
  number: 0,
  ...contents,
});

function known(ports: StackPorts, record: DefinitionRecord, stack: StackRecord): CompiledDefinition {
  const compiled = ports.definitions.get(record.id) ?? compileDefinition(record, stack, ports.registry);
  ports.definitions.put(record.id, compiled);
  return compiled;
}
