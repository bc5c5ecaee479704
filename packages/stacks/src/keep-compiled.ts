/** Definitions that were checked a moment ago are not bound once more by who makes them real or shows them. */
import { compiledOf, type StoredEnvironment } from '@hearth/engine';
import type { DefinitionRecord } from '@hearth/store';
import { type BoundDefinition, outsideOf } from '@hearth/template';
import type { StackPorts } from './ports.ts';

/** Kept as it would be found in the database: without the text in which places are looked up, and without who asked. Whether it is written or not. */
export function keepCompiled(ports: StackPorts, record: DefinitionRecord, bound: BoundDefinition | undefined): void {
  if (bound === undefined) return;
  const environment = record.environment as unknown as StoredEnvironment;
  const definition = { ...bound.definition, positionOf: () => null };
  const stored = { ...bound, definition, outside: outsideOf(environment.taken) };
  ports.definitions.put(record.id, compiledOf(record.id, stored, environment, ports.registry));
}
