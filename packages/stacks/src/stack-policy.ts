/** Who may touch a stack at all: what administrators alone may make is not deleted, put to rest or done again by others, with an administrator's rights. */
import { isJsonObject, type JsonObject } from '@hearth/kernel';
import type { Queryable, StackRecord } from '@hearth/store';
import { isAdministrator, type Caller } from './caller.ts';
import type { StackPorts } from './ports.ts';
import { notAuthorized } from './refusals.ts';
import { storedDefinition } from './stack-reading.ts';
import { mayUseType } from './type-policy.ts';

/** By the types that stand in the stack's own template, as in Heat. */
export async function refuseForbiddenStack(ports: StackPorts, db: Queryable, caller: Caller, stack: StackRecord): Promise<void> {
  if (!isAdministrator(caller)) refuseForbiddenTypes(caller, (await storedDefinition(ports, stack, db)).template);
}

/** `template`: what the stack has by now. */
export function refuseForbiddenTypes(caller: Caller, template: JsonObject): void {
  const forbidden = typesIn(template).find((type) => !mayUseType(caller, type));
  if (forbidden !== undefined) throw notAuthorized(`resource_types:${forbidden}`);
}

/** In either language; no more than that is looked at. */
function typesIn(template: JsonObject): readonly string[] {
  const resources = template['resources'] ?? template['Resources'] ?? null;
  if (!isJsonObject(resources)) return [];
  return Object.values(resources).flatMap((resource) => {
    const type = isJsonObject(resource) ? (resource['type'] ?? resource['Type']) : null;
    return typeof type === 'string' ? [type] : [];
  });
}
