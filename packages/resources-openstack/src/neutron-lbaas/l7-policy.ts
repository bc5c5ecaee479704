/** `OS::Neutron::LBaaS::L7Policy`: what a listener does with requests that match all its rules (LBaaS version 2; use OS::Octavia::L7Policy). */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { policyProperties } from '../octavia/balancing-properties.ts';
import { policyProblems } from '../octavia/balancing-rules.ts';

export const neutronLbaasL7Policy = declaredType({
  name: 'OS::Neutron::LBaaS::L7Policy',
  doc: 'What a listener does with requests that match all its rules (LBaaS version 2; use OS::Octavia::L7Policy).',
  support: { status: 'SUPPORTED', since: '7.0.0' },
  service: 'neutron',
  extension: 'lbaasv2',
  properties: {
    ...policyProperties,
    listener: p.string('Name or id of the listener.', { required: true, constraints: [c.custom('neutron.lbaas.listener')] }),
    redirect_pool: p.string('Name or id of the pool to send to.', { updatable: true, constraints: [c.custom('neutron.lbaas.pool')] }),
  },
  attributes: {
    rules: a.list('Its rules.'),
  },
  validate: policyProblems,
});
