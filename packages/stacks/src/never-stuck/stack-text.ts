/** How a whole stack stands, in a sentence, and what can be done. Pure. */
import type { Ownership, StackRecord } from '@hearth/store';
import { durationText } from './findings-text.ts';

export interface StackText {
  readonly summary: string;
  /** Null: nothing need be done. */
  readonly remedy: string | null;
}

export function stackText(stack: StackRecord, ownership: Ownership, now: number): StackText {
  const { name, action, status, updatedAt, createdAt } = stack;
  const since = durationText(now - (updatedAt ?? createdAt));
  if (status === 'COMPLETE') return { summary: `${name} is ${action}_COMPLETE: nothing is under way.`, remedy: null };
  if (status === 'FAILED') return { summary: `${name} is ${action}_FAILED: ${stack.statusReason}`, remedy: failedRemedy(stack) };
  const held = heldText(name, ownership);
  const ending = stack.haltReason === null ? '' : ` It is being broken off: ${stack.haltReason}.`;
  const deadline = stack.deadlineAt === null ? '' : ` It gives up in ${durationText(stack.deadlineAt - now)}.`;
  return { summary: `${name} is ${action}_IN_PROGRESS since ${since}.${ending} ${held.text}${deadline}`, remedy: held.remedy };
}

function failedRemedy({ name, action }: StackRecord): string {
  if (action === 'DELETE')
    return `hearth stack retry ${name}; to leave something in the cloud: hearth stack force-delete ${name} --retain PATH; to be rid of it in any case: hearth stack force-delete ${name}.`;
  const again = `hearth stack retry ${name}; to go on without some resources: hearth stack continue ${name} --skip PATH`;
  return `${again}; to go back: hearth stack versions ${name}, hearth stack rollback ${name} NUMBER; an update or a deletion is possible too.`;
}

function heldText(
  name: string,
  { holder, isHolderAlive, dueAt, engines }: Ownership,
): { readonly text: string; readonly remedy: string | null } {
  if (engines === 0)
    return { text: 'No engine process lives, so nobody works on it.', remedy: 'Start one: hearth serve, with the role engine.' };
  if (holder !== null && isHolderAlive) return { text: `${holder} works on it.`, remedy: null };
  if (holder !== null) return { text: `${holder}, which worked on it, is gone; another process takes over within seconds.`, remedy: null };
  if (dueAt !== null) return { text: `No process has taken it up yet; ${engines} could.`, remedy: null };
  return { text: 'Nobody works on it, and nobody was told to.', remedy: `Wake it: hearth stack retry ${name}.` };
}
