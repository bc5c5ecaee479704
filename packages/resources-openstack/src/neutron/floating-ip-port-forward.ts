/** `OS::Neutron::FloatingIPPortForward`: passes one port of a floating IP on to a port of an inner address, so that several servers share one floating IP. */
import { c, declaredType, p } from '@hearth/resource-kit';
import { associationOrder } from './floating-order.ts';

export const neutronFloatingIpPortForward = declaredType({
  name: 'OS::Neutron::FloatingIPPortForward',
  doc: 'Passes one port of a floating IP on to a port of an inner address, so that several servers share one floating IP.',
  support: { status: 'SUPPORTED', since: '19.0.0' },
  service: 'openstack',
  extension: 'floating-ip-port-forwarding',
  properties: {
    external_port: p.integer('Port of the floating IP.', { required: true, updatable: true, constraints: [c.range(1, 65535)] }),
    floating_ip: p.string('Name or id of the floating IP; it must not point to a port itself.', { required: true }),
    internal_ip_address: p.string("Inner address, one of the internal port's.", {
      required: true,
      updatable: true,
      constraints: [c.custom('ip_addr')],
    }),
    internal_port: p.string('Name or id of the Neutron port that has the inner address.', {
      required: true,
      updatable: true,
      constraints: [c.custom('neutron.port')],
    }),
    internal_port_number: p.integer('Port of the inner address.', { updatable: true, constraints: [c.range(1, 65535)] }),
    protocol: p.string('Protocol that is passed on.', {
      required: true,
      updatable: true,
      constraints: [c.oneOf('tcp', 'udp', 'icmp', 'icmp6', 'sctp', 'dccp')],
    }),
  },
  attributes: {},
  alsoRequires: associationOrder,
});
