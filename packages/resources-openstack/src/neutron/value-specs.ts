/** The rule about `value_specs`: they add fields to a request, they do not change those that have properties. */
import type { JsonObject } from '@hearth/kernel';

/** `properties`: of the type, by name. */
export function specsProblems(specs: JsonObject | undefined, properties: Readonly<Record<string, unknown>>): readonly string[] {
  const taken = new Set([...Object.keys(properties), 'shared', 'tenant_id']);
  const found = Object.keys(specs ?? {}).filter((name) => taken.has(name));
  return found.length === 0 ? [] : [`${found.sort().join(', ')} not allowed in value_specs`];
}
