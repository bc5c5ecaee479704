/** What the two policies of a VPN have in common: ciphers and the life of keys. */
import { a, c, p } from '@hearth/resource-kit';

export const keyProperties = (options: { readonly updatable: boolean }) => ({
  encryption_algorithm: p.string('Cipher.', {
    ...options,
    default: 'aes-128',
    constraints: [c.oneOf('3des', 'aes-128', 'aes-192', 'aes-256')],
  }),
  lifetime: p.mapOf({
    units: p.string('What the value counts.', { default: 'seconds', constraints: [c.oneOf('seconds', 'kilobytes')] }),
    value: p.integer('How many of them.', { default: 3600 }),
  })('How long keys are used; 3600 seconds unless given.', options),
  pfs: p.string('Diffie-Hellman group for fresh keys.', {
    ...options,
    default: 'group5',
    constraints: [c.oneOf('group2', 'group5', 'group14')],
  }),
});

export const toldKeys = {
  auth_algorithm: a.string('Hash that proves who sent what.'),
  encryption_algorithm: a.string('Cipher.'),
  lifetime: a.map('How long keys are used.'),
  pfs: a.string('Diffie-Hellman group for fresh keys.'),
};
