/** `OS::Keystone::User`: somebody who may log in. */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { domain, roleProblems, roles } from './roles.ts';

export const keystoneUser = declaredType({
  name: 'OS::Keystone::User',
  doc: 'A user, with groups and roles; for administrators.',
  support: { status: 'SUPPORTED', since: '2015.1' },
  service: 'keystone',
  properties: {
    name: p.string('The name; one is made up if there is none.', { updatable: true }),
    domain,
    description: p.string('Free text.', { updatable: true, default: '' }),
    enabled: p.boolean('Whether the user may log in.', { updatable: true, default: true }),
    email: p.string('The address for mail.', { updatable: true }),
    password: p.string('The password; without one the user cannot log in by password.', { updatable: true, secret: true }),
    default_project: p.string('Name or id of the project that a login without a project is for.', {
      updatable: true,
      constraints: [c.custom('keystone.project')],
    }),
    roles,
    groups: p.listOf(p.string('Name or id of a group.', { constraints: [c.custom('keystone.group')] }))('Groups that the user is in.', {
      updatable: true,
    }),
  },
  attributes: {
    name: a.string('The name.'),
    default_project_id: a.string('Id of the project that a login without a project is for.'),
    domain_id: a.string('Id of the domain.'),
    enabled: a.boolean('Whether the user may log in.'),
    password_expires_at: a.string('Until when the password is good.'),
  },
  validate: roleProblems,
});
