/** Who the seed acts as: the owner of what it makes. */
import { Secret } from '@hearth/kernel';
import type { Identity } from '@hearth/http-kit';

export const seedIdentity = (projectId: string): Identity => ({
  userId: 'seed',
  userName: 'seed',
  userDomainId: 'default',
  projectId,
  projectName: null,
  projectDomainId: null,
  roles: ['admin'],
  expiresAt: 0,
  trustId: null,
  token: new Secret(''),
  catalog: null,
});
