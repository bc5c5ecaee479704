/** `OS::Octavia::L7Policy`: what a listener does with requests that match. */
import { a, c, p, isSet, nameOr, orNull } from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';
import { policyProperties } from './balancing-properties.ts';
import { policyProblems } from './balancing-rules.ts';
import { changedFields, MAX_NAME_LENGTH, observedPart, partHandlers, picked, type PartPlan } from './changing-part.ts';
import { itemOf, livePart } from './live.ts';
import { knownId } from '../neutron/live.ts';

interface PolicyProps {
  readonly name: string | null;
  readonly description: string | null;
  readonly admin_state_up: boolean;
  readonly action: string;
  readonly redirect_pool: string | null;
  readonly redirect_url: string | null;
  readonly position: number | null;
  readonly listener: string;
}

const plan: PartPlan<PolicyProps> = {
  kind: 'l7policy',
  site: async (cloud, props) => ({
    parentId: null,
    balancerId: await cloud.octavia.balancerOf('listener', await cloud.octavia.idOf('listener', props.listener)),
  }),
  body: async ({ cloud, props, physicalName }) => ({
    name: nameOr(props.name, physicalName),
    description: props.description,
    admin_state_up: props.admin_state_up,
    action: props.action,
    redirect_pool_id: isSet(props.redirect_pool) ? await cloud.octavia.idOf('pool', props.redirect_pool) : null,
    redirect_url: orNull(props.redirect_url),
    position: props.position,
    listener_id: await cloud.octavia.idOf('listener', props.listener),
  }),
  async changes({ cloud, props, physicalName }, names) {
    const { redirect_pool: pool, ...fields } = changedFields(props, names);
    return {
      ...fields,
      ...('name' in fields && { name: nameOr(props.name, physicalName) }),
      // Where it redirects to goes along with the action, which the service checks together.
      ...('action' in fields && isSet(props.redirect_url) && { redirect_url: props.redirect_url }),
      ...((pool !== undefined || ('action' in fields && isSet(props.redirect_pool))) && {
        redirect_pool_id: isSet(props.redirect_pool) ? await cloud.octavia.idOf('pool', props.redirect_pool) : null,
      }),
    };
  },
};

export const l7Policy = openstackType({
  name: 'OS::Octavia::L7Policy',
  doc: 'What a listener does with the requests that match all rules of the policy.',
  support: { status: 'SUPPORTED', since: '10.0.0' },
  service: 'octavia',
  maxNameLength: MAX_NAME_LENGTH,
  properties: {
    ...policyProperties,
    redirect_pool: p.string('Name or id of the pool to send to.', { updatable: true, constraints: [c.custom('octavia.pool')] }),
    listener: p.string('Name or id of the listener.', { required: true, constraints: [c.custom('octavia.listener')] }),
  },
  attributes: { rules: a.as('list')('Its rules.', { cache: 'live' }) },
  examples: [
    {
      name: 'rejecting',
      props: { listener: 'contract-listener', action: 'REJECT' },
      updates: [{ position: 1 }, { action: 'REDIRECT_TO_URL', redirect_url: 'http://example.test/' }, { name: 'renamed' }],
      replacedBy: { listener: 'other' },
    },
    {
      name: 'to a pool',
      props: { name: 'contract-policy-2', listener: 'contract-listener', action: 'REDIRECT_TO_POOL', redirect_pool: 'contract-pool' },
      updates: [{ description: 'changed' }],
    },
  ],
  validate: policyProblems,
  ...partHandlers(plan),
  withIds: async ({ cloud, props }) => ({
    redirect_pool: isSet(props.redirect_pool)
      ? await knownId(() => cloud.octavia.idOf('pool', props.redirect_pool as string))
      : props.redirect_pool,
  }),
  // The place in the order shifts with every policy before it.
  liveProperties: (seen) => ({
    ...livePart(seen, ['description', 'admin_state_up', 'action', 'redirect_url']),
    ...(isSet(seen.props.redirect_pool) && { redirect_pool: itemOf(seen.observed).redirect_pool_id ?? null }),
  }),
  async observe(live) {
    const item = await observedPart(plan, live);
    return item === null ? null : { ...picked(item, ATTRIBUTES), show: item };
  },
});
const ATTRIBUTES = ['rules'] as const;
