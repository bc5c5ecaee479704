/** `OS::Mistral::Workflow`: tasks that are run in an order; a signal runs them. */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { taskDefaults, taskProperties } from './task-properties.ts';
import { workflowProblems } from './workflow-rules.ts';

export const mistralWorkflow = declaredType({
  name: 'OS::Mistral::Workflow',
  doc: 'Tasks that are run in an order. A signal to the resource runs them.',
  support: { status: 'SUPPORTED', since: '2015.1' },
  service: 'mistral',
  properties: {
    description: p.string('A text for people.', { updatable: true }),
    input: p.map('Input by name, with the values that a run has unless its signal gives others.', { updatable: true }),
    name: p.string('The name; one is made up if there is none.'),
    output: p.map('Output by name, as expressions.', { updatable: true }),
    params: p.map('Parameters of a run, by name; a reverse workflow needs `task_name`: the task that is wanted.', { updatable: true }),
    tags: p.list('Tags.', { updatable: true }),
    task_defaults: p.mapOf(taskDefaults)('What holds for tasks that say nothing else.', { updatable: true }),
    tasks: p.listOf(p.mapOf(taskProperties)('One task.'))('The tasks.', {
      required: true,
      updatable: true,
      constraints: [c.length(1, null)],
    }),
    type: p.string('direct: a task says what follows it; reverse: a task says what it requires.', {
      required: true,
      updatable: true,
      constraints: [c.oneOf('direct', 'reverse')],
    }),
    use_request_body_as_input: p.boolean('Whether a signal is the input itself; otherwise it has `input` and `params`.', {
      updatable: true,
    }),
  },
  attributes: {
    alarm_url: a.string('Signed URL: a POST there runs the workflow.', { cache: 'live' }),
    data: a.map('Name and input of the workflow.'),
    executions: a.list('What is known of its runs: id, state, input, output, times.'),
  },
  validate: workflowProblems,
});
