/** What groups, policies, components and deployments refuse, alone and among the other resources of a template. Unknown values are no mistakes. */
import type { Json, JsonObject } from '@hearth/kernel';
import { checkProperties, declaredType, otherDefinitions, type ResourceType } from '@hearth/resource-kit';
import { propertyMessages, type PropertyRows } from '@hearth/resource-kit/testing';
import { describe, expect, it } from 'vitest';
import { accessPolicy } from './access-policy.ts';
import { autoScalingGroup } from './auto-scaling-group.ts';
import { haRestarter } from './ha-restarter.ts';
import { instanceGroup } from './instance-group.ts';
import { randomString } from './random-string.ts';
import { scalingPolicy } from './scaling-policy.ts';
import { softwareComponent } from './software-component.ts';
import { softwareDeployment } from './software-deployment.ts';
import { softwareDeploymentGroup } from './software-deployment-group.ts';
import { structuredDeployment } from './structured-deployment.ts';

describe('a scaling group', () => {
  const whole = { resource: { type: 'OS::Heat::RandomString' }, min_size: 1, max_size: 3 };
  const rows: PropertyRows = [
    ['with sizes in order', { desired_capacity: 2 }],
    ['with the least above the most', { min_size: 4 }, 'MinSize can not be greater than MaxSize'],
    ['that wants more than the most', { desired_capacity: 4 }, 'DesiredCapacity must be between MinSize and MaxSize'],
    ['whose most is not known yet', { max_size: undefined, desired_capacity: 9 }],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(autoScalingGroup, { ...whole, ...given })).toEqual(messages));
});

describe('a scaling policy', () => {
  const whole = { auto_scaling_group_id: 'g', scaling_adjustment: 1 };
  const rows: PropertyRows = [
    ['with a step of a percentage', { adjustment_type: 'percent_change_in_capacity', min_adjustment_step: 1 }],
    ['with no step', { adjustment_type: 'exact_capacity' }],
    [
      'with a step of something else',
      { adjustment_type: 'exact_capacity', min_adjustment_step: 1 },
      'min_adjustment_step property should only be specified for adjustment_type with value percent_change_in_capacity.',
    ],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(scalingPolicy, { ...whole, ...given })).toEqual(messages));
});

describe('a component', () => {
  const repeated = 'Defining more than one configuration for the same action in SoftwareComponent is not allowed.';
  const rows: PropertyRows = [
    ['with a config for each action', { configs: [{ tool: 'a' }, { tool: 'b', actions: ['DELETE'] }] }],
    ['with an action twice in one config', { configs: [{ tool: 'a', actions: ['CREATE', 'CREATE'] }] }],
    ['with two configs for an action', { configs: [{ tool: 'a' }, { tool: 'b', actions: ['CREATE'] }] }, repeated],
    ['with a config that is not known yet', { configs: [{ tool: 'a' }, undefined] }],
    ['with no config', { configs: [] }, 'length (0) is out of range (min: 1, max: None)'],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(softwareComponent, given)).toEqual(messages));
});

describe('a random text', () => {
  const rows: PropertyRows = [
    ['of a sequence, the older way', { sequence: 'digits', length: 1 }],
    ['of a sequence that is none', { sequence: 'words' }, expect.stringContaining('"words" is not an allowed value') as string],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(randomString, given)).toEqual(messages));
});

describe('among other resources', () => {
  const server = (name: string, properties: JsonObject) => ({ name, type: 'OS::Nova::Server', properties });
  const others = otherDefinitions([
    server('plain', {}),
    server('raw', { user_data_format: 'RAW' }),
    server('ready', { user_data_format: 'SOFTWARE_CONFIG' }),
    server('late', { user_data_format: { get_param: 'format' } }),
    { name: 'value', type: 'OS::Heat::Value', properties: {} },
  ]);
  const undeployable = (name: string): string =>
    `Resource ${name}'s property user_data_format should be set to SOFTWARE_CONFIG since there are software deployments on it.`;
  const rows: [ResourceType, string, Json, ...string[]][] = [
    [softwareDeployment, 'server', { get_resource: 'ready' }],
    [softwareDeployment, 'server', { get_resource: 'late' }],
    [softwareDeployment, 'server', 'an-id-from-elsewhere'],
    [softwareDeployment, 'server', { get_attr: ['value', 'value'] }],
    [softwareDeployment, 'server', { get_resource: 'plain' }, undeployable('plain')],
    [structuredDeployment, 'server', { Ref: 'raw' }, undeployable('raw')],
    [accessPolicy, 'AllowedResources', ['plain', 'value']],
    [accessPolicy, 'AllowedResources', { get_param: 'names' }],
    [accessPolicy, 'AllowedResources', ['plain', 'gone'], 'AccessPolicy resource gone not in stack'],
    [instanceGroup, 'LaunchConfigurationName', 'gone', 'LaunchConfigurationName (gone) reference can not be found.'],
  ];
  it.each(rows)('%s', (type, property, value, ...messages) => {
    const self = { name: 'self', type: type.name, properties: { [property]: value } };
    expect(type.validateAmong?.(self, others)).toEqual(messages);
  });
});

describe('an update policy', () => {
  const messagesOf = ({ name, updatePolicy = {} }: ResourceType, policy: JsonObject): readonly string[] => {
    const settings = declaredType({ name, doc: '', properties: updatePolicy, attributes: {} });
    const options = { lenient: false, matchesPattern: (pattern: string, text: string) => new RegExp(`^(?:${pattern})$`).test(text) };
    return checkProperties(settings, policy, options).problems.map(({ message }) => message);
  };
  const notDuration = 'Only ISO 8601 duration format of the form PT#H#M#S is supported.';
  const rows: [ResourceType, JsonObject, ...string[]][] = [
    [instanceGroup, { RollingUpdate: { PauseTime: 'PT1M30S', MaxBatchSize: 2 } }],
    [instanceGroup, { RollingUpdate: { PauseTime: '5' } }, notDuration],
    [instanceGroup, { rolling_update: {} }, 'Unknown Property rolling_update'],
    [softwareDeploymentGroup, { rolling_update: { max_batch_size: 2, pause_time: 1 }, batch_create: {} }],
    [softwareDeploymentGroup, { rolling_update: { min_in_service: 1 } }, 'Unknown Property min_in_service'],
  ];
  it.each(rows)('%s %j', (type, policy, ...messages) => expect(messagesOf(type, policy)).toEqual(messages));
  it('of a group of instances pauses for an hour at most', () =>
    expect(instanceGroup.validateUpdatePolicy?.({ RollingUpdate: { PauseTime: 'PT2H' } })).toEqual(['Maximum PauseTime is 1 hour.']));
});

it('a placeholder takes anything', () => expect(propertyMessages(haRestarter, { InstanceId: 'i', anything: {} })).toEqual([]));
