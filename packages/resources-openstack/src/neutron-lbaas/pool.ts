/** `OS::Neutron::LBaaS::Pool`: servers that share connections, and how these are spread (LBaaS version 2; use OS::Octavia::Pool). */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { persistenceFields, poolProperties } from '../octavia/balancing-properties.ts';
import { poolProblems } from '../octavia/balancing-rules.ts';

export const neutronLbaasPool = declaredType({
  name: 'OS::Neutron::LBaaS::Pool',
  doc: 'Servers that share connections, and how these are spread (LBaaS version 2; use OS::Octavia::Pool).',
  support: { status: 'SUPPORTED', since: '6.0.0' },
  service: 'neutron',
  extension: 'lbaasv2',
  properties: {
    ...poolProperties,
    lb_algorithm: p.string('How connections are spread.', {
      required: true,
      updatable: true,
      constraints: [c.oneOf('ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP')],
    }),
    listener: p.string('Name or id of the listener whose default pool it becomes.', { constraints: [c.custom('neutron.lbaas.listener')] }),
    loadbalancer: p.string('Name or id of the load balancer.', { constraints: [c.custom('neutron.lbaas.loadbalancer')] }),
    protocol: p.string('The protocol that its servers speak.', { required: true, constraints: [c.oneOf('TCP', 'HTTP', 'HTTPS')] }),
    session_persistence: p.mapOf(persistenceFields)('How the connections of one session reach one server.'),
  },
  attributes: {
    healthmonitor_id: a.string('Id of its health monitor.'),
    listeners: a.string('The listener that sends to it.'),
    members: a.list('Its servers.', { cache: 'live' }),
  },
  validate: poolProblems,
});
