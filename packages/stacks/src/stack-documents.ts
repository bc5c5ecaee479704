/** What a stack was made from: template, environment with hidden values masked, files. */
import type { JsonObject } from '@hearth/kernel';
import { environmentView, parseTemplate } from '@hearth/template';
import type { Caller } from './caller.ts';
import { ownStack, type StackKey } from './own-stack.ts';
import { GLOBAL_FILE_PREFIX, type StackPorts } from './ports.ts';
import { environmentFromJson } from './stack-input.ts';
import { storedDefinition } from './stack-reading.ts';

export async function stackTemplate(ports: StackPorts, caller: Caller, key: StackKey): Promise<JsonObject> {
  return (await storedDefinition(ports, await ownStack(ports.database, caller, key))).template;
}

/** Without the operator's templates. */
export async function stackFiles(ports: StackPorts, caller: Caller, key: StackKey): Promise<Readonly<Record<string, string>>> {
  const { files } = await storedDefinition(ports, await ownStack(ports.database, caller, key));
  return Object.fromEntries(Object.entries(files).filter(([name]) => !name.startsWith(GLOBAL_FILE_PREFIX)));
}

/** In the names of the environment's own sections. */
export async function stackEnvironment(ports: StackPorts, caller: Caller, key: StackKey): Promise<JsonObject> {
  const record = await storedDefinition(ports, await ownStack(ports.database, caller, key));
  const environment = environmentFromJson(record.environment);
  const schemas = [...(parseTemplate(record.template).definition?.parameters.values() ?? [])];
  const hidden = new Set(schemas.filter((schema) => schema.hidden).map((schema) => schema.name));
  return { encrypted_param_names: [], ...environmentView(environment, hidden) };
}
