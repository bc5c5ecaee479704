/** `OS::Neutron::ExtraRoute`: one more route of a router. Two of them at a time can undo each other; OS::Neutron::ExtraRouteSet cannot. */
import { c, declaredType, p } from '@hearth/resource-kit';
import { gatewaysOf, interfacesOf } from './router-first.ts';

export const neutronExtraRoute = declaredType({
  name: 'OS::Neutron::ExtraRoute',
  doc: 'One more route of a router. Two of them at a time can undo each other; OS::Neutron::ExtraRouteSet cannot.',
  support: { status: 'UNSUPPORTED', since: null },
  service: 'neutron',
  extension: 'extraroute',
  properties: {
    destination: p.string('Where to: a range such as 10.1.0.0/16.', { required: true }),
    nexthop: p.string('Through which address; it must be on a subnet that the router is connected to.', { required: true }),
    router_id: p.string('Name or id of the router.', { required: true, constraints: [c.custom('neutron.router')] }),
  },
  attributes: {},
  alsoRequires: ({ properties: { router_id: router } }, others) => [...interfacesOf(router, others), ...gatewaysOf(router, others)],
});
