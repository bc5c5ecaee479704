/** Which combinations of a container's properties are refused, and in which words. What is not known yet (`undefined`) is no mistake. */
import { propertyMessages, type PropertyRows } from '@hearth/resource-kit/testing';
import { describe, expect, it } from 'vitest';
import { zunContainer } from './container.ts';

describe('a container', () => {
  const whole = { image: 'cirros' };
  const rows: PropertyRows = [
    ['alone', {}],
    ['restarted no', { restart_policy: 'no' }],
    ['restarted always', { restart_policy: 'always' }],
    ['restarted unless-stopped', { restart_policy: 'unless-stopped' }],
    ['restarted on-failure', { restart_policy: 'on-failure' }],
    ['restarted on-failure:3', { restart_policy: 'on-failure:3' }],
    [
      'restarted sometimes',
      { restart_policy: 'sometimes' },
      'restart_policy "sometimes" is invalid. Valid values are "no", "on-failure[:max-retry]", "always", and "unless-stopped".',
    ],
    [
      'restarted always, three times',
      { restart_policy: 'always:3' },
      'restart_policy "always:3" is invalid. Valid values are "no", "on-failure[:max-retry]", "always", and "unless-stopped".',
    ],
    [
      'volumes',
      {
        mounts: [
          { mount_path: '/a', volume_id: 'v' },
          { mount_path: '/b', volume_size: 1 },
        ],
      },
    ],
    [
      'a volume that is nothing',
      { mounts: [{ mount_path: '/a' }] },
      'One of the properties "volume_id" or "volume_size" should be set for the specified mount of this container.',
    ],
    [
      'a volume of two kinds',
      { mounts: [{ mount_path: '/a', volume_id: 'v', volume_size: 1 }] },
      'Cannot define the following properties at the same time: mounts/volume_id, mounts/volume_size.',
    ],
    ['a volume not known yet', { mounts: [{ mount_path: '/a', volume_id: undefined }, undefined] }],
    ['networks', { networks: [{ network: 'n', fixed_ip: '10.0.0.1' }, { port: 'p' }] }],
    [
      'neither network nor port',
      { networks: [{ fixed_ip: '10.0.0.1' }] },
      'At least one of the following properties must be specified: network, port.',
    ],
    [
      'a port with an address',
      { networks: [{ port: 'p', fixed_ip: '10.0.0.1' }] },
      'Cannot define the following properties at the same time: networks.fixed_ip, networks.port.',
    ],
    ['a port not known yet', { networks: [{ port: undefined, fixed_ip: '10.0.0.1' }] }],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(zunContainer, { ...whole, ...given })).toEqual(messages));
});
