/** `OS::Trove::Cluster`: several database servers that keep the same data. */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { networks } from './instance-networks.ts';
import { clusterProblems } from './instance-rules.ts';

export const troveCluster = declaredType({
  name: 'OS::Trove::Cluster',
  doc: 'Several database servers that keep the same data.',
  support: { status: 'SUPPORTED', since: '2015.1' },
  service: 'trove',
  properties: {
    datastore_type: p.string('Which database software, such as mysql.', { required: true, constraints: [c.length(null, 255)] }),
    datastore_version: p.string('Version of the database software.', { required: true, constraints: [c.length(null, 255)] }),
    instances: p.listOf(
      p.mapOf({
        availability_zone: p.string('Availability zone of the server.'),
        flavor: p.string('Name or id of the flavor.', { required: true, constraints: [c.custom('trove.flavor')] }),
        networks,
        volume_size: p.integer('Size of its disk in GB.', { required: true, constraints: [c.range(1, 150)] }),
      })('One server.'),
    )('The servers.', { required: true }),
    name: p.string('The name; one is made up if there is none.', { constraints: [c.length(null, 255)] }),
  },
  attributes: {
    instances: a.list('Ids of the servers.'),
    ip: a.list('Addresses of the cluster.'),
  },
  validate: clusterProblems,
});
