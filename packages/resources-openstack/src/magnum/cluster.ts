/** `OS::Magnum::Cluster`: a cluster that runs containers. */
import { a, c, declaredType, p } from '@hearth/resource-kit';

export const magnumCluster = declaredType({
  name: 'OS::Magnum::Cluster',
  doc: 'A cluster that runs containers.',
  support: { status: 'SUPPORTED', since: '9.0.0' },
  service: 'magnum',
  properties: {
    cluster_template: p.string('Name or id of the cluster template.', {
      required: true,
      constraints: [c.custom('magnum.cluster_template')],
    }),
    create_timeout: p.integer('How long making the cluster may take, in minutes; 0: as long as it likes.', {
      updatable: true,
      default: 60,
      constraints: [c.range(0, null)],
    }),
    discovery_url: p.string('Address where the machines find each other; a public one is asked for if absent.', { updatable: true }),
    keypair: p.string('Name of the key pair that may log in; that of the template if absent.', { constraints: [c.custom('nova.keypair')] }),
    master_count: p.integer('How many machines lead the cluster.', { updatable: true, default: 1, constraints: [c.range(1, null)] }),
    name: p.string('The name; one is made up if there is none.'),
    node_count: p.integer('How many machines run containers.', { updatable: true, default: 1, constraints: [c.range(1, null)] }),
  },
  attributes: {
    api_address: a.string("Address to reach the cluster's own API at."),
    cluster_template_id: a.string('Id of the cluster template.'),
    coe_version: a.string('Version of what runs the containers, such as Kubernetes.'),
    container_version: a.string('Version of the container software.'),
    create_timeout: a.integer('How long making the cluster may take, in minutes.'),
    discovery_url: a.string('Address where the machines find each other.'),
    keypair: a.string('Name of the key pair that may log in.'),
    master_addresses: a.list('Addresses of the machines that lead the cluster.'),
    master_count: a.integer('How many machines lead the cluster.'),
    name: a.string('The name.'),
    node_addresses: a.list('Addresses of the machines that run containers.'),
    node_count: a.integer('How many machines run containers.'),
    stack_id: a.string('Id of the stack that the cluster is made of.'),
    status: a.string('Its state, such as CREATE_COMPLETE.'),
    status_reason: a.string('Why it is in that state.'),
  },
});
