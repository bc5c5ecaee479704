/** Progress for logs and pipes: one line for each resource whose status changed since the last look. Pure. */
import type { StackResource } from '../stack-shapes.ts';
import { markOf, phaseOf, shortType } from './phase.ts';

/** `before` is what the last look saw (empty at first); the waiting ones say nothing until they begin; the vanished are named as deleted. */
export function changeLines(before: readonly StackResource[], after: readonly StackResource[]): readonly string[] {
  const known = new Map(before.map((resource) => [resource.name, resource.status]));
  const changed = after.filter((resource) => phaseOf(resource.status) !== 'waiting' && known.get(resource.name) !== resource.status);
  const present = new Set(after.map((resource) => resource.name));
  const vanished = before
    .filter((resource) => !present.has(resource.name))
    .map((resource) => ({ ...resource, status: 'DELETE_COMPLETE', reason: '' }));
  return [...changed, ...vanished].map(changeLine);
}

export type ChangedResource = Pick<StackResource, 'name' | 'type' | 'status' | 'reason'>;

export function changeLine({ name, type, status, reason }: ChangedResource): string {
  const phase = phaseOf(status);
  const why = phase === 'failed' && reason !== '' ? `: ${reason.replaceAll(/\s+/g, ' ')}` : '';
  return `  ${markOf(phase)} ${name.padEnd(20)} ${shortType(type).padEnd(22)} ${status}${why}`;
}
