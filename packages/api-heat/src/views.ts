/** Stacks, resources, events and outputs as JSON, field by field as Heat's clients expect them. */
import type { JsonObject } from '@hearth/kernel';
import type { ApiRequest } from '@hearth/http-kit';
import type { EventRecord, OutputView, ResourceView, StackRecord, StackView } from '@hearth/stacks';
import { link, resourceUrl, stackUrl, type Link } from './links.ts';

/** Seconds, UTC: `2026-01-31T12:00:00Z`. */
export const timeText = (ms: number | null): string | null => (ms === null ? null : `${new Date(ms).toISOString().slice(0, 19)}Z`);

const statusOf = (of: { readonly action: string; readonly status: string }): string => `${of.action}_${of.status}`;
const selfLink = (request: ApiRequest, stack: StackRecord): readonly Link[] => [link('self', stackUrl(request, stack))];

export const createdStack = (request: ApiRequest, stack: StackRecord) => ({ stack: { id: stack.id, links: selfLink(request, stack) } });

/** An entry of a list. `withProject`: administrators see whose it is. */
export function listedStack(request: ApiRequest, stack: StackRecord, withProject: boolean) {
  return {
    id: stack.id,
    links: selfLink(request, stack),
    stack_name: stack.name,
    description: '',
    stack_status: statusOf(stack),
    stack_status_reason: stack.statusReason,
    creation_time: timeText(stack.createdAt),
    updated_time: timeText(stack.updatedAt),
    deletion_time: timeText(stack.deletedAt),
    stack_owner: stack.ownerName,
    parent: stack.parentId,
    stack_user_project_id: stack.projectId,
    tags: stack.tags,
    ...(withProject && { project: stack.projectId }),
  };
}

export function shownStack(request: ApiRequest, { stack, parameters, templateDescription, outputs }: StackView) {
  return {
    stack_name: stack.name,
    id: stack.id,
    links: selfLink(request, stack),
    creation_time: timeText(stack.createdAt),
    updated_time: timeText(stack.updatedAt),
    deletion_time: timeText(stack.deletedAt),
    notification_topics: [],
    parameters,
    description: stack.description,
    template_description: templateDescription,
    capabilities: [],
    disable_rollback: stack.disableRollback,
    timeout_mins: stack.timeoutMins,
    stack_owner: stack.ownerName,
    parent: stack.parentId,
    stack_user_project_id: stack.projectId,
    tags: stack.tags ?? [],
    stack_status: statusOf(stack),
    stack_status_reason: stack.statusReason,
    ...(outputs !== null && { outputs: outputs.map(shownOutput) }),
  };
}

export function shownOutput(output: OutputView) {
  return {
    output_key: output.name,
    description: output.description,
    output_value: output.value,
    ...(output.error !== null && { output_error: output.error }),
  };
}

export function shownResource(request: ApiRequest, resource: ResourceView) {
  const { stack, nested } = resource;
  return {
    updated_time: timeText(resource.updatedAt),
    creation_time: timeText(resource.createdAt),
    logical_resource_id: resource.name,
    resource_name: resource.name,
    physical_resource_id: resource.physicalId ?? '',
    resource_status: statusOf(resource),
    resource_status_reason: resource.statusReason,
    resource_type: resource.type,
    links: [
      link('self', resourceUrl(request, stack, resource.name)),
      link('stack', stackUrl(request, stack)),
      ...(nested === null ? [] : [link('nested', stackUrl(request, { ...nested, projectId: stack.projectId }))]),
    ],
    required_by: resource.requiredBy,
    ...(stack.parentResource !== null && { parent_resource: stack.parentResource }),
    ...(resource.attributes !== null && { description: resource.description, attributes: resource.attributes }),
  };
}

/** `detail` is for a single event. */
export function shownEvent(
  request: ApiRequest,
  stack: StackRecord,
  event: EventRecord,
  options: { readonly detail?: JsonObject; readonly root?: StackRecord | null } = {},
) {
  const resource = resourceUrl(request, stack, event.resourceName);
  return {
    id: event.id,
    links: [
      link('self', `${resource}/events/${event.id}`),
      link('resource', resource),
      link('stack', stackUrl(request, stack)),
      ...(options.root == null ? [] : [link('root_stack', stackUrl(request, options.root))]),
    ],
    event_time: timeText(event.at),
    resource_name: event.resourceName,
    logical_resource_id: event.resourceName,
    physical_resource_id: event.physicalId ?? '',
    resource_status: statusOf(event),
    resource_status_reason: event.reason,
    ...(options.detail !== undefined && { resource_type: event.resourceType, resource_properties: options.detail }),
  };
}
