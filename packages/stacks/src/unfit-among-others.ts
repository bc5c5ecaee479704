/** What types say of the other resources of a template: what they name must be there, and be what they need. */
import type { Diagnostic } from '@hearth/kernel';
import { definitionsAmong, type CompiledDefinition } from '@hearth/engine';
import { otherDefinitions } from '@hearth/resource-kit';
import { propertyDiagnostic } from './findings.ts';
import type { StackPorts } from './ports.ts';

export function unfitAmongOthers({ registry }: StackPorts, { bound, implementations }: CompiledDefinition): readonly Diagnostic[] {
  const { definition } = bound;
  const raws = definitionsAmong(bound, implementations, (type) => registry.get(type)?.validateAmong !== undefined);
  const others = otherDefinitions(raws);
  return raws.flatMap((raw) => {
    const type = registry.get(raw.type);
    const path = definition.resources.get(raw.name)?.path;
    if (type?.validateAmong === undefined || path === undefined) return [];
    const base = [...path, definition.keys.properties];
    return type.validateAmong(raw, others).map((message) => {
      const problem = { severity: 'error', code: 'invalid-combination', path: [], message, hint: null } as const;
      return propertyDiagnostic(definition, base, problem, type, false);
    });
  });
}
