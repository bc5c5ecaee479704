/** `OS::Neutron::MeteringRule`: a range that a metering label counts, or leaves out; for administrators. */
import { a, c, declaredType, p } from '@hearth/resource-kit';

export const neutronMeteringRule = declaredType({
  name: 'OS::Neutron::MeteringRule',
  doc: 'A range that a metering label counts, or leaves out; for administrators.',
  support: { status: 'SUPPORTED', since: '2014.1' },
  service: 'neutron',
  properties: {
    direction: p.string('Seen from the router.', { default: 'ingress', constraints: [c.oneOf('ingress', 'egress')] }),
    excluded: p.boolean('Whether the range is left out.', { default: 'False' }),
    metering_label_id: p.string('Id of the label.', { required: true }),
    remote_ip_prefix: p.string('Range on the far side, such as 10.0.0.0/8.', { required: true }),
  },
  attributes: {
    direction: a.string('Seen from the router.'),
    excluded: a.string('Whether the range is left out.'),
    metering_label_id: a.string('Id of the label.'),
    remote_ip_prefix: a.string('Range on the far side.'),
  },
});
