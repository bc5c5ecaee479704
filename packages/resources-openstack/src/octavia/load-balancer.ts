/** `OS::Octavia::LoadBalancer`: an address that spreads connections over servers. */
import { a, c, p, isSet, nameOr, orNull } from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';
import { balancerProperties } from './balancing-properties.ts';
import { changedFields, MAX_NAME_LENGTH, observedPart, partHandlers, picked, type PartPlan } from './changing-part.ts';
import { livePart } from './live.ts';
import { idOfGiven } from '../neutron/live.ts';

interface BalancerProps {
  readonly name: string | null;
  readonly description: string;
  readonly provider: string | null;
  readonly vip_address: string | null;
  readonly vip_subnet: string;
  readonly admin_state_up: boolean;
  readonly tenant_id: string | null;
  readonly flavor: string | null;
  readonly availability_zone: string | null;
}

const plan: PartPlan<BalancerProps> = {
  kind: 'loadbalancer',
  site: async () => ({ parentId: null, balancerId: null }),
  body: async ({ cloud, props, physicalName }) => ({
    name: nameOr(props.name, physicalName),
    description: props.description,
    admin_state_up: props.admin_state_up,
    provider: orNull(props.provider),
    vip_address: orNull(props.vip_address),
    vip_subnet_id: await cloud.neutron.idOf('subnet', props.vip_subnet),
    project_id: isSet(props.tenant_id) ? String((await cloud.keystone.find('projects', props.tenant_id))?.id ?? props.tenant_id) : null,
    flavor_id: isSet(props.flavor) ? await cloud.octavia.idOf('flavor', props.flavor) : null,
    availability_zone: orNull(props.availability_zone),
  }),
  async changes({ props, physicalName }, names) {
    const fields = changedFields(props, names);
    return 'name' in fields ? { ...fields, name: nameOr(props.name, physicalName) } : fields;
  },
};

export const loadBalancer = openstackType({
  name: 'OS::Octavia::LoadBalancer',
  doc: 'A load balancer: an address whose listeners spread connections over the members of pools.',
  support: { status: 'SUPPORTED', since: '10.0.0' },
  service: 'octavia',
  maxNameLength: MAX_NAME_LENGTH,
  properties: {
    ...balancerProperties,
    provider: p.string('Who provides it; the cloud chooses if nothing is said.'),
    flavor: p.string('Name or id of its flavor.', { constraints: [c.custom('octavia.flavor')] }),
    availability_zone: p.string('The availability zone it should be in.'),
  },
  attributes: {
    vip_address: a.as('string')('Its address.'),
    vip_port_id: a.as('string')('Id of the port that has its address.'),
    vip_subnet_id: a.as('string')('Id of the subnet that its address is from.'),
    pools: a.as('list')('Its pools.', { cache: 'live' }),
    flavor_id: a.as('string')('Id of its flavor.'),
  },
  examples: [
    {
      name: 'on the private network',
      props: { vip_subnet: 'private-subnet' },
      updates: [{ description: 'changed' }, { admin_state_up: false }, { name: 'renamed' }],
      replacedBy: { provider: 'octavia' },
    },
    {
      name: 'named, with an address',
      props: { name: 'contract-balancer', vip_subnet: 'private-subnet', vip_address: '10.10.200.77', description: 'one' },
      replacedBy: { vip_address: '10.10.200.78' },
    },
  ],
  ...partHandlers(plan),
  withIds: async ({ cloud, props }) => ({ vip_subnet: await idOfGiven(cloud, 'subnet', props.vip_subnet) }),
  liveProperties: (seen) => ({
    ...livePart(seen, ['description', 'admin_state_up', 'vip_address']),
    ...(seen.observed.vip_subnet_id !== null && { vip_subnet: seen.observed.vip_subnet_id }),
  }),
  async observe(live) {
    const item = await observedPart(plan, live);
    return item === null ? null : { ...picked(item, ATTRIBUTES), show: item };
  },
});
const ATTRIBUTES = ['vip_address', 'vip_port_id', 'vip_subnet_id', 'pools', 'flavor_id'] as const;
