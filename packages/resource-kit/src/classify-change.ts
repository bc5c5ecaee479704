/** Before and after of one resource's properties: nothing to do, an update in place, or a replacement. */
import { jsonEqual, type JsonObject } from '@hearth/kernel';
import type { ResourceType } from './contract.ts';

export interface ChangeVerdict {
  readonly change: 'same' | 'update' | 'replace';
  /** New values of the properties that differ, replacing ones included. */
  readonly changed: JsonObject;
  /** Names of the changes that need a new resource. */
  readonly replacing: readonly string[];
  /** Names of changes that are not allowed at all: the update must be refused. */
  readonly refused: readonly string[];
}

/** Both sides as `checkProperties` returns them. A property one side lacks (an older row) counts as null. */
export function classifyChange<C>(type: ResourceType<C>, before: JsonObject, after: JsonObject): ChangeVerdict {
  const schema = type.hasOpenProperties === true ? { ...before, ...after } : type.properties;
  const names = Object.keys(schema).filter((name) => !jsonEqual(before[name] ?? null, after[name] ?? null));
  const changed = Object.fromEntries(names.map((name) => [name, after[name] ?? null]));
  if (names.length === 0) return { change: 'same', changed, replacing: [], refused: [] };
  const mayChange = (name: string): boolean =>
    type.hasOpenProperties === true ||
    (type.properties[name]?.updatable === true && (type.update !== undefined || type.composite !== undefined));
  const replacing = new Set(names.filter((name) => !mayChange(name)));
  for (const name of type.replaces?.(before, after) ?? []) replacing.add(name);
  const refused = names.filter((name) => type.properties[name]?.immutable === true);
  return { change: replacing.size > 0 ? 'replace' : 'update', changed, replacing: [...replacing], refused };
}
