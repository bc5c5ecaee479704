/** Which combinations of a server's properties are refused, and in which words; what is not known yet is no mistake. */
import { describe, expect, it } from 'vitest';
import { serverProblems } from './server-rules.ts';

type Given = Parameters<typeof serverProblems>[0];
const ENTRY = {
  network: null,
  subnet: null,
  port: null,
  fixed_ip: null,
  floating_ip: null,
  allocate_network: null,
  tag: null,
  port_extra_properties: null,
};
const DISK = {
  volume_id: null,
  snapshot_id: null,
  image: null,
  swap_size: null,
  ephemeral_size: null,
  ephemeral_format: null,
  boot_index: null,
};
const WHOLE: Given = {
  image: 'i',
  block_device_mapping: null,
  block_device_mapping_v2: null,
  networks: null,
  security_groups: [],
  user_data_format: 'RAW',
  software_config_transport: 'POLL_SERVER_CFN',
};
const only = (given: Given): Given => ({ ...WHOLE, ...given });
const conflict = (names: string) => `Cannot define the following properties at the same time: ${names}.`;

describe('refused', () => {
  it.each<[string, Given, string]>([
    ['nothing to boot from', { image: null }, 'Neither image nor bootable volume is specified for this server'],
    [
      'disks in both notations',
      {
        block_device_mapping: [{ device_name: 'vda', volume_id: 'v', snapshot_id: null }],
        block_device_mapping_v2: [{ ...DISK, swap_size: 1 }],
      },
      conflict('block_device_mapping, block_device_mapping_v2'),
    ],
    [
      'an old disk of two sources',
      { block_device_mapping: [{ device_name: 'vdb', volume_id: 'v', snapshot_id: 's' }] },
      conflict('volume_id, snapshot_id'),
    ],
    [
      'an old disk of none',
      { block_device_mapping: [{ device_name: 'vdb', volume_id: null, snapshot_id: '' }] },
      'Either volume_id or snapshot_id must be specified for device mapping vdb',
    ],
    [
      'a disk of two sources',
      { block_device_mapping_v2: [{ ...DISK, volume_id: 'v', swap_size: 1 }] },
      conflict('volume_id, snapshot_id, image, swap_size, ephemeral_size, ephemeral_format'),
    ],
    [
      'a disk of none',
      { block_device_mapping_v2: [DISK] },
      'Either volume_id, snapshot_id, image_id, swap_size, ephemeral_size or ephemeral_format must be specified.',
    ],
    [
      'an image and a boot volume',
      { block_device_mapping_v2: [{ ...DISK, volume_id: 'v' }] },
      'Multiple bootable sources for this server.',
    ],
    [
      'disks, none of them to boot from',
      { image: null, block_device_mapping_v2: [{ ...DISK, volume_id: 'v', boot_index: 1 }] },
      'Neither image nor bootable volume is specified for this server',
    ],
    [
      'an entry that says nothing',
      { networks: [ENTRY] },
      'One of the properties "network", "port", "allocate_network" or "subnet" should be set for the specified network of this server.',
    ],
    [
      'an allocation with a network',
      { networks: [{ ...ENTRY, allocate_network: 'auto', network: 'n' }] },
      'Can not specify "allocate_network" with other keys of networks at the same time.',
    ],
    [
      'an allocation among others',
      {
        networks: [
          { ...ENTRY, allocate_network: 'none' },
          { ...ENTRY, network: 'n' },
        ],
      },
      'Property "allocate_network" can not be specified if multiple network interfaces set for server.',
    ],
    ['a port with an address', { networks: [{ ...ENTRY, port: 'p', fixed_ip: '10.0.0.1' }] }, conflict('networks/fixed_ip, networks/port')],
    [
      'a floating IP without a port of our own',
      { networks: [{ ...ENTRY, network: 'n', floating_ip: 'f' }] },
      'Property "floating_ip" is not supported if only "network" is specified, because the corresponding port can not be retrieved.',
    ],
    ['a port and groups', { networks: [{ ...ENTRY, port: 'p' }], security_groups: ['g'] }, conflict('security_groups, networks/port')],
    [
      'a transport whose parts are not there',
      { user_data_format: 'SOFTWARE_CONFIG', software_config_transport: 'POLL_SERVER_HEAT' },
      'user_data_format SOFTWARE_CONFIG with software_config_transport POLL_SERVER_HEAT needs users inside stacks, which this server does not offer yet. Use the format RAW or HEAT_CFNTOOLS.',
    ],
  ])('%s', (_what, given, message) => expect(serverProblems(only(given))).toEqual([message]));
});

describe('fine', () => {
  it.each<[string, Given]>([
    ['an image', {}],
    ['a boot volume alone', { image: null, block_device_mapping_v2: [{ ...DISK, volume_id: 'v' }] }],
    ['an old boot volume', { image: null, block_device_mapping: [{ device_name: 'vda', volume_id: 'v', snapshot_id: null }] }],
    [
      'an image and disks that never boot',
      {
        block_device_mapping_v2: [
          { ...DISK, volume_id: 'v', boot_index: -1 },
          { ...DISK, ephemeral_size: 1, ephemeral_format: 'ext4' },
        ],
      },
    ],
    ['an allocation alone', { networks: [{ ...ENTRY, allocate_network: 'auto' }] }],
    ['a floating IP at a subnet', { networks: [{ ...ENTRY, subnet: 's', floating_ip: 'f' }] }],
  ])('%s', (_what, given) => expect(serverProblems(only(given))).toEqual([]));

  it.each<[string, Given]>([
    ['no property at all', {}],
    ['an image', { block_device_mapping: null, block_device_mapping_v2: null }],
    ['the source of a disk', { image: null, block_device_mapping: null, block_device_mapping_v2: [{ device_name: 'x' }] }],
    ['an entry', { networks: [null] }],
    ['the transport', { user_data_format: 'SOFTWARE_CONFIG' }],
  ])('while %s is not known yet', (_what, given) => expect(serverProblems(given)).toEqual([]));
});
