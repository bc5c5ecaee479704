/** `OS::Barbican::Secret`: a piece of secret data, kept by the key manager. */
import { a, c, declaredType, p } from '@hearth/resource-kit';
import { secretProblems } from './secret-rules.ts';

export const barbicanSecret = declaredType({
  name: 'OS::Barbican::Secret',
  doc: 'A piece of secret data, kept by the key manager.',
  support: { status: 'SUPPORTED', since: '2014.2' },
  service: 'barbican',
  properties: {
    algorithm: p.string('Algorithm that the data are for, such as aes; for people and programs that read it.'),
    bit_length: p.integer('Length of the key in bits; for people and programs that read it.', { constraints: [c.range(0, null)] }),
    expiration: p.string('When the data go away, in ISO 8601 and in the future; never if absent.', {
      constraints: [c.custom('expiration')],
    }),
    mode: p.string('Mode of the algorithm, such as cbc; for people and programs that read it.'),
    name: p.string('The name.'),
    payload: p.string('The data themselves. Without them the secret is made empty and filled by somebody else.', { secret: true }),
    payload_content_encoding: p.string('How `payload` is written; for binary data only.', { constraints: [c.oneOf('base64')] }),
    payload_content_type: p.string('What `payload` is: text, or bytes written in base64.', {
      constraints: [c.oneOf('text/plain', 'application/octet-stream')],
    }),
    secret_type: p.string('What kind of data it is.', {
      default: 'opaque',
      constraints: [c.oneOf('symmetric', 'public', 'private', 'certificate', 'passphrase', 'opaque')],
    }),
  },
  attributes: {
    decrypted_payload: a.string('The data themselves, readable.'),
    status: a.string('ACTIVE once there are data.'),
  },
  validate: secretProblems,
});
