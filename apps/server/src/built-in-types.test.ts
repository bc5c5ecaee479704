/** The types that the built-in environment has other names or templates for, as callers see them, against the recorded facts of the reference. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { registryOf } from '@hearth/resource-kit';
import { schemaDifferences, type TypeFacts } from '@hearth/resource-kit/testing';
import { typeNamed } from '@hearth/stacks';
import { expect, it } from 'vitest';
import { readGlobalEnvironment } from './global-environment.ts';
import { typesOfTheCloud } from './resource-types.ts';

const folder = fileURLToPath(new URL('../../../testdata/resource-types/', import.meta.url));
const factsOf = (name: string): TypeFacts => JSON.parse(readFileSync(`${folder}${name.replaceAll('::', '.')}.json`, 'utf8')) as TypeFacts;

it.each([
  'OS::Metering::Alarm',
  'OS::Ceilometer::Alarm',
  'OS::Ceilometer::CombinationAlarm',
  'OS::Ceilometer::GnocchiAggregationByMetricsAlarm',
  'OS::Ceilometer::GnocchiAggregationByResourcesAlarm',
  'OS::Ceilometer::GnocchiResourcesAlarm',
  'AWS::CloudWatch::Alarm',
  'AWS::RDS::DBInstance',
])('%s', async (name) => {
  const type = typeNamed({ registry: typesOfTheCloud(), globalEnvironment: await readGlobalEnvironment(null) }, name);
  if (type === null) throw new Error(`nothing stands for ${name}`);
  expect(schemaDifferences({ ...type, name }, factsOf(name))).toEqual([]);
});

it('without their targets old names lead nowhere', async () => {
  const globalEnvironment = await readGlobalEnvironment(null);
  expect(typeNamed({ registry: registryOf([]), globalEnvironment }, 'OS::Metering::Alarm')).toBeNull();
});
