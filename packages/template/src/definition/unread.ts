/** Names that a document has and that could not be read: those of misspelt sections, unreadable entries; any name where a section is no map. */
import { isJsonObject, type JsonObject } from '@hearth/kernel';
import type { Definition, Names, UnreadNames } from './definition.ts';
import { similar } from './problems.ts';

const EVERYTHING: Names = { has: () => true };

/** `sections`: those that the version has. */
export function unreadNames(
  raw: JsonObject,
  sections: readonly string[],
  read: Pick<Definition, 'language' | 'parameters' | 'conditions' | 'resources'>,
): UnreadNames {
  const misspelt = Object.keys(raw)
    .filter((key) => !sections.includes(key))
    .map((key) => ({ given: raw[key] ?? {}, hint: similar(key, ALL_SECTIONS) ?? '' }));
  const unread = (title: string, known: Names): Names => {
    const section = read.language === 'hot' ? title.toLowerCase() : title;
    const meant = misspelt.filter(({ hint }) => hint.includes(`"${section}"`)).map(({ given }) => given);
    const all = [raw[section] ?? {}, ...meant];
    if (!all.every(isJsonObject)) return EVERYTHING;
    return new Set(all.flatMap((given) => Object.keys(given)).filter((name) => !known.has(name)));
  };
  return {
    parameters: unread('Parameters', read.parameters),
    conditions: unread('Conditions', read.conditions),
    resources: unread('Resources', read.resources),
  };
}

const ALL_SECTIONS = ['parameters', 'conditions', 'resources', 'outputs', 'Parameters', 'Conditions', 'Resources', 'Outputs'];
