/** `OS::Keystone::Endpoint`: where a service is reached. */
import { c, declaredType, p } from '@hearth/resource-kit';

export const keystoneEndpoint = declaredType({
  name: 'OS::Keystone::Endpoint',
  doc: 'Tells in the catalogue where a service is reached; for administrators.',
  support: { status: 'SUPPORTED', since: '5.0.0' },
  service: 'keystone',
  properties: {
    name: p.string('The name; one is made up if there is none.', { updatable: true }),
    region: p.string('Id of the region that it is in.', { updatable: true, constraints: [c.custom('keystone.region')] }),
    service: p.string('Name or id of the service.', { required: true, updatable: true, constraints: [c.custom('keystone.service')] }),
    interface: p.string('For whom it is.', {
      required: true,
      updatable: true,
      constraints: [c.oneOf('public', 'internal', 'admin')],
    }),
    url: p.string('The URL.', { required: true, updatable: true }),
    enabled: p.boolean('Whether the catalogue shows it.', { updatable: true, default: true }),
  },
  attributes: {},
});
