/** `OS::Neutron::FlowClassifier`: which packets go through a chain of service functions (SFC). */
import { c, declaredType, p } from '@hearth/resource-kit';
import { named } from './common-properties.ts';

export const neutronFlowClassifier = declaredType({
  name: 'OS::Neutron::FlowClassifier',
  doc: 'Which packets go through a chain of service functions (SFC).',
  support: { status: 'UNSUPPORTED', since: '8.0.0' },
  service: 'neutron',
  properties: {
    ...named,
    destination_ip_prefix: p.string('Range that packets go to; any if there is none.', { constraints: [c.custom('net_cidr')] }),
    destination_port_range_max: p.integer('Last port that packets go to.', { constraints: [c.range(1, 65535)] }),
    destination_port_range_min: p.integer('First port that packets go to.', { constraints: [c.range(1, 65535)] }),
    ethertype: p.string('IPv4 or IPv6.', { default: 'IPv4', constraints: [c.oneOf('IPv4', 'IPv6')] }),
    l7_parameters: p.map('Fields for matching by content; Neutron takes none yet.'),
    logical_destination_port: p.string('Name or id of the Neutron port that packets go to.', { constraints: [c.custom('neutron.port')] }),
    logical_source_port: p.string('Name or id of the Neutron port that packets come from.', { constraints: [c.custom('neutron.port')] }),
    protocol: p.string('Protocol of the packets; any if there is none.', { constraints: [c.oneOf('tcp', 'udp', 'icmp')] }),
    source_ip_prefix: p.string('Range that packets come from; any if there is none.', { constraints: [c.custom('net_cidr')] }),
    source_port_range_max: p.integer('Last port that packets come from.', { constraints: [c.range(1, 65535)] }),
    source_port_range_min: p.integer('First port that packets come from.', { constraints: [c.range(1, 65535)] }),
  },
  attributes: {},
});
