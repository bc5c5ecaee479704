/** `OS::Neutron::FirewallPolicy`: an ordered set of firewall rules; the first one that matches a packet decides. */
import { a, declaredType, p } from '@hearth/resource-kit';
import { named, sharable, toldNames } from './common-properties.ts';

export const neutronFirewallPolicy = declaredType({
  name: 'OS::Neutron::FirewallPolicy',
  doc: 'An ordered set of firewall rules; the first one that matches a packet decides.',
  support: { status: 'SUPPORTED', since: null },
  service: 'neutron',
  extension: 'fwaas',
  properties: {
    ...named,
    audited: p.boolean('Whether somebody has approved the policy; Neutron takes this back whenever the policy or its rules change.', {
      updatable: true,
      default: false,
    }),
    firewall_rules: p.list('Ids of the rules, in the order in which they are tried.', { updatable: true }),
    ...sharable,
  },
  attributes: {
    ...toldNames,
    audited: a.string('Whether it is approved.'),
    firewall_rules: a.list('Ids of its rules, in order.'),
    shared: a.string('Whether all projects may use it.'),
  },
});
