/** Bringing back what drifted: an update to the definition that the stack has, in which what the cloud has counts as a change. */
import type { StackRecord } from '@hearth/store';
import type { Caller } from '../caller.ts';
import { refuseTooMany } from '../never-stuck/resource-paths.ts';
import type { StackKey } from '../own-stack.ts';
import type { StackPorts } from '../ports.ts';
import { AS_IT_IS, updateStack } from '../update-stack.ts';
import { forgetAcceptance, resourcesAt } from './accept-drift.ts';
import { lookedTree } from './looked-tree.ts';

/**
 * Paths of resources, or none for everything. Everything that is to be brought back is looked at first. What was accepted stays as it is, unless it is
 * named here.
 */
export async function revertDrift(ports: StackPorts, caller: Caller, key: StackKey, paths: readonly string[]): Promise<StackRecord> {
  refuseTooMany(paths);
  return updateStack(
    ports,
    caller,
    key,
    { ...AS_IT_IS, mends: paths },
    {
      async besides(tx, stack) {
        if (paths.length === 0) return;
        const tree = await lookedTree(ports, tx, stack);
        resourcesAt(paths, stack.name, tree);
        await forgetAcceptance(ports, tx, tree, paths);
      },
    },
  );
}
