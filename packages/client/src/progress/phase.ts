/** How far a resource is, from its status, and the mark that shows it. */

export type Phase = 'waiting' | 'working' | 'done' | 'failed';

export function phaseOf(status: string): Phase {
  if (status.endsWith('_FAILED')) return 'failed';
  if (status.startsWith('INIT')) return 'waiting';
  return status.endsWith('_COMPLETE') ? 'done' : 'working';
}

/** A type as a column of a few letters: of a template that stands for a resource, the file's name. */
export const shortType = (type: string): string => (type.includes('/') ? type.slice(type.lastIndexOf('/') + 1) : type);

const MARKS: Readonly<Record<Phase, string>> = { waiting: '·', working: '→', done: '✓', failed: '✗' };

export const markOf = (phase: Phase): string => MARKS[phase];
