/** Stacks: list, create, show, update, delete, what they were made from, their outputs. */
import { empty, json, type Answer } from '@hearth/http-kit';
import { EVERY_STACK, isAdministrator, type FilterColumn, type ListStacks, type StackSortKey } from '@hearth/stacks';
import { param, stackKey, type Action, type ActionRequest } from './action.ts';
import { bare } from './faults.ts';
import { nextLink, stackUrl } from './links.ts';
import { badRequest, flag, queryAll, queryDescending, queryFlag, queryLimit, queryTags } from './request-values.ts';
import { bodyObject, createBody, updateBody } from './stack-body.ts';
import { createdStack, listedStack, shownOutput, shownStack } from './views.ts';
import { requirePersona } from './personas.ts';

const STACK = '/stacks/:name/:id';

export const STACK_ACTIONS: readonly Action[] = [
  { method: 'GET', path: '/stacks', persona: 'reader', rule: 'stacks:index', handle: (action) => listStacks(action, listRequest(action)) },
  // As in Heat, the detailed list looks at no parameter.
  { method: 'GET', path: '/stacks/detail', persona: 'reader', rule: 'stacks:detail', handle: (action) => listStacks(action, EVERY_STACK) },
  {
    method: 'POST',
    path: '/stacks',
    persona: 'member',
    rule: 'stacks:create',
    handle: async ({ request, caller, stacks }) => {
      const stack = await stacks.createStack(caller, createBody(bodyObject(request.body)));
      return json(201, createdStack(request, stack), { Location: stackUrl(request, stack) });
    },
  },
  {
    method: 'GET',
    path: STACK,
    persona: 'reader',
    rule: 'stacks:show',
    handle: async ({ request, caller, stacks }) => {
      const resolvesOutputs = queryFlag(request.query, 'resolve_outputs', true);
      return json(200, { stack: shownStack(request, await stacks.showStack(caller, stackKey(request), resolvesOutputs)) });
    },
  },
  { method: 'PUT', path: STACK, persona: 'member', rule: 'stacks:update', handle: (action) => updateStack(action, 'replace') },
  { method: 'PATCH', path: STACK, persona: 'member', rule: 'stacks:update_patch', handle: (action) => updateStack(action, 'patch') },
  {
    method: 'DELETE',
    path: STACK,
    persona: 'member',
    rule: 'stacks:delete',
    handle: async ({ request, caller, stacks }) => {
      await stacks.deleteStack(caller, stackKey(request));
      return empty(204);
    },
  },
  {
    method: 'GET',
    path: `${STACK}/template`,
    persona: 'reader',
    rule: 'stacks:template',
    handle: async ({ request, caller, stacks }) => json(200, await stacks.stackTemplate(caller, stackKey(request))),
  },
  {
    method: 'GET',
    path: `${STACK}/environment`,
    persona: 'reader',
    rule: 'stacks:environment',
    handle: async ({ request, caller, stacks }) => json(200, await stacks.stackEnvironment(caller, stackKey(request))),
  },
  {
    method: 'GET',
    path: `${STACK}/files`,
    persona: 'reader',
    rule: 'stacks:files',
    handle: async ({ request, caller, stacks }) => json(200, await stacks.stackFiles(caller, stackKey(request))),
  },
  {
    method: 'GET',
    path: `${STACK}/outputs`,
    persona: 'reader',
    rule: 'stacks:list_outputs',
    handle: async ({ request, caller, stacks }) => {
      const outputs = await stacks.listOutputs(caller, stackKey(request));
      return json(200, { outputs: outputs.map(({ name, description }) => ({ output_key: name, description })) });
    },
  },
  {
    method: 'GET',
    path: `${STACK}/outputs/:output`,
    persona: 'reader',
    rule: 'stacks:show_output',
    handle: async ({ request, caller, stacks }) =>
      json(200, { output: shownOutput(await stacks.showOutput(caller, stackKey(request), param(request, 'output'))) }),
  },
];

async function updateStack({ request, caller, stacks }: ActionRequest, mode: 'replace' | 'patch'): Promise<Answer> {
  await stacks.updateStack(caller, stackKey(request), updateBody(bodyObject(request.body), mode));
  return bare(202, 'Accepted', 'The request is accepted for processing.');
}

async function listStacks({ request, caller, stacks }: ActionRequest, wanted: ListStacks): Promise<Answer> {
  const { stacks: found, count, full } = await stacks.listStacks(caller, wanted);
  const last = found.at(-1);
  return json(200, {
    stacks: found.map((stack) => listedStack(request, stack, isAdministrator(caller))),
    ...(full && last !== undefined && { links: [nextLink(request, last.id)] }),
    ...(count !== null && { count }),
  });
}

/** Filters under their short names and under those of the answer. */
const FILTERS: readonly (readonly [FilterColumn, readonly string[]])[] = [
  ['id', ['id']],
  ['name', ['name', 'stack_name']],
  ['action', ['action', 'stack_action']],
  ['statusReason', ['stack_status_reason']],
  ['ownerName', ['username', 'stack_owner']],
  ['parentId', ['owner_id', 'parent']],
  ['projectId', ['tenant', 'stack_user_project_id']],
  ['timeoutMins', ['timeout_mins']],
];
const SORT_KEYS: Readonly<Record<string, StackSortKey>> = {
  stack_name: 'name',
  stack_status: 'state',
  creation_time: 'createdAt',
  updated_time: 'updatedAt',
};

function listRequest({ request, caller }: ActionRequest): ListStacks {
  const { query } = request;
  if (queryFlag(query, 'global_tenant', false)) refuseGlobalList(caller.roles);
  const equals: Partial<Record<FilterColumn, readonly string[]>> = {};
  for (const [column, names] of FILTERS) {
    const values = queryAll(query, ...names);
    if (values.length > 0) equals[column] = values;
  }
  const rollback = queryAll(query, 'disable_rollback');
  if (rollback.length > 0) equals.disableRollback = rollback.map((text) => String(flag('disable_rollback', text)));
  return {
    equals,
    statuses: queryAll(query, 'status', 'stack_status'),
    tagsAll: queryTags(query, 'tags'),
    tagsAny: queryTags(query, 'tags_any'),
    notTagsAll: queryTags(query, 'not_tags'),
    notTagsAny: queryTags(query, 'not_tags_any'),
    showsDeleted: queryFlag(query, 'show_deleted', false),
    showsNested: queryFlag(query, 'show_nested', false),
    showsHidden: queryFlag(query, 'show_hidden', false),
    counts: queryFlag(query, 'with_count', false),
    limit: queryLimit(query),
    marker: query.get('marker') || null,
    // Unknown keys are dropped, as in Heat.
    sortKeys: queryAll(query, 'sort_keys').flatMap((name) => (Object.hasOwn(SORT_KEYS, name) ? [SORT_KEYS[name] as StackSortKey] : [])),
    descending: queryDescending(query),
  };
}

/** Nobody may list all projects' stacks unless an operator allows it, which is not possible yet. */
function refuseGlobalList(roles: readonly string[]): never {
  requirePersona('admin', roles, 'stacks:global_index');
  throw badRequest('Listing the stacks of all projects is not available.', 'NotSupported');
}
