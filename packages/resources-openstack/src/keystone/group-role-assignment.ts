/** `OS::Keystone::GroupRoleAssignment`: roles of a group that is there already. */
import { c, declaredType, p } from '@hearth/resource-kit';
import { roleProblems, roles } from './roles.ts';

export const keystoneGroupRoleAssignment = declaredType({
  name: 'OS::Keystone::GroupRoleAssignment',
  doc: 'Gives roles to a group; for administrators.',
  support: { status: 'SUPPORTED', since: '5.0.0' },
  service: 'keystone',
  properties: {
    group: p.string('Name or id of the group.', { required: true, updatable: true, constraints: [c.custom('keystone.group')] }),
    roles,
  },
  attributes: {},
  validate: roleProblems,
});
