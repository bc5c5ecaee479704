/** Tables: sizes, steps, pauses and launch configurations of groups that scale. Unknown values (`undefined`) are no mistakes. */
import type { Json } from '@hearth/kernel';
import { describe, expect, it } from 'vitest';
import { launchConfigurationProblems, otherDefinitions, pauseProblems, sizeProblems, stepProblems } from './index.ts';

describe('sizes', () => {
  const rows: readonly (readonly [Parameters<typeof sizeProblems>[0], ...string[]])[] = [
    [{ min: 0, max: 0, desired: null }],
    [{ min: 1, max: 3, desired: 3 }],
    [{ min: 3, max: 2, desired: null }, 'MinSize can not be greater than MaxSize'],
    [{ min: -1, max: 2, desired: null }, 'The size of AutoScalingGroup can not be less than zero'],
    [{ min: 1, max: 3, desired: 4 }, 'DesiredCapacity must be between MinSize and MaxSize'],
    [{ min: 1, max: 3, desired: 0 }, 'DesiredCapacity must be between MinSize and MaxSize'],
    [{ min: undefined, max: 3, desired: 4 }, 'DesiredCapacity must be between MinSize and MaxSize'],
    [{ min: undefined, max: 3, desired: 1 }],
    [{ min: 3, max: undefined, desired: undefined }],
  ];
  it.each(rows)('%j', (sizes, ...messages) => expect(sizeProblems(sizes)).toEqual(messages));
});

describe('steps', () => {
  const rule = { typeName: 'how', stepName: 'step', percent: 'percent' };
  const message = 'step property should only be specified for how with value percent.';
  const rows: readonly (readonly [string | undefined, number | null | undefined, ...string[]])[] = [
    ['percent', 2],
    ['exact', null],
    ['exact', undefined],
    [undefined, 2],
    ['exact', 2, message],
    ['exact', 0, message],
  ];
  it.each(rows)('%s, %s', (type, step, ...messages) => expect(stepProblems(type, step, rule)).toEqual(messages));
});

describe('pauses', () => {
  const rows: readonly (readonly [Json | undefined, ...string[]])[] = [
    [undefined],
    [null],
    [{ PauseTime: 'PT1H' }],
    [{ PauseTime: 'PT59M60S' }],
    [{ PauseTime: 'PT1H1S' }, 'Maximum PauseTime is 1 hour.'],
    [{ PauseTime: 'PT61M' }, 'Maximum PauseTime is 1 hour.'],
    // The schema says that it is no duration.
    [{ PauseTime: 'long' }],
  ];
  it.each(rows)('%j', (rolling, ...messages) => expect(pauseProblems(rolling)).toEqual(messages));
});

describe('launch configurations', () => {
  const others = otherDefinitions([{ name: 'there', type: 'AWS::AutoScaling::LaunchConfiguration', properties: {} }]);
  const late = 'LaunchConfigurationName (there) requires a reference to the configuration not just the name of the resource.';
  const rows: readonly (readonly [Json, readonly string[] | undefined, ...string[]])[] = [
    [{ Ref: 'there' }, ['there']],
    ['there', ['there']],
    ['there', undefined],
    ['there', [], late],
    ['', []],
    [null, []],
    ['gone', [], 'LaunchConfigurationName (gone) reference can not be found.'],
  ];
  it.each(rows)('%j, required: %j', (name, requires, ...messages) => {
    const group = { name: 'group', type: 'OS::Heat::InstanceGroup', properties: { LaunchConfigurationName: name } };
    expect(launchConfigurationProblems(requires === undefined ? group : { ...group, requires }, others)).toEqual(messages);
  });
});
