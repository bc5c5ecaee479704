/** The calls of a hand-over: giving to the successor what only one can have, or taking it back. */
import type { Json } from '@hearth/kernel';
import type { HandingOver, Live, Progress, ResourceType, TakingBack } from '@hearth/resource-kit';
import type { ResourceRecord } from '@hearth/store';

interface Moment {
  readonly row: ResourceRecord;
  readonly successors?: readonly string[];
}
const giving = <C>({ row }: Moment, live: Live<C>): HandingOver<C> => ({ ...live, next: row.pending });
const taking = <C>({ successors = [] }: Moment, live: Live<C>): TakingBack<C> => ({ ...live, successors });
const DONE: Progress = { kind: 'done' };

export async function beginHandOver<C>(moment: Moment, type: ResourceType<C>, live: Live<C>): Promise<Progress> {
  if (moment.row.handOver === 'giving') return (await type.beforeReplace?.(giving(moment, live))) ?? DONE;
  return (await type.afterRollback?.(taking(moment, live))) ?? DONE;
}

export async function continueHandOver<C>(moment: Moment, type: ResourceType<C>, live: Live<C>): Promise<Progress> {
  const token: Json = moment.row.token;
  if (moment.row.handOver === 'giving') return (await type.checkBeforeReplace?.(giving(moment, live), token)) ?? DONE;
  return (await type.checkAfterRollback?.(taking(moment, live), token)) ?? DONE;
}
