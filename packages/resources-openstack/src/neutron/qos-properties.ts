/** What the rules of a QoS policy have in common. */
import { c, p } from '@hearth/resource-kit';

export const ofPolicy = {
  policy: p.string('Name or id of the policy.', { required: true, constraints: [c.custom('neutron.qos_policy')] }),
  tenant_id: p.string('The project that will own it.'),
};

export const oneWay = {
  direction: p.string('Seen from the port.', { updatable: true, default: 'egress', constraints: [c.oneOf('egress', 'ingress')] }),
};
