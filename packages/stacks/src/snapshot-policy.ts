/** The deletion policy Snapshot: only a few types keep an image or a backup of what they delete. */
import { pathText, type Diagnostic } from '@hearth/kernel';
import type { ResourceType } from '@hearth/resource-kit';
import type { Definition, ResolvedResource } from '@hearth/template';
import { error } from './findings.ts';

export function snapshotProblems(
  definition: Definition,
  resource: string,
  type: ResourceType,
  { deletionPolicy }: Pick<ResolvedResource, 'deletionPolicy'>,
): readonly Diagnostic[] {
  if (deletionPolicy !== 'snapshot' || type.canSnapshot === true || type.copies !== undefined) return [];
  const path = [...(definition.resources.get(resource)?.path ?? []), definition.keys.deletionPolicy];
  return [error('no-snapshot', `${pathText(path)}: : "Snapshot" deletion policy not supported`, path, definition, 'use Delete or Retain')];
}
