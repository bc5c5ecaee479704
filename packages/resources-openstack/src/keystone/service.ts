/** `OS::Keystone::Service`: a service in the catalogue. */
import { declaredType, p } from '@hearth/resource-kit';

export const keystoneService = declaredType({
  name: 'OS::Keystone::Service',
  doc: 'A service in the catalogue; OS::Keystone::Endpoint tells where it is reached. For administrators.',
  support: { status: 'SUPPORTED', since: '5.0.0' },
  service: 'keystone',
  properties: {
    name: p.string('The name; one is made up if there is none.', { updatable: true }),
    description: p.string('Free text.', { updatable: true }),
    type: p.string('What it offers, such as compute or network.', { required: true, updatable: true }),
    enabled: p.boolean('Whether the catalogue shows it.', { updatable: true, default: true }),
  },
  attributes: {},
});
