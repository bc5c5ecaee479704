/** `OS::Neutron::QoSMinimumPacketRateRule`: keeps a rate of packets free for each port of a QoS policy; for administrators. */
import { c, declaredType, p } from '@hearth/resource-kit';
import { ofPolicy } from './qos-properties.ts';

export const neutronQosMinimumPacketRateRule = declaredType({
  name: 'OS::Neutron::QoSMinimumPacketRateRule',
  doc: 'Keeps a rate of packets free for each port of a QoS policy; for administrators.',
  support: { status: 'SUPPORTED', since: '19.0.0' },
  service: 'neutron',
  extension: 'qos-pps-minimum',
  properties: {
    direction: p.string('Seen from the port; any counts both ways together.', {
      updatable: true,
      default: 'egress',
      constraints: [c.oneOf('any', 'egress', 'ingress')],
    }),
    min_kpps: p.integer('Thousands of packets per second that are kept free.', {
      required: true,
      updatable: true,
      constraints: [c.range(0, null)],
    }),
    ...ofPolicy,
  },
  attributes: {},
});
