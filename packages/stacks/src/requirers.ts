/** Who requires whom, the other way round: by name, the resources of a definition that require it. */
import type { CompiledDefinition } from '@hearth/engine';

export function requirers({ requires }: CompiledDefinition): ReadonlyMap<string, readonly string[]> {
  const requiredBy = new Map<string, string[]>();
  for (const [name, needed] of requires)
    for (const one of needed) {
      const others = requiredBy.get(one);
      if (others === undefined) requiredBy.set(one, [name]);
      else others.push(name);
    }
  return requiredBy;
}
