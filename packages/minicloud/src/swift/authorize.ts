/** Who may do what: the project's own users, whoever an ACL names, everybody where it says so, and holders of a signed URL. */
import type { ApiRequest, Identity } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import { readAcl, referrerAllowed, roleNamed, userNamed } from './acl.ts';
import type { SwiftPath } from './path.ts';
import { CONTAINERS, containerKey, refused, type ContainerBody } from './state.ts';

const RESELLER_PREFIX = 'AUTH_';
const OPERATOR_ROLES = ['admin', 'swiftoperator', 'member'];
const RESELLER_ROLE = 'ResellerAdmin';

export interface Grant {
  /** May see and change ACLs and keys. */
  readonly isOwner: boolean;
  /** Came with a signed URL. */
  readonly isSigned: boolean;
}
export const OWNER: Grant = { isOwner: true, isSigned: false };
export const SIGNED: Grant = { isOwner: false, isSigned: true };
const GUEST: Grant = { isOwner: false, isSigned: false };

export const accountOf = (projectId: string): string => `${RESELLER_PREFIX}${projectId}`;

const hasAny = (identity: Identity, roles: readonly string[]): boolean =>
  identity.roles.some((role) => roles.some((wanted) => wanted.toLowerCase() === role.toLowerCase()));

export const ownsAccount = (identity: Identity | null, account: string): boolean =>
  identity !== null &&
  ((identity.projectId !== null && accountOf(identity.projectId) === account && hasAny(identity, OPERATOR_ROLES)) ||
    (account.startsWith(RESELLER_PREFIX) && hasAny(identity, [RESELLER_ROLE])));

/** Throws 401 or 403. What is signed has been looked at before. */
export async function authorize(store: CloudStore, request: ApiRequest, path: SwiftPath, isWrite: boolean): Promise<Grant> {
  const identity = request.identityOrNull;
  if (ownsAccount(identity, path.account)) return OWNER;
  if (path.container !== null && (await aclAllows(store, request, path, isWrite))) return GUEST;
  throw refused(identity === null ? 401 : 403, '', { realm: path.account });
}

/** Reading of a container or object, writing of objects: what the container's ACL says. */
async function aclAllows(store: CloudStore, request: ApiRequest, path: SwiftPath, isWrite: boolean): Promise<boolean> {
  if (path.container === null || (isWrite && path.object === null)) return false;
  const container = await store.documents.get<ContainerBody>(CONTAINERS, containerKey(path.account, path.container));
  if (container === null) return false;
  const acl = readAcl(isWrite ? container.body.write : container.body.read);
  const identity = request.identityOrNull;
  if (identity !== null && userNamed(identity, acl)) return true;
  if (!isWrite && referrerAllowed(request.header('referer'), acl) && (path.object !== null || acl.groups.includes('.rlistings')))
    return true;
  return identity !== null && identity.projectId !== null && accountOf(identity.projectId) === path.account && roleNamed(identity, acl);
}
