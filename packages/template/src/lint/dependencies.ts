/** Dependencies that are written although a reference says the same. */
import type { Diagnostic } from '@hearth/kernel';
import type { Definition } from '../definition/definition.ts';
import { resourcesIn } from './calls-in.ts';
import { warning } from './remarks.ts';

export function redundantDependencies(definition: Definition): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const { name, dependsOn, properties, metadata, path } of definition.resources.values()) {
    if (dependsOn.length === 0) continue;
    const referred = new Set([...resourcesIn(properties), ...resourcesIn(metadata)]);
    dependsOn.forEach((other, i) => {
      if (!referred.has(other) || !definition.resources.has(other)) return;
      const at = [...path, definition.keys.dependsOn, ...(dependsOn.length > 1 ? [i] : [])];
      const message = `"${name}" refers to "${other}" already, so it comes after it anyway`;
      found.push(warning(definition, { code: 'redundant-dependency', message, path: at, hint: 'it can be left out' }));
    });
  }
  return found;
}
