/** `OS::Octavia::FlavorProfile`: what a provider is told for load balancers of a flavor. */
import { p, done } from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';
import { administeredHandlers, withName, type AdministeredPlan } from './administered.ts';
import { changedFields } from './changing-part.ts';
import { livePart } from './live.ts';

interface ProfileProps {
  readonly name: string | null;
  readonly flavor_data: string;
  readonly provider_name: string | null;
}
const plan: AdministeredPlan<ProfileProps> = {
  kind: 'flavorprofile',
  body: async ({ props }) => ({ flavor_data: props.flavor_data, provider_name: props.provider_name }),
};
const place = { kind: 'flavorprofile', parentId: null } as const;

export const flavorProfile = openstackType({
  name: 'OS::Octavia::FlavorProfile',
  doc: 'What the provider of load balancers is told for those of a flavor; for administrators.',
  support: { status: 'SUPPORTED', since: '14.0.0' },
  service: 'octavia',
  properties: {
    name: p.string('The name; one is made up if there is none.', { updatable: true }),
    flavor_data: p.string('The settings, as the text of a JSON object.', { required: true, updatable: true }),
    provider_name: p.string('The provider.', { updatable: true }),
  },
  attributes: {},
  examples: [
    {
      name: 'of the usual provider',
      props: { provider_name: 'amphora', flavor_data: '{"loadbalancer_topology": "SINGLE"}' },
      updates: [{ flavor_data: '{}' }, { name: 'renamed' }],
    },
  ],
  ...administeredHandlers(plan),
  async update({ cloud, physicalId, physicalName, props, changed }) {
    const fields = withName(changedFields(props, Object.keys(changed)), props, physicalName);
    await cloud.octavia.update(place, physicalId, fields);
    return done();
  },
  liveProperties: (seen) => livePart(seen, ['flavor_data', 'provider_name']),
  async observe({ cloud, physicalId }) {
    const item = await cloud.octavia.get(place, physicalId);
    return item === null ? null : { show: item };
  },
});
