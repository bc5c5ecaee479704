/** `OS::Octavia::Pool`: servers that share the connections of a listener. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import type { Cloud } from '@hearth/cloud-openstack';
import { a, c, p, ofGiven, isSet, nameOr } from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';
import { persistenceFields, poolProperties } from './balancing-properties.ts';
import { poolProblems } from './balancing-rules.ts';
import { changedFields, given, MAX_NAME_LENGTH, observedPart, partHandlers, picked, type PartPlan } from './changing-part.ts';
import { itemOf, livePart } from './live.ts';

interface Persistence {
  readonly type: string;
  readonly cookie_name: string | null;
}
interface PoolProps {
  readonly admin_state_up: boolean;
  readonly description: string;
  readonly session_persistence: Persistence | null;
  readonly name: string | null;
  readonly lb_algorithm: string;
  readonly listener: string | null;
  readonly loadbalancer: string | null;
  readonly protocol: string;
  readonly tls_enabled: boolean;
}

const balancerOf = async (cloud: Cloud, { loadbalancer, listener }: PoolProps): Promise<string> =>
  isSet(loadbalancer)
    ? cloud.octavia.idOf('loadbalancer', loadbalancer)
    : cloud.octavia.balancerOf('listener', await cloud.octavia.idOf('listener', listener ?? ''));
const persistenceOf = (wanted: Persistence | null) =>
  wanted === null ? null : given({ type: wanted.type, cookie_name: wanted.cookie_name });

/** Without what the service adds to it. */
const livePersistence = (seen: Json | undefined): Json =>
  isJsonObject(seen ?? null) ? { type: (seen as JsonObject).type ?? null, cookie_name: (seen as JsonObject).cookie_name ?? null } : null;

const plan: PartPlan<PoolProps> = {
  kind: 'pool',
  site: async (cloud, props) => ({ parentId: null, balancerId: await balancerOf(cloud, props) }),
  body: async ({ cloud, props, physicalName }) => ({
    name: nameOr(props.name, physicalName),
    description: props.description,
    admin_state_up: props.admin_state_up,
    lb_algorithm: props.lb_algorithm,
    protocol: props.protocol,
    session_persistence: persistenceOf(props.session_persistence),
    tls_enabled: props.tls_enabled,
    listener_id: isSet(props.listener) ? await cloud.octavia.idOf('listener', props.listener) : null,
    loadbalancer_id: isSet(props.loadbalancer) ? await cloud.octavia.idOf('loadbalancer', props.loadbalancer) : null,
  }),
  async changes({ props, physicalName }, names) {
    const { session_persistence: persistence, ...fields } = changedFields(props, names);
    return {
      ...fields,
      ...('name' in fields && { name: nameOr(props.name, physicalName) }),
      ...(persistence !== undefined && { session_persistence: persistenceOf(props.session_persistence) }),
    };
  },
};

export const pool = openstackType({
  name: 'OS::Octavia::Pool',
  doc: 'A pool of servers, and how connections are spread over them.',
  support: { status: 'SUPPORTED', since: '10.0.0' },
  service: 'octavia',
  maxNameLength: MAX_NAME_LENGTH,
  properties: {
    ...poolProperties,
    session_persistence: p.mapOf(persistenceFields)('How the connections of one session reach one server.', { updatable: true }),
    lb_algorithm: p.string('How connections are spread.', {
      required: true,
      updatable: true,
      constraints: [c.oneOf('ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP', 'SOURCE_IP_PORT')],
    }),
    listener: p.string('Name or id of the listener whose default pool it becomes.', { constraints: [c.custom('octavia.listener')] }),
    loadbalancer: p.string('Name or id of the load balancer.', { constraints: [c.custom('octavia.loadbalancer')] }),
    protocol: p.string('The protocol that its servers speak.', {
      required: true,
      constraints: [c.oneOf('TCP', 'HTTP', 'HTTPS', 'TERMINATED_HTTPS', 'PROXY', 'UDP')],
    }),
    tls_enabled: p.boolean('Whether connections to its servers are encrypted.', { default: false, updatable: true }),
  },
  attributes: {
    healthmonitor_id: a.as('string')('Id of its health monitor.', { cache: 'live' }),
    listeners: a.as('string')('The listeners that send to it.', { cache: 'live' }),
    members: a.as('list')('Its servers.', { cache: 'live' }),
  },
  examples: [
    {
      name: 'of a load balancer',
      props: { loadbalancer: 'contract-lb', lb_algorithm: 'ROUND_ROBIN', protocol: 'HTTP' },
      updates: [{ lb_algorithm: 'SOURCE_IP' }, { session_persistence: { type: 'HTTP_COOKIE' } }, { name: 'renamed' }],
      replacedBy: { protocol: 'TCP' },
    },
    {
      name: 'of a listener',
      props: {
        name: 'contract-pool-2',
        listener: 'contract-listener',
        lb_algorithm: 'LEAST_CONNECTIONS',
        protocol: 'HTTP',
        session_persistence: { type: 'APP_COOKIE', cookie_name: 'biscuit' },
      },
      updates: [{ session_persistence: { type: 'SOURCE_IP' } }, { description: 'changed' }],
    },
  ],
  validate: poolProblems,
  ...partHandlers(plan),
  liveProperties: (seen) => ({
    ...livePart(seen, ['description', 'admin_state_up', 'lb_algorithm', 'tls_enabled']),
    ...ofGiven(seen.props, { session_persistence: livePersistence(itemOf(seen.observed).session_persistence) }),
  }),
  async observe(live) {
    const item = await observedPart(plan, live);
    return item === null ? null : { ...picked(item, ATTRIBUTES), show: item };
  },
});
const ATTRIBUTES = ['healthmonitor_id', 'listeners', 'members'] as const;
