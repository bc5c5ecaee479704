/** `OS::Neutron::VPNService`: our side of VPNs: a subnet, and the router that they go through. */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { named, toldNames } from './common-properties.ts';

export const neutronVpnService = declaredType({
  name: 'OS::Neutron::VPNService',
  doc: 'Our side of VPNs: a subnet, and the router that they go through.',
  support: { status: 'SUPPORTED', since: null },
  service: 'neutron',
  extension: 'vpnaas',
  properties: {
    ...named,
    admin_state_up: p.boolean('Whether the service is used.', { updatable: true, default: true }),
    router: p.string('Name or id of the router.', {
      required: true,
      constraints: [c.custom('neutron.router')],
      translatedFrom: ['router_id'],
    }),
    subnet: p.string('Name or id of the subnet.', {
      required: true,
      constraints: [c.custom('neutron.subnet')],
      translatedFrom: ['subnet_id'],
    }),
  },
  attributes: {
    ...toldNames,
    admin_state_up: a.string('Whether the service is used.'),
    router_id: a.string('Id of its router.'),
    status: a.string('What state it is in.'),
    subnet_id: a.string('Id of its subnet.'),
  },
});
