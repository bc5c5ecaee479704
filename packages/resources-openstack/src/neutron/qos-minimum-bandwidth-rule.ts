/** `OS::Neutron::QoSMinimumBandwidthRule`: keeps bandwidth free for each port of a QoS policy; for administrators. */
import { c, declaredType, p } from '@hearth/resource-kit';
import { ofPolicy, oneWay } from './qos-properties.ts';

export const neutronQosMinimumBandwidthRule = declaredType({
  name: 'OS::Neutron::QoSMinimumBandwidthRule',
  doc: 'Keeps bandwidth free for each port of a QoS policy; for administrators.',
  support: { status: 'SUPPORTED', since: '14.0.0' },
  service: 'neutron',
  extension: 'qos-bw-minimum-ingress',
  properties: {
    ...oneWay,
    min_kbps: p.integer('Kilobits per second that are kept free.', { required: true, updatable: true, constraints: [c.range(0, null)] }),
    ...ofPolicy,
  },
  attributes: {},
});
