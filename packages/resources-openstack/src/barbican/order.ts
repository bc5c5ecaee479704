/** `OS::Barbican::Order`: lets the key manager make a key, a pair of keys or a certificate. */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { orderProblems } from './order-rules.ts';

export const barbicanOrder = declaredType({
  name: 'OS::Barbican::Order',
  doc: 'Lets the key manager make a key, a pair of keys or a certificate.',
  support: { status: 'SUPPORTED', since: '2014.2' },
  service: 'barbican',
  properties: {
    algorithm: p.string('Algorithm of the key, such as aes or rsa; needed for keys and pairs of keys.'),
    bit_length: p.integer('Length of the key in bits; needed for keys and pairs of keys.'),
    ca_id: p.string('Id of the authority that signs the certificate.'),
    expiration: p.string('When the key goes away, in ISO 8601 and in the future; never if absent.', {
      constraints: [c.custom('expiration')],
    }),
    mode: p.string('Mode of the algorithm, such as cbc.'),
    name: p.string('Name of what is made.'),
    pass_phrase: p.string('Word that the private key of a pair is locked with.', { secret: true }),
    payload_content_type: p.string('Form of the key, such as application/octet-stream.'),
    profile: p.string('What kind of certificate the authority is asked for; needs `ca_id`.'),
    request_data: p.string('The signing request, with a certificate of type custom or simple-cmc.'),
    request_type: p.string('How the certificate is asked for.', { constraints: [c.oneOf('stored-key', 'simple-cmc', 'custom')] }),
    source_container_ref: p.string('Container with the keys that the certificate is for.', {
      constraints: [c.custom('barbican.container')],
    }),
    subject_dn: p.string('Whom the certificate is for, as a distinguished name.'),
    type: p.string('What is made.', { required: true, constraints: [c.oneOf('key', 'asymmetric', 'certificate')] }),
  },
  attributes: {
    certificate: a.string('The certificate that was made.'),
    container_ref: a.string('Address of the container that was made.'),
    intermediates: a.string('Certificates between the one that was made and the authority.'),
    order_ref: a.string('Address of the order.'),
    private_key: a.string('The private key that was made, readable.'),
    public_key: a.string('The public key that was made.'),
    secret_ref: a.string('Address of the secret that was made.'),
    status: a.string('ACTIVE once the order is carried out.'),
  },
  validate: orderProblems,
});
