/** Names that a document has and that could not be read: whole sections where these are misspelt or no maps, else their unreadable entries. */
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
  const misspelt = Object.keys(raw).flatMap((key) => (sections.includes(key) ? [] : [similar(key, ALL_SECTIONS) ?? '']));
  const unread = (title: string, known: Names): Names => {
    const section = read.language === 'hot' ? title.toLowerCase() : title;
    if (misspelt.some((hint) => hint.includes(`"${section}"`))) return EVERYTHING;
    const given = raw[section] ?? {};
    if (!isJsonObject(given)) return EVERYTHING;
    return new Set(Object.keys(given).filter((name) => !known.has(name)));
  };
  return {
    parameters: unread('Parameters', read.parameters),
    conditions: unread('Conditions', read.conditions),
    resources: unread('Resources', read.resources),
  };
}

const ALL_SECTIONS = ['parameters', 'conditions', 'resources', 'outputs', 'Parameters', 'Conditions', 'Resources', 'Outputs'];
