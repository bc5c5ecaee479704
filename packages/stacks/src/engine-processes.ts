/** The engine processes: those that live and those that died within the hour, as their leases tell. */
import { listLeaseHolders } from '@hearth/store';
import type { Caller } from './caller.ts';
import type { StackPorts } from './ports.ts';

export interface EngineProcess {
  readonly id: string;
  readonly hostname: string;
  readonly startedAt: number;
  /** When it was last heard of. */
  readonly seenAt: number;
  readonly isAlive: boolean;
}

/** They are of no project: for administrators. */
export async function listEngineProcesses(ports: StackPorts, _caller: Caller): Promise<readonly EngineProcess[]> {
  const holders = await listLeaseHolders(ports.database);
  return holders.map(({ id, name, startedAt, renewedAt, isAlive }) => ({
    id,
    hostname: name.replace(/:\d+$/, ''),
    startedAt,
    seenAt: renewedAt,
    isAlive,
  }));
}
