/** `OS::Neutron::RouterGateway`: the gateway of a router to an external network. Use `external_gateway_info` of the router. */
import { c, declaredType, p } from '@hearth/resource-kit';
import { interfacesOf } from './router-first.ts';
import { subnetsOf } from './subnets-first.ts';

export const neutronRouterGateway = declaredType({
  name: 'OS::Neutron::RouterGateway',
  doc: 'The gateway of a router to an external network. Use `external_gateway_info` of the router.',
  support: { status: 'HIDDEN', since: '5.0.0', previous: { status: 'DEPRECATED', since: '2014.1' } },
  service: 'neutron',
  properties: {
    network: p.string('Name or id of the external network.', {
      constraints: [c.custom('neutron.network')],
      translatedFrom: ['network_id'],
    }),
    router_id: p.string('Name or id of the router.', { required: true, constraints: [c.custom('neutron.router')] }),
  },
  attributes: {},
  // The gateway is a port on one of the network's subnets.
  alsoRequires: ({ properties: { router_id: router, network, network_id: older } }, others) => [
    ...interfacesOf(router, others),
    ...subnetsOf([network ?? older], others),
  ],
});
