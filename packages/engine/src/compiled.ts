/** A stored definition, parsed and bound again: what each resource is, needs and asks of others. Immutable, so kept as long as wanted. */
import { Bug, diagnosticText } from '@hearth/kernel';
import type { RawDefinition, Registry } from '@hearth/resource-kit';
import type { DefinitionRecord, StackRecord } from '@hearth/store';
import { bindDefinition, type BoundDefinition, parseTemplate, type Environment } from '@hearth/template';

export interface CompiledDefinition {
  readonly id: string;
  readonly bound: BoundDefinition;
  /** What each resource requires: explicit, by reference, and the hidden order of its type. */
  readonly requires: ReadonlyMap<string, readonly string[]>;
}

export function compileDefinition(record: DefinitionRecord, stack: StackRecord, registry: Registry): CompiledDefinition {
  const parsed = parseTemplate(record.template);
  if (parsed.definition === null)
    throw new Bug(`stored definition ${record.id} no longer parses: ${parsed.diagnostics.map(diagnosticText).join('; ')}`);
  const { bound, diagnostics } = bindDefinition({
    definition: parsed.definition,
    environment: record.environment as unknown as Environment,
    pseudo: { stackId: stack.id, stackName: stack.name, projectId: stack.projectId },
    files: record.files,
    strict: true,
  });
  if (bound === null) throw new Bug(`stored definition ${record.id} no longer binds: ${diagnostics.map(diagnosticText).join('; ')}`);
  return { id: record.id, bound, requires: allRequires(bound, registry) };
}

/** Each resource's requirements with the hidden ones of its type added; a hidden edge that would close a circle is left out. */
export function allRequires(bound: BoundDefinition, registry: Registry): ReadonlyMap<string, readonly string[]> {
  const result = new Map<string, readonly string[]>();
  const raws: RawDefinition[] = [];
  for (const [name, resource] of bound.resources) {
    result.set(name, resource.requires);
    raws.push({ name, type: resource.definition.type, properties: resource.rawProperties });
  }
  for (const raw of raws) {
    const hidden = registry.get(raw.type)?.alsoRequires?.(raw, raws) ?? [];
    if (hidden.length === 0) continue;
    const known = result.get(raw.name) as readonly string[];
    const extra = hidden.filter(
      (name) => result.has(name) && name !== raw.name && !known.includes(name) && !reaches(result, name, raw.name),
    );
    if (extra.length > 0) result.set(raw.name, [...known, ...extra]);
  }
  return result;
}

function reaches(requires: ReadonlyMap<string, readonly string[]>, from: string, to: string): boolean {
  const seen = new Set([from]);
  const walk = [from];
  for (const name of walk) {
    if (name === to) return true;
    for (const next of requires.get(name) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      walk.push(next);
    }
  }
  return false;
}
