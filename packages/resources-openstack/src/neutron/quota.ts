/** `OS::Neutron::Quota`: how many networks, ports and other things of Neutron a project may have; for administrators. */
import { c, declaredType, oneNeeded, p } from '@hearth/resource-kit';
import { limit } from '../quota-limit.ts';

const limits = {
  floatingip: limit('floating IPs'),
  network: limit('networks'),
  port: limit('ports'),
  rbac_policy: limit('RBAC policies'),
  router: limit('routers'),
  security_group: limit('security groups'),
  security_group_rule: limit('security group rules'),
  subnet: limit('subnets'),
  subnetpool: limit('subnet pools'),
};
const NAMES = Object.keys(limits) as readonly (keyof typeof limits)[];

export const neutronQuota = declaredType({
  name: 'OS::Neutron::Quota',
  doc: 'How many networks, ports and other things of Neutron a project may have; for administrators.',
  support: { status: 'SUPPORTED', since: '8.0.0' },
  service: 'neutron',
  extension: 'quotas',
  properties: {
    project: p.string('Name or id of the project.', { required: true, constraints: [c.custom('keystone.project')] }),
    ...limits,
  },
  attributes: {},
  validate: (props) => (NAMES.every((name) => props[name] === null) ? [oneNeeded(...NAMES)] : []),
});
