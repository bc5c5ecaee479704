/** `OS::Neutron::PoolMember`: a server of a load balancer's pool (LBaaS version 1, gone from OpenStack). */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { toldNames } from './common-properties.ts';

export const neutronPoolMember = declaredType({
  name: 'OS::Neutron::PoolMember',
  doc: "A server of a load balancer's pool (LBaaS version 1, gone from OpenStack).",
  support: {
    status: 'HIDDEN',
    since: '9.0.0',
    previous: { status: 'DEPRECATED', since: '7.0.0', previous: { status: 'SUPPORTED', since: '2014.1' } },
  },
  service: 'neutron',
  extension: 'lbaas',
  properties: {
    address: p.string('Its address.', { required: true, constraints: [c.custom('ip_addr')] }),
    admin_state_up: p.boolean('Whether connections go to it.', { default: true }),
    pool_id: p.string('Id of the pool.', { required: true, updatable: true }),
    protocol_port: p.integer('Its port.', { required: true, constraints: [c.range(0, 65535)] }),
    weight: p.integer('Its share; 0: no new connections. 1 if nothing is said.', { updatable: true, constraints: [c.range(0, 256)] }),
  },
  attributes: {
    address: a.string('Its address.'),
    admin_state_up: a.string('Whether connections go to it.'),
    pool_id: a.string('Id of its pool.'),
    protocol_port: a.string('Its port.'),
    tenant_id: toldNames.tenant_id,
    weight: a.string('Its share.'),
  },
});
