/** `OS::Aodh::GnocchiAggregationByMetricsAlarm`: an alarm over some metrics taken together. */
import { p, declaredType } from '@hearth/resource-kit';
import { alarmProperties, gnocchiProperties } from './alarm-properties.ts';

export const aodhGnocchiAggregationByMetricsAlarm = declaredType({
  name: 'OS::Aodh::GnocchiAggregationByMetricsAlarm',
  doc: 'Goes off when the measures of some metrics, taken together, pass a limit.',
  support: { status: 'SUPPORTED', since: '2015.1' },
  service: 'aodh',
  properties: {
    ...alarmProperties,
    ...gnocchiProperties,
    metrics: p.list('Ids of the metrics.', { required: true, updatable: true }),
  },
  attributes: {},
});
