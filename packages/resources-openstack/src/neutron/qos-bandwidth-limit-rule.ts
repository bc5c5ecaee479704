/** `OS::Neutron::QoSBandwidthLimitRule`: limits how fast the ports of a QoS policy send, or receive; for administrators. */
import { c, declaredType, p } from '@hearth/resource-kit';
import { ofPolicy, oneWay } from './qos-properties.ts';

export const neutronQosBandwidthLimitRule = declaredType({
  name: 'OS::Neutron::QoSBandwidthLimitRule',
  doc: 'Limits how fast the ports of a QoS policy send, or receive; for administrators.',
  support: { status: 'SUPPORTED', since: '6.0.0' },
  service: 'neutron',
  extension: 'qos',
  properties: {
    ...oneWay,
    max_burst_kbps: p.integer('How much more may pass at once, in kilobits; 0: as Neutron chooses.', {
      updatable: true,
      default: 0,
      constraints: [c.range(0, null)],
    }),
    max_kbps: p.integer('Limit in kilobits per second.', { required: true, updatable: true, constraints: [c.range(0, null)] }),
    ...ofPolicy,
  },
  attributes: {},
});
