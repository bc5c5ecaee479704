/** `OS::Keystone::UserRoleAssignment`: roles of a user who is there already. */
import { c, declaredType, p } from '@hearth/resource-kit';
import { roleProblems, roles } from './roles.ts';

export const keystoneUserRoleAssignment = declaredType({
  name: 'OS::Keystone::UserRoleAssignment',
  doc: 'Gives roles to a user; for administrators.',
  support: { status: 'SUPPORTED', since: '5.0.0' },
  service: 'keystone',
  properties: {
    user: p.string('Name or id of the user.', { required: true, updatable: true, constraints: [c.custom('keystone.user')] }),
    roles,
  },
  attributes: {},
  validate: roleProblems,
});
