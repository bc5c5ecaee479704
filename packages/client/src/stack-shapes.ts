/** What the orchestration API tells about stacks, in our own field names, and how its JSON is read. */
import { Failure, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { listOf, textOf, textOrEmpty } from './reading.ts';

export interface StackSummary {
  readonly id: string;
  readonly name: string;
  /** `CREATE_COMPLETE`, `DELETE_IN_PROGRESS` … */
  readonly status: string;
  readonly reason: string;
  readonly description: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly updatedAt: string | null;
}

export interface StackDetail extends StackSummary {
  readonly parameters: Readonly<Record<string, Json>>;
  readonly outputs: readonly StackOutput[];
}

export interface StackOutput {
  readonly name: string;
  readonly description: string;
  readonly value: Json;
  /** Why there is no value; null when there is one. */
  readonly error: string | null;
}

export interface StackResource {
  readonly name: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly physicalId: string;
  /** Logical names of the resources that wait for this one. */
  readonly requiredBy: readonly string[];
  readonly createdAt: string;
  readonly updatedAt: string | null;
}

export interface StackEvent {
  readonly id: string;
  readonly resourceName: string;
  readonly status: string;
  readonly reason: string;
  readonly physicalId: string;
  readonly at: string;
}

/** True when nothing goes on in a stack or resource with this status. */
export const isSettled = (status: string): boolean => status.endsWith('_COMPLETE') || status.endsWith('_FAILED');

export function readSummary(from: Json): StackSummary {
  const stack = objectOf(from, 'a stack');
  return {
    id: required(stack, 'id', 'a stack'),
    name: required(stack, 'stack_name', 'a stack'),
    status: required(stack, 'stack_status', 'a stack'),
    reason: textOrEmpty(stack['stack_status_reason']),
    description: textOrEmpty(stack['description']),
    createdAt: textOrEmpty(stack['creation_time']),
    updatedAt: textOf(stack['updated_time']),
  };
}

export function readDetail(from: Json): StackDetail {
  const stack = objectOf(from, 'a stack');
  return {
    ...readSummary(stack),
    parameters: isJsonObject(stack['parameters']) ? stack['parameters'] : {},
    outputs: listOf(stack, 'outputs').map(readOutput),
  };
}

export function readOutput(from: Json): StackOutput {
  const output = objectOf(from, 'an output');
  return {
    name: required(output, 'output_key', 'an output'),
    description: textOrEmpty(output['description']),
    value: output['output_value'] ?? null,
    error: textOf(output['output_error']),
  };
}

export function readResource(from: Json): StackResource {
  const resource = objectOf(from, 'a resource');
  return {
    name: required(resource, 'resource_name', 'a resource'),
    type: required(resource, 'resource_type', 'a resource'),
    status: required(resource, 'resource_status', 'a resource'),
    reason: textOrEmpty(resource['resource_status_reason']),
    physicalId: textOrEmpty(resource['physical_resource_id']),
    requiredBy: listOf(resource, 'required_by').filter((name): name is string => typeof name === 'string'),
    createdAt: textOrEmpty(resource['creation_time']),
    updatedAt: textOf(resource['updated_time']),
  };
}

export function readEvent(from: Json): StackEvent {
  const event = objectOf(from, 'an event');
  return {
    id: required(event, 'id', 'an event'),
    resourceName: textOrEmpty(event['resource_name']),
    status: required(event, 'resource_status', 'an event'),
    reason: textOrEmpty(event['resource_status_reason']),
    physicalId: textOrEmpty(event['physical_resource_id']),
    at: textOrEmpty(event['event_time']),
  };
}

/** The value under `key` of an answer, which must be there. */
export function partOf(body: Json, key: string): Json {
  const part = objectOf(body, 'the answer')[key];
  if (part === undefined) throw new Failure('unknown', `the answer of the orchestration API has no "${key}"; is that its address?`);
  return part;
}

function objectOf(value: Json, what: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw new Failure('unknown', `the orchestration API answered something else than ${what}; is that its address?`);
}

function required(object: JsonObject, key: string, what: string): string {
  const value = object[key];
  if (typeof value === 'string') return value;
  throw new Failure('unknown', `the orchestration API described ${what} without "${key}"`);
}
