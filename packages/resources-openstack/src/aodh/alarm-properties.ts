/** What alarms have in common: what is done when they change their state, when they are looked at, and how a value is compared. */
import { c, p } from '@hearth/resource-kit';

const OPERATORS = c.oneOf('le', 'ge', 'eq', 'lt', 'gt', 'ne');

const actions = (state: string) =>
  p.list(`URLs to call when the alarm goes to ${state}; the name of a resource of this template stands for its alarm URL.`, {
    updatable: true,
  });
const queues = (state: string) =>
  p.listOf(p.string('One queue.', { constraints: [c.custom('zaqar.queue')] }))(
    `Names of Zaqar queues that get a message when the alarm goes to ${state}.`,
    { default: [], updatable: true },
  );

/** Every alarm has them. */
export const alarmProperties = {
  alarm_actions: actions('alarm'),
  alarm_queues: queues('alarm'),
  insufficient_data_actions: actions('insufficient data'),
  insufficient_data_queues: queues('insufficient data'),
  ok_actions: actions('ok'),
  ok_queues: queues('ok'),
  description: p.string('What the alarm is for.', { updatable: true }),
  enabled: p.boolean('Whether the alarm is looked at and acts.', { default: 'true', updatable: true }),
  repeat_actions: p.boolean('Whether the actions are called again at every look while the state lasts; otherwise once, when it changes.', {
    default: 'true',
    updatable: true,
  }),
  severity: p.string('How bad it is; for people, it changes nothing else.', {
    default: 'low',
    updatable: true,
    constraints: [c.oneOf('low', 'moderate', 'critical')],
  }),
  time_constraints: p.listOf(
    p.mapOf({
      name: p.string('What the span is called.', { required: true }),
      description: p.string('What the span is for.'),
      start: p.string('When a span begins, as a cron expression.', { required: true, constraints: [c.custom('cron_expression')] }),
      duration: p.integer('How long a span lasts, in seconds.', { required: true, constraints: [c.range(0, null)] }),
      timezone: p.string('Time zone of the start, such as Europe/Amsterdam; UTC if none is given.', {
        constraints: [c.custom('timezone')],
      }),
    })('One span of time.'),
  )('Spans of time in which the alarm is looked at; always if there are none.', { default: [] }),
};

/** Alarms that compare one number with a limit. */
export const limitProperties = {
  comparison_operator: p.string('How the value must compare to the threshold for the alarm to go off.', {
    updatable: true,
    constraints: [OPERATORS],
  }),
  threshold: p.number('What the value is compared to.', { required: true, updatable: true }),
};
export const evaluationPeriods = p.integer('For how many periods in a row the comparison must hold.', { updatable: true });

/** Alarms over measures that Gnocchi keeps. */
export const gnocchiProperties = {
  ...limitProperties,
  evaluation_periods: evaluationPeriods,
  aggregation_method: p.string('How measures become one value: mean, max, last, rate:mean and the like.', { updatable: true }),
  granularity: p.integer('Length of a period in seconds; the archive policy of the metric must have it.', { updatable: true }),
};
export const metricName = p.string('Name of the metric.', { required: true, updatable: true });

/** Conditions on single fields, all of which must hold. */
export const queryFactors = (doc: string) =>
  p.listOf(
    p.mapOf({
      field: p.string('Name of the field.'),
      op: p.string('How the field must compare to the value.', { constraints: [OPERATORS] }),
      type: p.string('What field and value are compared as.', {
        default: 'string',
        constraints: [c.oneOf('integer', 'float', 'string', 'boolean', 'datetime')],
      }),
      value: p.string('What the field is compared to.'),
    })('One condition.'),
  )(doc, { updatable: true });
