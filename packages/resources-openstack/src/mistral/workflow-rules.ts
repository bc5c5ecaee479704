/** Combinations of a workflow's properties that its schema cannot say, in Heat's words. */
import { isJsonObject, type JsonObject } from '@hearth/kernel';
import { conflict, isEmpty, isFilled, needsBeside, oneNeeded } from '@hearth/resource-kit';

interface Task {
  readonly name?: string;
  readonly workflow?: string | null;
  readonly action?: string | null;
  readonly requires?: readonly unknown[] | null;
  readonly policies?: JsonObject | null;
  readonly with_items?: string | null;
  readonly concurrency?: number | null;
}
interface RuleProps {
  readonly type?: string;
  readonly params?: JsonObject | null;
  readonly tasks?: readonly (Task | null)[];
}

/** What `policies` could say of old moves to the task itself. */
const MOVED = ['pause_before', 'wait_after', 'wait_before', 'timeout', 'concurrency', 'retry'] as const;

/** The first problem; absent properties are not known yet, and neither are null entries of the list. */
export function workflowProblems({ type, params, tasks }: RuleProps): readonly string[] {
  const known = (tasks ?? []).filter((task) => task !== null);
  const found = [...known.flatMap(twiceSaid), ...startProblems(type, params), ...known.flatMap((task) => [...taskProblems(task, type)])];
  return found.slice(0, 1);
}

function twiceSaid(task: Task): readonly string[] {
  const policies: JsonObject = task.policies ?? {};
  return MOVED.filter((name) => isFilled(policies[name]) && isFilled((task as JsonObject)[name])).map((name) =>
    // As Heat says it of a property that has moved: without a full stop.
    conflict(`tasks.${name}`, `tasks.policies.${name}`).slice(0, -1),
  );
}

function startProblems(type: string | undefined, params: RuleProps['params']): readonly string[] {
  if (type !== 'reverse' || params === undefined || (isJsonObject(params) && isFilled(params.task_name))) return [];
  return ["'task_name' is not assigned in 'params' in case of reverse type workflow."];
}

function* taskProblems(task: Task, type: string | undefined): Generator<string> {
  if (isFilled(task.workflow) && isFilled(task.action)) yield conflict('workflow', 'action');
  if (isEmpty(task.workflow) && isEmpty(task.action)) yield oneNeeded('workflow', 'action');
  if (task.requires !== undefined && task.requires !== null && type === 'direct')
    yield `task ${task.name} contains property 'requires' in case of direct workflow. Only reverse workflows can contain property 'requires'.`;
  const concurrency = task.policies?.concurrency ?? task.concurrency ?? null;
  if (task.with_items === null && concurrency !== null) yield needsBeside('concurrency', 'with_items');
}
