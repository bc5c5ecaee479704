/** Which combinations the types of the workflow service refuse, and in which words. What is not known yet (`undefined`) is no mistake. */
import { propertyMessages, type PropertyRows } from '@hearth/resource-kit/testing';
import { describe, expect, it } from 'vitest';
import { mistralCronTrigger } from './cron-trigger.ts';
import { mistralExternalResource } from './external-resource.ts';
import { mistralWorkflow } from './workflow.ts';

describe('a workflow', () => {
  const whole = { type: 'direct', tasks: [{ name: 'a', action: 'std.noop' }] };
  const rows: PropertyRows = [
    ['one action', {}],
    ['one workflow', { tasks: [{ name: 'a', workflow: 'w' }] }],
    ['no tasks', { tasks: [] }, 'length (0) is out of range (min: 1, max: None)'],
    ['an order from the end', { type: 'reverse', params: { task_name: 'b' }, tasks: [{ name: 'b', action: 'x', requires: ['a'] }] }],
    [
      'an order from an end that nobody named',
      { type: 'reverse', params: {} },
      "'task_name' is not assigned in 'params' in case of reverse type workflow.",
    ],
    [
      'an order from the end, without parameters',
      { type: 'reverse' },
      "'task_name' is not assigned in 'params' in case of reverse type workflow.",
    ],
    ['an order from an end not known yet', { type: 'reverse', params: undefined }],
    [
      'an action and a workflow',
      { tasks: [{ name: 'a', action: 'x', workflow: 'w' }] },
      'Cannot define the following properties at the same time: workflow, action.',
    ],
    [
      'neither action nor workflow',
      { tasks: [{ name: 'a' }] },
      'At least one of the following properties must be specified: workflow, action.',
    ],
    ['a workflow not known yet', { tasks: [{ name: 'a', workflow: undefined }, undefined] }],
    [
      'what it requires, in an order from the start',
      { tasks: [{ name: 'a', action: 'x', requires: ['b'] }] },
      "task a contains property 'requires' in case of direct workflow. Only reverse workflows can contain property 'requires'.",
    ],
    [
      'how many at a time, of one',
      { tasks: [{ name: 'a', action: 'x', concurrency: 2 }] },
      'concurrency cannot be specified without with_items.',
    ],
    [
      'how many at a time, in the older notation',
      { tasks: [{ name: 'a', action: 'x', policies: { concurrency: 2 } }] },
      'concurrency cannot be specified without with_items.',
    ],
    ['how many at a time', { tasks: [{ name: 'a', action: 'x', concurrency: 2, with_items: 'i in <% $.l %>' }] }],
    ['how many at a time, of items not known yet', { tasks: [{ name: 'a', action: 'x', concurrency: 2, with_items: undefined }] }],
    ['the older notation', { tasks: [{ name: 'a', action: 'x', policies: { retry: { count: 3 } } }] }],
    [
      'the same in both notations',
      { tasks: [{ name: 'a', action: 'x', timeout: 3, policies: { timeout: 4 } }] },
      'Cannot define the following properties at the same time: tasks.timeout, tasks.policies.timeout',
    ],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(mistralWorkflow, { ...whole, ...given })).toEqual(messages));
});

describe('a trigger', () => {
  const whole = { workflow: { name: 'w' } };
  const rows: PropertyRows = [
    ['a pattern', { pattern: '* * * * *' }],
    ['a first time', { first_time: '2999-01-01 00:00' }],
    ['never', {}, 'At least one of the following properties must be specified: pattern, first_time.'],
    ['at times not known yet', { pattern: undefined }],
  ];
  it.each(rows)('%s', (_what, given, ...messages) =>
    expect(propertyMessages(mistralCronTrigger, { ...whole, ...given })).toEqual(messages),
  );
});

describe('an external resource', () => {
  const rows: PropertyRows = [
    ['some actions', { actions: { CREATE: { workflow: 'w' }, DELETE: { workflow: 'w', params: { a: 1 } } } }],
    ['an action without a workflow', { actions: { CREATE: {} } }, 'Property workflow not assigned'],
    ['an action that nobody knows', { actions: { CHECK: { workflow: 'w' } } }, 'Unknown Property CHECK'],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(mistralExternalResource, given)).toEqual(messages));
});
