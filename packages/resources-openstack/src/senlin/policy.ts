/** `OS::Senlin::Policy`: a rule that clusters are managed by. */
import { c, declaredType, p } from '@hearth/resource-kit';

export const senlinPolicy = declaredType({
  name: 'OS::Senlin::Policy',
  doc: 'A rule that clusters are managed by.',
  support: { status: 'SUPPORTED', since: '6.0.0' },
  service: 'senlin',
  properties: {
    bindings: p.listOf(
      p.mapOf({
        cluster: p.string('Name or id of the cluster.', { required: true, constraints: [c.custom('senlin.cluster')] }),
        enabled: p.boolean('Whether it is in force there.', { default: true }),
      })('One cluster.'),
    )('Clusters that it holds for.', { updatable: true }),
    name: p.string('The name; one is made up if there is none.', { updatable: true }),
    properties: p.map('What the rule says; depends on the type.'),
    type: p.string('Type of the policy with its version, such as senlin.policy.scaling-1.0.', {
      required: true,
      constraints: [c.custom('senlin.policy_type')],
    }),
  },
  attributes: {},
});
