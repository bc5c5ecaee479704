/** What the parts of a load balancer show of the properties that they were made with. Pure. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { inAnyOrder, liveName, ofGiven } from '@hearth/resource-kit';
import { tagsOf } from './changing-part.ts';

interface PartSeen<K extends string> {
  readonly observed: { readonly show?: Json };
  readonly props: { readonly name?: string | null } & { readonly [N in K]?: unknown };
  readonly physicalName: string;
}

/** Those properties that are called the same on both sides. */
export function livePart<K extends string>(
  { observed, props, physicalName }: PartSeen<K>,
  names: readonly K[],
): { readonly [N in K | 'name']?: Json } {
  const item = itemOf(observed);
  const values = Object.fromEntries(names.map((name) => [name, liveValue(name, item[name], props[name] as Json)])) as {
    readonly [N in K]?: Json;
  };
  return {
    ...ofGiven(props, values),
    ...(props.name !== undefined && item.name !== undefined && { name: liveName(item.name, props.name, physicalName) }),
  } as { readonly [N in K | 'name']?: Json };
}

/** An empty text is what taking a value away becomes: then the service chooses one, but for the description, which is empty. */
function liveValue(name: string, seen: Json | undefined, wanted: Json): Json | undefined {
  if (isJsonArray(wanted)) return inAnyOrder(seen, wanted);
  if (wanted !== '') return seen;
  return name === 'description' ? (seen ?? '') : undefined;
}

export const itemOf = (observed: { readonly show?: Json }): JsonObject =>
  isJsonObject(observed.show ?? null) ? (observed.show as JsonObject) : {};

/** Without the mark. */
export const ownTags = (seen: Json | undefined, wanted: readonly Json[] | null, physicalName: string): Json | undefined => {
  const [mark] = tagsOf(physicalName, null);
  return isJsonArray(seen)
    ? inAnyOrder(
        seen.filter((tag) => tag !== mark),
        wanted,
      )
    : undefined;
};
