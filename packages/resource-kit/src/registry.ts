/** Resource types by name. */
import { Bug } from '@hearth/kernel';
import type { Registry, ResourceType } from './contract.ts';

export function registryOf<C>(types: readonly ResourceType<C>[]): Registry<C> {
  const byName = new Map<string, ResourceType<C>>();
  for (const type of types) {
    if (byName.has(type.name)) throw new Bug(`two resource types are called ${type.name}`);
    byName.set(type.name, type);
  }
  const names = [...byName.keys()].sort();
  return { get: (name) => byName.get(name) ?? null, names: () => names };
}
