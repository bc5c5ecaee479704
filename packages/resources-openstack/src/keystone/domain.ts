/** `OS::Keystone::Domain`: users, groups and projects of one organization. */
import { declaredType, p } from '@hearth/resource-kit';

export const keystoneDomain = declaredType({
  name: 'OS::Keystone::Domain',
  doc: 'Users, groups and projects of one organization; for administrators.',
  support: { status: 'SUPPORTED', since: '8.0.0' },
  service: 'keystone',
  properties: {
    name: p.string('The name; one is made up if there is none.', { updatable: true }),
    description: p.string('Free text.', { updatable: true }),
    enabled: p.boolean('Whether its users may log in. One that is enabled cannot be deleted.', { updatable: true, default: true }),
  },
  attributes: {},
});
