/** `OS::Neutron::ProviderNet`: a network with a given place in the physical one; for administrators. */
import { a, c, declaredType, p, isFilled } from '@hearth/resource-kit';
import { NETWORK_TYPES, named, tagged } from './common-properties.ts';

export const neutronProviderNet = declaredType({
  name: 'OS::Neutron::ProviderNet',
  doc: 'A network with a given place in the physical one; for administrators.',
  support: { status: 'SUPPORTED', since: '2014.1' },
  service: 'neutron',
  extension: 'provider',
  properties: {
    admin_state_up: p.boolean('Whether the network forwards packets.', { updatable: true, default: true }),
    availability_zone_hints: p.list('Availability zones that the network should be in.', { updatable: true }),
    dns_domain: p.string('The DNS domain of its ports, with a dot at the end.', { updatable: true, constraints: [c.custom('dns_domain')] }),
    name: named.name,
    network_type: p.string('How its packets travel.', { required: true, updatable: true, constraints: [c.oneOf(...NETWORK_TYPES)] }),
    physical_network: p.string('Name of the physical network; needed with flat and vlan.', { updatable: true }),
    port_security_enabled: p.boolean('Whether new ports filter packets unless they say otherwise.', { updatable: true }),
    router_external: p.boolean('Whether routers may have their gateways there.', { updatable: true, default: false }),
    segmentation_id: p.string('The VLAN id; with vlan only.', { updatable: true }),
    shared: p.boolean('Whether all projects may use it.', { updatable: true, default: true }),
    ...tagged,
  },
  attributes: {
    segments: a.list('Its segments.'),
    status: a.string('What state the network is in.'),
    subnets: a.list('Ids of its subnets.'),
  },
  validate: ({ segmentation_id: id, network_type: type }) =>
    isFilled(id) && type !== undefined && type !== 'vlan' ? ['segmentation_id not allowed for flat network type.'] : [],
});
