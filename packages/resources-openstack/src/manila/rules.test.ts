/** Which networks of shared file systems are refused, and in which words. What is not known yet (`undefined`) is no mistake. */
import { propertyMessages, type PropertyRows } from '@hearth/resource-kit/testing';
import { describe, expect, it } from 'vitest';
import { manilaShareNetwork } from './share-network.ts';

describe('a network', () => {
  const rows: PropertyRows = [
    ['none', {}],
    ['with a subnet', { neutron_network: 'n', neutron_subnet: 's' }],
    ['a subnet alone', { neutron_subnet: 's' }],
    ['without a subnet', { neutron_network: 'n' }, 'neutron_network cannot be specified without neutron_subnet.'],
    ['with a subnet not known yet', { neutron_network: 'n', neutron_subnet: undefined }],
    [
      'two',
      { neutron_network: 'n', nova_network: 'o' },
      'Cannot define the following properties at the same time: neutron_network, nova_network.',
    ],
    [
      'an old one with a subnet',
      { neutron_subnet: 's', nova_network: 'o' },
      'Cannot define the following properties at the same time: neutron_subnet, nova_network.',
    ],
    [
      'an old one',
      { nova_network: 'o' },
      'With Neutron enabled you need to pass Neutron network and Neutron subnet instead of Nova network',
    ],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(manilaShareNetwork, given)).toEqual(messages));
});
