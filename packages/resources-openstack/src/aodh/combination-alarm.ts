/** `OS::Aodh::CombinationAlarm`: a placeholder for alarms over other alarms, which Aodh no longer has. */
import { placeholderType } from '@hearth/resource-kit';

export const aodhCombinationAlarm = placeholderType({
  name: 'OS::Aodh::CombinationAlarm',
  doc: 'A placeholder: it was an alarm over other alarms, takes any property and makes nothing.',
  support: {
    status: 'HIDDEN',
    since: '9.0.0',
    message: 'Aodh no longer has such alarms. Use OS::Aodh::CompositeAlarm instead.',
    previous: { status: 'DEPRECATED', since: '7.0.0', previous: { status: 'SUPPORTED', since: '2014.1' } },
  },
  service: 'aodh',
});
