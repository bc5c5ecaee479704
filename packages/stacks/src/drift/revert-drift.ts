/** Bringing back what drifted: an update to the definition that the stack has, in which what the cloud has counts as a change. */
import type { StackRecord } from '@hearth/store';
import type { Caller } from '../caller.ts';
import { readDefinitionInput } from '../definition-body.ts';
import { lockOwnLiveStack, type StackKey } from '../own-stack.ts';
import type { StackPorts } from '../ports.ts';
import { invalid } from '../refusals.ts';
import { checkMayUpdate, updateStack } from '../update-stack.ts';
import { forgetAcceptance, noSuchResource } from './accept-drift.ts';
import { isWithin, lookedTree } from './looked-tree.ts';

/**
 * Paths of resources, or none for everything. Everything that is to be brought back is looked at first. What was accepted stays as it is, unless it is
 * named here.
 */
export async function revertDrift(ports: StackPorts, caller: Caller, key: StackKey, paths: readonly string[]): Promise<StackRecord> {
  if (paths.length > 0) {
    await ports.database.transaction(async (tx) => {
      const stack = await lockOwnLiveStack(tx, caller, key);
      checkMayUpdate(stack);
      const tree = await lookedTree(ports, tx, stack);
      const unknown = paths.find((path) => !tree.some((one) => isWithin(one.path, [path])));
      if (unknown !== undefined) throw noSuchResource(stack.name, unknown, tree);
      await forgetAcceptance(ports, tx, tree, paths);
    });
  }
  const asItIs = readDefinitionInput({}, (message) => invalid(message));
  return updateStack(ports, caller, key, {
    ...asItIs,
    mode: 'patch',
    timeoutMins: null,
    disableRollback: null,
    tags: null,
    clearParameters: [],
    mends: paths,
  });
}
