/** What is there at the first start: domains, projects, users, roles, grants, region, catalogue. Looks up first; a second start changes nothing. */
import { createHash } from 'node:crypto';
import { Bug, type JsonObject, type Secret } from '@hearth/kernel';
import type { Facts } from '../service.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { addGrant } from './grants.ts';
import type { Passwords } from './passwords.ts';
import {
  CLOUD_URL,
  collections,
  type DomainBody,
  type EndpointBody,
  type ProjectBody,
  type RoleBody,
  type ServiceBody,
  type UserBody,
} from './state.ts';

/** Passwords of the seeded users; they are set anew at each start, so that they match the files the program writes. */
export interface SeedPasswords {
  readonly admin: Secret;
  readonly demo: Secret;
  readonly altDemo: Secret;
  /** The service user `heat`. */
  readonly service: Secret;
  readonly stackDomainAdmin: Secret;
}

/** A line of the catalogue; a `url` that begins with a slash is on the mini-cloud's own listener. */
export interface CatalogEntry {
  readonly type: string;
  readonly name: string;
  readonly url: string;
}

const REGION = 'RegionOne';
const ROLES: Readonly<Record<string, readonly string[]>> = {
  reader: [],
  member: ['reader'],
  admin: ['member'],
  service: [],
  heat_stack_owner: [],
  heat_stack_user: [],
  'load-balancer_member': [],
  'load-balancer_admin': [],
  creator: [],
};
/** Those that the services' own policies count on. */
const IMMUTABLE = ['admin', 'member', 'reader'];
const PROJECTS = ['admin', 'demo', 'alt_demo', 'service'];
const TENANT_ROLES = ['member', 'heat_stack_owner', 'load-balancer_member', 'creator'];
/** User, project, roles; as on a cloud installed by the book, so that templates and tests find what they expect. */
const GRANTS: readonly (readonly [user: string, project: string, roles: readonly string[]])[] = [
  ['admin', 'admin', ['admin', 'heat_stack_owner', 'load-balancer_admin', 'creator', 'member']],
  ['admin', 'demo', ['admin']],
  ['admin', 'alt_demo', ['admin']],
  ['demo', 'demo', TENANT_ROLES],
  ['alt_demo', 'alt_demo', TENANT_ROLES],
  ['heat', 'service', ['admin', 'service']],
];

/** The same at every start and on every machine, so that saved references stay good. */
const fixedId = (kind: string, name: string): string =>
  createHash('sha256').update(`hearth mini-cloud ${kind} ${name}`).digest('hex').slice(0, 32);

export async function seedIdentity(tx: CloudStore, passwords: Passwords, given: SeedPasswords, nowMs: number): Promise<Facts> {
  await ensureDomain(tx, 'default', 'Default', 'The default domain', nowMs);
  const stackDomainId = await ensureDomain(tx, fixedId('domain', 'heat'), 'heat', 'Users that belong to stacks', nowMs);
  const roleIds = await ensureRoles(tx, nowMs);
  const projectIds: Record<string, string> = {};
  for (const name of PROJECTS) projectIds[name] = await ensureProject(tx, name, nowMs);
  const userIds: Record<string, string> = {};
  for (const [name, password] of [
    ['admin', given.admin],
    ['demo', given.demo],
    ['alt_demo', given.altDemo],
    ['heat', given.service],
  ] as const) {
    userIds[name] = await ensureUser(tx, { name, domainId: 'default', passwords, password }, nowMs);
  }
  const stackDomainAdminId = await ensureUser(
    tx,
    { name: 'heat_domain_admin', domainId: stackDomainId, passwords, password: given.stackDomainAdmin },
    nowMs,
  );
  for (const [user, project, names] of GRANTS) {
    for (const name of names)
      await addGrant(
        tx,
        {
          actor: { kind: 'user', id: known(userIds, user) },
          target: { kind: 'project', id: known(projectIds, project) },
          roleId: known(roleIds, name),
        },
        nowMs,
      );
  }
  const admin = known(roleIds, 'admin');
  const stackDomain = { kind: 'domain', id: stackDomainId } as const;
  await addGrant(tx, { actor: { kind: 'user', id: stackDomainAdminId }, target: stackDomain, roleId: admin }, nowMs);
  const cloudAdmin = { kind: 'user', id: known(userIds, 'admin') } as const;
  await addGrant(tx, { actor: cloudAdmin, target: { kind: 'system' }, roleId: admin }, nowMs);
  await placeProjects(tx, nowMs);
  // Revoked tokens that have ended by themselves need no remembering.
  await tx.documents.removeWhere(collections.revocations, [{ field: 'expiresMs', atMost: nowMs }]);
  await tx.documents.insert(collections.regions, { id: REGION, body: { description: '', parent_region_id: null } }, nowMs);
  return { region: REGION, projectIds, userIds, roleIds, stackDomainId, stackDomainAdminId };
}

function known(ids: Readonly<Record<string, string>>, name: string): string {
  const id = ids[name];
  if (id === undefined) throw new Bug(`the seed names ${name}, which it does not make`);
  return id;
}

/** Takes the name; the id is that of whoever has it already. */
async function ensureNamed<Body extends JsonObject>(
  tx: CloudStore,
  collection: string,
  space: string,
  id: string,
  body: Body & { readonly name: string },
  nowMs: number,
): Promise<string> {
  if (!(await tx.claims.take(space, body.name, id))) return (await tx.claims.holder(space, body.name)) ?? id;
  await tx.documents.insert(
    collection,
    { id, name: body.name, parentId: typeof body['parent_id'] === 'string' ? body['parent_id'] : null, body },
    nowMs,
  );
  return id;
}

const ensureDomain = (tx: CloudStore, id: string, name: string, description: string, nowMs: number): Promise<string> =>
  ensureNamed<DomainBody>(tx, collections.domains, 'keystone.domain', id, { name, description, enabled: true }, nowMs);

async function ensureRoles(tx: CloudStore, nowMs: number): Promise<Record<string, string>> {
  const ids: Record<string, string> = {};
  for (const [name, implied] of Object.entries(ROLES)) {
    const options = IMMUTABLE.includes(name) ? { immutable: true } : {};
    const body = { name, description: null, options, implies: implied.map((other) => known(ids, other)) };
    ids[name] = await ensureNamed<RoleBody>(tx, collections.roles, 'keystone.role', fixedId('role', name), body, nowMs);
  }
  return ids;
}

const ensureProject = (tx: CloudStore, name: string, nowMs: number): Promise<string> =>
  ensureNamed<ProjectBody>(
    tx,
    collections.projects,
    'keystone.project:default',
    fixedId('project', name),
    {
      name,
      domain_id: 'default',
      description: '',
      enabled: true,
      parent_id: 'default',
      tags: [],
    },
    nowMs,
  );

/** Projects of the first days had no parent in its column. */
async function placeProjects(tx: CloudStore, nowMs: number): Promise<void> {
  for (const { id, body } of await tx.documents.list<ProjectBody>(collections.projects, { where: [{ field: 'parent_id', isNull: true }] }))
    await tx.documents.replace<ProjectBody>(collections.projects, { id, body, parentId: body.parent_id }, nowMs);
}

async function ensureUser(
  tx: CloudStore,
  user: { name: string; domainId: string; passwords: Passwords; password: Secret },
  nowMs: number,
): Promise<string> {
  const { name, domainId, passwords, password } = user;
  const id = await ensureNamed<UserBody>(
    tx,
    collections.users,
    `keystone.user:${domainId}`,
    fixedId('user', `${domainId}/${name}`),
    {
      name,
      domain_id: domainId,
      enabled: true,
      default_project_id: null,
      description: null,
      email: null,
      passwordHash: null,
      tokensValidFromMs: 0,
    },
    nowMs,
  );
  const found = await tx.documents.get<UserBody>(collections.users, id, { lock: true });
  if (found === null) return id;
  const { passwordHash } = found.body;
  if (passwordHash !== null && (await passwords.matches(password, passwordHash))) return id;
  await tx.documents.replace<UserBody>(
    collections.users,
    { id, body: { ...found.body, passwordHash: await passwords.hash(password) } },
    nowMs,
  );
  return id;
}

/** Makes the catalogue say where these services are: adds what is missing, corrects addresses that changed. */
export async function ensureCatalog(tx: CloudStore, entries: readonly CatalogEntry[], nowMs: number): Promise<void> {
  for (const entry of entries) {
    const where = [{ field: 'type', in: [entry.type] }];
    const [found] = await tx.documents.list<ServiceBody>(collections.services, { where, limit: 1 });
    const serviceId = found?.id ?? fixedId('service', entry.type);
    if (found === undefined) {
      const body: ServiceBody = { type: entry.type, name: entry.name, description: null, enabled: true };
      await tx.documents.insert(collections.services, { id: serviceId, name: entry.name, body }, nowMs);
    }
    const endpoints = await tx.documents.list<EndpointBody>(collections.endpoints, { where: [{ field: 'parent_id', in: [serviceId] }] });
    const url = entry.url.startsWith('/') ? `${CLOUD_URL}${entry.url}` : entry.url;
    for (const kind of ['public', 'internal', 'admin'] as const) {
      const there = endpoints.find((endpoint) => endpoint.body.interface === kind && endpoint.body.region_id === REGION);
      const body: EndpointBody = { service_id: serviceId, interface: kind, region_id: REGION, url, enabled: true };
      if (there === undefined) {
        await tx.documents.insert(
          collections.endpoints,
          { id: fixedId('endpoint', `${entry.type}/${kind}`), name: null, parentId: serviceId, body },
          nowMs,
        );
      } else if (there.body.url !== url) {
        await tx.documents.replace<EndpointBody>(collections.endpoints, { id: there.id, body: { ...there.body, url } }, nowMs);
      }
    }
  }
}
