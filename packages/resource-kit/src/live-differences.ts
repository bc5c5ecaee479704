/** What of a resource is not as it was applied, and what the types' `liveProperties` are made of. Pure. */
import { isJsonArray, isJsonObject, jsonEqual, type Json, type JsonObject } from '@hearth/kernel';
import type { ResourceType, Seen } from './contract.ts';
import { nameOr } from './given-texts.ts';

export interface LiveDifference {
  readonly property: string;
  /** As it was applied. */
  readonly expected: Json;
  readonly actual: Json;
}

type Ids = Readonly<Record<string, Json | undefined>>;

/**
 * In the order of the schema. `ids` is what `withIds` gave; `uncertain` are properties of which it is not known what was applied.
 */
export function liveDifferences<C>(
  type: Pick<ResourceType<C>, 'properties' | 'liveProperties'>,
  seen: Seen,
  ids: Ids,
  uncertain: readonly string[] = [],
): readonly LiveDifference[] {
  const known = Object.fromEntries(Object.entries(ids).filter((entry): entry is [string, Json] => entry[1] !== undefined));
  const props: JsonObject = { ...seen.props, ...known };
  const live = type.liveProperties?.({ ...seen, props }) ?? {};
  return Object.entries(type.properties).flatMap(([property, schema]) => {
    const actual = live[property];
    const isUntold = actual === undefined || schema.secret === true || uncertain.includes(property);
    if (isUntold || (Object.hasOwn(ids, property) && ids[property] === undefined)) return [];
    if (jsonEqual(actual, props[property] ?? null)) return [];
    return [{ property, expected: seen.props[property] ?? null, actual }];
  });
}

/** The values of the properties that were given: nobody said anything of the others. */
export function ofGiven<K extends string>(
  props: { readonly [N in K]?: unknown },
  values: { readonly [N in K]?: Json | undefined },
): { readonly [N in K]?: Json } {
  const told = Object.entries(values).filter(([name]) => (props[name as K] ?? null) !== null);
  return Object.fromEntries(told.filter(([, value]) => value !== undefined)) as { readonly [N in K]?: Json };
}

/** A name that was made up counts as none given. */
export const liveName = (seen: Json | undefined, given: string | null, physicalName: string): Json =>
  seen === nameOr(given, physicalName) ? given : (seen ?? null);

/** What is wanted, where the same things are seen in whatever order; else what is seen. */
export function inAnyOrder(seen: Json | undefined, wanted: readonly Json[] | null): Json | undefined {
  if (wanted === null || !isJsonArray(seen)) return undefined;
  return matchesEach(seen, wanted, jsonEqual) ? wanted : seen;
}

/** Every one that is wanted is seen, none twice, and nothing else is. */
export function matchesEach<S, W>(seen: readonly S[], wanted: readonly W[], isSame: (seen: S, wanted: W) => boolean): boolean {
  if (seen.length !== wanted.length) return false;
  const left = [...seen];
  return wanted.every((one) => {
    const at = left.findIndex((candidate) => isSame(candidate, one));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

/** Of a map that the service keeps as texts: what is wanted, where it is the same; else what is seen. `asText` is how it was sent. */
export function asSent(seen: Json | undefined, wanted: JsonObject | null, asText: (value: Json) => Json | undefined): Json | undefined {
  if (wanted === null || !isJsonObject(seen)) return undefined;
  const sent = Object.fromEntries(
    Object.entries(wanted).flatMap(([key, value]) => (asText(value) === undefined ? [] : [[key, asText(value) as Json]])),
  );
  return jsonEqual(seen, sent) ? wanted : seen;
}

/** The fields that a user added to a request: those that the answer has too, and others as they were wanted. */
export const liveFields = (item: JsonObject, wanted: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(wanted).map(([key, value]) => [key, item[key] === undefined ? value : item[key]]));
