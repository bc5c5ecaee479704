/** `OS::Sahara::Cluster`: a cluster of machines that process data. */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { AUTOCONFIG, nameRules, sahara, share, SHARES } from './shared-properties.ts';

export const saharaCluster = declaredType({
  name: 'OS::Sahara::Cluster',
  doc: 'A cluster of machines that process data.',
  service: 'sahara',
  properties: {
    cluster_template_id: p.string('Name or id of the cluster template.', {
      required: true,
      constraints: [c.custom('sahara.cluster_template')],
    }),
    default_image_id: p.string('Name or id of the image; needed where the template names none.', {
      constraints: [sahara.image],
      translatedFrom: ['image'],
    }),
    hadoop_version: p.string('Version of the software.', { required: true }),
    key_name: p.string('Name of the key pair that may log in.', { constraints: [c.custom('nova.keypair')] }),
    name: p.string('The name; one is made up if there is none.', { constraints: nameRules(80) }),
    neutron_management_network: p.string('Name or id of the network over which the machines are managed.', {
      required: true,
      constraints: [c.custom('neutron.network')],
    }),
    plugin_name: p.string('Name of the plugin that knows the software, such as vanilla or spark.', {
      required: true,
      constraints: [sahara.plugin],
    }),
    shares: p.listOf(share)(SHARES),
    use_autoconfig: p.boolean(AUTOCONFIG),
  },
  attributes: {
    info: a.map('Addresses of what runs on it.'),
    status: a.string('Its state, such as Active.'),
  },
});
