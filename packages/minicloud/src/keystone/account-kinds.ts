/** Domains, users, groups and roles as declared kinds. */
import { Secret, type Json, type JsonObject } from '@hearth/kernel';
import type { Document } from '../store/documents.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { flagRule, idRule, immutableRule, nameRule, nullable, textRule, type Rule } from './input.ts';
import { refuseIfImmutable, type Kind } from './kind.ts';
import { invalid, missing, refused } from './refusals.ts';
import { dropDomainContents, dropGroups, dropRole, dropUsers } from './removal.ts';
import { collections, type DomainBody, type GroupBody, type RoleBody, type UserBody } from './state.ts';
import { domainView, groupView, roleView, userView } from './views.ts';

const description = nullable(textRule);
export const tagsRule: Rule = {
  type: 'array',
  max: 80,
  unique: true,
  items: { type: 'string', min: 1, max: 255, pattern: /^[^,/]*$/ },
};

export async function needDomain(tx: CloudStore, id: Json | undefined): Promise<void> {
  if ((await tx.documents.get(collections.domains, String(id))) === null) throw missing('domain', String(id));
}

export const domainKind: Kind = {
  singular: 'domain',
  plural: 'domains',
  storage: collections.domains,
  input: {
    required: ['name'],
    rules: { name: nameRule(64), description, enabled: flagRule, tags: tagsRule, options: immutableRule },
  },
  filters: { name: 'text', enabled: 'boolean' },
  defaults: { description: '', enabled: true, tags: [], options: {} },
  nameSpace: () => 'keystone.domain',
  taken: (body) => ({
    type: 'project',
    details: `it is not permitted to have two projects acting as domains with the same name: ${String(body['name'])}`,
  }),
  view: (document, request) => domainView(document as Document<DomainBody>, request),
  mayRead: (caller, document) => document !== null && (caller.domainId === document.id || caller.projectDomainId === document.id),
  async check(_tx, _body, update) {
    if (update !== null) refuseIfImmutable('update', 'domain', update.before, update.changes);
  },
  async beforeDelete(tx, document) {
    refuseIfImmutable('delete', 'domain', document);
    if (document.body['enabled'] === true) throw refused('Cannot delete a domain that is enabled, please disable it first.');
    await dropDomainContents(tx, document.id);
  },
};

const flag: Rule = { type: 'boolean', nullable: true };
const userOptions: Rule = {
  type: 'object',
  closed: true,
  fields: {
    ignore_change_password_upon_first_use: flag,
    ignore_password_expiry: flag,
    ignore_lockout_failure_attempts: flag,
    ignore_user_inactivity: flag,
    lock_password: flag,
    multi_factor_auth_enabled: flag,
    multi_factor_auth_rules: {
      type: 'array',
      nullable: true,
      items: { type: 'array', min: 1, unique: true, items: { type: 'string' } },
    },
  },
};

const PASSWORD_LENGTH = 4096;

export const userKind: Kind = {
  singular: 'user',
  plural: 'users',
  storage: collections.users,
  input: {
    required: ['name'],
    rules: {
      name: nameRule(),
      domain_id: idRule,
      enabled: flagRule,
      password: nullable({ type: 'string', max: PASSWORD_LENGTH }),
      default_project_id: nullable(idRule),
      description,
      email: nullable(textRule),
      options: userOptions,
    },
  },
  filters: { name: 'text', domain_id: 'text', enabled: 'boolean' },
  defaults: {
    enabled: true,
    default_project_id: null,
    description: null,
    email: null,
    options: {},
    passwordHash: null,
    tokensValidFromMs: 0,
  },
  inDomains: true,
  nameSpace: (body) => `keystone.user:${String(body['domain_id'])}`,
  taken: (body) => ({
    type: 'user',
    details: `Duplicate entry found with name ${String(body['name'])} at domain ID ${String(body['domain_id'])}`,
  }),
  view: (document, request) => userView(document as Document<UserBody>, request),
  mayList: (caller) => caller.readerDomainId !== null,
  mayRead: (caller, document) =>
    document !== null &&
    (document.id === caller.userId || (caller.readerDomainId !== null && document.body['domain_id'] === caller.readerDomainId)),
  async prepare(context, sent, isNew) {
    const { password, ...fields } = sent;
    const hash: JsonObject = typeof password === 'string' ? { passwordHash: await context.passwords.hash(new Secret(password)) } : {};
    if (isNew) return { ...fields, ...hash };
    const endsTokens = typeof password === 'string' || fields['enabled'] === false;
    return { ...fields, ...hash, ...(endsTokens ? { tokensValidFromMs: context.clock.now() } : {}) };
  },
  async check(tx, body, update) {
    if (update === null) await needDomain(tx, body['domain_id']);
    const changed = update === null ? body : update.changes;
    const project = changed['default_project_id'];
    if (typeof project === 'string' && (await tx.documents.get(collections.domains, project)) !== null)
      throw invalid(`User's default project ID cannot be a domain ID: ${project}`);
  },
  beforeDelete: (tx, document) => dropUsers(tx, [document.id]),
};

export const groupKind: Kind = {
  singular: 'group',
  plural: 'groups',
  storage: collections.groups,
  input: { required: ['name'], rules: { name: nameRule(), domain_id: idRule, description } },
  filters: { name: 'text', domain_id: 'text' },
  defaults: { description: '' },
  inDomains: true,
  nameSpace: (body) => `keystone.group:${String(body['domain_id'])}`,
  taken: (body) => ({
    type: 'group',
    details: `Duplicate entry found with name ${String(body['name'])} at domain ID ${String(body['domain_id'])}`,
  }),
  view: (document, request) => groupView(document as Document<GroupBody>, request),
  mayList: (caller) => caller.readerDomainId !== null,
  mayRead: (caller, document) => caller.readerDomainId !== null && document?.body['domain_id'] === caller.readerDomainId,
  async check(tx, body, update) {
    if (update === null) await needDomain(tx, body['domain_id']);
  },
  beforeDelete: (tx, document) => dropGroups(tx, [document.id]),
};

const domainOfRole = (body: JsonObject): string | null => (typeof body['domain_id'] === 'string' ? body['domain_id'] : null);

export const roleKind = (nowMs: () => number): Kind => ({
  singular: 'role',
  plural: 'roles',
  storage: collections.roles,
  input: {
    required: ['name'],
    rules: { name: nameRule(), description, domain_id: nullable(textRule), options: immutableRule },
  },
  filters: { name: 'text', domain_id: 'text' },
  defaults: { description: null, domain_id: null, options: {}, implies: [] },
  nameSpace: (body) => (domainOfRole(body) === null ? 'keystone.role' : `keystone.role:${domainOfRole(body)}`),
  taken: (body) => ({ type: 'role', details: `Duplicate entry found with name ${String(body['name'])}` }),
  view: (document, request) => roleView(document as Document<RoleBody>, request),
  // Roles of domains are listed by their domain only.
  where: (request) => (request.query.get('domain_id') ? [] : [{ field: 'domain_id', isNull: true }]),
  async check(tx, body, update) {
    if (update === null) {
      if (domainOfRole(body) !== null) await needDomain(tx, body['domain_id']);
      return;
    }
    refuseIfImmutable('update', 'role', update.before, update.changes);
    if (update.changes['domain_id'] !== undefined && domainOfRole(update.changes) !== domainOfRole(update.before.body))
      throw invalid('Update of `domain_id` is not allowed.');
  },
  async beforeDelete(tx, document) {
    refuseIfImmutable('delete', 'role', document);
    await dropRole(tx, document.id, nowMs());
  },
});
