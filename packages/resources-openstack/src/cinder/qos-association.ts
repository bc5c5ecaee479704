/** `OS::Cinder::QoSAssociation`: applies limits and promises to types of volumes. */
import { c, declaredType, p } from '@hearth/resource-kit';

export const cinderQosAssociation = declaredType({
  name: 'OS::Cinder::QoSAssociation',
  doc: 'Applies an OS::Cinder::QoSSpecs to types of volumes; for administrators.',
  support: { status: 'SUPPORTED', since: '8.0.0' },
  service: 'cinder',
  extension: 'qos-specs',
  properties: {
    qos_specs: p.string('Name or id of the limits and promises.', { required: true, constraints: [c.custom('cinder.qos_specs')] }),
    volume_types: p.listOf(p.string('Name or id of a type.', { constraints: [c.custom('cinder.vtype')] }))('Types of volumes.', {
      required: true,
      updatable: true,
    }),
  },
  attributes: {},
});
