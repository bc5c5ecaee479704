/** `OS::Octavia::PoolMember`: one server of a pool. */
import type { Json } from '@hearth/kernel';
import { c, p, ofGiven, isSet, orNull } from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';
import { memberProperties } from './balancing-properties.ts';
import { changedFields, MAX_NAME_LENGTH, observedPart, partHandlers, tagsOf, type PartPlan } from './changing-part.ts';
import { itemOf, livePart, ownTags } from './live.ts';

interface MemberProps {
  readonly pool: string;
  readonly address: string;
  readonly protocol_port: number;
  readonly monitor_address: string | null;
  readonly monitor_port: number | null;
  readonly weight: number;
  readonly admin_state_up: boolean;
  readonly subnet: string | null;
  readonly tags: readonly Json[] | null;
}

const plan: PartPlan<MemberProps> = {
  kind: 'member',
  async site(cloud, props) {
    const poolId = await cloud.octavia.idOf('pool', props.pool);
    return { parentId: poolId, balancerId: await cloud.octavia.balancerOf('pool', poolId) };
  },
  body: async ({ cloud, props }) => ({
    address: props.address,
    protocol_port: props.protocol_port,
    monitor_address: orNull(props.monitor_address),
    monitor_port: props.monitor_port,
    weight: props.weight,
    admin_state_up: props.admin_state_up,
    subnet_id: isSet(props.subnet) ? await cloud.neutron.idOf('subnet', props.subnet) : null,
  }),
  async changes({ props, physicalName }, names) {
    const fields = changedFields(props, names);
    return 'tags' in fields ? { ...fields, tags: tagsOf(physicalName, props.tags) } : fields;
  },
  tags: (props) => props.tags ?? [],
};

export const poolMember = openstackType({
  name: 'OS::Octavia::PoolMember',
  doc: 'A server of a pool: its address, its port and its share of the connections.',
  support: { status: 'SUPPORTED', since: '10.0.0' },
  service: 'octavia',
  maxNameLength: MAX_NAME_LENGTH,
  properties: {
    ...memberProperties,
    pool: p.string('Name or id of the pool.', { required: true, constraints: [c.custom('octavia.pool')] }),
    monitor_address: p.string('The address to look at its health; its own if nothing is said.', { constraints: [c.custom('ip_addr')] }),
    monitor_port: p.integer('The port to look at its health; its own if nothing is said.', { constraints: [c.range(1, 65535)] }),
    subnet: p.string('Name or id of the subnet it is reached by.', { constraints: [c.custom('neutron.subnet')] }),
    tags: p.list('Tags.', { updatable: true }),
  },
  attributes: {},
  examples: [
    {
      name: 'with an address',
      props: { pool: 'contract-pool', address: '10.10.201.1', protocol_port: 80 },
      updates: [{ weight: 7 }, { admin_state_up: false }],
      replacedBy: { address: '10.10.201.2' },
    },
    {
      name: 'on a subnet, monitored elsewhere',
      props: {
        ...{ pool: 'contract-pool', address: '10.10.201.3', protocol_port: 8080, subnet: 'private-subnet' },
        ...{ monitor_address: '10.10.201.4', monitor_port: 8081, tags: ['blue'] },
      },
      updates: [{ tags: ['green', 'small'] }],
      replacedBy: { monitor_port: 8082 },
    },
  ],
  ...partHandlers(plan),
  liveProperties: (seen) => ({
    ...livePart(seen, ['weight', 'admin_state_up', 'monitor_address', 'monitor_port']),
    ...ofGiven(seen.props, { tags: ownTags(itemOf(seen.observed).tags, seen.props.tags, seen.physicalName) }),
  }),
  async observe(live) {
    const item = await observedPart(plan, live);
    return item === null ? null : { show: item };
  },
});
