/** Previews: what creating or updating a stack would do, in Heat's shapes. Nothing is written. */
import { json, type Answer } from '@hearth/http-kit';
import type { Json, JsonObject } from '@hearth/kernel';
import type { CreationPreview, PreviewedResource, PreviewedStack, PreviewTree } from '@hearth/stacks';
import type { Action, ActionRequest } from './action.ts';
import { stackKey } from './action.ts';
import { link, stackUrl } from './links.ts';
import { queryFlag } from './request-values.ts';
import { bodyObject, createBody, updateBody } from './stack-body.ts';
import { shownOutput, timeText } from './views.ts';

const PREVIEW = '/stacks/:name/:id/preview';

export const PREVIEW_ACTIONS: readonly Action[] = [
  {
    method: 'POST',
    path: '/stacks/preview',
    persona: 'reader',
    rule: 'stacks:preview',
    handle: async (action) => {
      const preview = await action.stacks.previewCreation(action.caller, createBody(bodyObject(action.request.body)));
      return json(200, { stack: previewedStack(action, preview) });
    },
  },
  { method: 'PUT', path: PREVIEW, persona: 'member', rule: 'stacks:preview_update', handle: (action) => previewUpdate(action, 'replace') },
  {
    method: 'PATCH',
    path: PREVIEW,
    persona: 'member',
    rule: 'stacks:preview_update_patch',
    handle: (action) => previewUpdate(action, 'patch'),
  },
];

async function previewUpdate({ request, caller, stacks }: ActionRequest, mode: 'replace' | 'patch'): Promise<Answer> {
  const showsNested = queryFlag(request.query, 'show_nested', false);
  const preview = await stacks.previewUpdate(caller, stackKey(request), updateBody(bodyObject(request.body), mode), showsNested);
  const changes = Object.entries(preview).map(([kind, resources]) => [kind, resources.map((one) => previewedResource(one, false))]);
  return json(200, { resource_changes: Object.fromEntries(changes) });
}

function previewedStack({ request }: ActionRequest, { stack, createdAt, parameters, outputs, resources }: CreationPreview): JsonObject {
  return {
    stack_name: stack.name,
    id: 'None',
    links: [{ ...link('self', stackUrl(request, { ...stack, id: 'None' })) }],
    creation_time: timeText(createdAt),
    updated_time: null,
    deletion_time: null,
    notification_topics: [],
    parameters,
    description: stack.description,
    template_description: stack.description,
    capabilities: [],
    disable_rollback: stack.disableRollback,
    timeout_mins: stack.timeoutMins,
    stack_owner: stack.ownerName,
    parent: null,
    stack_user_project_id: null,
    tags: stack.tags ?? [],
    outputs: outputs.map(shownOutput),
    resources: resources.map(previewedTree),
  };
}

const previewedTree = (tree: PreviewTree): Json => ('name' in tree ? previewedResource(tree, true) : tree.map(previewedTree));

const identity = ({ id, name, projectId }: PreviewedStack, path = ''): JsonObject => ({
  tenant: projectId,
  stack_name: name,
  stack_id: id,
  path,
});

function previewedResource(one: PreviewedResource, withProperties: boolean): JsonObject {
  return {
    resource_name: one.name,
    resource_type: one.type,
    physical_resource_id: one.physicalId ?? '',
    resource_action: one.action,
    resource_status: one.status,
    resource_status_reason: one.statusReason,
    resource_identity: identity(one.stack, `/resources/${one.name}`),
    stack_identity: identity(one.stack),
    stack_name: one.stack.name,
    creation_time: timeText(one.createdAt),
    updated_time: timeText(one.updatedAt),
    required_by: one.requiredBy,
    ...(one.nested !== null && { nested_stack_id: identity(one.nested) }),
    ...(one.parentResource !== null && { parent_resource: one.parentResource }),
    description: one.description,
    metadata: one.metadata,
    attributes: one.attributes,
    ...(withProperties && { properties: one.properties }),
  };
}
