/** What deletions left in the cloud, for whoever has to clear it away. */
import { listLeftovers, type PlacedLeftover } from '@hearth/store';
import type { Caller } from '../caller.ts';
import { ownProject, ownStack, type StackKey } from '../own-stack.ts';
import type { StackPorts } from '../ports.ts';

/** Of a stack and all below it, deleted or not; `key` null: of the whole project. The newest first. */
export async function listStackLeftovers(
  ports: StackPorts,
  caller: Caller,
  key: StackKey | null,
  limit: number,
): Promise<readonly PlacedLeftover[]> {
  if (key === null) return listLeftovers(ports.database, ownProject(caller), null, limit);
  const stack = await ownStack(ports.database, caller, key);
  return listLeftovers(ports.database, stack.projectId, stack.id, limit);
}
