/** `OS::Barbican::RSAContainer`: the secrets of a pair of keys. */
import { declaredType } from '@hearth/resource-kit';
import { containerAttributes, containerName, duplicateRefs, secretRef } from './container-parts.ts';

export const barbicanRsaContainer = declaredType({
  name: 'OS::Barbican::RSAContainer',
  doc: 'The secrets of a pair of keys.',
  support: { status: 'SUPPORTED', since: '6.0.0' },
  service: 'barbican',
  properties: {
    name: containerName,
    private_key_passphrase_ref: secretRef('the word that the private key is locked with'),
    private_key_ref: secretRef('the private key'),
    public_key_ref: secretRef('the public key'),
  },
  attributes: containerAttributes,
  validate: (props) => duplicateRefs([props.private_key_passphrase_ref, props.private_key_ref, props.public_key_ref]),
});
