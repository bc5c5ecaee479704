/** `OS::Neutron::QoSDscpMarkingRule`: marks what the ports of a QoS policy send with a class of traffic (DSCP); for administrators. */
import { c, declaredType, p } from '@hearth/resource-kit';
import { ofPolicy } from './qos-properties.ts';

export const neutronQosDscpMarkingRule = declaredType({
  name: 'OS::Neutron::QoSDscpMarkingRule',
  doc: 'Marks what the ports of a QoS policy send with a class of traffic (DSCP); for administrators.',
  support: { status: 'SUPPORTED', since: '7.0.0' },
  service: 'neutron',
  extension: 'qos',
  properties: {
    dscp_mark: p.integer('The mark.', {
      required: true,
      updatable: true,
      constraints: [c.oneOf(0, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 46, 48, 56)],
    }),
    ...ofPolicy,
  },
  attributes: {},
});
