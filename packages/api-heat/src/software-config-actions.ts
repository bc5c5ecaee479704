/** Software configs: list, create, show, delete. */
import { empty, json } from '@hearth/http-kit';
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { isAdministrator, type CreateSoftwareConfig, type SoftwareConfigSummary } from '@hearth/stacks';
import { param, type Action, type ActionRequest } from './action.ts';
import { requirePersona } from './personas.ts';
import { badRequest, queryFlag, queryLimit } from './request-values.ts';
import { bodyObject } from './stack-body.ts';
import { timeText } from './views.ts';

const CONFIGS = '/software_configs';

export const SOFTWARE_CONFIG_ACTIONS: readonly Action[] = [
  { method: 'GET', path: CONFIGS, persona: 'reader', rule: 'software_configs:index', handle: listConfigs },
  {
    method: 'POST',
    path: CONFIGS,
    persona: 'member',
    rule: 'software_configs:create',
    handle: async ({ request, caller, stacks }) =>
      json(200, { software_config: shownConfig(await stacks.createSoftwareConfig(caller, configBody(bodyObject(request.body)))) }),
  },
  {
    method: 'GET',
    path: `${CONFIGS}/:config`,
    persona: 'reader',
    rule: 'software_configs:show',
    handle: async ({ request, caller, stacks }) =>
      json(200, { software_config: shownConfig(await stacks.showSoftwareConfig(caller, param(request, 'config'))) }),
  },
  {
    method: 'DELETE',
    path: `${CONFIGS}/:config`,
    persona: 'member',
    rule: 'software_configs:delete',
    handle: async ({ request, caller, stacks }) => {
      await stacks.deleteSoftwareConfig(caller, param(request, 'config'));
      return empty(204);
    },
  },
];

type Summary = Omit<SoftwareConfigSummary, 'projectId' | 'id'> & { readonly id: string };

const listedConfig = ({ id, name, group, createdAt }: Summary): JsonObject => ({ id, name, group, creation_time: timeText(createdAt) });

const shownConfig = (config: Summary & CreateSoftwareConfig): JsonObject => ({
  ...listedConfig(config),
  config: config.config,
  inputs: config.inputs,
  outputs: config.outputs,
  options: config.options,
});

async function listConfigs({ request, caller, stacks }: ActionRequest) {
  if (queryFlag(request.query, 'global_tenant', false)) {
    requirePersona('admin', caller.roles, 'software_configs:global_index');
    throw badRequest('Listing the software configs of all projects is not available.', 'NotSupported');
  }
  const page = { limit: queryLimit(request.query), marker: request.query.get('marker') };
  const found = await stacks.listSoftwareConfigs(caller, page);
  const isAdmin = isAdministrator(caller);
  return json(200, {
    software_configs: found.map((config) => ({ ...listedConfig(config), ...(isAdmin && { project: config.projectId }) })),
  });
}

function configBody(body: JsonObject): CreateSoftwareConfig {
  const options = body['options'] ?? null;
  if (options !== null && !isJsonObject(options)) throw badRequest('"options" must be a map.');
  return {
    name: text(body, 'name'),
    group: text(body, 'group'),
    config: body['config'] ?? null,
    inputs: body['inputs'] ?? null,
    outputs: body['outputs'] ?? null,
    options,
  };
}

const LONGEST_NAME = 255;

function text(body: JsonObject, name: string): string | null {
  const value: Json = body[name] ?? null;
  if (value === null) return null;
  if (typeof value !== 'string') throw badRequest(`"${name}" must be text.`);
  if ([...value].length > LONGEST_NAME) throw badRequest(`"${name}" is longer than ${LONGEST_NAME} characters.`);
  return value;
}
