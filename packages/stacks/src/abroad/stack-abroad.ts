/** A stack as it leaves: abandoned, exported, or told of by a snapshot, in the form that Heat gives it. */
import type { JsonObject } from '@hearth/kernel';
import { visibleRows } from '@hearth/engine';
import { listDescendants, listResources, type Queryable, type ResourceRecord, type StackRecord } from '@hearth/store';
import { environmentView, parseTemplate } from '@hearth/template';
import { GLOBAL_FILE_PREFIX, type StackPorts } from '../ports.ts';
import { environmentFromJson } from '../stack-input.ts';
import { storedDefinition } from '../stack-reading.ts';
import { sealValue, withSecrets } from './sealed-values.ts';

/** `sealed`: what is hidden can come back; `masked`: it cannot. */
export type Secrets = 'sealed' | 'masked';

/** Deeper than any tree. */
const ALL_LEVELS = 1_000;

export async function stackAbroad(ports: StackPorts, db: Queryable, stack: StackRecord, secrets: Secrets): Promise<JsonObject> {
  const { template, environment, files } = await storedDefinition(ports, stack, db);
  const children = new Map((await listDescendants(db, stack, ALL_LEVELS, false)).map((child) => [child.id as string, child]));
  return {
    name: stack.name,
    id: stack.id,
    action: stack.action,
    status: stack.status,
    environment: environmentAbroad(ports, stack, template, environment, secrets),
    files: Object.fromEntries(Object.entries(files).filter(([name]) => !name.startsWith(GLOBAL_FILE_PREFIX))),
    template,
    resources: await resourcesAbroad(ports, db, stack, children, secrets),
    project_id: stack.projectId,
    stack_user_project_id: stack.projectId,
    tags: stack.tags ?? [],
  };
}

function environmentAbroad(
  ports: StackPorts,
  { projectId }: StackRecord,
  template: JsonObject,
  stored: JsonObject,
  secrets: Secrets,
): JsonObject {
  const environment = environmentFromJson(stored);
  const schemas = [...(parseTemplate(template).definition?.parameters.values() ?? [])];
  const hidden = new Set(schemas.filter((schema) => schema.hidden).map((schema) => schema.name));
  if (secrets === 'masked') return environmentView(environment, hidden);
  const sealed = (map: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(map).map(([name, value]) => [name, hidden.has(name) ? sealValue(ports, projectId, value) : value]));
  const { parameters, parameterDefaults } = environment;
  const view = environmentView({ ...environment, parameters: sealed(parameters), parameterDefaults: sealed(parameterDefaults) });
  return { ...view, event_sinks: withSecrets(environment.eventSinks, (secret) => sealValue(ports, projectId, secret)) };
}

/** The stack that a resource consists of stands in the place of the resource. What it is made from follows from its parent. */
async function resourcesAbroad(
  ports: StackPorts,
  db: Queryable,
  stack: StackRecord,
  children: ReadonlyMap<string, StackRecord>,
  secrets: Secrets,
): Promise<JsonObject> {
  const shown: Record<string, JsonObject> = {};
  for (const row of visibleRows(await listResources(db, ports.secretBox, stack.id)).values()) {
    const child = children.get(row.physicalId ?? '');
    const isNested = ports.registry.get(row.handler)?.composite !== undefined && child !== undefined;
    const nested = isNested ? await nestedAbroad(ports, db, child, children, secrets) : null;
    shown[row.name] = { ...resourceAbroad(ports, stack, row, secrets), ...nested };
  }
  return shown;
}

function resourceAbroad(ports: StackPorts, { projectId }: StackRecord, row: ResourceRecord, secrets: Secrets): JsonObject {
  const { data, physicalName } = row;
  return {
    name: row.name,
    resource_id: row.physicalId,
    type: row.type,
    action: row.action,
    status: row.status,
    metadata: row.metadata,
    resource_data: secrets === 'masked' ? {} : { [OWN_DATA]: sealValue(ports, projectId, { id: row.physicalId, data, physicalName }) },
  };
}

/** Where what our types remember of a resource lies; those of others have keys of their own. */
export const OWN_DATA = 'hearth';

const nestedAbroad = async (
  ports: StackPorts,
  db: Queryable,
  child: StackRecord,
  children: ReadonlyMap<string, StackRecord>,
  secrets: Secrets,
): Promise<JsonObject> => ({
  name: child.name,
  id: child.id,
  action: child.action,
  status: child.status,
  project_id: child.projectId,
  stack_user_project_id: child.projectId,
  resources: await resourcesAbroad(ports, db, child, children, secrets),
});
