/** Visits: the actions that go once to every resource and change no definition, in the words of the rows and in those of the planner. */
import type { Visit, Visited } from '@hearth/planner';
import type { ResourceRecord, VisitAction } from '@hearth/store';

const VISITS: Readonly<Record<VisitAction, Visit>> = { SUSPEND: 'suspend', RESUME: 'resume', CHECK: 'check', SNAPSHOT: 'snapshot' };

export const isVisitAction = (action: string): action is VisitAction => Object.hasOwn(VISITS, action);
export const visitOf = (action: string): Visit | null => (isVisitAction(action) ? VISITS[action] : null);

/** The planner's view of a live row during a visit. What cannot be visited counts as failed, and stays what it is. */
export function asVisited(row: ResourceRecord, action: VisitAction, traversal: number): Visited {
  const { id, name, requires, status, phase } = row;
  if (status !== 'IN_PROGRESS' && cannotVisit(row, action) !== null) return { id, name, requires, status: 'failed', isVisited: true };
  const isVisited = row.action === action && row.traversal === traversal;
  if (status === 'IN_PROGRESS') return { id, name, requires, status: phase === 'waiting' ? 'waiting' : 'calling', isVisited };
  return { id, name, requires, status: status === 'COMPLETE' ? 'complete' : 'failed', isVisited };
}

/** What never stood was never put to rest: it is not woken either. What something took the place of is not looked at, but rests with the others. */
export function isPassedBy(row: ResourceRecord, action: VisitAction): boolean {
  if (row.action === 'DELETE') return true;
  if (row.replacedBy !== null) return action === 'CHECK' || action === 'SNAPSHOT' || cannotVisit(row, action) !== null;
  return action === 'RESUME' && row.status === 'FAILED' && !isVisitAction(row.action);
}

/** Why a row cannot be visited, or null. What was never made can neither rest nor be looked at. */
export function cannotVisit(row: ResourceRecord, action: VisitAction): string | null {
  if (row.physicalId === null) return `Error: State ${row.action}_${row.status} invalid for ${VISITS[action]}: there is nothing of it`;
  if (action === 'CHECK' || row.status !== 'FAILED' || isVisitAction(row.action)) return null;
  return `Error: State ${row.action}_${row.status} invalid for ${VISITS[action]}; repair it with an update first`;
}
