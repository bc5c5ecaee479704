/** What each resource requires, the hidden order of its type included; a hidden edge that would close a circle is left out. */
import { dependencyOrder } from '@hearth/graph';
import type { JsonObject } from '@hearth/kernel';
import { otherDefinitions, type RawDefinition, type Registry } from '@hearth/resource-kit';
import type { BoundDefinition, BoundResource, Implementation } from '@hearth/template';

export function allRequires(
  bound: BoundDefinition,
  implementations: ReadonlyMap<string, Implementation>,
  registry: Registry,
): ReadonlyMap<string, readonly string[]> {
  const raws = rawDefinitions(bound, implementations);
  const others = otherDefinitions(raws);
  const result = new Map([...bound.resources].map(([name, { requires }]) => [name, requires]));
  const hidden = new Map<string, readonly string[]>();
  for (const raw of raws) {
    const asked = registry.get(raw.type)?.alsoRequires?.(raw, others) ?? [];
    if (asked.length === 0) continue;
    const known = new Set(result.get(raw.name));
    const extra = asked.filter((name) => result.has(name) && name !== raw.name && !known.has(name));
    if (extra.length > 0) hidden.set(raw.name, extra);
  }
  if (hidden.size === 0) return result;
  const circular = onCircles(result, hidden);
  for (const [name, extra] of hidden) {
    // Only an edge between two of these can close a circle.
    const added = circular.has(name) ? extra.filter((other) => !circular.has(other) || !reaches(result, other, name)) : extra;
    if (added.length > 0) result.set(name, [...(result.get(name) ?? []), ...added]);
  }
  return result;
}

/** The resources of a template as their types look at each other. */
export const rawDefinitions = (bound: BoundDefinition, implementations: ReadonlyMap<string, Implementation>): readonly RawDefinition[] =>
  [...bound.resources].map(([name, resource]) => rawDefinition(name, resource, implementations.get(name)));

function rawDefinition(name: string, resource: BoundResource, implementation: Implementation | undefined): RawDefinition {
  let written: JsonObject | null = null;
  return {
    name,
    type: implementation?.kind === 'type' ? implementation.name : resource.definition.type,
    requires: resource.requires,
    // As written they are a copy, made when somebody looks, and then kept.
    get properties() {
      written ??= resource.rawProperties;
      return written;
    },
  };
}

type Edges = ReadonlyMap<string, readonly string[]>;

/** Resources that would be on a circle, or require one that is, with all hidden edges added. */
function onCircles(requires: Edges, hidden: Edges): ReadonlySet<string> {
  const nodes = [...requires].map(([name, known]) => ({ name, requires: [...known, ...(hidden.get(name) ?? [])] }));
  const left = new Set(requires.keys());
  for (const { name } of dependencyOrder(nodes)) left.delete(name);
  return left;
}

function reaches(requires: Edges, from: string, to: string): boolean {
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
