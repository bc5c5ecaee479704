/** What must not be seen of the values in a change: those of hidden parameters wherever they have got to, and properties that are secret by their schema. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { hiddenProperties, type ResourceType } from '@hearth/resource-kit';
import { type BoundDefinition, nothingKnown, propertyOrigins, resolveResource } from '@hearth/template';
import type { CompiledDefinition } from '../compiled.ts';

/** A shorter text is found in others by chance: it hides only what is equal to it. */
export const LEAST_LENGTH = 4;

export function addTexts(value: Json, into: Set<string>): void {
  if (typeof value === 'string' || typeof value === 'number') {
    if (String(value) !== '') into.add(String(value));
  } else if (isJsonArray(value)) for (const item of value) addTexts(item, into);
  else if (isJsonObject(value)) for (const item of Object.values(value)) addTexts(item, into);
}

export function holdsAny(value: Json, texts: ReadonlySet<string>): boolean {
  if (texts.size === 0 || value === null || typeof value === 'boolean') return false;
  if (isJsonArray(value)) return value.some((item) => holdsAny(item, texts));
  if (isJsonObject(value)) return Object.values(value).some((item) => holdsAny(item, texts));
  const text = String(value);
  for (const hidden of texts) if (hidden.length < LEAST_LENGTH ? text === hidden : text.includes(hidden)) return true;
  return false;
}

/** The texts that are hidden in a definition, with those that came from above. */
export function hiddenTexts(bound: BoundDefinition, above: ReadonlySet<string>): ReadonlySet<string> {
  const texts = new Set(above);
  for (const name of bound.hidden) addTexts(bound.parameters.get(name) ?? null, texts);
  return texts;
}

/** A parameter that was given something hidden is hidden too. */
export function withHiddenParameters(compiled: CompiledDefinition, above: ReadonlySet<string>): CompiledDefinition {
  const more = [...compiled.bound.parameters].filter(([, value]) => holdsAny(value, above)).map(([name]) => name);
  return more.length === 0 ? compiled : { ...compiled, bound: { ...compiled.bound, hidden: new Set([...compiled.bound.hidden, ...more]) } };
}

/** The name that the schema has for a property as it is written. */
export function schemaName(type: ResourceType, written: string): string {
  if (Object.hasOwn(type.properties, written)) {
    const older = Object.entries(type.properties).find(([, schema]) => schema.translatedFrom?.includes(written) === true);
    return older?.[0] ?? written;
  }
  return Object.entries(type.properties).find(([, schema]) => schema.translatedFrom?.includes(written) === true)?.[0] ?? written;
}

export interface HiddenParts {
  isHidden(property: string): boolean;
  readonly metadata: boolean;
}

/** What of a resource is hidden, according to any of these definitions of it. */
export function hiddenParts(definitions: readonly CompiledDefinition[], name: string, type: ResourceType): HiddenParts {
  const names = new Set<string>();
  let everything = false;
  let metadata = false;
  for (const { bound } of definitions) {
    if (bound.hidden.size === 0 || !bound.resources.has(name)) continue;
    const { named, others } = propertyOrigins(bound, name, nothingKnown);
    for (const [written, { secret }] of named) if (secret) names.add(schemaName(type, written));
    everything ||= others.secret;
    metadata ||= resolveResource(bound, name, nothingKnown).metadata.secret;
  }
  return { isHidden: (property) => everything || names.has(property) || type.properties[property]?.secret === true, metadata };
}

/** A property with what is secret inside it masked. */
export const shownProperty = (type: ResourceType, name: string, value: Json): Json =>
  hiddenProperties(type, { [name]: value } as JsonObject)[name] ?? null;
