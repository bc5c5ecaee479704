/** `OS::Neutron::QoSPolicy`: a set of rules for the traffic of the ports and networks that use it; for administrators. */
import { a, declaredType, p } from '@hearth/resource-kit';
import { named } from './common-properties.ts';

export const neutronQosPolicy = declaredType({
  name: 'OS::Neutron::QoSPolicy',
  doc: 'A set of rules for the traffic of the ports and networks that use it; for administrators.',
  support: { status: 'SUPPORTED', since: '6.0.0' },
  service: 'neutron',
  extension: 'qos',
  properties: {
    ...named,
    shared: p.boolean('Whether all projects may use it.', { updatable: true, default: false }),
    tenant_id: p.string('The project that will own it.'),
  },
  attributes: {
    rules: a.list('Its rules.'),
  },
});
