/** `OS::Neutron::LBaaS::L7Rule`: which requests a policy is for (LBaaS version 2; use OS::Octavia::L7Rule). */
import { declaredType, p } from '@hearth/resource-kit';
import { ruleProperties } from '../octavia/balancing-properties.ts';
import { ruleProblems } from '../octavia/balancing-rules.ts';

export const neutronLbaasL7Rule = declaredType({
  name: 'OS::Neutron::LBaaS::L7Rule',
  doc: 'Which requests a policy is for (LBaaS version 2; use OS::Octavia::L7Rule).',
  support: { status: 'SUPPORTED', since: '7.0.0' },
  service: 'neutron',
  extension: 'lbaasv2',
  properties: {
    ...ruleProperties,
    l7policy: p.string('Name or id of the policy.', { required: true }),
  },
  attributes: {},
  validate: ruleProblems,
});
