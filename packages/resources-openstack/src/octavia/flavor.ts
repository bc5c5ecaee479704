/** `OS::Octavia::Flavor`: a kind of load balancer that users can choose. */
import { a, c, p, done } from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';
import { administeredHandlers, withName, type AdministeredPlan } from './administered.ts';
import { changedFields, picked } from './changing-part.ts';
import { livePart } from './live.ts';

interface FlavorProps {
  readonly name: string | null;
  readonly description: string;
  readonly flavor_profile: string;
  readonly enabled: boolean;
}
const plan: AdministeredPlan<FlavorProps> = {
  kind: 'flavor',
  body: async ({ cloud, props }) => ({
    description: props.description,
    enabled: props.enabled,
    flavor_profile_id: await cloud.octavia.idOf('flavorprofile', props.flavor_profile),
  }),
};
const place = { kind: 'flavor', parentId: null } as const;
const ATTRIBUTES = ['flavor_profile_id'] as const;

export const balancerFlavor = openstackType({
  name: 'OS::Octavia::Flavor',
  doc: 'A kind of load balancer that users can choose; for administrators.',
  support: { status: 'SUPPORTED', since: '14.0.0' },
  service: 'octavia',
  properties: {
    name: p.string('The name; one is made up if there is none.', { updatable: true }),
    description: p.string('Free text.', { default: '', updatable: true }),
    flavor_profile: p.string('Name or id of the profile.', { required: true, constraints: [c.custom('octavia.flavorprofile')] }),
    enabled: p.boolean('Whether it can be chosen.', { default: true, updatable: true }),
  },
  attributes: { flavor_profile_id: a.as('string')('Id of the profile.') },
  examples: [
    {
      name: 'with a profile',
      props: { flavor_profile: 'contract-profile' },
      updates: [{ description: 'changed' }, { enabled: false }, { name: 'renamed' }],
      replacedBy: { flavor_profile: 'other' },
    },
  ],
  ...administeredHandlers(plan),
  async update({ cloud, physicalId, physicalName, props, changed }) {
    const fields = withName(changedFields(props, Object.keys(changed)), props, physicalName);
    await cloud.octavia.update(place, physicalId, fields);
    return done();
  },
  liveProperties: (seen) => livePart(seen, ['description', 'enabled']),
  async observe({ cloud, physicalId }) {
    const item = await cloud.octavia.get(place, physicalId);
    return item === null ? null : { ...picked(item, ATTRIBUTES), show: item };
  },
});
