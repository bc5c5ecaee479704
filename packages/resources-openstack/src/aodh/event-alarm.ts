/** `OS::Aodh::EventAlarm`: an alarm over events of the cloud. */
import { p, declaredType } from '@hearth/resource-kit';
import { alarmProperties, queryFactors } from './alarm-properties.ts';

export const aodhEventAlarm = declaredType({
  name: 'OS::Aodh::EventAlarm',
  doc: 'Goes off when an event of the cloud arrives, such as compute.instance.delete.end.',
  support: { status: 'SUPPORTED', since: '8.0.0' },
  service: 'aodh',
  properties: {
    ...alarmProperties,
    event_type: p.string('Type of the events; `*` stands for any text.', { default: '*', updatable: true }),
    query: queryFactors('Conditions on the event, such as on traits.instance_id.'),
  },
  attributes: {},
});
