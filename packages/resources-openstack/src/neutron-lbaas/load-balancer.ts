/** `OS::Neutron::LBaaS::LoadBalancer`: an address whose connections are spread over servers (LBaaS version 2; use OS::Octavia::LoadBalancer). */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { balancerProperties } from '../octavia/balancing-properties.ts';

export const neutronLbaasLoadBalancer = declaredType({
  name: 'OS::Neutron::LBaaS::LoadBalancer',
  doc: 'An address whose connections are spread over servers (LBaaS version 2; use OS::Octavia::LoadBalancer).',
  support: { status: 'SUPPORTED', since: '6.0.0' },
  service: 'neutron',
  extension: 'lbaasv2',
  properties: {
    ...balancerProperties,
    provider: p.string('Who provides it; the cloud chooses if nothing is said.', { constraints: [c.custom('neutron.lbaas.provider')] }),
  },
  attributes: {
    pools: a.list('Its pools.'),
    vip_address: a.string('Its address.'),
    vip_port_id: a.string('Id of the port that has its address.'),
    vip_subnet_id: a.string('Id of the subnet that its address is from.'),
  },
});
