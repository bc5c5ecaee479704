/** `OS::Nova::HostAggregate`: hosts that flavors and zones can ask for. */
import { c, declaredType, p } from '@hearth/resource-kit';

export const novaHostAggregate = declaredType({
  name: 'OS::Nova::HostAggregate',
  doc: 'Hosts that have something in common, which flavors and availability zones can ask for; for administrators.',
  support: { status: 'SUPPORTED', since: '6.0.0' },
  service: 'nova',
  properties: {
    name: p.string('The name.', { required: true, updatable: true }),
    availability_zone: p.string('Zone that the hosts are in.', { updatable: true }),
    hosts: p.listOf(p.string('Name of a host.', { constraints: [c.custom('nova.host')] }))('The hosts.', { updatable: true }),
    metadata: p.map('Keys and values that flavors can ask for.', { updatable: true, default: {} }),
  },
  attributes: {},
});
