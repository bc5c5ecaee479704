/** `/OS-TRUST/trusts`: a user lets another act with some of its roles on a project, for as long as the trust is there. */
import { Refusal, isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { empty, isAdmin, json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import type { Condition } from '../store/conditions.ts';
import type { Document } from '../store/documents.ts';
import { allRoles } from './directory.ts';
import { forbidden, hexId, inIdentityChange, type IdentityContext } from './identity-context.ts';
import { missing } from './kinds.ts';
import type { Role } from './machine.ts';
import { collections, type TrustBody } from './state.ts';
import { listBody, roleView, trustView } from './views.ts';

const PATH = '/v3/OS-TRUST/trusts';
const invalid = (message: string): Refusal => new Refusal('invalid', 'ValidationError', message);

export function trustRoutes(context: IdentityContext): readonly Route[] {
  return [
    { method: 'POST', path: PATH, handle: (request) => create(context, request) },
    { method: 'GET', path: PATH, handle: (request) => list(context, request) },
    {
      method: 'GET',
      path: `${PATH}/:id`,
      handle: async (request) => {
        const trust = await seen(context, request);
        return json(200, { trust: await withRoles(context, trust, request) });
      },
    },
    {
      method: 'DELETE',
      path: `${PATH}/:id`,
      handle: async (request) => {
        const trust = await seen(context, request);
        if (request.identity.userId !== trust.body.trustor_user_id && !isAdmin(request.identity)) throw forbidden('identity:delete_trust');
        const isGone = await inIdentityChange(context, (tx) => tx.documents.remove(collections.trusts, trust.id));
        if (!isGone) throw missing('trust', trust.id);
        return empty(204);
      },
    },
    {
      method: 'GET',
      path: `${PATH}/:id/roles`,
      handle: async (request) => {
        const trust = await seen(context, request);
        const roles = await allRoles(context.store);
        return json(
          200,
          listBody(
            'roles',
            trust.body.role_ids.flatMap((id) => roles.get(id) ?? []).map((role) => roleView(role, request)),
            request,
          ),
        );
      },
    },
    {
      method: 'GET',
      path: `${PATH}/:id/roles/:role`,
      handle: async (request) => {
        const trust = await seen(context, request);
        const id = request.params['role'] ?? '';
        const role = trust.body.role_ids.includes(id) ? (await allRoles(context.store)).get(id) : undefined;
        if (role === undefined) throw missing('role', id);
        return json(200, { role: roleView(role, request) });
      },
    },
  ];
}

/** The trust if the reader has to do with it; an expired one is as good as gone. */
async function seen(context: IdentityContext, request: ApiRequest): Promise<Document<TrustBody>> {
  const id = request.params['id'] ?? '';
  const trust = await context.store.documents.get<TrustBody>(collections.trusts, id);
  if (trust === null || isExpired(trust.body, context.clock.now())) throw missing('trust', id);
  const { userId } = request.identity;
  if (userId !== trust.body.trustor_user_id && userId !== trust.body.trustee_user_id && !isAdmin(request.identity))
    throw forbidden('identity:get_trust');
  return trust;
}

const isExpired = (trust: TrustBody, nowMs: number): boolean => trust.expiresMs !== null && trust.expiresMs <= nowMs;

async function withRoles(context: IdentityContext, trust: Document<TrustBody>, request: ApiRequest): Promise<JsonObject> {
  const roles = await allRoles(context.store);
  const path = `${request.origin}${request.prefix}/v3/OS-TRUST/trusts/${trust.id}/roles`;
  return {
    roles: trust.body.role_ids.flatMap((id) => roles.get(id) ?? []).map((role) => roleView(role, request)),
    ...trustView(trust, request),
    roles_links: { self: path, next: null, previous: null },
  };
}

async function list(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const { userId } = request.identity;
  const trustor = request.query.get('trustor_user_id');
  const trustee = request.query.get('trustee_user_id');
  if (!isAdmin(request.identity) && trustor !== userId && trustee !== userId) throw forbidden('identity:list_trusts');
  const where: Condition[] = [];
  if (trustor !== null) where.push({ field: 'name', in: [trustor] });
  if (trustee !== null) where.push({ field: 'parent_id', in: [trustee] });
  const nowMs = context.clock.now();
  const trusts = await context.store.documents.list<TrustBody>(collections.trusts, { where });
  return json(
    200,
    listBody(
      'trusts',
      trusts.filter((trust) => !isExpired(trust.body, nowMs)).map((trust) => trustView(trust, request)),
      request,
    ),
  );
}

async function create(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const holder = await context.tokens.holder(request.identity.token);
  if (holder === null) throw new Refusal('unauthorized', 'Unauthorized', 'The request you have made requires authentication.');
  if (holder.trust !== null) throw forbidden('a trust cannot be handed on: it was made without redelegation');
  const body = readTrust(request, holder.roles, context.clock.now());
  if (body.trustor_user_id !== request.identity.userId) throw forbidden('identity:create_trust: only the trustor can create a trust');
  if (holder.project?.id !== body.project_id) throw forbidden('identity:create_trust: the token must be for the project of the trust');
  const id = hexId(context);
  const trust = await inIdentityChange(context, async (tx) => {
    if ((await tx.documents.get(collections.users, body.trustee_user_id)) === null) throw missing('user', body.trustee_user_id);
    return tx.documents.insert<TrustBody>(
      collections.trusts,
      { id, name: body.trustor_user_id, parentId: body.trustee_user_id, projectId: body.project_id, body },
      context.clock.now(),
    );
  });
  if (trust === null) throw new Refusal('conflict', 'Conflict', `Conflict occurred attempting to store trust - Duplicate ID, ${id}..`);
  return json(201, { trust: await withRoles(context, trust, request) });
}

function readTrust(request: ApiRequest, held: readonly Role[], nowMs: number): TrustBody {
  const given = isJsonObject(request.body) ? request.body['trust'] : undefined;
  if (!isJsonObject(given)) throw invalid('Expecting to find trust in request body.');
  const text = (name: string): string => {
    const value = given[name];
    if (typeof value === 'string') return value;
    throw invalid(`'${name}' is a required property`);
  };
  if (typeof given['impersonation'] !== 'boolean') throw invalid("'impersonation' is a required property");
  if (given['allow_redelegation'] === true)
    throw new Refusal('forbidden', 'ForbiddenAction', 'Trusts that may be handed on are not offered here.');
  const uses = given['remaining_uses'] ?? null;
  if (uses !== null && (typeof uses !== 'number' || !Number.isSafeInteger(uses) || uses < 1))
    throw invalid('remaining_uses must be a positive integer or null.');
  return {
    trustor_user_id: text('trustor_user_id'),
    trustee_user_id: text('trustee_user_id'),
    project_id: text('project_id'),
    role_ids: roleIds(given['roles'], held),
    impersonation: given['impersonation'],
    expiresMs: readExpiry(given['expires_at'] ?? null, nowMs),
    remaining_uses: uses,
  };
}

function roleIds(given: Json | undefined, held: readonly Role[]): readonly string[] {
  if (!isJsonArray(given) || given.length === 0) throw forbidden('At least one role should be specified');
  return [
    ...new Set(
      given.map((one) => {
        const wanted = isJsonObject(one) ? one : {};
        const role = held.find((role) => role.id === wanted['id'] || role.body.name === wanted['name']);
        if (role === undefined) throw missing('role', String(wanted['id'] ?? wanted['name'] ?? ''));
        return role.id;
      }),
    ),
  ];
}

function readExpiry(given: Json, nowMs: number): number | null {
  if (given === null) return null;
  const ms = typeof given === 'string' ? Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(given) ? given : `${given}Z`) : Number.NaN;
  if (Number.isNaN(ms))
    throw invalid(`Unable to parse the date '${String(given).slice(0, 60)}'; ISO 8601 is wanted, such as 2030-01-31T12:00:00.000000Z.`);
  if (ms <= nowMs) throw invalid('The expiry of a trust must lie in the future.');
  return ms;
}
