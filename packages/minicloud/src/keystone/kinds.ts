/** The identity service's plain objects declared as data: fields, defaults, filters, uniqueness, and what goes with them. */
import { Refusal, Secret, type Json, type JsonObject } from '@hearth/kernel';
import type { ApiRequest } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { hexId, type IdentityContext } from './identity-context.ts';
import {
  collections,
  type DomainBody,
  type EndpointBody,
  type ProjectBody,
  type RoleBody,
  type ServiceBody,
  type UserBody,
} from './state.ts';
import { domainView, endpointView, projectView, regionView, roleView, serviceView, userView } from './views.ts';

export interface Field {
  readonly type: 'string' | 'boolean' | 'list';
  readonly required?: boolean;
  readonly nullable?: boolean;
  readonly maxLength?: number;
  readonly oneOf?: readonly string[];
  /** Given at creation, never changed. */
  readonly fixed?: boolean;
  readonly default?: Json;
}

export interface Kind {
  readonly singular: string;
  readonly plural: string;
  readonly storage: string;
  readonly fields: Readonly<Record<string, Field>>;
  readonly filters: readonly string[];
  /** Fields of the body that are not the client's to give. */
  readonly hidden?: JsonObject;
  /** The space in which the name is unique; null: names may repeat. */
  readonly nameSpace: (body: JsonObject) => string | null;
  /** The client may choose the id (regions). */
  readonly ownId?: boolean;
  view(document: Document, request: ApiRequest, context: IdentityContext): JsonObject;
  /** The reader may see this object without being an administrator. */
  readonly readableBy?: (id: string, request: ApiRequest) => boolean;
  /** Every token may list and show (regions). */
  readonly isOpen?: boolean;
  /** Checks references of the whole new body; throws a `Refusal`. */
  readonly check?: (tx: CloudStore, body: JsonObject) => Promise<void>;
  /** Indexed parent column. */
  readonly parent?: string;
  /** Turns the sent values into stored ones before the transaction (hashing). */
  readonly prepare?: (context: IdentityContext, sent: JsonObject, isNew: boolean) => Promise<JsonObject>;
  readonly beforeDelete?: (tx: CloudStore, document: Document) => Promise<void>;
}

const name: Field = { type: 'string', required: true, maxLength: 255 };
const description: Field = { type: 'string', nullable: true, default: '' };
const enabled: Field = { type: 'boolean', default: true };

export const missing = (kind: string, id: string): Refusal => new Refusal('not-found', 'NotFound', `Could not find ${kind}: ${id}.`);

async function need(tx: CloudStore, storage: string, kind: string, id: Json | undefined): Promise<void> {
  if (typeof id === 'string' && (await tx.documents.get(storage, id)) === null) throw missing(kind, id);
}

const dropGrantsOn = (tx: CloudStore, scopeId: string): Promise<unknown> =>
  tx.documents.removeWhere(collections.assignments, [{ field: 'parent_id', in: [scopeId] }]);

async function dropUser(tx: CloudStore, userId: string): Promise<void> {
  await tx.documents.removeWhere(collections.assignments, [{ field: 'name', in: [userId] }]);
  await tx.documents.removeWhere(collections.trusts, [
    {
      anyOf: [
        { field: 'name', in: [userId] },
        { field: 'parent_id', in: [userId] },
      ],
    },
  ]);
}

const dropProject = async (tx: CloudStore, projectId: string): Promise<void> => {
  await dropGrantsOn(tx, projectId);
  await tx.documents.removeWhere(collections.trusts, [{ field: 'project_id', in: [projectId] }]);
};

const domains: Kind = {
  singular: 'domain',
  plural: 'domains',
  storage: collections.domains,
  fields: { name: { ...name, maxLength: 64 }, description, enabled },
  filters: ['name', 'enabled'],
  nameSpace: () => 'keystone.domain',
  view: (document, request) => domainView(document as Document<DomainBody>, request),
  readableBy: (id, request) => request.identity.userDomainId === id,
  async beforeDelete(tx, document) {
    if (document.body['enabled'] === true) {
      throw new Refusal('forbidden', 'ForbiddenAction', 'Cannot delete a domain that is enabled, please disable it first..');
    }
    const inside = [{ field: 'domain_id', in: [document.id] }];
    for (const id of await tx.documents.removeWhere(collections.projects, inside)) await dropProject(tx, id);
    for (const id of await tx.documents.removeWhere(collections.users, inside)) await dropUser(tx, id);
    await tx.claims.releaseSpace(`keystone.project:${document.id}`);
    await tx.claims.releaseSpace(`keystone.user:${document.id}`);
    await dropGrantsOn(tx, document.id);
  },
};

const projects: Kind = {
  singular: 'project',
  plural: 'projects',
  storage: collections.projects,
  fields: {
    name: { ...name, maxLength: 64 },
    domain_id: { type: 'string', default: 'default', fixed: true },
    description,
    enabled,
    parent_id: { type: 'string', nullable: true, fixed: true, default: null },
    tags: { type: 'list', default: [] },
    is_domain: { type: 'boolean', default: false, fixed: true },
  },
  filters: ['name', 'domain_id', 'enabled', 'parent_id'],
  nameSpace: (body) => `keystone.project:${String(body['domain_id'])}`,
  view: (document, request) => projectView(document as Document<ProjectBody>, request),
  readableBy: (id, request) => request.identity.projectId === id,
  prepare: async (_context, sent, isNew) => {
    const { is_domain, ...body } = sent;
    if (is_domain === true)
      throw new Refusal('invalid', 'ValidationError', 'Projects that act as domains are made as domains: POST /v3/domains.');
    return isNew ? { ...body, parent_id: body['parent_id'] ?? (body['domain_id'] as Json) } : body;
  },
  check: (tx, body) => need(tx, collections.domains, 'domain', body['domain_id']),
  beforeDelete: (tx, document) => dropProject(tx, document.id),
};

const users: Kind = {
  singular: 'user',
  plural: 'users',
  storage: collections.users,
  fields: {
    name,
    domain_id: { type: 'string', default: 'default', fixed: true },
    enabled,
    password: { type: 'string', nullable: true, maxLength: 4096, default: null },
    default_project_id: { type: 'string', nullable: true, default: null },
    description: { ...description, default: null },
    email: { type: 'string', nullable: true, default: null },
    options: { type: 'list', default: [] },
  },
  filters: ['name', 'domain_id', 'enabled', 'default_project_id'],
  nameSpace: (body) => `keystone.user:${String(body['domain_id'])}`,
  view: (document, request) => userView(document as Document<UserBody>, request),
  readableBy: (id, request) => request.identity.userId === id,
  async prepare(context, sent, isNew) {
    const { password, options: _options, ...body } = sent;
    const nowMs = context.clock.now();
    const hash = typeof password === 'string' ? { passwordHash: await context.passwords.hash(new Secret(password)) } : {};
    if (isNew) return { passwordHash: null, tokensValidFromMs: 0, ...body, ...hash };
    const endsTokens = typeof password === 'string' || body['enabled'] === false;
    return { ...body, ...hash, ...(endsTokens ? { tokensValidFromMs: nowMs } : {}) };
  },
  check: (tx, body) => need(tx, collections.domains, 'domain', body['domain_id']),
  beforeDelete: (tx, document) => dropUser(tx, document.id),
};

const roles: Kind = {
  singular: 'role',
  plural: 'roles',
  storage: collections.roles,
  fields: { name, description: { ...description, default: null } },
  filters: ['name'],
  hidden: { implies: [] },
  nameSpace: () => 'keystone.role',
  view: (document, request) => roleView(document as Document<RoleBody>, request),
  async beforeDelete(tx, document) {
    await tx.documents.removeWhere(collections.assignments, [{ field: 'role_id', in: [document.id] }]);
  },
};

const services: Kind = {
  singular: 'service',
  plural: 'services',
  storage: collections.services,
  fields: { type: name, name: { type: 'string', default: '', maxLength: 255 }, description: { ...description, default: null }, enabled },
  filters: ['name', 'type'],
  nameSpace: () => null,
  view: (document, request) => serviceView(document as Document<ServiceBody>, request),
  async beforeDelete(tx, document) {
    await tx.documents.removeWhere(collections.endpoints, [{ field: 'parent_id', in: [document.id] }]);
  },
};

const endpoints: Kind = {
  singular: 'endpoint',
  plural: 'endpoints',
  storage: collections.endpoints,
  fields: {
    service_id: { type: 'string', required: true },
    interface: { type: 'string', required: true, oneOf: ['public', 'internal', 'admin'] },
    region_id: { type: 'string', nullable: true, default: null },
    region: { type: 'string', nullable: true, default: null },
    url: { type: 'string', required: true, maxLength: 2048 },
    enabled,
    name: { type: 'string', nullable: true, default: null },
  },
  filters: ['service_id', 'interface', 'region_id'],
  nameSpace: () => null,
  parent: 'service_id',
  view: (document, request, context) => endpointView(document as Document<EndpointBody>, request, context.cloudUrl()),
  prepare: async (_context, sent) => {
    const { region, name: _name, ...body } = sent;
    return region === undefined || region === null ? body : { ...body, region_id: region };
  },
  async check(tx, body) {
    await need(tx, collections.services, 'service', body['service_id']);
    await need(tx, collections.regions, 'region', body['region_id']);
  },
};

const regions: Kind = {
  singular: 'region',
  plural: 'regions',
  storage: collections.regions,
  fields: {
    id: { type: 'string', fixed: true, maxLength: 255 },
    description,
    parent_region_id: { type: 'string', nullable: true, default: null },
  },
  filters: ['parent_region_id'],
  ownId: true,
  isOpen: true,
  nameSpace: () => null,
  view: (document, request) => regionView(document as Document<{ description: string; parent_region_id: string | null }>, request),
  check: (tx, body) => need(tx, collections.regions, 'region', body['parent_region_id']),
};

export const kinds: readonly Kind[] = [domains, projects, users, roles, services, endpoints, regions];
export const newId = (kind: Kind, given: Json | undefined, context: IdentityContext): string =>
  kind.ownId === true && typeof given === 'string' ? given : hexId(context);
