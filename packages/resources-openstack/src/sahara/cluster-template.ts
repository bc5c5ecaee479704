/** `OS::Sahara::ClusterTemplate`: what clusters that process data are made from. */
import { c, declaredType, isEmpty, p } from '@hearth/resource-kit';
import { AUTOCONFIG, description, sahara, share, SHARES, templateName, templatePlugin, templateVersion } from './shared-properties.ts';

export const saharaClusterTemplate = declaredType({
  name: 'OS::Sahara::ClusterTemplate',
  doc: 'What clusters that process data are made from: which groups of machines, and how many of each.',
  support: { status: 'SUPPORTED', since: '2014.2' },
  service: 'sahara',
  properties: {
    anti_affinity: p.listOf(p.string('One process.'))('Processes of which no two may run on the same host.', { updatable: true }),
    cluster_configs: p.map('Settings of the cluster, by part of the software and name.', { updatable: true }),
    default_image_id: p.string('Name or id of the image, where a group names none.', { updatable: true, constraints: [sahara.image] }),
    description,
    hadoop_version: templateVersion,
    name: templateName,
    neutron_management_network: p.string('Name or id of the network over which the machines are managed; needed.', {
      updatable: true,
      constraints: [c.custom('neutron.network')],
    }),
    node_groups: p.listOf(
      p.mapOf({
        name: p.string('The name of the group.', { required: true }),
        count: p.integer('How many machines.', { required: true, constraints: [c.range(1, null)] }),
        node_group_template_id: p.string('Id of the template that the machines are made from.', { required: true }),
      })('One group.'),
    )('The groups of machines.', { updatable: true }),
    plugin_name: templatePlugin,
    shares: p.listOf(share)(SHARES, { updatable: true }),
    use_autoconfig: p.boolean(AUTOCONFIG),
  },
  attributes: {},
  validate: (props) => (isEmpty(props.neutron_management_network) ? ['neutron_management_network must be provided'] : []),
});
