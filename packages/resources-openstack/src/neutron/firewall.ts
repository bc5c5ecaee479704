/** `OS::Neutron::Firewall`: a firewall of the project's routers (FWaaS version 1), with the rules of one policy. */
import { a, declaredType, p } from '@hearth/resource-kit';
import { extended, named, toldNames } from './common-properties.ts';
import { specsProblems } from './value-specs.ts';

const properties = {
  ...named,
  admin_state_up: p.boolean('Whether packets pass at all; if not, everything behind the firewall is cut off.', {
    updatable: true,
    default: true,
  }),
  firewall_policy_id: p.string('Id of the policy with its rules.', { required: true, updatable: true }),
  shared: p.boolean('Whether all projects may use it; Neutron does not know this field any more.', { updatable: true }),
  ...extended,
};

export const neutronFirewall = declaredType({
  name: 'OS::Neutron::Firewall',
  doc: "A firewall of the project's routers (FWaaS version 1), with the rules of one policy.",
  support: { status: 'SUPPORTED', since: null },
  service: 'neutron',
  extension: 'fwaas',
  properties,
  attributes: {
    ...toldNames,
    admin_state_up: a.string('Whether packets pass at all.'),
    firewall_policy_id: a.string('Id of its policy.'),
    shared: a.string('Whether all projects may use it; Neutron does not say any more.'),
    status: a.string('What state it is in.'),
  },
  validate: ({ value_specs: specs }) => specsProblems(specs, properties),
});
