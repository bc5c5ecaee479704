/** What users ask of a stack that is there, and what must become of it: definitions first, then ways back and out. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type AskedStack, unexpected, type Wanted } from './asked-stack.ts';
import { bodyOf, type Definition, FAILING, HOOKED } from './definitions.ts';

const HOOK_MS = 180_000;
/** From a change to its cancellation, at most. */
const REGRETS_MS = 1_500;

export async function create(stack: AskedStack, fails: boolean): Promise<void> {
  const definition = stack.newDefinition({ fails });
  const rollsBack = fails && stack.chance(0.5);
  const sent = { stack_name: stack.name, disable_rollback: !rollsBack, ...bodyOf(definition) };
  const answer = await stack.heatStacks('POST', '', sent);
  if (answer.status === 201) stack.id = (answer.body as { stack: { id: string } }).stack.id;
  else if (answer.status === 409 && answer.repeated) stack.id = await idOf(stack);
  else throw unexpected('create', answer);
  stack.completed = fails ? [null] : [];
  stack.wanted = fails
    ? { states: [rollsBack ? 'ROLLBACK_COMPLETE' : 'CREATE_FAILED'], definitions: null }
    : { states: ['CREATE_COMPLETE'], definitions: [definition] };
}

async function idOf(stack: AskedStack): Promise<string> {
  const { body } = await stack.heatStacks('GET', `?name=${stack.name}`);
  return (body as { stacks: { id: string }[] }).stacks[0]?.id as string;
}

export async function update(stack: AskedStack, given: Partial<Definition>, disableRollback: boolean): Promise<void> {
  const definition = stack.newDefinition(given);
  const answer = await stack.heat('PUT', '', { disable_rollback: disableRollback, ...bodyOf(definition) });
  if (answer.status !== 202) throw unexpected('update', answer);
  noteUnderWay(stack);
  if (!definition.fails) stack.wanted = { states: ['UPDATE_COMPLETE'], definitions: [definition] };
  else if (disableRollback) stack.wanted = { states: ['UPDATE_FAILED'], definitions: null };
  else stack.wanted = rolledBack(stack.completed);
}

/** A stack that was never complete goes back to what it was told first. */
function rolledBack(completed: AskedStack['completed']): Wanted {
  const definitions = completed.filter((one) => one !== null);
  return definitions.length < completed.length
    ? { states: ['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED'], definitions: null }
    : { states: ['ROLLBACK_COMPLETE'], definitions };
}

/** What was under way may or may not have been completed before. */
function noteUnderWay(stack: AskedStack): void {
  if (!stack.isSettled) stack.completed = [...stack.completed, ...(stack.wanted?.definitions ?? [])];
}

export async function clearHook(stack: AskedStack): Promise<void> {
  for (const end = Date.now() + HOOK_MS; Date.now() < end; await sleep(100)) {
    const answer = await stack.heat('POST', `/resources/${HOOKED}/signal`, { unset_hook: 'pre-update' });
    if (answer.status < 300) return;
    const { stack_status: status } = await stack.look();
    if (status !== 'UPDATE_IN_PROGRESS') return;
  }
  throw new Error('the hook was never reached');
}

/** Planned first, then applied as it was planned; planned again when what it rests on has moved. */
export async function applyPlan(stack: AskedStack): Promise<void> {
  const definition = stack.newDefinition();
  for (let tries = 0; tries < 10; tries++) {
    const planned = await stack.hearth('POST', '/plans', { disable_rollback: true, ...bodyOf(definition) });
    if (planned.status !== 201) throw unexpected('plan', planned);
    const { plan } = planned.body as { plan: { id: string } };
    const applied = await stack.hearth('POST', `/plans/${plan.id}/apply`);
    const isDone = applied.status === 202 || (applied.repeated && JSON.stringify(applied.body).includes('PlanApplied'));
    if (!isDone && applied.status !== 409) throw unexpected('apply', applied);
    if (!isDone) continue;
    stack.wanted = { states: ['UPDATE_COMPLETE'], definitions: [definition] };
    return;
  }
  throw new Error('ten plans in a row were outdated when they were applied');
}

export async function cancel(stack: AskedStack, rollsBack: boolean): Promise<void> {
  await update(stack, {}, true);
  const definition = stack.sent as Definition;
  const former = stack.completed;
  await sleep(stack.ports.random.next() * REGRETS_MS);
  const answer = await stack.heat('POST', '/actions', { [rollsBack ? 'cancel_update' : 'cancel_without_rollback']: null });
  if (answer.status >= 400 && answer.status !== 400) throw unexpected('cancel', answer);
  // Refused: it was there already, or a first try had done it.
  const mayBeDone = answer.status === 400 || !rollsBack;
  const mayBeCancelled = answer.status !== 400 || answer.repeated;
  const cancelled: Wanted = rollsBack ? rolledBack(former) : { states: ['UPDATE_FAILED'], definitions: null };
  stack.wanted = {
    states: [...(mayBeDone ? ['UPDATE_COMPLETE'] : []), ...(mayBeCancelled ? cancelled.states : [])],
    definitions: cancelled.definitions === null ? null : [...cancelled.definitions, ...(mayBeDone ? [definition] : [])],
  };
  stack.completed = [...former, definition];
}

export async function visit(stack: AskedStack, action: 'suspend' | 'resume' | 'check'): Promise<void> {
  // One that was woken, say, need not be: what was never made sleeps as well as it wakes.
  const wasWhole = stack.state.endsWith('_COMPLETE') && stack.present !== null;
  const answer = await stack.heat('POST', '/actions', { [action]: null });
  // A second try finds the first one under way.
  if (answer.status >= 300 && !(answer.repeated && answer.status === 409)) throw unexpected(action, answer);
  stack.isSuspended = action === 'suspend';
  const word = action.toUpperCase();
  const definitions = wasWhole ? [stack.present as Definition] : null;
  stack.wanted = { states: [`${word}_COMPLETE`, ...(wasWhole ? [] : [`${word}_FAILED`])], definitions };
}

export async function remove(stack: AskedStack): Promise<void> {
  const answer = await stack.heat('DELETE');
  if (answer.status !== 204 && answer.status !== 404) throw unexpected('delete', answer);
  stack.wanted = { states: ['DELETE_COMPLETE'], definitions: null };
  stack.isSuspended = false;
}

/** What was asked for once more; `without`: as if what fails were as it should be. */
export async function again(stack: AskedStack, without: boolean): Promise<void> {
  const definition = stack.sent as Definition;
  const answer = await (without ? stack.hearth('POST', '/continue', { skip: [FAILING] }) : stack.hearth('POST', '/retry'));
  // A first try may have brought it to its end.
  if (answer.status !== 202 && !(answer.repeated && answer.status === 409)) throw unexpected(without ? 'continue' : 'retry', answer);
  const [action] = stack.state.split('_');
  stack.wanted =
    definition.fails && !without
      ? { states: [stack.state], definitions: null }
      : { states: [`${action}_COMPLETE`], definitions: [definition], skipped: without ? [FAILING] : [] };
}
