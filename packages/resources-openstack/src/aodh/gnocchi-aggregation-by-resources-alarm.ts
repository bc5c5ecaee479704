/** `OS::Aodh::GnocchiAggregationByResourcesAlarm`: an alarm over a metric of several resources taken together. */
import { p, declaredType } from '@hearth/resource-kit';
import { alarmProperties, gnocchiProperties, metricName } from './alarm-properties.ts';

export const aodhGnocchiAggregationByResourcesAlarm = declaredType({
  name: 'OS::Aodh::GnocchiAggregationByResourcesAlarm',
  doc: 'Goes off when a metric of all resources that a query finds, taken together, passes a limit.',
  support: { status: 'SUPPORTED', since: '2015.1' },
  service: 'aodh',
  properties: {
    ...alarmProperties,
    ...gnocchiProperties,
    metric: metricName,
    query: p.string('Which resources, as a query of Gnocchi in JSON; only those of the project are found.', {
      required: true,
      updatable: true,
    }),
    resource_type: p.string('Type of the resources in Gnocchi, such as instance.', { required: true, updatable: true }),
  },
  attributes: {},
});
