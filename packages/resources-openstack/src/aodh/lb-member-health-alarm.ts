/** `OS::Aodh::LBMemberHealthAlarm`: an alarm over the health of a pool of a load balancer. */
import { p, declaredType } from '@hearth/resource-kit';
import { alarmProperties } from './alarm-properties.ts';

export const aodhLbMemberHealthAlarm = declaredType({
  name: 'OS::Aodh::LBMemberHealthAlarm',
  doc: 'Goes off when a member of a pool is in error for longer than it may take to start; the stack is then updated to replace it.',
  support: { status: 'SUPPORTED', since: '13.0.0' },
  service: 'aodh',
  properties: {
    ...alarmProperties,
    pool: p.string('Name or id of the pool whose members are watched.', { required: true, updatable: true }),
    stack: p.string('Name or id of the stack at the top that has pool and members; it is updated when a member is ill.', {
      required: true,
    }),
    autoscaling_group_id: p.string('Id of the scaling group that the members belong to; ill ones are marked there.', {
      required: true,
      updatable: true,
    }),
  },
  attributes: {},
});
