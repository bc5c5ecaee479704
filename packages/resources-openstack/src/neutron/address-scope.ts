/** `OS::Neutron::AddressScope`: within it addresses do not overlap; subnet pools of one scope can be routed to each other without translation. */
import { c, declaredType, p } from '@hearth/resource-kit';
import { named, sharable } from './common-properties.ts';

export const neutronAddressScope = declaredType({
  name: 'OS::Neutron::AddressScope',
  doc: 'Within it addresses do not overlap; subnet pools of one scope can be routed to each other without translation.',
  support: { status: 'SUPPORTED', since: '6.0.0' },
  service: 'neutron',
  extension: 'address-scope',
  properties: {
    ip_version: p.integer('4 or 6.', { default: 4, constraints: [c.oneOf(4, 6)] }),
    name: named.name,
    ...sharable,
    tenant_id: p.string('Name or id of the project that will own it; for administrators.', { constraints: [c.custom('keystone.project')] }),
  },
  attributes: {},
});
