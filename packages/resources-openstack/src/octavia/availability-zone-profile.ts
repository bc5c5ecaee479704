/** `OS::Octavia::AvailabilityZoneProfile`: what a provider understands by availability zones. */
import { c, declaredType, p } from '@hearth/resource-kit';

export const balancerZoneProfile = declaredType({
  name: 'OS::Octavia::AvailabilityZoneProfile',
  doc: 'Settings of a provider for load balancers in an availability zone; for administrators.',
  support: { status: 'SUPPORTED', since: '24.0.0' },
  service: 'octavia',
  properties: {
    name: p.string('The name; one is made up if there is none.', { updatable: true }),
    availability_zone_data: p.string('The settings, as the text of a JSON object.', {
      required: true,
      updatable: true,
      constraints: [c.custom('json_string')],
    }),
    provider_name: p.string('The provider.', { updatable: true }),
  },
  attributes: {},
});
