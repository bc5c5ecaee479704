/** `AWS::AutoScaling::ScalingPolicy`: how a signal changes the size of a scaling group. */
import { a, c, declaredType, p, stepProblems } from '@hearth/resource-kit';

const PERCENT = 'PercentChangeInCapacity';

export const awsScalingPolicy = declaredType({
  name: 'AWS::AutoScaling::ScalingPolicy',
  doc: 'Changes the size of a scaling group by a fixed step whenever its URL is called; `Ref` gives that URL.',
  support: { status: 'SUPPORTED', since: null },
  properties: {
    AutoScalingGroupName: p.string('The group, as `Ref` of it.', { required: true }),
    ScalingAdjustment: p.integer('By how much: servers, percent, or the new size itself, as AdjustmentType says. May be negative.', {
      required: true,
      updatable: true,
    }),
    AdjustmentType: p.string('What ScalingAdjustment counts.', {
      required: true,
      updatable: true,
      constraints: [c.oneOf('ChangeInCapacity', 'ExactCapacity', PERCENT)],
    }),
    Cooldown: p.integer('Seconds after a change in which further signals are ignored.', { updatable: true }),
    MinAdjustmentStep: p.integer('At least so many servers come or go; only where AdjustmentType is a percentage.', {
      updatable: true,
      constraints: [c.range(0, null)],
    }),
  },
  attributes: { AlarmUrl: a.string('Signed URL for alarms: whoever calls it triggers the policy.', { cache: 'live' }) },
  validate: ({ AdjustmentType: type, MinAdjustmentStep: step }) =>
    stepProblems(type, step, { typeName: 'AdjustmentType', stepName: 'MinAdjustmentStep', percent: PERCENT }),
});
