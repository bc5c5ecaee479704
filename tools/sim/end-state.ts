/** At the end of a life: exactly what the stack says exists, each row's thing, nothing else, nothing twice. */
import type { MemoryStore } from '@hearth/engine/testing';
import { asId, type StackId } from '@hearth/kernel';
import type { ResourceRecord } from '@hearth/store';
import { type SimCloud, simTypes, type Thing } from './cloud.ts';

export const liveStacks = (store: MemoryStore): readonly StackId[] => store.stackIds().filter((id) => store.stack(id).deletedAt === null);

/** `givenUp`: names of resources whose leftovers the cloud refused to give up, which was logged. */
export function endProblems(
  store: MemoryStore,
  cloud: SimCloud,
  root: StackId,
  givenUp: ReadonlySet<string> = new Set(),
): readonly string[] {
  const stack = store.stack(root);
  const live = liveStacks(store);
  const listed = new Set(store.stackIds().flatMap((id) => store.leftovers(id).map(({ physicalName }) => physicalName)));
  const isTold = ({ mark }: Thing): boolean => listed.has(mark) || [...givenUp].some((name) => mark.includes(`-${name}-`));
  const things = [...cloud.things.values()].filter((one) => !isTold(one));
  const problems = [...live.flatMap((id) => treeProblem(store, id)), ...thingProblems(store, things, live)];
  if (stack.status !== 'COMPLETE') return [...problems, `ended ${stack.action}_${stack.status}: ${stack.statusReason}`];
  for (const id of live) problems.push(...rowProblems(store, cloud, id));
  if (stack.action === 'DELETE' && things.length > 0) problems.push(`${things.length} things outlive the stack`);
  return problems;
}

function thingProblems(store: MemoryStore, things: readonly Thing[], live: readonly StackId[]): readonly string[] {
  // Copies outlive the nested stacks of what they were made from.
  const rows = store.stackIds().flatMap((id) => store.rows(id).filter((row) => row.snapshotId !== null || live.includes(id)));
  const known = new Set(rows.flatMap((row) => row.physicalId ?? []));
  const marks = things.map((one) => one.mark);
  return [
    ...things.filter((one) => !known.has(one.id)).map((one) => `leaked ${one.mark}`),
    ...[...new Set(marks)].filter((mark) => marks.indexOf(mark) !== marks.lastIndexOf(mark)).map((mark) => `doubled ${mark}`),
  ];
}

/** A child lives exactly while a row of its live parent consists of it. */
function treeProblem(store: MemoryStore, id: StackId): readonly string[] {
  const { parentId, name } = store.stack(id);
  if (parentId === null) return [];
  const isWanted = store.stack(parentId).deletedAt === null && store.rows(parentId).some((row) => row.physicalId === id);
  return isWanted ? [] : [`nobody wants the nested stack ${name}`];
}

function rowProblems(store: MemoryStore, cloud: SimCloud, id: StackId): readonly string[] {
  const { name, status, parentId } = store.stack(id);
  const problems = status !== 'COMPLETE' && parentId !== null ? [`the nested stack ${name} is ${status}`] : [];
  for (const row of store.rows(id).filter(({ snapshotId }) => snapshotId === null)) {
    if (row.replacedBy !== null) problems.push(`${name}: the replaced ${row.name} was left`);
    if (row.handler === 'Sim::Thing') problems.push(...thingOfRow(cloud, name, row));
    else if (isNested(row) && (row.physicalId === null || !store.stackIds().includes(asId<StackId>(row.physicalId))))
      problems.push(`${name}: ${row.name} is complete but has no nested stack`);
  }
  return problems;
}

const isNested = ({ handler }: ResourceRecord): boolean => simTypes.some((type) => type.name === handler && type.composite !== undefined);

function thingOfRow(cloud: SimCloud, stackName: string, row: ResourceRecord): readonly string[] {
  const one = cloud.things.get(row.physicalId ?? '');
  if (one === undefined) return [`${stackName}: ${row.name} is complete but its thing is gone`];
  if (JSON.stringify(one.only) !== JSON.stringify(row.properties['only'] ?? null))
    return [`${row.name}: the cloud gives it ${JSON.stringify(one.only)}`];
  const [has, says] = [JSON.stringify(one.props), JSON.stringify(row.properties)];
  return has === says ? [] : [`${row.name}: the cloud has ${has}, the row says ${says}`];
}
