/** The resources of one template as a type looks at them for hidden order: by name, by type, and by whatever index the type makes of them, once. */
import type { OtherDefinitions, RawDefinition } from './contract.ts';

export function otherDefinitions(all: readonly RawDefinition[]): OtherDefinitions {
  const byName = new Map(all.map((one) => [one.name, one]));
  const byType = new Map<string, RawDefinition[]>();
  for (const one of all) {
    const list = byType.get(one.type);
    if (list === undefined) byType.set(one.type, [one]);
    else list.push(one);
  }
  const made = new Map<unknown, unknown>();
  const others: OtherDefinitions = {
    named: (name) => byName.get(name) ?? null,
    ofType: (type) => byType.get(type) ?? [],
    once<T>(make: (others: OtherDefinitions) => T): T {
      if (!made.has(make)) made.set(make, make(others));
      return made.get(make) as T;
    },
  };
  return others;
}
