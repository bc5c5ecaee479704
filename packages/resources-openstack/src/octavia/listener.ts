/** `OS::Octavia::Listener`: a port of a load balancer. */
import type { Cloud } from '@hearth/cloud-openstack';
import type { Json } from '@hearth/kernel';
import { a, c, p, isSet, nameOr, orNull } from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';
import { listenerProperties } from './balancing-properties.ts';
import { listenerProblems } from './balancing-rules.ts';
import { changedFields, MAX_NAME_LENGTH, observedPart, partHandlers, picked, type PartPlan } from './changing-part.ts';
import { livePart } from './live.ts';
import { knownId } from '../neutron/live.ts';

interface ListenerProps {
  readonly protocol_port: number;
  readonly protocol: string;
  readonly loadbalancer: string | null;
  readonly default_pool: string | null;
  readonly name: string | null;
  readonly admin_state_up: boolean;
  readonly description: string;
  readonly default_tls_container_ref: string | null;
  readonly sni_container_refs: readonly Json[] | null;
  readonly connection_limit: number;
  readonly tenant_id: string | null;
  readonly allowed_cidrs: readonly string[] | null;
}

/** Where only a default pool is named, the listener belongs to that pool's load balancer. */
const balancerOf = async (cloud: Cloud, { loadbalancer, default_pool }: ListenerProps): Promise<string> =>
  isSet(loadbalancer)
    ? cloud.octavia.idOf('loadbalancer', loadbalancer)
    : cloud.octavia.balancerOf('pool', await cloud.octavia.idOf('pool', default_pool ?? ''));

const plan: PartPlan<ListenerProps> = {
  kind: 'listener',
  site: async (cloud, props) => ({ parentId: null, balancerId: await balancerOf(cloud, props) }),
  body: async ({ cloud, props, physicalName }) => ({
    name: nameOr(props.name, physicalName),
    description: props.description,
    admin_state_up: props.admin_state_up,
    protocol: props.protocol,
    protocol_port: props.protocol_port,
    connection_limit: props.connection_limit,
    loadbalancer_id: await balancerOf(cloud, props),
    default_pool_id: isSet(props.default_pool) ? await cloud.octavia.idOf('pool', props.default_pool) : null,
    default_tls_container_ref: orNull(props.default_tls_container_ref),
    sni_container_refs: props.sni_container_refs,
    allowed_cidrs: props.allowed_cidrs,
    project_id: orNull(props.tenant_id),
  }),
  async changes({ cloud, props, physicalName }, names) {
    const { default_pool: pool, ...fields } = changedFields(props, names);
    return {
      ...fields,
      ...('name' in fields && { name: nameOr(props.name, physicalName) }),
      ...(pool !== undefined && {
        default_pool_id: isSet(props.default_pool) ? await cloud.octavia.idOf('pool', props.default_pool) : null,
      }),
    };
  },
};

export const listener = openstackType({
  name: 'OS::Octavia::Listener',
  doc: 'A port on which a load balancer takes connections of one protocol.',
  support: { status: 'SUPPORTED', since: '10.0.0' },
  service: 'octavia',
  maxNameLength: MAX_NAME_LENGTH,
  properties: {
    ...listenerProperties,
    protocol: p.string('The protocol.', {
      required: true,
      constraints: [c.oneOf('TCP', 'HTTP', 'HTTPS', 'TERMINATED_HTTPS', 'PROXY', 'UDP')],
    }),
    loadbalancer: p.string('Name or id of the load balancer; may be left out where a default pool is named.', {
      constraints: [c.custom('octavia.loadbalancer')],
    }),
    default_pool: p.string('Name or id of the pool that connections go to.', {
      updatable: true,
      constraints: [c.custom('octavia.pool')],
    }),
    allowed_cidrs: p.listOf(p.string('', { constraints: [c.custom('net_cidr')] }))('Ranges that connections may come from.', {
      updatable: true,
    }),
  },
  attributes: {
    loadbalancers: a.as('list')('The load balancer it belongs to.'),
    default_pool_id: a.as('string')('Id of the pool that connections go to.'),
  },
  examples: [
    {
      name: 'on a load balancer',
      props: { loadbalancer: 'contract-lb', protocol: 'HTTP', protocol_port: 8001 },
      updates: [{ connection_limit: 10 }, { allowed_cidrs: ['10.0.0.0/8'] }, { name: 'renamed' }],
      replacedBy: { protocol_port: 8002 },
    },
    {
      name: 'by its pool',
      props: { name: 'contract-listener-2', default_pool: 'contract-pool', protocol: 'HTTP', protocol_port: 8003 },
      updates: [{ description: 'changed' }],
      replacedBy: { protocol: 'TCP' },
    },
  ],
  validate: listenerProblems,
  ...partHandlers(plan),
  withIds: async ({ cloud, props }) => ({
    default_pool: isSet(props.default_pool)
      ? await knownId(() => cloud.octavia.idOf('pool', props.default_pool as string))
      : props.default_pool,
  }),
  liveProperties: (seen) => ({
    ...livePart(seen, [
      'description',
      'admin_state_up',
      'connection_limit',
      'default_tls_container_ref',
      'sni_container_refs',
      'allowed_cidrs',
    ]),
    ...(isSet(seen.props.default_pool) && { default_pool: seen.observed.default_pool_id }),
  }),
  async observe(live) {
    const item = await observedPart(plan, live);
    return item === null ? null : { ...picked(item, ATTRIBUTES), show: item };
  },
});
const ATTRIBUTES = ['loadbalancers', 'default_pool_id'] as const;
