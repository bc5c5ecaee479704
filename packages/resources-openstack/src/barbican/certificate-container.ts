/** `OS::Barbican::CertificateContainer`: the secrets of a certificate. */
import { declaredType } from '@hearth/resource-kit';
import { containerAttributes, containerName, duplicateRefs, secretRef } from './container-parts.ts';

export const barbicanCertificateContainer = declaredType({
  name: 'OS::Barbican::CertificateContainer',
  doc: 'The secrets of a certificate.',
  support: { status: 'SUPPORTED', since: '6.0.0' },
  service: 'barbican',
  properties: {
    name: containerName,
    certificate_ref: secretRef('the certificate'),
    intermediates_ref: secretRef('the certificates between it and the authority'),
    private_key_passphrase_ref: secretRef('the word that the private key is locked with'),
    private_key_ref: secretRef('the private key'),
  },
  attributes: containerAttributes,
  validate: (props) =>
    duplicateRefs([props.certificate_ref, props.intermediates_ref, props.private_key_passphrase_ref, props.private_key_ref]),
});
