/** `OS::Neutron::LoadBalancer`: puts servers into a load balancer's pool (LBaaS version 1, gone from OpenStack). */
import { c, declaredType, p } from '@hearth/resource-kit';

export const neutronLoadBalancer = declaredType({
  name: 'OS::Neutron::LoadBalancer',
  doc: "Puts servers into a load balancer's pool (LBaaS version 1, gone from OpenStack).",
  support: {
    status: 'HIDDEN',
    since: '9.0.0',
    previous: { status: 'DEPRECATED', since: '7.0.0', previous: { status: 'SUPPORTED', since: '2014.1' } },
  },
  service: 'neutron',
  extension: 'lbaas',
  properties: {
    members: p.list('Ids of the servers.', { updatable: true }),
    pool_id: p.string('Id of the pool.', { required: true, updatable: true }),
    protocol_port: p.integer('Port of the servers.', { required: true, constraints: [c.range(0, 65535)] }),
  },
  attributes: {},
});
