/** Properties and attributes that many of Neutron's types have in common. */
import { a, c, p } from '@hearth/resource-kit';

export const named = {
  name: p.string('The name; one is made up if there is none.', { updatable: true }),
  description: p.string('Free text.', { updatable: true }),
};
export const ofProject = { tenant_id: p.string('The project that will own it; for administrators.') };
export const sharable = { shared: p.boolean('Whether all projects may use it; for administrators.', { default: false, updatable: true }) };
export const tagged = { tags: p.listOf(p.string('A tag.'))('Tags.', { updatable: true }) };
export const extended = {
  value_specs: p.map('More fields for the request, for extensions that have no property here.', { default: {}, updatable: true }),
};

/** One route, as routers take it. */
export const routeFields = {
  destination: p.string('Where to: a range such as 10.1.0.0/16.', { required: true, constraints: [c.custom('net_cidr')] }),
  nexthop: p.string('Through which address; it must be on a subnet that the router is connected to.', {
    required: true,
    constraints: [c.custom('ip_addr')],
  }),
};

export const NETWORK_TYPES = ['local', 'vlan', 'vxlan', 'gre', 'geneve', 'flat'] as const;

/** What nearly every item of Neutron tells. */
export const toldNames = {
  name: a.string('The name.'),
  description: a.string('Free text.'),
  tenant_id: a.string('The project that owns it.'),
};
