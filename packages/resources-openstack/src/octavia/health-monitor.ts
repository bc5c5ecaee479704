/** `OS::Octavia::HealthMonitor`: looks whether the servers of a pool are well. */
import { a, c, p, orNull } from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';
import { METHODS, monitorProperties } from './balancing-properties.ts';
import { changedFields, MAX_NAME_LENGTH, observedPart, partHandlers, picked, type PartPlan } from './changing-part.ts';
import { livePart } from './live.ts';

interface MonitorProps {
  readonly admin_state_up: boolean;
  readonly delay: number;
  readonly expected_codes: string | null;
  readonly http_method: string | null;
  readonly max_retries: number;
  readonly pool: string;
  readonly timeout: number;
  readonly type: string;
  readonly url_path: string | null;
  readonly tenant_id: string | null;
}

const plan: PartPlan<MonitorProps> = {
  kind: 'healthmonitor',
  site: async (cloud, props) => ({
    parentId: null,
    balancerId: await cloud.octavia.balancerOf('pool', await cloud.octavia.idOf('pool', props.pool)),
  }),
  body: async ({ cloud, props }) => ({
    pool_id: await cloud.octavia.idOf('pool', props.pool),
    type: props.type,
    delay: props.delay,
    timeout: props.timeout,
    max_retries: props.max_retries,
    http_method: orNull(props.http_method),
    url_path: orNull(props.url_path),
    expected_codes: orNull(props.expected_codes),
    admin_state_up: props.admin_state_up,
    project_id: orNull(props.tenant_id),
  }),
  changes: async ({ props }, names) => changedFields(props, names),
};

export const healthMonitor = openstackType({
  name: 'OS::Octavia::HealthMonitor',
  doc: 'Looks at the servers of a pool again and again, and takes out those that do not answer well.',
  support: { status: 'SUPPORTED', since: '10.0.0' },
  service: 'octavia',
  maxNameLength: MAX_NAME_LENGTH,
  properties: {
    ...monitorProperties,
    expected_codes: p.string('Status codes of good answers: one, several with commas, or a range.', { updatable: true }),
    http_method: p.string('Method of the request.', { updatable: true, constraints: [c.oneOf(...METHODS)] }),
    pool: p.string('Name or id of the pool.', { required: true, constraints: [c.custom('octavia.pool')] }),
    type: p.string('How it looks.', { required: true, constraints: [c.oneOf('PING', 'TCP', 'HTTP', 'HTTPS', 'UDP-CONNECT')] }),
    url_path: p.string('Path of the request.', { updatable: true }),
  },
  attributes: { pools: a.as('list')('The pools it looks at.') },
  examples: [
    {
      name: 'over HTTP',
      props: { pool: 'contract-pool', type: 'HTTP', delay: 5, timeout: 3, max_retries: 3, url_path: '/health', expected_codes: '200-204' },
      updates: [{ delay: 6 }, { http_method: 'HEAD' }, { url_path: null }],
      replacedBy: { type: 'TCP' },
    },
    { name: 'over TCP', props: { pool: 'contract-pool', type: 'TCP', delay: 5, timeout: 3, max_retries: 3 }, updates: [{ timeout: 4 }] },
  ],
  ...partHandlers(plan),
  liveProperties: (seen) =>
    livePart(seen, ['admin_state_up', 'delay', 'timeout', 'max_retries', 'http_method', 'url_path', 'expected_codes']),
  async observe(live) {
    const item = await observedPart(plan, live);
    return item === null ? null : { ...picked(item, ATTRIBUTES), show: item };
  },
});
const ATTRIBUTES = ['pools'] as const;
