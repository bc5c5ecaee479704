/** `OS::Barbican::GenericContainer`: any secrets that belong together. */
import { declaredType, p } from '@hearth/resource-kit';
import { containerAttributes, containerName, duplicateRefs, namedSecretRef } from './container-parts.ts';

export const barbicanGenericContainer = declaredType({
  name: 'OS::Barbican::GenericContainer',
  doc: 'Any secrets that belong together.',
  support: { status: 'SUPPORTED', since: '6.0.0' },
  service: 'barbican',
  properties: {
    name: containerName,
    secrets: p.listOf(
      p.mapOf({ name: p.string('What the secret is called in here.', { required: true }), ref: namedSecretRef })('One secret.'),
    )('The secrets.'),
  },
  attributes: containerAttributes,
  validate: ({ secrets }) => duplicateRefs((secrets ?? []).map((entry: { readonly ref?: string } | null) => entry?.ref)),
});
