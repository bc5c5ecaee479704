/** Recorded types that are no types of ours, each with its reason in docs/compatibility.md. */
export const hasNoSchema: ReadonlySet<string> = new Set([
  // Old names: the built-in environment leads them to `OS::Aodh::*`.
  'OS::Metering::Alarm',
  'OS::Ceilometer::Alarm',
  'OS::Ceilometer::CombinationAlarm',
  'OS::Ceilometer::GnocchiAggregationByMetricsAlarm',
  'OS::Ceilometer::GnocchiAggregationByResourcesAlarm',
  'OS::Ceilometer::GnocchiResourcesAlarm',
  // Templates of the built-in environment.
  'AWS::CloudWatch::Alarm',
  'AWS::RDS::DBInstance',
]);
