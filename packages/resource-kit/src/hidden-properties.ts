/** Properties as people may see them: secret ones masked, at every depth. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import type { ResourceType } from './contract.ts';
import type { PropertySchema } from './schema.ts';

const MASK = '******';

export function hiddenProperties<C>(type: ResourceType<C>, props: JsonObject): JsonObject {
  return maskMap(type.properties, props);
}

function maskMap(schemas: Readonly<Record<string, PropertySchema>>, value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
      return [name, schema === undefined ? item : mask(schema, item)];
    }),
  );
}

function mask(schema: PropertySchema, value: Json): Json {
  if (value === null) return null;
  if (schema.secret === true) return MASK;
  if (schema.items !== undefined && isJsonArray(value)) return value.map((item) => mask(schema.items as PropertySchema, item));
  return schema.fields !== undefined && isJsonObject(value) ? maskMap(schema.fields, value) : value;
}
