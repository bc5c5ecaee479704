/** Bodies of create, update and validate, as the use cases take them. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import {
  adoptData,
  hasTemplate,
  namesIn,
  readDefinitionInput,
  type CreateStack,
  type DefinitionInput,
  type UpdateStack,
} from '@hearth/stacks';
import { badRequest, flag, tagList, whole } from './request-values.ts';

export function bodyObject(body: unknown): JsonObject {
  if (!isJsonObject(body)) throw badRequest('The request needs a body that is a JSON object.');
  return body;
}

export function createBody(body: JsonObject): CreateStack {
  const name = body['stack_name'];
  if (name === undefined || name === null || name === '') throw badRequest('No stack name specified');
  if (typeof name !== 'string') throw badRequest('"stack_name" must be text.');
  if (isGiven(body['converge'])) throw badRequest('converge flag only supported in stack update (or update preview) request.');
  const input = definitionInput(body);
  const terms = { name, timeoutMins: timeout(body), disableRollback: disableRollback(body) ?? true, tags: tags(body) };
  const adopted = body['adopt_stack_data'] ?? null;
  // Its template is what counts, whatever else was sent.
  if (isGiven(adopted)) return { ...input, template: null, templateUrl: null, ...terms, adopts: adoptedStack(adopted) };
  if (!hasTemplate(input)) throw badRequest('No template specified');
  return { ...input, ...terms };
}

function adoptedStack(value: Json): JsonObject {
  if (typeof value !== 'string' && !isJsonObject(value)) throw badRequest('"adopt_stack_data" must be text, or a map.');
  return adoptData(value);
}

export function updateBody(body: JsonObject, mode: 'replace' | 'patch'): UpdateStack {
  const input = definitionInput(body);
  if (mode === 'replace' && !hasTemplate(input)) throw badRequest('No template specified');
  return {
    ...input,
    mode,
    timeoutMins: timeout(body),
    disableRollback: disableRollback(body),
    tags: tags(body),
    clearParameters: names(body, 'clear_parameters'),
    ...(isGiven(body['converge']) && flag('converge', body['converge'] ?? null, 'ValueError') && { mends: [] }),
  };
}

export function definitionInput(body: JsonObject): DefinitionInput {
  return readDefinitionInput(body, badRequest);
}

const isGiven = (value: Json | undefined): boolean => value !== undefined && value !== null && value !== '';

const names = (body: JsonObject, key: string): readonly string[] => namesIn(body, key, badRequest);

/** 0 counts as not given. */
function timeout(body: JsonObject): number | null {
  const value = body['timeout_mins'] ?? null;
  return value === null ? null : whole('timeout_mins', value) || null;
}

function disableRollback(body: JsonObject): boolean | null {
  const value = body['disable_rollback'] ?? null;
  return value === null ? null : flag('disable_rollback', value, 'ValueError');
}

function tags(body: JsonObject): readonly string[] | null {
  const value = body['tags'] ?? null;
  if (value === null || value === '') return null;
  if (typeof value === 'string') return tagList(value);
  if (isJsonArray(value) && value.every((item) => typeof item === 'string' && !item.includes(',')))
    return value.flatMap((item) => tagList(item as string));
  throw badRequest('"tags" must be comma-separated text.');
}
