/** `OS::Keystone::Group`: users that have roles in common. */
import { declaredType, p } from '@hearth/resource-kit';
import { domain, roleProblems, roles } from './roles.ts';

export const keystoneGroup = declaredType({
  name: 'OS::Keystone::Group',
  doc: 'Users that have roles in common; for administrators.',
  support: { status: 'SUPPORTED', since: '2015.1' },
  service: 'keystone',
  properties: {
    name: p.string('The name; one is made up if there is none.', { updatable: true }),
    domain,
    description: p.string('Free text.', { updatable: true, default: '' }),
    roles,
  },
  attributes: {},
  validate: roleProblems,
});
