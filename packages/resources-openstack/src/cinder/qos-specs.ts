/** `OS::Cinder::QoSSpecs`: limits and promises for volumes. */
import { declaredType, p } from '@hearth/resource-kit';

export const cinderQosSpecs = declaredType({
  name: 'OS::Cinder::QoSSpecs',
  doc: 'Limits and promises for volumes, such as operations per second; for administrators.',
  support: { status: 'SUPPORTED', since: '7.0.0' },
  service: 'cinder',
  extension: 'qos-specs',
  properties: {
    name: p.string('The name; one is made up if there is none.'),
    specs: p.map('What is limited or promised, by key.', { required: true, updatable: true }),
  },
  attributes: {},
});
