/** What a task of a workflow may say, and the workflow's defaults for its tasks. */
import { c, p } from '@hearth/resource-kit';

/** What the workflow may say for all of its tasks. */
export const taskDefaults = {
  concurrency: p.integer('How many of the actions for `with_items` run at the same time; all of them if absent.'),
  on_complete: p.list('Tasks that follow, whether it went well or not.'),
  on_error: p.list('Tasks that follow if it failed.'),
  on_success: p.list('Tasks that follow if it went well.'),
  pause_before: p.boolean('Whether the workflow pauses before the task, until somebody resumes it.'),
  requires: p.list('Tasks that must be done before. In a reverse workflow only.'),
  retry: p.map('How often a failed task is tried again, and after how long: `count`, `delay`, `break-on`.'),
  timeout: p.integer('After how many seconds a task that is not done counts as failed.'),
  wait_after: p.integer('How many seconds to wait after the task.'),
  wait_before: p.integer('How many seconds to wait before the task.'),
};

export const taskProperties = {
  ...taskDefaults,
  action: p.string('Name of the action that the task is, such as std.http. Either this or `workflow`.'),
  description: p.string('A text for people.'),
  input: p.map('Input of the action or the workflow, by name.'),
  join: p.string('How many of the tasks before it must be done: all, or a number.'),
  keep_result: p.boolean('Whether the result is kept after the task; kept if absent.'),
  name: p.string('The name.', { required: true }),
  policies: p.map('Retry, timeout and the like in the older notation; say them at the task itself.', {
    support: { status: 'HIDDEN', since: '8.0.0' },
  }),
  publish: p.map('Variables that later tasks can see, by name.'),
  target: p.string('Which executor carries the action out.'),
  with_items: p.string('A variable for every item of a list, such as: x in <% $.list %>. The task runs for each of them.'),
  workflow: p.string('Name or id of the workflow that the task is. Either this or `action`.', {
    constraints: [c.custom('mistral.workflow')],
  }),
};
