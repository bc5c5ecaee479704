/** What a request's body says about a definition, as every façade takes it: Heat's names for templates, environments and files. */
import { isJsonArray, isJsonObject, type JsonObject, type Refusal } from '@hearth/kernel';
import type { DefinitionInput } from './stack-input.ts';

/** How the façade refuses a value of the wrong kind. */
type Refuse = (message: string) => Refusal;

export const DEFINITION_KEYS: readonly string[] = [
  'template',
  'template_url',
  'parameters',
  'environment',
  'environment_files',
  'files',
  'files_container',
];

export function readDefinitionInput(body: JsonObject, refuse: Refuse): DefinitionInput {
  return {
    template: documentIn(body, 'template', refuse),
    templateUrl: textIn(body, 'template_url', refuse),
    parameters: mapIn(body, 'parameters', refuse),
    environment: documentIn(body, 'environment', refuse),
    environmentFiles: namesIn(body, 'environment_files', refuse),
    files: filesIn(body, refuse),
    filesContainer: textIn(body, 'files_container', refuse),
  };
}

/** Absent and null are the empty list. */
export function namesIn(body: JsonObject, key: string, refuse: Refuse): readonly string[] {
  const value = body[key] ?? [];
  if (!isJsonArray(value) || value.some((item) => typeof item !== 'string')) throw refuse(`"${key}" must be a list of names.`);
  return value as readonly string[];
}

function textIn(body: JsonObject, name: string, refuse: Refuse): string | null {
  const value = body[name] ?? null;
  if (value === null || value === '') return null;
  if (typeof value !== 'string') throw refuse(`"${name}" must be text.`);
  return value;
}

function documentIn(body: JsonObject, name: string, refuse: Refuse): string | JsonObject | null {
  const value = body[name] ?? null;
  if (value === null || value === '') return null;
  if (typeof value !== 'string' && !isJsonObject(value)) throw refuse(`"${name}" must be a map, or text in YAML or JSON.`);
  return value;
}

/** A map in a body; absent and null are the empty one. */
function mapIn(body: JsonObject, name: string, refuse: Refuse): JsonObject {
  const value = body[name] ?? {};
  if (!isJsonObject(value)) throw refuse(`"${name}" must be a map.`);
  return value;
}

function filesIn(body: JsonObject, refuse: Refuse): Readonly<Record<string, string>> {
  const files = mapIn(body, 'files', refuse);
  return Object.fromEntries(
    Object.entries(files).map(([name, content]) => [name, typeof content === 'string' ? content : JSON.stringify(content)]),
  );
}
