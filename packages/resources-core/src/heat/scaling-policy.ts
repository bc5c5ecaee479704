/** `OS::Heat::ScalingPolicy`: how a signal changes the size of a scaling group. */
import { a, c, declaredType, p, stepProblems } from '@hearth/resource-kit';

const PERCENT = 'percent_change_in_capacity';

export const scalingPolicy = declaredType({
  name: 'OS::Heat::ScalingPolicy',
  doc: 'Changes the size of a scaling group by a fixed step whenever its URL is called, by an alarm for instance.',
  support: { status: 'SUPPORTED', since: null },
  properties: {
    auto_scaling_group_id: p.string('The group, as `get_resource` of it.', { required: true }),
    scaling_adjustment: p.number('By how much: members, percent, or the new size itself, as `adjustment_type` says. May be negative.', {
      required: true,
      updatable: true,
    }),
    adjustment_type: p.string('What `scaling_adjustment` counts.', {
      required: true,
      updatable: true,
      constraints: [c.oneOf('change_in_capacity', 'exact_capacity', PERCENT)],
    }),
    cooldown: p.number('Seconds after a change in which further signals are ignored.', { updatable: true }),
    min_adjustment_step: p.integer('At least so many members come or go; only where `adjustment_type` is a percentage.', {
      updatable: true,
      constraints: [c.range(0, null)],
    }),
  },
  attributes: {
    alarm_url: a.string('Signed URL for alarms: whoever calls it triggers the policy.', { cache: 'live' }),
    signal_url: a.string('URL of the signal in the orchestration API; calling it needs a token.'),
  },
  validate: ({ adjustment_type: type, min_adjustment_step: step }) =>
    stepProblems(type, step, { typeName: 'adjustment_type', stepName: 'min_adjustment_step', percent: PERCENT }),
});
