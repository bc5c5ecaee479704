/** What is wanted of a resource as far as it is known beforehand, compared with a row by the engine's own comparison. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import type { Change } from '@hearth/planner';
import { checkProperties, classifyChange, type Registry, type ResourceType } from '@hearth/resource-kit';
import type { ResourceRecord } from '@hearth/store';
import { matchesPattern, propertyOrigins, type References, type ResolvedResource, resolveResource } from '@hearth/template';
import { changeTo, resolvedWanted, typeOf, type WantedNow, wantedNow } from '../comparison.ts';
import type { CompiledDefinition } from '../compiled.ts';
import type { Wanted } from '../transitions.ts';
import { schemaName } from './hidden-values.ts';

export interface Outlook {
  /** Names of properties whose values are not known; all of them where one call yields them. */
  readonly unknown: ReadonlySet<string>;
  readonly isMetadataUnknown: boolean;
  /** Properties as far as they are known; null stands for what is not. */
  readonly partly: JsonObject;
  /** What is wanted of the row if what is not known stays as the row has it. */
  wantedFor(row: ResourceRecord | null): WantedNow;
}

/** `isKnown`: false where null in a value may stand for what is not known above. */
export function outlook(
  compiled: CompiledDefinition,
  registry: Registry,
  name: string,
  type: ResourceType,
  references: References,
  isKnown: boolean,
): Outlook {
  const resolved = resolveResource(compiled.bound, name, references);
  const { properties, metadata } = resolved;
  if (isKnown && !properties.unknown && !metadata.unknown) {
    const now = resolvedWanted(compiled, registry, name, resolved);
    return { unknown: new Set(), isMetadataUnknown: false, partly: now.wanted?.properties ?? {}, wantedFor: () => now };
  }
  const unknown = unknownNames(compiled, name, type, references, resolved, isKnown);
  const isMetadataUnknown = metadata.unknown || (!isKnown && holdsNull(metadata.value));
  const known = knownProperties(type, properties.value, unknown);
  return {
    unknown,
    isMetadataUnknown,
    get partly() {
      const { props } = checkProperties(type, properties.value, { lenient: true, matchesPattern });
      return { ...known, ...props };
    },
    wantedFor(row) {
      const before = row?.properties ?? {};
      const stays = [...unknown].map((property) => [property, before[property] ?? null] as const);
      const wanted: Wanted = {
        properties: { ...known, ...Object.fromEntries(stays) },
        metadata: isMetadataUnknown ? (row?.metadata ?? {}) : metadata.value,
        deletionPolicy: resolved.deletionPolicy,
        externalId: resolved.externalId,
      };
      return wantedNow(wanted);
    },
  };
}

function unknownNames(
  { bound }: CompiledDefinition,
  name: string,
  type: ResourceType,
  references: References,
  { properties }: ResolvedResource,
  isKnown: boolean,
): ReadonlySet<string> {
  const unknown = new Set<string>();
  if (properties.unknown) {
    const { named, others } = propertyOrigins(bound, name, references);
    for (const [written, origin] of named) if (origin.unknown) unknown.add(schemaName(type, written));
    if (others.unknown) for (const property of [...Object.keys(type.properties), ...Object.keys(properties.value)]) unknown.add(property);
  }
  if (!isKnown)
    for (const [written, value] of Object.entries(properties.value)) if (holdsNull(value)) unknown.add(schemaName(type, written));
  return unknown;
}

function holdsNull(value: Json): boolean {
  if (value === null) return true;
  if (isJsonArray(value)) return value.some(holdsNull);
  return isJsonObject(value) && Object.values(value).some(holdsNull);
}

/** Coerced, defaults applied. What is wrong with them is told when all are known. */
function knownProperties(type: ResourceType, written: JsonObject, unknown: ReadonlySet<string>): JsonObject {
  const known = Object.entries(written).filter(([property]) => !unknown.has(schemaName(type, property)));
  return checkProperties(type, Object.fromEntries(known), { lenient: true, matchesPattern }).props;
}

/** A value that is like no other: what becomes of a property that changes, whatever to. */
const OTHER: Json = { '\u0000': 'something else' };

/** What the row needs if all that is not known changes (`most`), or none of it. */
export function changeInView(compiled: CompiledDefinition, registry: Registry, one: Outlook, row: ResourceRecord, isMost: boolean): Change {
  const now = one.wantedFor(row);
  const least = changeTo(compiled, registry, row, now);
  if (!isMost || least === 'replace' || now.wanted === null || now.wanted.externalId !== null) return least;
  if (one.unknown.size === 0) return one.isMetadataUnknown ? 'update' : least;
  return othersReplace(typeOf(registry, row.handler), row, one.unknown).length > 0 ? 'replace' : 'update';
}

/** Which of these properties, if they change, take a new resource. */
export function othersReplace(type: ResourceType, row: ResourceRecord, names: ReadonlySet<string>): readonly string[] {
  const after = { ...row.properties, ...Object.fromEntries([...names].map((name) => [name, OTHER])) };
  // What a type says of values needs values.
  return classifyChange({ ...type, replaces: () => [] }, row.properties, after).replacing;
}
