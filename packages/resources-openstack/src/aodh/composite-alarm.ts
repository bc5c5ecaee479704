/** `OS::Aodh::CompositeAlarm`: an alarm over several conditions. */
import { c, p, declaredType } from '@hearth/resource-kit';
import { alarmProperties } from './alarm-properties.ts';

export const aodhCompositeAlarm = declaredType({
  name: 'OS::Aodh::CompositeAlarm',
  doc: 'Goes off when several conditions hold, or any of them.',
  support: { status: 'SUPPORTED', since: '8.0.0' },
  service: 'aodh',
  properties: {
    ...alarmProperties,
    composite_rule: p.mapOf({
      operator: p.string('Whether all rules must hold, or one is enough.', {
        required: true,
        updatable: true,
        constraints: [c.oneOf('or', 'and')],
      }),
      rules: p.list('Two rules or more. Each is a threshold rule of Aodh with its `type`, or a map of `and` or `or` to such a list.', {
        required: true,
        updatable: true,
        constraints: [c.length(2, null)],
      }),
    })('The conditions.', { required: true, updatable: true }),
  },
  attributes: {},
});
