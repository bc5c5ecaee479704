/** `OS::Aodh::GnocchiResourcesAlarm`: an alarm over a metric of one resource. */
import { p, declaredType } from '@hearth/resource-kit';
import { alarmProperties, gnocchiProperties, metricName } from './alarm-properties.ts';

export const aodhGnocchiResourcesAlarm = declaredType({
  name: 'OS::Aodh::GnocchiResourcesAlarm',
  doc: 'Goes off when a metric of one resource passes a limit.',
  support: { status: 'SUPPORTED', since: '2015.1' },
  service: 'aodh',
  properties: {
    ...alarmProperties,
    ...gnocchiProperties,
    metric: metricName,
    resource_id: p.string('Id of the resource in Gnocchi; that of a server is its id in Nova.', { required: true, updatable: true }),
    resource_type: p.string('Type of the resource in Gnocchi, such as instance.', { required: true, updatable: true }),
  },
  attributes: {},
});
