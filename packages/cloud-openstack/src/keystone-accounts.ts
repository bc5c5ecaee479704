/** Keystone's accounts as stacks need them: users and projects in the domain of stacks, roles of users on projects and domains. */
import { Failure, isJsonObject, revealSecret, type Json, type Secret } from '@hearth/kernel';
import { isNotFound } from './cloud-failure.ts';
import type { CloudRequest, Session } from './session.ts';

export interface UserWish {
  readonly name: string;
  readonly password: Secret;
  readonly domainId: string;
  readonly defaultProjectId?: string;
}
export interface ProjectWish {
  readonly name: string;
  readonly domainId: string;
  readonly description?: string;
}
export interface RoleGrant {
  readonly userId: string;
  /** Not the name: see `find('roles', …)`. */
  readonly roleId: string;
  readonly on: { readonly projectId: string } | { readonly domainId: string };
}

export interface KeystoneAccounts {
  /** The new user's id; a `conflict` when the domain has one of this name. */
  createUser(wish: UserWish): Promise<string>;
  setUserEnabled(userId: string, enabled: boolean): Promise<void>;
  /** One that is gone is fine, as with every deletion here. */
  deleteUser(userId: string): Promise<void>;
  /** The new project's id. */
  createProject(wish: ProjectWish): Promise<string>;
  deleteProject(projectId: string): Promise<void>;
  /** A role that is there already is fine. */
  grantRole(grant: RoleGrant): Promise<void>;
  revokeRole(grant: RoleGrant): Promise<void>;
}

export function accountsOf(session: Session): KeystoneAccounts {
  const service = 'identity';
  const gone = (path: string): Promise<void> => withoutNotFound(session, { service, method: 'DELETE', path });
  return {
    async createUser({ name, password, domainId, defaultProjectId }) {
      const user = {
        name,
        password: revealSecret(password),
        domain_id: domainId,
        ...(defaultProjectId !== undefined && { default_project_id: defaultProjectId }),
      };
      return idIn(await session.request({ service, method: 'POST', path: '/users', body: { user } }), 'user');
    },
    async setUserEnabled(userId, enabled) {
      await session.request({ service, method: 'PATCH', path: `/users/${encodeURIComponent(userId)}`, body: { user: { enabled } } });
    },
    deleteUser: (userId) => gone(`/users/${encodeURIComponent(userId)}`),
    async createProject({ name, domainId, description = '' }) {
      const project = { name, domain_id: domainId, description };
      return idIn(await session.request({ service, method: 'POST', path: '/projects', body: { project } }), 'project');
    },
    deleteProject: (projectId) => gone(`/projects/${encodeURIComponent(projectId)}`),
    async grantRole(grant) {
      await session.request({ service, method: 'PUT', path: grantPath(grant) });
    },
    revokeRole: (grant) => gone(grantPath(grant)),
  };
}

function grantPath({ userId, roleId, on }: RoleGrant): string {
  const place = 'projectId' in on ? `/projects/${encodeURIComponent(on.projectId)}` : `/domains/${encodeURIComponent(on.domainId)}`;
  return `${place}/users/${encodeURIComponent(userId)}/roles/${encodeURIComponent(roleId)}`;
}

export async function withoutNotFound(session: Session, request: CloudRequest): Promise<void> {
  try {
    await session.request(request);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

function idIn(body: Json, key: string): string {
  const made = isJsonObject(body) ? body[key] : undefined;
  const id = isJsonObject(made) ? made.id : undefined;
  if (typeof id !== 'string') throw new Failure('unknown', `identity answered without a ${key}`);
  return id;
}
