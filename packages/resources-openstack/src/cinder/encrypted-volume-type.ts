/** `OS::Cinder::EncryptedVolumeType`: makes a type of volumes an encrypted one. */
import { c, declaredType, p } from '@hearth/resource-kit';

export const cinderEncryptedVolumeType = declaredType({
  name: 'OS::Cinder::EncryptedVolumeType',
  doc: 'Makes volumes of a type encrypted; for administrators.',
  support: { status: 'SUPPORTED', since: '5.0.0' },
  service: 'cinder',
  extension: 'encryption',
  properties: {
    volume_type: p.string('Name or id of the type of volumes.', { required: true, constraints: [c.custom('cinder.vtype')] }),
    provider: p.string('What encrypts: the class or format, such as luks.', { required: true, updatable: true }),
    control_location: p.string('Where it is encrypted: in the compute service (front-end) or in the storage (back-end).', {
      updatable: true,
      default: 'front-end',
      constraints: [c.oneOf('front-end', 'back-end')],
    }),
    cipher: p.string('The cipher and its mode.', { updatable: true, constraints: [c.oneOf('aes-xts-plain64', 'aes-cbc-essiv')] }),
    key_size: p.integer('Size of the key in bits, such as 128 or 256.', { updatable: true }),
  },
  attributes: {},
});
