/** What the server knows: resource types, template versions, its revision; and validation of a template. */
import { json } from '@hearth/http-kit';
import { hasTemplate, UNAVAILABLE_CODE } from '@hearth/stacks';
import { param, type Action } from './action.ts';
import { badRequest, queryFlag } from './request-values.ts';
import { bodyObject, definitionInput } from './stack-body.ts';

export const CATALOGUE_ACTIONS: readonly Action[] = [
  {
    method: 'POST',
    path: '/validate',
    persona: 'member',
    rule: 'stacks:validate_template',
    handle: async ({ request, caller, stacks }) => {
      const showsNested = queryFlag(request.query, 'show_nested', false);
      const overlooksServices = overlooksUnavailable(request.query.get('ignore_errors'));
      const input = definitionInput(bodyObject(request.body));
      if (!hasTemplate(input)) throw badRequest('No template specified');
      return json(200, await stacks.validateTemplate(caller, input, { showsNested, overlooksServices }));
    },
  },
  {
    method: 'GET',
    path: '/resource_types',
    persona: 'reader',
    rule: 'stacks:list_resource_types',
    handle: async ({ request, caller, stacks }) => {
      const { query } = request;
      const withDescription = queryFlag(query, 'with_description', false);
      const types = await stacks.listResourceTypes(caller, {
        supportStatus: query.get('support_status'),
        name: query.get('name'),
        version: query.get('version'),
      });
      return json(200, {
        resource_types: types.map(({ name, description }) => (withDescription ? { resource_type: name, description } : name)),
      });
    },
  },
  {
    method: 'GET',
    path: '/resource_types/:type',
    persona: 'reader',
    rule: 'stacks:resource_schema',
    handle: async ({ request, caller, stacks }) =>
      json(200, await stacks.showResourceType(caller, param(request, 'type'), queryFlag(request.query, 'with_description', false))),
  },
  {
    method: 'GET',
    path: '/resource_types/:type/template',
    persona: 'member',
    rule: 'stacks:generate_template',
    handle: ({ request, caller, stacks }) => {
      const language = (request.query.get('template_type') ?? 'cfn').toLowerCase();
      if (language !== 'cfn' && language !== 'hot') {
        throw badRequest(`Template type is not supported: Invalid template type "${language.slice(0, 100)}", valid types are: cfn, hot.`);
      }
      return json(200, stacks.resourceTypeTemplate(caller, param(request, 'type'), language));
    },
  },
  {
    method: 'GET',
    path: '/template_versions',
    persona: 'reader',
    rule: 'stacks:list_template_versions',
    handle: ({ stacks }) => json(200, { template_versions: stacks.listTemplateVersions() }),
  },
  {
    method: 'GET',
    path: '/template_versions/:version/functions',
    persona: 'reader',
    rule: 'stacks:list_template_functions',
    handle: ({ request, stacks }) => {
      const withConditions = queryFlag(request.query, 'with_condition_func', false);
      return json(200, { template_functions: stacks.listTemplateFunctions(param(request, 'version'), withConditions) });
    },
  },
  {
    method: 'GET',
    path: '/build_info',
    persona: 'reader',
    rule: 'build_info:build_info',
    handle: ({ stacks }) => json(200, { api: { revision: stacks.revision() }, engine: { revision: stacks.revision() } }),
  },
];

/** Of all errors a validation may be told to overlook one: a service that is not there. */
function overlooksUnavailable(text: string | null): boolean {
  const codes = (text ?? '').split(',').filter((code) => code !== '');
  const unknown = codes.filter((code) => code !== UNAVAILABLE_CODE);
  if (unknown.length > 0)
    throw badRequest(`Invalid codes in ignore_errors : [${unknown.map((code) => `'${code.slice(0, 50)}'`).join(', ')}]`);
  return codes.length > 0;
}
