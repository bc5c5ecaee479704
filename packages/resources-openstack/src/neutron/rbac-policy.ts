/** `OS::Neutron::RBACPolicy`: lets another project use a network or a QoS policy. */
import { c, declaredType, p } from '@hearth/resource-kit';

const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  network: ['access_as_shared', 'access_as_external'],
  qos_policy: ['access_as_shared'],
};

export const neutronRbacPolicy = declaredType({
  name: 'OS::Neutron::RBACPolicy',
  doc: 'Lets another project use a network or a QoS policy.',
  support: { status: 'SUPPORTED', since: '6.0.0' },
  service: 'neutron',
  extension: 'rbac-policies',
  properties: {
    action: p.string('What the other project may do; access_as_external is for networks only.', {
      required: true,
      constraints: [c.oneOf('access_as_shared', 'access_as_external')],
    }),
    object_id: p.string('Name or id of the network or QoS policy.', { required: true }),
    object_type: p.string('What is shared.', { required: true, constraints: [c.oneOf('network', 'qos_policy')] }),
    target_tenant: p.string('Id of the other project; `*` for all.', { required: true, updatable: true }),
    tenant_id: p.string('The project that will own the policy; for administrators.'),
  },
  attributes: {},
  validate({ action, object_type: type }) {
    const valid = ACTIONS[type ?? ''];
    return action === undefined || valid === undefined || valid.includes(action)
      ? []
      : [`Invalid action "${action}" for object type ${type}. Valid actions: ${valid.join(', ')}`];
  },
});
