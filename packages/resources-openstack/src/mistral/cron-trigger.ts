/** `OS::Mistral::CronTrigger`: runs a workflow at fixed times. */
import { a, c, declaredType, isEmpty, oneNeeded, p } from '@hearth/resource-kit';

export const mistralCronTrigger = declaredType({
  name: 'OS::Mistral::CronTrigger',
  doc: 'Runs a workflow at fixed times.',
  support: { status: 'SUPPORTED', since: '5.0.0' },
  service: 'mistral',
  properties: {
    count: p.integer('How many times it is run; without end if absent.'),
    first_time: p.string('When it is first run, as 2026-01-31 12:00 in UTC; needed where there is no `pattern`.'),
    name: p.string('The name; one is made up if there is none.'),
    pattern: p.string('When it is run, as a cron expression; needed where there is no `first_time`.', {
      constraints: [c.custom('cron_expression')],
    }),
    workflow: p.mapOf({
      input: p.map('Input of the workflow, by name.'),
      name: p.string('Name or id of the workflow.', { required: true, constraints: [c.custom('mistral.workflow')] }),
    })('What is run.', { required: true }),
  },
  attributes: {
    next_execution_time: a.string('When it is run next.'),
    remaining_executions: a.integer('How many times it will still be run.'),
  },
  validate: (props) => (isEmpty(props.pattern) && isEmpty(props.first_time) ? [oneNeeded('pattern', 'first_time')] : []),
});
