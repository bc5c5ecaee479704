/** The resources of one template as a type looks at them for hidden order: by name, by type, and by a value in their properties. */
import { canonicalJson, type Json } from '@hearth/kernel';
import type { OtherDefinitions, RawDefinition } from './contract.ts';

type Lists = Map<string, RawDefinition[]>;
type Picking = Parameters<OtherDefinitions['having']>[1];

export function otherDefinitions(all: readonly RawDefinition[]): OtherDefinitions {
  const byName = new Map(all.map((one) => [one.name, one]));
  const byType: Lists = new Map();
  for (const one of all) add(byType, one.type, one);
  const indexes = new Map<Picking, Map<string, Lists>>();
  const indexOf = (type: string, pick: Picking): Lists => {
    const ofTypes = indexes.get(pick) ?? new Map<string, Lists>();
    indexes.set(pick, ofTypes);
    const made = ofTypes.get(type) ?? indexed(byType.get(type) ?? [], pick);
    ofTypes.set(type, made);
    return made;
  };
  return {
    named: (name) => byName.get(name) ?? null,
    ofType: (type) => byType.get(type) ?? [],
    having: (type, pick, value) => (isGiven(value) ? (indexOf(type, pick).get(canonicalJson(value)) ?? []) : []),
  };
}

function indexed(definitions: readonly RawDefinition[], pick: Picking): Lists {
  const lists: Lists = new Map();
  for (const one of definitions) {
    const value = pick(one.properties);
    if (isGiven(value)) add(lists, canonicalJson(value), one);
  }
  return lists;
}

const isGiven = (value: Json | undefined): value is Json => value !== undefined && value !== null;

function add(lists: Lists, key: string, one: RawDefinition): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [one]);
  else known.push(one);
}
