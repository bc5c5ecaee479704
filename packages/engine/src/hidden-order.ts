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
  const result = new Map([...bound.resources].map(([name, { requires }]) => [name, requires]));
  const raws = definitionsAmong(bound, implementations, (type) => registry.get(type)?.alsoRequires !== undefined);
  if (raws.length === 0) return result;
  const others = otherDefinitions(raws);
  const hidden = new Map<string, readonly string[]>();
  for (const raw of raws) {
    const asked = registry.get(raw.type)?.alsoRequires?.(raw, others) ?? [];
    if (asked.length === 0) continue;
    const known = new Set(result.get(raw.name));
    const extra = [...new Set(asked)].filter((name) => result.has(name) && name !== raw.name && !known.has(name));
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

/** The resources of a template as their types look at each other; none when no type `looks`. */
export function definitionsAmong(
  bound: BoundDefinition,
  implementations: ReadonlyMap<string, Implementation>,
  looks: (type: string) => boolean,
): readonly RawDefinition[] {
  const types = new Set<string>();
  for (const [name, resource] of bound.resources) types.add(actingType(resource, implementations.get(name)));
  if (![...types].some(looks)) return [];
  return [...bound.resources].map(([name, resource]) => rawDefinition(name, resource, implementations.get(name)));
}

const actingType = ({ definition }: BoundResource, implementation: Implementation | undefined): string =>
  implementation?.kind === 'type' ? implementation.name : definition.type;

function rawDefinition(name: string, resource: BoundResource, implementation: Implementation | undefined): RawDefinition {
  let written: JsonObject | null = null;
  return {
    name,
    type: actingType(resource, implementation),
    requires: resource.requires,
    // As written they are a copy, made when somebody looks, and then kept.
    get properties() {
      written ??= resource.rawProperties;
      return written;
    },
  };
}

type Edges = ReadonlyMap<string, readonly string[]>;
const NONE: ReadonlySet<string> = new Set();

/** Resources that would be on a circle, or require one that is, with all hidden edges added. */
function onCircles(requires: Edges, hidden: Edges): ReadonlySet<string> {
  const nodes = [...requires].map(([name, known]) => {
    const more = hidden.get(name);
    return { name, requires: more === undefined ? known : [...known, ...more] };
  });
  const order = dependencyOrder(nodes);
  if (order.length === nodes.length) return NONE;
  const left = new Set(requires.keys());
  for (const { name } of order) left.delete(name);
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
