/** `/OS-TRUST/trusts`: a user lets another act with some of its roles on a project, for as long as the trust is there. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { empty, json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import type { Condition } from '../store/conditions.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { callerOf, mayReadAll, need, type Caller } from './access.ts';
import { allRoles, rolesOf } from './directory.ts';
import { hexId, inIdentityChange, type IdentityContext } from './identity-context.ts';
import { checkedInput, flagRule, idRule, nullable, wrapped, type Input } from './input.ts';
import { readExpiry } from './instants.ts';
import { isSpent, type Role } from './machine.ts';
import { conflict, forbidden, missing, notFound } from './refusals.ts';
import { collections, type TrustBody } from './state.ts';
import { handedOn, redelegations } from './trust-chain.ts';
import { instant, linkTo, listBody, roleView, selfLink } from './views.ts';

const PATH = '/v3/OS-TRUST/trusts';

export function trustRoutes(context: IdentityContext): readonly Route[] {
  const rolesBody = async (trust: Document<TrustBody>, request: ApiRequest): Promise<Answer> => {
    const { roles, roles_links } = await rolesOfTrust(context, trust, request);
    return json(200, { roles, links: roles_links });
  };
  return [
    { method: 'POST', path: PATH, handle: (request) => create(context, request) },
    { method: 'GET', path: PATH, handle: (request) => list(context, request) },
    {
      method: 'GET',
      path: `${PATH}/:id`,
      handle: async (request) => json(200, { trust: await wholeView(context, await seen(context, request, 'get_trust'), request) }),
    },
    { method: 'DELETE', path: `${PATH}/:id`, handle: (request) => remove(context, request) },
    {
      method: 'GET',
      path: `${PATH}/:id/roles`,
      handle: async (request) => rolesBody(await seen(context, request, 'list_roles_for_trust'), request),
    },
    {
      method: 'GET',
      path: `${PATH}/:id/roles/:role`,
      handle: async (request) => {
        const trust = await seen(context, request, 'get_role_for_trust');
        const id = request.params['role'] ?? '';
        const role = trust.body.role_ids.includes(id) ? (await allRoles(context.store)).get(id) : undefined;
        if (role === undefined) throw missing('role', id);
        return json(200, { role: roleView(role, request) });
      },
    },
  ];
}

/** An expired or used up trust is as good as gone. */
async function live(context: IdentityContext, id: string): Promise<Document<TrustBody>> {
  const trust = await context.store.documents.get<TrustBody>(collections.trusts, id);
  if (trust === null || isSpent(trust.body, context.clock.now())) throw missing('trust', id);
  return trust;
}

async function seen(context: IdentityContext, request: ApiRequest, action: string): Promise<Document<TrustBody>> {
  const caller = await callerOf(context, request);
  const trust = await live(context, request.params['id'] ?? '');
  const isParty = caller.userId === trust.body.trustor_user_id || caller.userId === trust.body.trustee_user_id;
  need(mayReadAll(caller) || isParty, action);
  needNoCredential(caller);
  return trust;
}

/** Application credentials are for one project; trusts could lead out of it. */
function needNoCredential(caller: Caller): void {
  if (caller.holder.applicationCredential !== null)
    throw forbidden("Using method 'application_credential' is not allowed for managing trusts.");
}

async function remove(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const caller = await callerOf(context, request);
  const trust = await live(context, request.params['id'] ?? '');
  need(caller.isAdmin || caller.userId === trust.body.trustor_user_id, 'delete_trust');
  needNoCredential(caller);
  await inIdentityChange(context, async (tx) => {
    if (!(await tx.documents.remove(collections.trusts, trust.id))) throw missing('trust', trust.id);
    for (const id of await redelegations(tx, trust.id)) await tx.documents.remove(collections.trusts, id);
  });
  return empty(204);
}

function trustView(trust: Document<TrustBody>, request: ApiRequest): JsonObject {
  const { role_ids: _roles, expiresMs, ...shown } = trust.body;
  return {
    id: trust.id,
    ...shown,
    expires_at: expiresMs === null ? null : instant(expiresMs),
    deleted_at: null,
    redelegated_trust_id: trust.body.redelegated_trust_id ?? null,
    redelegation_count: trust.body.redelegation_count ?? 0,
    links: linkTo(request, `/OS-TRUST/trusts/${trust.id}`),
  };
}

async function rolesOfTrust(context: IdentityContext, trust: Document<TrustBody>, request: ApiRequest) {
  const roles = await allRoles(context.store);
  return {
    roles: trust.body.role_ids.flatMap((id) => roles.get(id) ?? []).map((role) => roleView(role, request)),
    // Without `OS-TRUST/trusts`, as Keystone has it.
    roles_links: { self: selfLink(request, `/${trust.id}/roles`), next: null, previous: null },
  };
}

const wholeView = async (context: IdentityContext, trust: Document<TrustBody>, request: ApiRequest): Promise<JsonObject> => ({
  ...trustView(trust, request),
  ...(await rolesOfTrust(context, trust, request)),
});

async function list(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const caller = await callerOf(context, request);
  const trustor = request.query.get('trustor_user_id') || null;
  const trustee = request.query.get('trustee_user_id') || null;
  const [own, action] =
    trustor !== null
      ? [trustor, 'list_trusts_for_trustor']
      : trustee !== null
        ? [trustee, 'list_trusts_for_trustee']
        : [null, 'list_trusts'];
  need(mayReadAll(caller) || caller.userId === own, action);
  needNoCredential(caller);
  const where: Condition[] = [];
  if (trustor !== null) where.push({ field: 'name', in: [trustor] });
  if (trustee !== null) where.push({ field: 'parent_id', in: [trustee] });
  const nowMs = context.clock.now();
  const trusts = await context.store.documents.list<TrustBody>(collections.trusts, { where });
  const views = trusts.filter((trust) => !isSpent(trust.body, nowMs)).map((trust) => trustView(trust, request));
  return json(200, listBody('trusts', views, request));
}

const input: Input = {
  required: ['trustor_user_id', 'trustee_user_id', 'impersonation'],
  rules: {
    trustor_user_id: { type: 'string', min: 1, max: 64 },
    trustee_user_id: { type: 'string', min: 1, max: 64 },
    impersonation: flagRule,
    project_id: nullable(idRule),
    remaining_uses: { type: 'integer', nullable: true, atLeast: 1 },
    expires_at: { type: 'string', nullable: true },
    allow_redelegation: { type: 'boolean', nullable: true },
    redelegation_count: { type: 'integer', nullable: true, atLeast: 0 },
    roles: {
      type: 'array',
      items: { type: 'object', closed: true, fields: { id: idRule, name: { type: 'string', min: 1, max: 255, pattern: /[\S]+/ } } },
    },
  },
};

async function create(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const caller = await callerOf(context, request);
  const sent = wrapped(request.body, 'trust');
  need(sent['trustor_user_id'] === caller.userId, 'create_trust');
  const given = checkedInput(sent, input, true);
  needNoCredential(caller);
  const projectId = typeof given['project_id'] === 'string' ? given['project_id'] : null;
  const asked = isJsonArray(given['roles']) ? given['roles'] : [];
  if (projectId !== null && asked.length === 0) throw forbidden('At least one role should be specified');
  const trusteeId = String(given['trustee_user_id']);
  if ((await context.store.documents.get(collections.users, trusteeId)) === null) throw missing('user', trusteeId);
  const nowMs = context.clock.now();
  const roleIds = wantedRoles(asked, await allRoles(context.store));
  await needTrustorsRoles(context.store, caller.userId, projectId, roleIds);
  const plain: TrustBody = {
    trustor_user_id: caller.userId,
    trustee_user_id: trusteeId,
    project_id: projectId,
    role_ids: roleIds,
    impersonation: given['impersonation'] === true,
    expiresMs: readExpiry(given['expires_at'], nowMs),
    remaining_uses: typeof given['remaining_uses'] === 'number' ? given['remaining_uses'] : null,
  };
  const body = await handedOn(context.store, plain, given, caller.holder.trust);
  const id = hexId(context);
  const document = { id, name: body.trustor_user_id, parentId: body.trustee_user_id, projectId: body.project_id, body };
  const trust = await inIdentityChange(context, (tx) => tx.documents.insert<TrustBody>(collections.trusts, document, nowMs));
  if (trust === null) throw conflict('trust', `Duplicate ID, ${id}.`);
  return json(201, { trust: await wholeView(context, trust, request) });
}

function wantedRoles(given: readonly Json[], all: ReadonlyMap<string, Role>): readonly string[] {
  const ids = given.map((one) => {
    const { id, name } = isJsonObject(one) ? one : {};
    if (typeof id === 'string') return id;
    const role = [...all.values()].find((candidate) => candidate.body.name === name && (candidate.body.domain_id ?? null) === null);
    if (role === undefined) throw notFound(`Role ${String(name)} is not defined`);
    return role.id;
  });
  return [...new Set(ids)];
}

async function needTrustorsRoles(store: CloudStore, userId: string, projectId: string | null, roleIds: readonly string[]): Promise<void> {
  if (projectId !== null && (await store.documents.get(collections.projects, projectId)) === null) throw missing('project', projectId);
  const held = projectId === null ? [] : await rolesOf(store, userId, { kind: 'project', id: projectId });
  const lacking = roleIds.find((id) => !held.some((role) => role.id === id));
  if (lacking !== undefined) throw missing('role', lacking);
}
