/** Which sizes of clusters are refused, and in which words. What is not known yet (`undefined`) is no mistake. */
import { propertyMessages, type PropertyRows } from '@hearth/resource-kit/testing';
import { describe, expect, it } from 'vitest';
import { senlinCluster } from './cluster.ts';

describe('a cluster', () => {
  const whole = { profile: 'p' };
  const rows: PropertyRows = [
    ['as it is', {}],
    ['within its bounds', { min_size: 1, max_size: 3, desired_capacity: 3 }],
    ['without an upper bound', { min_size: 1, desired_capacity: 99 }],
    ['of bounds the wrong way round', { min_size: 3, max_size: 1, desired_capacity: 3 }, 'min_size can not be greater than max_size'],
    ['below its bounds', { min_size: 1 }, 'desired_capacity must be between min_size and max_size'],
    ['above its bounds', { max_size: 1, desired_capacity: 2 }, 'desired_capacity must be between min_size and max_size'],
    ['of bounds not known yet', { min_size: undefined, max_size: undefined, desired_capacity: 2 }],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(senlinCluster, { ...whole, ...given })).toEqual(messages));
});
