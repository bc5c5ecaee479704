/** `OS::Aodh::Alarm`: an alarm over the meters of the old metering service. */
import { c, p, declaredType } from '@hearth/resource-kit';
import { alarmProperties, evaluationPeriods, limitProperties, queryFactors } from './alarm-properties.ts';

export const aodhAlarm = declaredType({
  name: 'OS::Aodh::Alarm',
  doc: 'Goes off when a statistic of a meter passes a limit. Meters were kept by a service that is gone.',
  support: {
    status: 'DEPRECATED',
    since: '10.0.0',
    message: 'The meters it watches need a service that is gone. Use OS::Aodh::GnocchiAggregationByResourcesAlarm instead.',
    previous: { status: 'SUPPORTED', since: '2014.1' },
  },
  service: 'aodh',
  properties: {
    ...alarmProperties,
    ...limitProperties,
    evaluation_periods: evaluationPeriods,
    meter_name: p.string('Name of the meter.', { required: true }),
    period: p.integer('Length of a period in seconds.', { updatable: true }),
    statistic: p.string('How the samples of a period become one value.', {
      updatable: true,
      constraints: [c.oneOf('count', 'avg', 'sum', 'min', 'max')],
    }),
    matching_metadata: p.map('Metadata, by key, that the metered resource must have.', { default: {}, updatable: true }),
    query: queryFactors('Conditions on samples, besides `matching_metadata`.'),
  },
  attributes: {},
});
