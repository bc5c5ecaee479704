/** `OS::Octavia::L7Rule`: one condition of a policy. */
import { c, p, orNull } from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';
import { ruleProperties } from './balancing-properties.ts';
import { ruleProblems } from './balancing-rules.ts';
import { changedFields, MAX_NAME_LENGTH, observedPart, partHandlers, type PartPlan } from './changing-part.ts';
import { livePart } from './live.ts';

interface RuleProps {
  readonly admin_state_up: boolean;
  readonly l7policy: string;
  readonly type: string;
  readonly compare_type: string;
  readonly key: string | null;
  readonly value: string;
  readonly invert: boolean;
}

const plan: PartPlan<RuleProps> = {
  kind: 'rule',
  async site(cloud, props) {
    const policyId = await cloud.octavia.idOf('l7policy', props.l7policy);
    return { parentId: policyId, balancerId: await cloud.octavia.balancerOf('l7policy', policyId) };
  },
  body: async ({ props }) => ({
    type: props.type,
    compare_type: props.compare_type,
    key: orNull(props.key),
    value: props.value,
    invert: props.invert,
    admin_state_up: props.admin_state_up,
  }),
  changes: async ({ props }, names) => changedFields(props, names),
};

export const l7Rule = openstackType({
  name: 'OS::Octavia::L7Rule',
  doc: 'One condition on requests; a policy applies when all of its rules match.',
  support: { status: 'SUPPORTED', since: '10.0.0' },
  service: 'octavia',
  maxNameLength: MAX_NAME_LENGTH,
  properties: {
    ...ruleProperties,
    l7policy: p.string('Name or id of the policy.', { required: true, constraints: [c.custom('octavia.l7policy')] }),
  },
  attributes: {},
  examples: [
    {
      name: 'by path',
      props: { l7policy: 'contract-policy', type: 'PATH', compare_type: 'STARTS_WITH', value: '/images' },
      updates: [{ value: '/pictures' }, { invert: true }, { type: 'HEADER', key: 'X-Kind', compare_type: 'EQUAL_TO', value: 'a' }],
      replacedBy: { l7policy: 'other' },
    },
  ],
  validate: ruleProblems,
  ...partHandlers(plan),
  liveProperties: (seen) => livePart(seen, ['admin_state_up', 'type', 'compare_type', 'key', 'value', 'invert']),
  async observe(live) {
    const item = await observedPart(plan, live);
    return item === null ? null : { show: item };
  },
});
