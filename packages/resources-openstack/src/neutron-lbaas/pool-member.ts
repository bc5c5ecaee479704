/** `OS::Neutron::LBaaS::PoolMember`: a server of a pool (LBaaS version 2; use OS::Octavia::PoolMember). */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { memberProperties } from '../octavia/balancing-properties.ts';

export const neutronLbaasPoolMember = declaredType({
  name: 'OS::Neutron::LBaaS::PoolMember',
  doc: 'A server of a pool (LBaaS version 2; use OS::Octavia::PoolMember).',
  support: { status: 'SUPPORTED', since: '6.0.0' },
  service: 'neutron',
  extension: 'lbaasv2',
  properties: {
    ...memberProperties,
    pool: p.string('Name or id of the pool.', { required: true, constraints: [c.custom('neutron.lbaas.pool')] }),
    subnet: p.string('Name or id of the subnet it is reached by.', { required: true, constraints: [c.custom('neutron.subnet')] }),
  },
  attributes: {
    address: a.string('Its address.'),
    pool_id: a.string('Id of its pool.'),
  },
});
