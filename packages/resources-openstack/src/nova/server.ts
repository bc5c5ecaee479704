/** `OS::Nova::Server`: a virtual machine. Here its schema and life cycle; requests, networks and changes have files of their own. */
import { type Cloud, isNotFound } from '@hearth/cloud-openstack';
import { a, c, done, type Live, p, type Progress, wait } from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';
import { VNIC_TYPES } from '../neutron/port.ts';
import { observeServer } from './server-attributes.ts';
import { beginChange, continueChange, replacingChanges } from './server-changes.ts';
import {
  associateFloatingIps,
  deleteOwnPorts,
  mayHaveOwnPorts,
  networksRequired,
  type NetworkEntry,
  ownPortsOf,
} from './server-networks.ts';
import { type BootProps, bootServer, findServers, isPortHolder, portHolderId } from './server-request.ts';
import { serverImages } from './server-copy.ts';
import { givePorts, takePorts } from './server-hand-over.ts';
import { serverProblems } from './server-rules.ts';
import { putServer, untilServerIs } from './server-rest.ts';
import { isIdle, livingServer, notActive, statusOf, undeletable } from './server-status.ts';
import { subnetsOf } from '../neutron/subnets-first.ts';
import { liveServer, serverIds } from './server-live.ts';

const image = c.custom('glance.image');

export const server = openstackType({
  name: 'OS::Nova::Server',
  doc: 'A virtual machine, with its networks, disks, metadata and user data.',
  service: 'nova',
  maxNameLength: 53,
  properties: {
    name: p.string('The name; one is made up if there is none.', { updatable: true }),
    image: p.string('Name or id of the image to boot from.', { updatable: true, constraints: [image] }),
    block_device_mapping: p.listOf(
      p.mapOf({
        device_name: p.string('Device of the disk, such as vda.', { required: true }),
        volume_id: p.string('Volume to attach.', { constraints: [c.custom('cinder.volume')] }),
        snapshot_id: p.string('Snapshot to make a volume from.', { constraints: [c.custom('cinder.snapshot')] }),
        volume_size: p.integer('Size of the new volume in GB; that of the snapshot unless given.'),
        delete_on_termination: p.boolean('Whether the volume is deleted with the server.'),
      })(''),
    )('Disks, in the older notation.'),
    block_device_mapping_v2: p.listOf(
      p.mapOf({
        device_name: p.string('Device of the disk, such as vda.'),
        volume_id: p.string('Volume to attach.', { constraints: [c.custom('cinder.volume')] }),
        image_id: p.string('Older name of `image`.', { constraints: [image] }),
        image: p.string('Name or id of the image to make a volume from.', { constraints: [image], translatedFrom: ['image_id'] }),
        snapshot_id: p.string('Snapshot to make a volume from.', { constraints: [c.custom('cinder.snapshot')] }),
        swap_size: p.integer('Size of a swap disk in MB.'),
        ephemeral_size: p.integer('Size of a local disk in GB.', { constraints: [c.range(1, null)] }),
        ephemeral_format: p.string('File system of the local disk.', { constraints: [c.oneOf('ext2', 'ext3', 'ext4', 'xfs', 'ntfs')] }),
        device_type: p.string('Kind of device.', { constraints: [c.oneOf('cdrom', 'disk')] }),
        disk_bus: p.string('Bus of the disk; the hypervisor chooses unless given.', {
          constraints: [c.oneOf('ide', 'lame_bus', 'scsi', 'usb', 'virtio')],
        }),
        boot_index: p.integer('Place in the order of booting: 0 boots first, -1 never boots.'),
        volume_size: p.integer('Size of the volume in GB.'),
        delete_on_termination: p.boolean('Whether the volume is deleted with the server.'),
      })(''),
    )('Disks.'),
    flavor: p.string('Name or id of the flavor.', { required: true, updatable: true, constraints: [c.custom('nova.flavor')] }),
    flavor_update_policy: p.string('What another flavor does: resize the server, or make a new one.', {
      default: 'RESIZE',
      updatable: true,
      constraints: [c.oneOf('RESIZE', 'REPLACE')],
    }),
    image_update_policy: p.string('What another image does: rebuild the server, or make a new one.', {
      default: 'REBUILD',
      updatable: true,
      constraints: [c.oneOf('REBUILD', 'REPLACE', 'REBUILD_PRESERVE_EPHEMERAL')],
    }),
    key_name: p.string('Name of the key pair that may log in.', { constraints: [c.custom('nova.keypair')] }),
    availability_zone: p.string('Availability zone to run in.'),
    security_groups: p.list('Names or ids of security groups. With ports of your own, set them there.', { default: [] }),
    networks: p.listOf(
      p.mapOf({
        uuid: p.string('Older name of `network`.', { constraints: [c.custom('neutron.network')] }),
        network: p.string('Name or id of the network.', { constraints: [c.custom('neutron.network')], translatedFrom: ['uuid'] }),
        allocate_network: p.string('`auto`: Nova finds or makes a network; `none`: no network at all. Must stand alone.', {
          updatable: true,
          constraints: [c.oneOf('none', 'auto')],
        }),
        fixed_ip: p.string('The address.', { constraints: [c.custom('ip_addr')] }),
        port: p.string('Name or id of a port.', { constraints: [c.custom('neutron.port')] }),
        port_extra_properties: p.mapOf({
          value_specs: p.map('More fields for the request.', { default: {}, updatable: true }),
          admin_state_up: p.boolean('Whether the port forwards packets.', { default: true, updatable: true }),
          mac_address: p.string('The MAC address.', { constraints: [c.custom('mac_addr')] }),
          allowed_address_pairs: p.listOf(
            p.mapOf({
              mac_address: p.string('A MAC address.', { constraints: [c.custom('mac_addr')] }),
              ip_address: p.string('An address or a range.', { required: true, constraints: [c.custom('ip_or_cidr')] }),
            })(''),
          )('Further addresses that may be used as sender.', { updatable: true }),
          'binding:vnic_type': p.string('What kind of virtual card is plugged in.', {
            default: 'normal',
            updatable: true,
            constraints: [c.oneOf(...VNIC_TYPES)],
          }),
          port_security_enabled: p.boolean('Whether the port filters packets.', { updatable: true }),
          qos_policy: p.string('Name or id of the QoS policy.', { updatable: true, constraints: [c.custom('neutron.qos_policy')] }),
          propagate_uplink_status: p.boolean('Whether the link state of the physical card shows.', { updatable: true }),
          no_fixed_ips: p.boolean('The port gets no address at all.', { default: false, updatable: true }),
        })('Settings of the port that is made for this entry.'),
        subnet: p.string('Name or id of the subnet to take the address from.'),
        floating_ip: p.string('Id of the floating IP to point here.'),
        tag: p.string('Tag that the guest sees at this device.'),
      })(''),
    )('Networks and ports, in the order of the network cards.', { updatable: true }),
    scheduler_hints: p.map('Hints for the scheduler.'),
    metadata: p.map('Keys and values that the guest can read. What is not a text is sent as JSON.', { default: {}, updatable: true }),
    user_data_format: p.string('How user data reach the guest. RAW: as they are.', {
      default: 'HEAT_CFNTOOLS',
      constraints: [c.oneOf('HEAT_CFNTOOLS', 'RAW', 'SOFTWARE_CONFIG')],
    }),
    software_config_transport: p.string('How the guest fetches its software configuration.', {
      default: 'POLL_SERVER_CFN',
      updatable: true,
      constraints: [c.oneOf('POLL_SERVER_CFN', 'POLL_SERVER_HEAT', 'POLL_TEMP_URL', 'ZAQAR_MESSAGE')],
    }),
    user_data_update_policy: p.string('What other user data do: make a new server, nothing, or rebuild it.', {
      default: 'REPLACE',
      updatable: true,
      constraints: [c.oneOf('REPLACE', 'IGNORE', 'REBUILD')],
    }),
    user_data: p.string('What the guest runs when it first boots.', { default: '', updatable: true }),
    reservation_id: p.string('Id of a reservation.'),
    config_drive: p.boolean('Whether the guest gets a configuration drive.'),
    diskConfig: p.string('How the disk is partitioned.', { constraints: [c.oneOf('AUTO', 'MANUAL')] }),
    personality: p.map('Files by path to put into the guest, as text.', {
      default: {},
      support: { status: 'DEPRECATED', since: '12.0.0', message: 'newer compute services take no files: use user_data' },
    }),
    admin_user: p.string('Makes no difference: images know their own users.', {
      support: { status: 'HIDDEN', since: '5.0.0', message: 'leave it out' },
    }),
    admin_pass: p.string('Password of the administrator in the guest.', { updatable: true, secret: true }),
    tags: p.listOf(p.string(''))('Tags.', { updatable: true }),
    deployment_swift_data: p.mapOf({
      container: p.string('Container.', { constraints: [c.length(1, null)] }),
      object: p.string('Object.', { constraints: [c.length(1, null)] }),
    })('Where in Swift the software configuration lies, with POLL_TEMP_URL.', { default: {}, updatable: true }),
  },
  attributes: {
    name: a.as('string')('The name.'),
    addresses: a.as('map')('By name and by id of the network: addresses with port, subnets and network.', { cache: 'live' }),
    networks: a.as('map')('By name and by id of the network: plain addresses.', { cache: 'live' }),
    first_address: a.as('string')('Some address of it, or an empty text. Use networks.', { cache: 'live', isHidden: true }),
    instance_name: a.as('string')('What the hypervisor calls it; for administrators.'),
    accessIPv4: a.as('string')('The IPv4 address to reach it by.'),
    accessIPv6: a.as('string')('The IPv6 address to reach it by.'),
    console_urls: a.as('map')('By kind of console: where to open it.', { cache: 'live' }),
    os_collect_config: a.as('map')('What its os-collect-config is told.'),
    tags: a.as('list')('Tags.', { cache: 'live' }),
  },
  examples: [
    {
      name: 'on the private network',
      props: {
        image: 'testimage',
        flavor: 'm1.tiny',
        networks: [{ network: 'private' }],
        user_data: '#!/bin/sh\ntrue\n',
        user_data_format: 'RAW',
      },
      updates: [{ metadata: { role: 'web' } }, { name: 'renamed' }, { flavor: 'm1.small' }],
      replacedBy: { availability_zone: 'nova' },
    },
    {
      name: 'named, with a subnet',
      props: {
        name: 'contract-server',
        image: 'testimage',
        flavor: 'm1.tiny',
        networks: [{ subnet: 'private-subnet' }],
        metadata: { list: [1, 2] },
      },
    },
    {
      name: 'with everything that can change in place',
      props: {
        image: 'testimage',
        flavor: 'm1.tiny',
        networks: [{ network: 'private' }],
        tags: ['one'],
        metadata: { AWS: { nested: [1] } },
        user_data: 'echo',
        user_data_update_policy: 'REBUILD',
        scheduler_hints: { group_note: 'any' },
        diskConfig: 'AUTO',
      },
      updates: [
        { tags: ['two', 'three'], admin_pass: 'secret-word' },
        { networks: [{ network: 'private' }, { subnet: 'private-subnet', port_extra_properties: { admin_state_up: true } }] },
        { networks: [{ subnet: 'private-subnet', port_extra_properties: { admin_state_up: false } }] },
        { networks: [{ allocate_network: 'none' }] },
        { user_data: 'echo again' },
        { tags: null, software_config_transport: 'POLL_SERVER_HEAT', deployment_swift_data: { container: 'c' } },
      ],
      replacedBy: { flavor: 'm1.small', flavor_update_policy: 'REPLACE' },
    },
    {
      name: 'without a network',
      props: { image: 'testimage', flavor: 'm1.tiny', networks: [{ allocate_network: 'none' }] },
      replacedBy: { config_drive: true },
    },
  ],
  validate: serverProblems,
  replaces: replacingChanges,
  alsoRequires: (self, others) => subnetsOf(networksRequired(self.properties.networks), others),
  find: findServers,
  isStandIn: isPortHolder,
  async create(call) {
    const ports = await ownPortsOf(call);
    // With ports of our own the server is the second thing that is made: the ports are committed first.
    return ports === null
      ? wait('BUILD', { physicalId: await bootServer(call, []) })
      : wait('ports', { physicalId: portHolderId(call.physicalName), afterMs: 0 });
  },
  async checkCreate(live) {
    const { physicalId } = live;
    if (!isPortHolder(physicalId)) return untilActive(live);
    const [present] = (await findServers(live)).filter((id) => !isPortHolder(id));
    return wait('BUILD', { physicalId: present ?? (await bootServer(live, (await ownPortsOf(live)) ?? [])) });
  },
  update: beginChange,
  checkUpdate: continueChange,
  async delete(live) {
    const { cloud, physicalId, physicalName } = live;
    if (isPortHolder(physicalId)) return deleteUnrecorded(live);
    try {
      await cloud.nova.deleteServer(physicalId);
      return wait('deleting');
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    if (mayHaveOwnPorts(live)) await deleteOwnPorts(cloud, physicalName, physicalId);
    return done();
  },
  async checkDelete(live, token) {
    const { cloud, physicalId, physicalName } = live;
    if (isPortHolder(physicalId)) return deleteUnrecorded(live);
    const present = await cloud.nova.getServer(physicalId);
    const status = present === null ? 'DELETED' : statusOf(present);
    if (status === 'SOFT_DELETED') await cloud.nova.serverAction(physicalId, { forceDelete: null });
    if (present !== null && status === 'ERROR' && isIdle(present)) {
      const tries = typeof token === 'number' ? token : 0;
      if (tries >= MOST_DELETIONS) throw undeletable(present);
      await cloud.nova.deleteServer(physicalId);
      return wait(status, { token: tries + 1 });
    }
    if (status !== 'DELETED') return wait(status, { token });
    if (mayHaveOwnPorts(live)) await deleteOwnPorts(cloud, physicalName, null);
    return done();
  },
  copies: serverImages,
  withIds: serverIds,
  liveProperties: liveServer,
  beforeReplace: givePorts,
  checkBeforeReplace: givePorts,
  afterRollback: takePorts,
  checkAfterRollback: takePorts,
  observe: observeServer,
  unhealthy: ({ show }) => notActive(show),
  suspend: (live) => putServer(live, 'suspend'),
  checkSuspend: (live, token) => untilServerIs(live, 'suspend', token),
  resume: (live) => putServer(live, 'resume'),
  checkResume: (live, token) => untilServerIs(live, 'resume', token),
});

/** Ports alone are on record; a call that was broken off may have made the server. It goes first. */
async function deleteUnrecorded(live: Live<Cloud, BootProps>): Promise<Progress> {
  const { cloud, physicalName } = live;
  const servers = (await findServers(live)).filter((id) => !isPortHolder(id));
  for (const id of servers) await cloud.nova.deleteServer(id);
  if (servers.length > 0) return wait('deleting the server', { token: 'ports are left' });
  if (mayHaveOwnPorts(live)) await deleteOwnPorts(cloud, physicalName, null);
  return done();
}

/** A server in error may need to be told again; one that stays there is somebody's to look at. */
const MOST_DELETIONS = 3;

/** Tags and floating IPs are set once it stands; both may be repeated. */
async function untilActive({
  cloud,
  physicalId,
  props,
}: Live<Cloud, { readonly tags: readonly string[] | null; readonly networks: readonly NetworkEntry[] | null }>): Promise<Progress> {
  const { status } = await livingServer(cloud, physicalId);
  if (status !== 'ACTIVE') return wait(status);
  if (props.tags !== null && props.tags.length > 0) await cloud.nova.setServerTags(physicalId, props.tags);
  await associateFloatingIps(cloud, physicalId, props.networks ?? []);
  return done();
}
