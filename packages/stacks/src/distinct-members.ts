/** A group's template with one member of each type: members that are alike need no more than one look. */
import type { JsonObject } from '@hearth/kernel';

/** Members alike are checked once: one of each type, and how many there are in all. */
export function distinctMembers(template: JsonObject): { readonly template: JsonObject; readonly copies: number } {
  const resources = Object.entries((template['resources'] ?? {}) as Record<string, JsonObject>);
  const types = new Set<string>();
  const distinct = resources.filter(([, member]) => {
    const type = String(member['type']);
    const isNew = !types.has(type);
    types.add(type);
    return isNew;
  });
  const alone = distinct.map(([name, { depends_on: _order, ...member }]) => [name, member] as const);
  return { template: { ...template, resources: Object.fromEntries(alone) }, copies: resources.length };
}
