/** For the resource contract: what examples may name with a dollar sign. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import type { ResourceExample, ResourceType } from '@hearth/resource-kit';

/** The type with `$image_url` and the like in its examples replaced by what is really there. */
export function withSeeded<C>(type: ResourceType<C>, seeds: () => Readonly<Record<string, string>>): ResourceType<C> {
  const named = (value: Json): Json => {
    if (typeof value === 'string') return value.startsWith('$') ? (seeds()[value.slice(1)] ?? value) : value;
    if (Array.isArray(value)) return (value as readonly Json[]).map(named);
    return isJsonObject(value) ? mapped(value) : value;
  };
  const mapped = (map: JsonObject): JsonObject => Object.fromEntries(Object.entries(map).map(([name, value]) => [name, named(value)]));
  // Seeds are known only when the cloud runs, examples when the tests are collected: so they are looked up on use.
  const example = (one: ResourceExample): ResourceExample => ({
    ...one,
    get props() {
      return mapped(one.props);
    },
    get updates() {
      return (one.updates ?? []).map(mapped);
    },
  });
  return { ...type, examples: type.examples.map(example) };
}
