/** A stack as it can be asked about: its present definition bound again, and the row that stands for each logical name. */
import { Bug, type Json, type JsonObject, type ResourceId } from '@hearth/kernel';
import { compileDefinition, rowReferences, visibleRows, type CompiledDefinition } from '@hearth/engine';
import { findDefinition, listResources, type DefinitionRecord, type Queryable, type ResourceRecord, type StackRecord } from '@hearth/store';
import { resolveOutput, type BoundDefinition, type OutputDefinition } from '@hearth/template';
import { attributeReferences } from './attribute-references.ts';
import type { StackPorts } from './ports.ts';

/** `db`: the transaction of whoever is in one. Asking for a second connection there can be waiting for oneself. */
export async function storedDefinition(ports: StackPorts, stack: StackRecord, db: Queryable = ports.database): Promise<DefinitionRecord> {
  const record = await findDefinition(db, ports.secretBox, stack.id, stack.definitionId);
  if (record === null) throw new Bug(`stack ${stack.id} has no definition ${stack.definitionId}`);
  return record;
}

/** Those that the stack is brought to, shows, or would be rolled back to. */
export async function storedDefinitions(ports: StackPorts, stack: StackRecord): Promise<readonly DefinitionRecord[]> {
  const ids = new Set([stack.targetDefinitionId, stack.definitionId, stack.rollbackDefinitionId].filter((id) => id !== null));
  const found = await Promise.all([...ids].map((id) => findDefinition(ports.database, ports.secretBox, stack.id, id)));
  return found.filter((one) => one !== null);
}

/** What the stack shows as its definition, bound and compiled. */
export async function presentDefinition(
  ports: StackPorts,
  stack: StackRecord,
  db: Queryable = ports.database,
): Promise<CompiledDefinition> {
  const known = ports.definitions.get(stack.definitionId);
  if (known !== null) return known;
  const compiled = compileDefinition(await storedDefinition(ports, stack, db), stack, ports.registry);
  ports.definitions.put(stack.definitionId, compiled);
  return compiled;
}

export interface OutputView {
  readonly name: string;
  readonly description: string;
  readonly value: Json;
  /** Null: the value is good, or not known yet. */
  readonly error: string | null;
  /** The value, or a part of it, hangs on what is not there yet. */
  readonly isUnknown: boolean;
  /** A hidden parameter went into it. */
  readonly isSecret: boolean;
}

export const outputDescription = (output: OutputDefinition): string => output.description ?? 'No description given';

/** Outputs from what is known of the resources; one that cannot be computed has null for a value, and says why. */
export async function resolvedOutputs(
  ports: StackPorts,
  stack: StackRecord,
  bound: BoundDefinition,
  names: Iterable<string>,
): Promise<readonly OutputView[]> {
  const wanted = [...names];
  const stored =
    wanted.length === 0 ? new Map<string, ResourceRecord>() : visibleRows(await listResources(ports.database, ports.secretBox, stack.id));
  const rows = await withLiveAttributes(ports, stack, bound, stored, wanted);
  const references = rowReferences((name) => rows.get(name) ?? null, ports.registry);
  return wanted.map((name) => {
    const output = bound.outputs.get(name);
    if (output === undefined) throw new Bug(`output ${name} is not in the definition of stack ${stack.id}`);
    const resolved = resolveOutput(bound, name, references);
    const errors = resolved.diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
    const failed = errors.length > 0;
    return {
      name,
      description: outputDescription(output),
      value: failed ? null : resolved.value,
      error: failed ? errors.map((diagnostic) => diagnostic.message).join('; ') : null,
      isUnknown: resolved.unknown,
      isSecret: resolved.secret,
    };
  });
}

/**
 * Rows with the attributes that change behind the engine's back (`cache: 'live'`) as the cloud has them now, where these outputs ask for any; what
 * cannot be read stays as it was last seen.
 */
async function withLiveAttributes(
  ports: StackPorts,
  stack: StackRecord,
  bound: BoundDefinition,
  rows: ReadonlyMap<string, ResourceRecord>,
  outputs: readonly string[],
): Promise<ReadonlyMap<string, ResourceRecord>> {
  const asked = attributeReferences(outputs.flatMap((name) => bound.outputs.get(name)?.value ?? []));
  const live = new Map<ResourceId, ResourceRecord>();
  for (const { resource, attribute } of asked) {
    const row = rows.get(resource);
    if (row === undefined || row.physicalId === null || row.action === 'DELETE' || row.status !== 'COMPLETE') continue;
    if (ports.registry.get(row.handler)?.attributes[attribute]?.cache === 'live' && attribute !== 'show') live.set(row.id, row);
  }
  if (live.size === 0) return rows;
  const seen = await ports.observer.observe(stack, [...live.values()]);
  const fresh = (row: ResourceRecord): ResourceRecord => {
    const observed = seen.get(row.id);
    return observed === undefined ? row : { ...row, attributes: { ...row.attributes, ...observed } };
  };
  return new Map([...rows].map(([name, row]) => [name, fresh(row)]));
}

/** Attributes as users see them: the map of a type's `show` attribute if it has one, else every attribute by name. */
export function shownAttributes(ports: StackPorts, type: string, known: JsonObject, also: readonly string[]): JsonObject {
  const schema = ports.registry.get(type)?.attributes ?? {};
  const show = known['show'];
  if (show !== undefined && show !== null && typeof show === 'object' && !Array.isArray(show)) {
    const extra = also.filter((name) => !Object.hasOwn(show, name)).map((name) => [name, known[name] ?? null] as const);
    return { ...(show as JsonObject), ...Object.fromEntries(extra) };
  }
  const told = Object.keys(schema).filter((name) => schema[name]?.isHidden !== true);
  const names = new Set([...told, ...also]);
  names.delete('show');
  return Object.fromEntries([...names].map((name) => [name, known[name] ?? null]));
}
