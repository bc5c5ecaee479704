/** What the key manager's containers have in common: references to secrets, what is told of them, and that no secret is in there twice. */
import { a, type Attributes, c, p } from '@hearth/resource-kit';

const secret = c.custom('barbican.secret');

export const containerName = p.string('The name.');
export const secretRef = (what: string) => p.string(`Address of the secret with ${what}.`, { constraints: [secret] });
export const namedSecretRef = p.string('Address of the secret.', { required: true, constraints: [secret] });

export const containerAttributes: Attributes = {
  consumers: a.list('Who has said that they use the container, by address.'),
  container_ref: a.string('Address of the container.'),
  secret_refs: a.map('Addresses of the secrets in it, by name.'),
  status: a.string('ACTIVE once it can be used.'),
};

/** References that are absent or not known yet are not compared. */
export function duplicateRefs(refs: readonly (string | null | undefined)[]): readonly string[] {
  const known = refs.filter((ref) => ref !== null && ref !== undefined);
  return new Set(known).size === known.length ? [] : ['Duplicate refs are not allowed.'];
}
