/** `OS::Manila::ShareNetwork`: the network over which shared file systems are reached. */
import { a, c, conflict, declaredType, isEmpty, isFilled, needsBeside, p } from '@hearth/resource-kit';

interface RuleProps {
  readonly neutron_network?: string | null;
  readonly neutron_subnet?: string | null;
  readonly nova_network?: string | null;
}

function networkProblems({ neutron_network: network, neutron_subnet: subnet, nova_network: old }: RuleProps): readonly string[] {
  if (isFilled(network) && isFilled(old)) return [conflict('neutron_network', 'nova_network')];
  if (isFilled(subnet) && isFilled(old)) return [conflict('neutron_subnet', 'nova_network')];
  if (isFilled(old)) return ['With Neutron enabled you need to pass Neutron network and Neutron subnet instead of Nova network'];
  return isFilled(network) && isEmpty(subnet) ? [needsBeside('neutron_network', 'neutron_subnet')] : [];
}

export const manilaShareNetwork = declaredType({
  name: 'OS::Manila::ShareNetwork',
  doc: 'The network over which shared file systems are reached.',
  support: { status: 'SUPPORTED', since: '5.0.0' },
  service: 'manila',
  properties: {
    description: p.string('A text for people.', { updatable: true }),
    name: p.string('The name.', { updatable: true }),
    neutron_network: p.string('Name or id of the network; needs `neutron_subnet`.', {
      updatable: true,
      constraints: [c.custom('neutron.network')],
    }),
    neutron_subnet: p.string('Name or id of the subnet.', { updatable: true, constraints: [c.custom('neutron.subnet')] }),
    nova_network: p.string('Network of the old Nova network service; no cloud of today has one.', { updatable: true }),
    security_services: p.listOf(p.string('One service.'))('Names or ids of security services.', { updatable: true, default: [] }),
  },
  attributes: {
    cidr: a.string('Address range of the subnet.'),
    ip_version: a.string('4 or 6.'),
    network_type: a.string('Kind of the network, such as vxlan.'),
    segmentation_id: a.string('Number of the network on the wire.'),
  },
  validate: networkProblems,
});
