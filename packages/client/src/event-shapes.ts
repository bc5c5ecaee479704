/** An event as `/hearth/v1/…/events` tells it, in our own field names. */
import { Failure, isJsonObject, type Json } from '@hearth/kernel';
import { textOrEmpty } from './reading.ts';

export interface TreeEvent {
  /** To go on behind this event. */
  readonly cursor: string;
  /** Of the stack itself, or of one of its resources. */
  readonly kind: 'stack' | 'resource';
  /** ISO 8601, UTC, with milliseconds. */
  readonly at: string;
  readonly stackId: string;
  readonly stackName: string;
  /** The root's name, then the names of the resources that lead to the stack: `web.group.0`. */
  readonly stackPath: string;
  readonly resourceName: string;
  readonly resourceType: string;
  readonly physicalId: string;
  /** `CREATE_COMPLETE`, `DELETE_IN_PROGRESS` … */
  readonly status: string;
  readonly reason: string;
}

export function readTreeEvent(from: Json): TreeEvent {
  if (!isJsonObject(from) || typeof from['id'] !== 'string')
    throw new Failure('unknown', 'the event stream told something else than an event; is that its address?');
  const text = (key: string): string => textOrEmpty(from[key]);
  return {
    cursor: from['id'],
    kind: from['kind'] === 'stack' ? 'stack' : 'resource',
    at: text('time'),
    stackId: text('stack_id'),
    stackName: text('stack_name'),
    stackPath: text('stack_path'),
    resourceName: text('resource_name'),
    resourceType: text('resource_type'),
    physicalId: text('physical_resource_id'),
    status: `${text('action')}_${text('status')}`,
    reason: text('reason'),
  };
}
