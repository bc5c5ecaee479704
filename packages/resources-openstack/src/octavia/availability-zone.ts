/** `OS::Octavia::AvailabilityZone`: a place that load balancers can be put in. */
import { a, c, declaredType, p } from '@hearth/resource-kit';

export const balancerZone = declaredType({
  name: 'OS::Octavia::AvailabilityZone',
  doc: 'A place that users can choose for a load balancer; for administrators.',
  support: { status: 'SUPPORTED', since: '24.0.0' },
  service: 'octavia',
  properties: {
    name: p.string('The name; one is made up if there is none.', { updatable: true }),
    description: p.string('Free text.', { default: '', updatable: true }),
    availability_zone_profile: p.string('Name or id of the profile.', {
      required: true,
      constraints: [c.custom('octavia.availabilityzoneprofile')],
    }),
    enabled: p.boolean('Whether it can be chosen.', { default: true, updatable: true }),
  },
  attributes: { availability_zone_profile_id: a.string('Id of the profile.') },
});
