/** `OS::Keystone::Role`: what a user may do, by name. */
import { c, declaredType, p } from '@hearth/resource-kit';

export const keystoneRole = declaredType({
  name: 'OS::Keystone::Role',
  doc: 'A role, which policies of the services know by its name; for administrators.',
  support: { status: 'SUPPORTED', since: '2015.1' },
  service: 'keystone',
  properties: {
    name: p.string('The name; one is made up if there is none.', { updatable: true }),
    domain: p.string('Name or id of the domain that it is for; every one unless given.', { constraints: [c.custom('keystone.domain')] }),
  },
  attributes: {},
});
