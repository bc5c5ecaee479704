/** `OS::Keystone::Region`: a part of the cloud that has endpoints of its own. */
import { c, declaredType, p } from '@hearth/resource-kit';

export const keystoneRegion = declaredType({
  name: 'OS::Keystone::Region',
  doc: 'A part of the cloud with endpoints of its own; for administrators.',
  support: { status: 'SUPPORTED', since: '6.0.0' },
  service: 'keystone',
  properties: {
    id: p.string('The id, which is also its name; the identity service makes one up if there is none.'),
    parent_region: p.string('Id of the region that it is part of.', { updatable: true, constraints: [c.custom('keystone.region')] }),
    description: p.string('Free text.', { updatable: true }),
    enabled: p.boolean('Whether it may be used.', { updatable: true, default: true }),
  },
  attributes: {},
});
