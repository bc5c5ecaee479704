/**
 * Accounts for guests of stacks, in a domain of their own: a user for each resource that needs one, in a project for each tree of stacks. The project
 * comes with the first user and goes with the last one, also when several processes do both at the same time.
 */
import { Failure, isJsonArray, isJsonObject, revealSecret, type JsonObject, type Secret } from '@hearth/kernel';
import { isNotFound } from './cloud-failure.ts';
import { keystoneOf } from './keystone.ts';
import type { Session } from './session.ts';

/** The domain, as an operator has set it up. */
export interface StackDomain {
  readonly id: string;
  /** Of the domain's administrator, for the domain. */
  readonly session: Session;
  /** A session of one of its users. */
  sessionOf(login: { readonly username: string; readonly password: Secret; readonly projectId: string }): Session;
}
/** Names the project of a tree of stacks. */
export interface StackTree {
  readonly projectId: string;
  readonly rootStackId: string;
}

export interface StackUsers {
  /** The new user's id; it may do nothing yet. A `conflict` when there is one of this name. */
  create(name: string, password: Secret): Promise<string>;
  /** By name. */
  find(name: string): Promise<string | null>;
  setPassword(userId: string, password: Secret): Promise<void>;
  setEnabled(userId: string, enabled: boolean): Promise<void>;
  /** Lets the user act as a guest in the project of the tree, which is made if there is none. The project's id; null: not now, ask again soon. */
  admit(userId: string, tree: StackTree): Promise<string | null>;
  /** With the project, when it was the last one. One that is gone is fine. */
  remove(userId: string, tree: StackTree): Promise<void>;
  /** A token for keeping: it goes to the guest. */
  token(login: { readonly username: string; readonly password: Secret; readonly projectId: string }): Promise<string>;
  domainId(): Promise<string>;
}

const ROLE = 'heat_stack_user';
/** Keystone's longest name of a project. */
const NAME_LENGTH = 64;
const projectName = ({ projectId, rootStackId }: StackTree): string => `${projectId}-${rootStackId}`.slice(0, NAME_LENGTH);
const service = 'identity';

/** `null`: the operator has set up no domain. */
export function stackUsersOf(domain: StackDomain | null): StackUsers {
  const known = (): StackDomain => {
    if (domain === null)
      throw new Failure(
        'configuration',
        'guests of stacks need accounts, and there is no domain for them; the operator sets one with HEARTH_STACK_DOMAIN_ID',
      );
    return domain;
  };
  const keystone = () => keystoneOf(known().session);
  const projects = projectsOf(known);
  let roleId: string | null = null;
  const role = async (): Promise<string> => {
    roleId ??= String((await keystone().find('roles', ROLE))?.id ?? '');
    if (roleId !== '') return roleId;
    roleId = null;
    throw new Failure('configuration', `the cloud has no role ${ROLE}, which accounts of guests have`);
  };
  return {
    create: async (name, password) => keystone().createUser({ name, password, domainId: known().id }),
    async find(name) {
      const [user] = await known().session.list({ service, path: '/users', query: { name, domain_id: known().id } }, 'users');
      return typeof user?.id === 'string' ? user.id : null;
    },
    async setPassword(userId, password) {
      const body = { user: { password: revealSecret(password) } };
      await known().session.request({ service, method: 'PATCH', path: `/users/${encodeURIComponent(userId)}`, body });
    },
    setEnabled: async (userId, enabled) => keystone().setUserEnabled(userId, enabled),
    async admit(userId, tree) {
      const projectId = await projects.ensure(tree);
      if (projectId === null) return null;
      try {
        await keystone().grantRole({ userId, roleId: await role(), on: { projectId } });
      } catch (error) {
        // The role may have been made anew.
        roleId = null;
        if (isNotFound(error) && !(await projects.isOpen(projectId))) return null;
        throw error;
      }
      // Whoever takes the project away says so in it before the last look at who is there: either they see us, or we see that.
      return (await projects.isOpen(projectId)) ? projectId : null;
    },
    async remove(userId, tree) {
      await keystone().deleteUser(userId);
      await projects.removeUnused(tree);
    },
    async token({ username, password, projectId }) {
      const { token } = await known().sessionOf({ username, password, projectId }).token();
      return revealSecret(token);
    },
    domainId: async () => known().id,
  };
}

/** Descriptions of projects. Not disabling: that would end the tokens of guests who are there after all. */
const OPEN = 'Guests of a stack';
const LEAVING = 'Guests of a stack, about to be removed';

function projectsOf(domain: () => StackDomain) {
  const keystone = () => keystoneOf(domain().session);
  const path = (id: string): string => `/projects/${encodeURIComponent(id)}`;
  const find = async (tree: StackTree): Promise<JsonObject | null> => {
    const query = { name: projectName(tree), domain_id: domain().id };
    return (await domain().session.list({ service, path: '/projects', query }, 'projects'))[0] ?? null;
  };
  const describe = async (id: string, description: string): Promise<void> => {
    await domain().session.request({ service, method: 'PATCH', path: path(id), body: { project: { description } } });
  };
  async function hasUsers(id: string): Promise<boolean> {
    const query = { 'scope.project.id': id };
    const body = await domain().session.request({ service, method: 'GET', path: '/role_assignments', query });
    return isJsonObject(body) && isJsonArray(body.role_assignments) && body.role_assignments.length > 0;
  }

  return {
    /** Null: it is just being taken away, or made by somebody else. */
    async ensure(tree: StackTree): Promise<string | null> {
      const found = await find(tree);
      if (found === null) {
        try {
          return await keystone().createProject({ name: projectName(tree), domainId: domain().id, description: OPEN });
        } catch (error) {
          if (error instanceof Failure && error.code === 'conflict') return null;
          throw error;
        }
      }
      if (found.description !== LEAVING) return String(found.id);
      // Who was taking it away may have died over it.
      await this.removeUnused(tree);
      return null;
    },
    async isOpen(id: string): Promise<boolean> {
      try {
        const body = await domain().session.request({ service, method: 'GET', path: path(id) });
        return isJsonObject(body) && isJsonObject(body.project) && body.project.description !== LEAVING;
      } catch (error) {
        if (isNotFound(error)) return false;
        throw error;
      }
    },
    async removeUnused(tree: StackTree): Promise<void> {
      const found = await find(tree);
      if (found === null) return;
      const id = String(found.id);
      const isOpen = found.description !== LEAVING;
      try {
        if (isOpen && (await hasUsers(id))) return;
        if (isOpen) await describe(id, LEAVING);
        if (await hasUsers(id)) await describe(id, OPEN);
        else await keystone().deleteProject(id);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
  };
}
