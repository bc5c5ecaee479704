/** `OS::Sahara::NodeGroupTemplate`: what the machines of one group of a cluster are made from. */
import { c, declaredType, p } from '@hearth/resource-kit';
import { AUTOCONFIG, description, sahara, share, SHARES, templateName, templatePlugin, templateVersion } from './shared-properties.ts';

export const saharaNodeGroupTemplate = declaredType({
  name: 'OS::Sahara::NodeGroupTemplate',
  doc: 'What the machines of one group of a cluster are made from, and what runs on them.',
  support: { status: 'SUPPORTED', since: '2014.2' },
  service: 'sahara',
  properties: {
    auto_security_group: p.boolean('Whether a security group is made that fits what runs on the machines.', { updatable: true }),
    availability_zone: p.string('Availability zone of the machines.', { updatable: true }),
    description,
    flavor: p.string('Name or id of the flavor.', { required: true, updatable: true, constraints: [c.custom('nova.flavor')] }),
    floating_ip_pool: p.string('Name or id of the network that floating IPs come from; none are made if absent.', { updatable: true }),
    hadoop_version: templateVersion,
    image_id: p.string('Name or id of the image; that of the cluster if absent.', { updatable: true, constraints: [sahara.image] }),
    is_proxy_gateway: p.boolean('Whether the other machines are reached through these.', { updatable: true }),
    name: templateName,
    node_configs: p.map('Settings of the machines, by part of the software and name.', { updatable: true }),
    node_processes: p.listOf(p.string('One process.'))('What runs on every machine, such as datanode.', {
      required: true,
      updatable: true,
      constraints: [c.length(1, null)],
    }),
    plugin_name: templatePlugin,
    security_groups: p.listOf(p.string('One group.'))('Names or ids of security groups.', { updatable: true }),
    shares: p.listOf(share)(SHARES, { updatable: true }),
    use_autoconfig: p.boolean(AUTOCONFIG, { updatable: true }),
    volume_local_to_instance: p.boolean('Whether volumes lie on the host of their machine.', { updatable: true }),
    volume_type: p.string('Name or id of the type of the volumes.', { updatable: true, constraints: [c.custom('cinder.vtype')] }),
    volumes_availability_zone: p.string('Availability zone of the volumes.', { updatable: true }),
    volumes_per_node: p.integer('How many volumes every machine has.', { default: 0, updatable: true, constraints: [c.range(0, null)] }),
    volumes_size: p.integer('Size of each volume in GB.', { updatable: true, constraints: [c.range(1, null)] }),
  },
  attributes: {},
});
