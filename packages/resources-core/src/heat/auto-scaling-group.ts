/** `OS::Heat::AutoScalingGroup`: as many resources alike as scaling policies want. */
import { a, c, declaredType, p, sizeProblems } from '@hearth/resource-kit';

const size = (doc: string) => p.integer(doc, { required: true, updatable: true, constraints: [c.range(0, null)] });

export const autoScalingGroup = declaredType({
  name: 'OS::Heat::AutoScalingGroup',
  doc: 'Several resources alike, as many as scaling policies ask for, within limits.',
  support: { status: 'SUPPORTED', since: '2014.1' },
  hasOpenAttributes: true,
  properties: {
    resource: p.map('Type and properties of every member, as in a template.', { required: true, updatable: true }),
    max_size: size('The most members there may be.'),
    min_size: size('The fewest members there may be.'),
    desired_capacity: p.integer('With how many members it begins, or goes on; `min_size` unless given.', { updatable: true }),
    cooldown: p.integer('Seconds after a change in which scaling policies are ignored.', { updatable: true }),
    rolling_updates: p.mapOf({
      min_in_service: p.integer('How many members stay as they are at any time.', { default: 0, constraints: [c.range(0, null)] }),
      max_batch_size: p.integer('How many members at most are changed at once.', { default: 1, constraints: [c.range(1, null)] }),
      pause_time: p.number('Seconds between batches.', { default: 0, constraints: [c.range(0, null)] }),
    })('How members are changed when `resource` does.', {
      updatable: true,
      default: { min_in_service: 0, max_batch_size: 1, pause_time: 0 },
    }),
  },
  attributes: {
    outputs: a.map('Values of one attribute by the names of the members; the path names the attribute.'),
    outputs_list: a.list('Values of one attribute, a member each; the path names the attribute.'),
    current_size: a.integer('How many members there are.'),
    refs: a.list('Reference ids of the members.'),
    refs_map: a.map('Reference ids by the names of the members.'),
  },
  validate: ({ min_size, max_size, desired_capacity }) => sizeProblems({ min: min_size, max: max_size, desired: desired_capacity }),
});
