/** `OS::Aodh::PrometheusAlarm`: an alarm over metrics that Prometheus keeps. */
import { p, declaredType } from '@hearth/resource-kit';
import { alarmProperties, limitProperties } from './alarm-properties.ts';

export const aodhPrometheusAlarm = declaredType({
  name: 'OS::Aodh::PrometheusAlarm',
  doc: 'Goes off when the answer of Prometheus to a query passes a limit.',
  support: { status: 'SUPPORTED', since: '22.0.0' },
  service: 'aodh',
  properties: {
    ...alarmProperties,
    ...limitProperties,
    query: p.string('The query, in PromQL.', { required: true, updatable: true }),
  },
  attributes: {},
});
