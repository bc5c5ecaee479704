/** `OS::Neutron::LBaaS::Listener`: a port of a load balancer that takes connections (LBaaS version 2; use OS::Octavia::Listener). */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { listenerProperties } from '../octavia/balancing-properties.ts';
import { listenerProblems } from '../octavia/balancing-rules.ts';

export const neutronLbaasListener = declaredType({
  name: 'OS::Neutron::LBaaS::Listener',
  doc: 'A port of a load balancer that takes connections (LBaaS version 2; use OS::Octavia::Listener).',
  support: { status: 'SUPPORTED', since: '6.0.0' },
  service: 'neutron',
  extension: 'lbaasv2',
  properties: {
    ...listenerProperties,
    default_pool: p.string('Name or id of the pool that connections go to.', {
      updatable: true,
      constraints: [c.custom('neutron.lbaas.pool')],
    }),
    loadbalancer: p.string('Name or id of the load balancer; may be left out where a default pool is named.', {
      constraints: [c.custom('neutron.lbaas.loadbalancer')],
    }),
    protocol: p.string('The protocol.', { required: true, constraints: [c.oneOf('TCP', 'HTTP', 'HTTPS', 'TERMINATED_HTTPS')] }),
  },
  attributes: {
    default_pool_id: a.string('Id of the pool that connections go to.'),
    loadbalancers: a.list('The load balancer it belongs to.'),
  },
  validate: listenerProblems,
});
