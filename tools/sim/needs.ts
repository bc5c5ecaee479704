/** What the resources of a template need, read off its text alone: the planner's own reading is what is being judged. */
import type { Json, JsonObject } from '@hearth/kernel';

/** By name: the names that must stand before it. */
export type Needs = ReadonlyMap<string, ReadonlySet<string>>;

export function needsIn(resources: JsonObject): Needs {
  const names = new Set(Object.keys(resources));
  return new Map(Object.entries(resources).map(([name, body]) => [name, new Set(mentions(body).filter((other) => names.has(other)))]));
}

function mentions(value: Json): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(mentions);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'get_resource' && typeof inner === 'string') return [inner];
    if (key === 'get_attr' && Array.isArray(inner)) return typeof inner[0] === 'string' ? [inner[0]] : [];
    if (key === 'depends_on') return [inner].flat().filter((one) => typeof one === 'string');
    return mentions(inner);
  });
}
