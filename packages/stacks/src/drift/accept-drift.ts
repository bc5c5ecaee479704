/** Taking drift for good: from now on the present values count as they are, until they change again or the template does. */
import { asId, Refusal, type EventId } from '@hearth/kernel';
import { countedState, openDifferences, writeAcceptance, type Accepted, type Queryable } from '@hearth/store';
import type { Caller } from '../caller.ts';
import { lockOwnLiveStack, type StackKey } from '../own-stack.ts';
import type { StackPorts } from '../ports.ts';
import { invalid } from '../refusals.ts';
import { refuseTooMany } from '../never-stuck/resource-paths.ts';
import { lookedTree, within, type LookedResource } from './looked-tree.ts';

/** Paths of resources; of one that is a stack of its own, all that is in it. Gives the paths of those whose drift was accepted. */
export async function acceptDrift(ports: StackPorts, caller: Caller, key: StackKey, paths: readonly string[]): Promise<readonly string[]> {
  if (paths.length === 0) throw invalid('Name the resources whose drift is to be accepted.', 'InvalidResourcePath');
  refuseTooMany(paths);
  return ports.database.transaction(async (tx) => {
    const stack = await lockOwnLiveStack(tx, caller, key);
    const tree = await lookedTree(ports, tx, stack);
    for (const [path, one] of resourcesAt(paths, stack.name, tree)) checkAcceptable(path, one);
    const isNamed = within(paths);
    const drifted = tree.filter(({ path, row }) => isNamed(path) && countedState(row) === 'differs');
    for (const one of drifted) {
      const accepted: Accepted = { differences: one.row.drift?.differences ?? [] };
      const names = openDifferences(one.row).map(({ property }) => property);
      await write(ports, tx, one, accepted, `Drift accepted: ${names.join(', ')}`);
    }
    return drifted.map(({ path }) => path);
  });
}

/** What was accepted of these resources themselves counts as drift again. */
export async function forgetAcceptance(
  ports: StackPorts,
  tx: Queryable,
  tree: readonly LookedResource[],
  paths: readonly string[],
): Promise<void> {
  const isNamed = within(paths);
  for (const one of tree)
    if (isNamed(one.path) && one.row.accepted !== null) await write(ports, tx, one, null, 'Drift is no longer accepted');
}

function write(ports: StackPorts, tx: Queryable, { row }: LookedResource, accepted: Accepted | null, reason: string): Promise<void> {
  return writeAcceptance(tx, ports.secretBox, row, accepted, {
    at: ports.clock.now(),
    eventId: asId<EventId>(ports.random.uuid()),
    reason,
  });
}

function checkAcceptable(path: string, { row, nested }: LookedResource): void {
  if (nested !== undefined) return;
  const state = countedState(row);
  if (state === 'gone')
    throw new Refusal(
      'conflict',
      'NothingToAccept',
      `${path} is gone from the cloud, which cannot be accepted: bring it back (revert), or take it out of the template.`,
    );
  if (state === null || state === 'unknown')
    throw new Refusal('conflict', 'NothingToAccept', `What there is of ${path} is not known: look for drift first.`);
}

/** What is at each of the paths. One that leads nowhere is refused, and some that lead somewhere are named. */
export function resourcesAt(
  paths: readonly string[],
  stackName: string,
  tree: readonly LookedResource[],
): readonly (readonly [string, LookedResource])[] {
  const byPath = new Map(tree.map((one) => [one.path, one]));
  return paths.map((path) => {
    const one = byPath.get(path);
    if (one === undefined) throw noSuchResource(stackName, path, tree);
    return [path, one];
  });
}

function noSuchResource(stackName: string, path: string, tree: readonly LookedResource[]): Refusal {
  const some = tree.slice(0, 10).map((one) => one.path);
  const known = some.length === 0 ? 'there are none' : `there are ${some.join(', ')}${tree.length > some.length ? ', …' : ''}`;
  return invalid(`There is no resource ${path.slice(0, 300)} in stack ${stackName}; ${known}.`, 'InvalidResourcePath');
}
