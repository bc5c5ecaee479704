/** `OS::Neutron::FirewallRule`: which packets a firewall lets through, or drops. */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { named, sharable, toldNames } from './common-properties.ts';

export const neutronFirewallRule = declaredType({
  name: 'OS::Neutron::FirewallRule',
  doc: 'Which packets a firewall lets through, or drops.',
  support: { status: 'SUPPORTED', since: null },
  service: 'neutron',
  extension: 'fwaas',
  properties: {
    ...named,
    action: p.string('What happens to packets that match.', { updatable: true, default: 'deny', constraints: [c.oneOf('allow', 'deny')] }),
    destination_ip_address: p.string('Address or range that packets go to; any if there is none.', {
      updatable: true,
      constraints: [c.custom('net_cidr')],
    }),
    destination_port: p.string('Port or ports (such as 80:90) that packets go to; any if there is none.', { updatable: true }),
    enabled: p.boolean('Whether the rule is tried.', { updatable: true, default: true }),
    ip_version: p.string('4 or 6, as a text.', { updatable: true, default: '4', constraints: [c.oneOf('4', '6')] }),
    protocol: p.string('Protocol of the packets.', {
      updatable: true,
      default: 'any',
      constraints: [c.oneOf('tcp', 'udp', 'icmp', 'any')],
    }),
    ...sharable,
    source_ip_address: p.string('Address or range that packets come from; any if there is none.', {
      updatable: true,
      constraints: [c.custom('net_cidr')],
    }),
    source_port: p.string('Port or ports (such as 1024:65535) that packets come from; any if there is none.', { updatable: true }),
  },
  attributes: {
    ...toldNames,
    action: a.string('What happens to packets that match.'),
    destination_ip_address: a.string('Where packets go to.'),
    destination_port: a.string('Ports that packets go to.'),
    enabled: a.string('Whether it is tried.'),
    firewall_policy_id: a.string('Id of the policy that it is in.'),
    ip_version: a.string('4 or 6.'),
    position: a.string('Its place in the policy, from 1.'),
    protocol: a.string('Protocol of the packets.'),
    shared: a.string('Whether all projects may use it.'),
    source_ip_address: a.string('Where packets come from.'),
    source_port: a.string('Ports that packets come from.'),
  },
});
