/** For the resource contract: what somebody may do to the things of each type without us, and where it shows. */
import type { Cloud, NeutronKind, OctaviaPlace } from '@hearth/cloud-openstack';
import type { JsonObject } from '@hearth/kernel';
import type { Live } from '@hearth/resource-kit';
import type { Interference } from '@hearth/resource-kit/testing';

type Acts = Live<Cloud>;
const neutron =
  (kind: NeutronKind, changes: JsonObject) =>
  ({ cloud, physicalId }: Acts) =>
    cloud.neutron.update(kind, physicalId, changes);
const unmade =
  (kind: NeutronKind) =>
  ({ cloud, physicalId }: Acts) =>
    cloud.neutron.delete(kind, physicalId);
const octavia =
  (place: (live: Acts) => Promise<OctaviaPlace>, changes: JsonObject) =>
  async (live: Acts): Promise<unknown> =>
    live.cloud.octavia.update(await place(live), live.physicalId, changes);
const top = (kind: OctaviaPlace['kind']) => async (): Promise<OctaviaPlace> => ({ kind, parentId: null });
const inPool = async ({ cloud, props }: Acts): Promise<OctaviaPlace> => ({
  kind: 'member',
  parentId: await cloud.octavia.idOf('pool', String(props.pool)),
});
const inPolicy = async ({ cloud, props }: Acts): Promise<OctaviaPlace> => ({
  kind: 'rule',
  parentId: await cloud.octavia.idOf('l7policy', String(props.l7policy)),
});

export const INTERFERENCES: Readonly<Record<string, readonly Interference<Cloud>[]>> = {
  'OS::Neutron::Net': [
    { property: 'admin_state_up', act: neutron('network', { admin_state_up: false }) },
    { property: 'name', act: neutron('network', { name: 'somebody-elses' }) },
    { property: 'name', example: 'named and tagged', act: neutron('network', { name: 'somebody-elses' }) },
    {
      property: 'tags',
      example: 'named and tagged',
      act: ({ cloud, physicalId }) => cloud.neutron.setTags('network', physicalId, ['pink']),
    },
    { property: null, act: unmade('network') },
  ],
  'OS::Neutron::Subnet': [
    { property: 'enable_dhcp', act: neutron('subnet', { enable_dhcp: false }) },
    { property: 'dns_nameservers', act: neutron('subnet', { dns_nameservers: ['192.0.2.9'] }) },
    { property: 'host_routes', example: 'pools, routes and tags', act: neutron('subnet', { host_routes: [] }) },
  ],
  'OS::Neutron::Port': [
    { property: 'admin_state_up', act: neutron('port', { admin_state_up: false }) },
    { property: 'tags', example: 'named, with a subnet', act: ({ cloud, physicalId }) => cloud.neutron.setTags('port', physicalId, []) },
    { property: 'fixed_ips', example: 'named, with a subnet', act: neutron('port', { fixed_ips: [] }) },
    { property: null, act: unmade('port') },
  ],
  'OS::Neutron::Router': [
    { property: 'admin_state_up', act: neutron('router', { admin_state_up: false }) },
    { property: 'external_gateway_info', act: neutron('router', { external_gateway_info: {} }) },
  ],
  'OS::Neutron::RouterInterface': [
    {
      property: null,
      act: ({ cloud, props }) => cloud.neutron.removeRouterInterface(String(props.router), { subnet_id: String(props.subnet) }),
    },
  ],
  'OS::Neutron::SecurityGroup': [
    { property: 'rules', act: (live) => withoutRules(live) },
    {
      property: 'rules',
      act: ({ cloud, physicalId }) =>
        cloud.neutron.create('security_group_rule', {
          security_group_id: physicalId,
          direction: 'ingress',
          ethertype: 'IPv4',
          protocol: 'tcp',
          port_range_min: 1,
          port_range_max: 65535,
        }),
    },
    { property: 'description', example: 'named and described', act: neutron('security_group', { description: 'another' }) },
  ],
  'OS::Neutron::SecurityGroupRule': [{ property: null, act: unmade('security_group_rule') }],
  'OS::Neutron::FloatingIP': [
    { property: 'port_id', example: 'pointing to a port', act: neutron('floatingip', { port_id: null }) },
    { property: null, act: unmade('floatingip') },
  ],
  'OS::Neutron::FloatingIPAssociation': [
    { property: null, act: ({ cloud, props }) => cloud.neutron.update('floatingip', String(props.floatingip_id), { port_id: null }) },
  ],
  'OS::Nova::Server': [
    { property: 'metadata', act: ({ cloud, physicalId }) => cloud.nova.setMetadata(physicalId, { added: 'by hand' }) },
    { property: 'name', act: ({ cloud, physicalId }) => cloud.nova.updateServer(physicalId, { name: 'by-hand' }) },
    { property: 'flavor', act: (live) => resized(live) },
    {
      property: 'tags',
      example: 'with everything that can change in place',
      act: ({ cloud, physicalId }) => cloud.nova.setServerTags(physicalId, ['by-hand']),
    },
  ],
  'OS::Nova::KeyPair': [{ property: null, act: ({ cloud, physicalId }) => cloud.nova.deleteKeypair(physicalId, null) }],
  'OS::Nova::ServerGroup': [{ property: null, act: ({ cloud, physicalId }) => cloud.nova.deleteServerGroup(physicalId) }],
  'OS::Nova::Flavor': [{ property: 'extra_specs', act: ({ cloud, physicalId }) => cloud.nova.setExtraSpecs(physicalId, { by: 'hand' }) }],
  'OS::Cinder::Volume': [
    { property: 'metadata', act: ({ cloud, physicalId }) => cloud.cinder.setVolumeMetadata(physicalId, { by: 'hand' }) },
    {
      property: 'name',
      example: 'named, of a type',
      act: ({ cloud, physicalId }) => cloud.cinder.updateVolume(physicalId, { name: 'by-hand' }),
    },
    {
      property: 'description',
      example: 'named, of a type',
      act: ({ cloud, physicalId }) => cloud.cinder.updateVolume(physicalId, { description: 'by hand' }),
    },
  ],
  'OS::Glance::WebImage': [
    {
      property: 'protected',
      act: ({ cloud, physicalId }) => cloud.glance.patch(physicalId, [{ op: 'replace', path: '/protected', value: true }]),
    },
    { property: 'active', act: ({ cloud, physicalId }) => cloud.glance.setActive(physicalId, false) },
    { property: 'tags', example: 'named and shared', act: ({ cloud, physicalId }) => cloud.glance.setTag(physicalId, 'by-hand', true) },
    {
      property: 'extra_properties',
      example: 'named and shared',
      act: ({ cloud, physicalId }) => cloud.glance.patch(physicalId, [{ op: 'replace', path: '/hw_scsi_model', value: 'other' }]),
    },
  ],
  'OS::Swift::Container': [
    {
      property: 'X-Container-Read',
      example: 'named, public, with metadata',
      act: ({ cloud, physicalId }) => cloud.swift.putContainer(physicalId, { 'x-container-read': 'nobody' }),
    },
    {
      property: 'X-Container-Meta',
      example: 'named, public, with metadata',
      act: ({ cloud, physicalId }) => cloud.swift.putContainer(physicalId, { 'x-container-meta-color': 'red' }),
    },
    { property: null, act: ({ cloud, physicalId }) => cloud.swift.deleteContainer(physicalId) },
  ],
  'OS::Octavia::LoadBalancer': [{ property: 'description', act: octavia(top('loadbalancer'), { description: 'by hand' }) }],
  'OS::Octavia::Listener': [{ property: 'connection_limit', act: octavia(top('listener'), { connection_limit: 3 }) }],
  'OS::Octavia::Pool': [{ property: 'lb_algorithm', act: octavia(top('pool'), { lb_algorithm: 'LEAST_CONNECTIONS' }) }],
  'OS::Octavia::PoolMember': [
    { property: 'weight', act: octavia(inPool, { weight: 99 }) },
    { property: 'tags', example: 'on a subnet, monitored elsewhere', act: octavia(inPool, { tags: [] }) },
  ],
  'OS::Octavia::HealthMonitor': [{ property: 'delay', act: octavia(top('healthmonitor'), { delay: 50 }) }],
  'OS::Octavia::L7Policy': [{ property: 'admin_state_up', act: octavia(top('l7policy'), { admin_state_up: false }) }],
  'OS::Octavia::L7Rule': [{ property: 'value', act: octavia(inPolicy, { value: '/elsewhere' }) }],
  'OS::Octavia::Flavor': [{ property: 'description', act: octavia(top('flavor'), { description: 'by hand' }) }],
  'OS::Octavia::FlavorProfile': [{ property: 'flavor_data', act: octavia(top('flavorprofile'), { flavor_data: '{}' }) }],
  'OS::Octavia::Quota': [
    {
      property: 'pool',
      act: async ({ cloud, props }) =>
        cloud.octavia.setQuota(String((await cloud.keystone.find('projects', String(props.project)))?.id), { pool: 5 }),
    },
  ],
};

async function withoutRules({ cloud, physicalId }: Acts): Promise<void> {
  for (const rule of await cloud.neutron.list('security_group_rule', { security_group_id: physicalId }))
    if (rule.direction === 'ingress') await cloud.neutron.delete('security_group_rule', String(rule.id));
}

/** To the next larger flavor, as a user does it by hand. */
async function resized({ cloud, physicalId }: Acts): Promise<void> {
  const flavor = await cloud.nova.findFlavor('m1.small');
  await cloud.nova.serverAction(physicalId, { resize: { flavorRef: String(flavor?.id) } });
  for (let looks = 0; looks < 200; looks++) {
    const server = await cloud.nova.getServer(physicalId);
    if (server?.status === 'VERIFY_RESIZE')
      return cloud.nova.serverAction(physicalId, { confirmResize: null }).then(() => untilActive(cloud, physicalId));
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('the server never got to VERIFY_RESIZE');
}

async function untilActive(cloud: Cloud, id: string): Promise<void> {
  for (let looks = 0; looks < 200; looks++) {
    if ((await cloud.nova.getServer(id))?.status === 'ACTIVE') return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('the server never got ACTIVE again');
}
