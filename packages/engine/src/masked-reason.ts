/** Reasons of failures without what nobody may read: services like to repeat what they were sent, and reasons get into events, logs and lists. Pure. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import type { PropertySchema, ResourceType } from '@hearth/resource-kit';
import type { ResourceRecord } from '@hearth/store';
import { HIDDEN } from './changes/change-set.ts';
import { addTexts, hiddenTexts, LEAST_LENGTH } from './changes/hidden-values.ts';
import type { CompiledDefinition } from './compiled.ts';

type Schemas = Readonly<Record<string, PropertySchema>>;

/** `compiled`: whose hidden parameters may have got into it; null: not known. */
export function maskedReason<C>(
  reason: string,
  type: Pick<ResourceType<C>, 'properties'>,
  row: Pick<ResourceRecord, 'properties' | 'pending'>,
  compiled: Pick<CompiledDefinition, 'bound'> | null,
): string {
  const texts = new Set(compiled === null ? [] : hiddenTexts(compiled.bound, new Set()));
  for (const properties of [row.properties, row.pending ?? {}]) addSecrets(type.properties, properties, texts);
  // The longest first: one may be a part of another.
  const secrets = [...texts].filter(({ length }) => length >= LEAST_LENGTH).sort((a, b) => b.length - a.length);
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), reason);
}

function addSecrets(schemas: Schemas, properties: JsonObject, into: Set<string>): void {
  for (const [name, schema] of Object.entries(schemas)) addSecretsOf(schema, properties[name] ?? null, into);
}

function addSecretsOf(schema: PropertySchema, value: Json, into: Set<string>): void {
  if (value === null) return;
  if (schema.secret === true) addTexts(value, into);
  else if (schema.items !== undefined && isJsonArray(value)) for (const item of value) addSecretsOf(schema.items, item, into);
  else if (schema.fields !== undefined && isJsonObject(value)) addSecrets(schema.fields, value, into);
}
