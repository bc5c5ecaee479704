/** `OS::Keystone::Project`: what owns resources of the cloud. */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { domain } from './roles.ts';

export const keystoneProject = declaredType({
  name: 'OS::Keystone::Project',
  doc: 'A project, which owns resources of the cloud; for administrators.',
  support: { status: 'SUPPORTED', since: '2015.1' },
  service: 'keystone',
  properties: {
    name: p.string('The name; one is made up if there is none.', { updatable: true }),
    domain,
    description: p.string('Free text.', { updatable: true, default: '' }),
    enabled: p.boolean('Whether it may be used.', { updatable: true, default: true }),
    parent: p.string('Name or id of the project that it is part of.', { constraints: [c.custom('keystone.project')] }),
    tags: p.list('Tags.', { updatable: true, default: [] }),
  },
  attributes: {
    name: a.string('The name.'),
    parent_id: a.string('Id of the project or domain that it is part of.'),
    domain_id: a.string('Id of its domain.'),
    enabled: a.boolean('Whether it may be used.'),
    is_domain: a.boolean('Whether it acts as a domain.'),
  },
});
