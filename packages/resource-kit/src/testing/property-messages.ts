/** What a type answers to properties as they stand in a template, for tables of tests: messages alone, and values that are not known yet. */
import { isJsonArray, isJsonObject, type Json, type Path } from '@hearth/kernel';
import { checkProperties } from '../check-properties.ts';
import type { ResourceType } from '../contract.ts';

/** JSON in which `undefined` stands for what is not known yet. */
export type Given = Json | undefined | readonly Given[] | { readonly [name: string]: Given };
export type GivenProperties = { readonly [name: string]: Given };

/** Messages of all problems, warnings too. */
export function propertyMessages<C>(type: ResourceType<C>, given: GivenProperties): readonly string[] {
  const unknownPaths: Path[] = [];
  const props = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, known(value, [name], unknownPaths)]));
  const { problems } = checkProperties(type, props, {
    lenient: unknownPaths.length > 0,
    unknownPaths,
    matchesPattern: (pattern, value) => new RegExp(`^(?:${pattern})$`).test(value),
  });
  return problems.map((problem) => problem.message);
}

function known(value: Given, path: Path, unknownPaths: Path[]): Json {
  if (value === undefined) {
    unknownPaths.push(path);
    return null;
  }
  if (isJsonArray(value)) return value.map((item, i) => known(item, [...path, i], unknownPaths));
  if (!isJsonObject(value)) return value as Json;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, known(item, [...path, name], unknownPaths)]));
}

/** Tables of tests: what the properties are, the properties, and the messages that they lead to. */
export type PropertyRows = [what: string, given: GivenProperties, ...messages: string[]][];
