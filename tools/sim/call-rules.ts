/** Which call may be begun for a row: that of its committed intent, and looks. */
import type { ResourceRecord } from '@hearth/store';

export type Verb =
  | 'find'
  | 'create'
  | 'checkCreate'
  | 'update'
  | 'checkUpdate'
  | 'delete'
  | 'checkDelete'
  | 'observe'
  | 'suspend'
  | 'checkSuspend'
  | 'beforeReplace'
  | 'checkBeforeReplace'
  | 'afterRollback'
  | 'resume'
  | 'checkResume';

/** `physicalId`: what the call is about; null where it is about what is yet to be. */
export function callProblem(verb: Verb, row: ResourceRecord | undefined, physicalId: string | null): string | null {
  if (row === undefined) return 'no row was committed for it';
  const is = (action: ResourceRecord['action'], phase: ResourceRecord['phase']): string | null =>
    row.action === action && row.phase === phase ? null : `the row is ${row.action} ${row.phase ?? row.status}`;
  switch (verb) {
    case 'create':
      return is('CREATE', 'calling');
    case 'update':
      return row.handOver === null ? is('UPDATE', 'calling') : 'it has not got back what it gave';
    case 'beforeReplace':
      return row.handOver === 'giving' ? is('UPDATE', 'calling') : 'it was not to give anything';
    case 'checkBeforeReplace':
      return row.handOver === 'giving' ? is('UPDATE', 'waiting') : 'it was not to give anything';
    case 'afterRollback':
      return row.handOver === 'taking' ? is('UPDATE', 'calling') : 'it was not to take anything back';
    case 'suspend':
      return is('SUSPEND', 'calling');
    case 'resume':
      return is('RESUME', 'calling');
    case 'checkCreate':
      return is('CREATE', 'waiting');
    case 'checkUpdate':
      return is('UPDATE', 'waiting');
    case 'checkDelete':
      return isCleared(row) ? null : is('DELETE', 'waiting');
    case 'checkSuspend':
      return is('SUSPEND', 'waiting');
    case 'checkResume':
      return is('RESUME', 'waiting');
    case 'delete':
      // Another than the row's own is a duplicate of it.
      return row.physicalId !== null && physicalId === row.physicalId ? deletable(row) : null;
    case 'find':
    case 'observe':
      return null;
  }
}

/** What a failed creation left is removed before the next try. */
const isCleared = ({ action, phase, retry }: ResourceRecord): boolean =>
  action === 'CREATE' && phase === 'waiting' && retry?.stage === 'clearing';

const deletable = (row: ResourceRecord): string | null =>
  row.action === 'DELETE' || isCleared(row) ? null : `the row is ${row.action} ${row.phase ?? row.status}, and the thing is its own`;
