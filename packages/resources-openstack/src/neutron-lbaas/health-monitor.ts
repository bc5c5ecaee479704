/** `OS::Neutron::LBaaS::HealthMonitor`: how the servers of a pool are looked at (LBaaS version 2; use OS::Octavia::HealthMonitor). */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { METHODS, monitorProperties } from '../octavia/balancing-properties.ts';

export const neutronLbaasHealthMonitor = declaredType({
  name: 'OS::Neutron::LBaaS::HealthMonitor',
  doc: 'How the servers of a pool are looked at (LBaaS version 2; use OS::Octavia::HealthMonitor).',
  support: { status: 'SUPPORTED', since: '6.0.0' },
  service: 'neutron',
  extension: 'lbaasv2',
  properties: {
    ...monitorProperties,
    expected_codes: p.string('Status codes of good answers: one, several with commas, or a range.', { updatable: true, default: '200' }),
    http_method: p.string('Method of the request.', {
      updatable: true,
      default: 'GET',
      constraints: [c.oneOf(...METHODS)],
    }),
    pool: p.string('Name or id of the pool.', { required: true, constraints: [c.custom('neutron.lbaas.pool')] }),
    type: p.string('How it looks.', { required: true, constraints: [c.oneOf('PING', 'TCP', 'HTTP', 'HTTPS')] }),
    url_path: p.string('Path of the request.', { updatable: true, default: '/' }),
  },
  attributes: {
    pools: a.list('The pools it looks at.'),
  },
});
