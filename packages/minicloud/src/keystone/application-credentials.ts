/** `/users/:id/application_credentials` and their access rules: logins for programs, with some of a user's roles on one project. */
import { Secret, isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { empty, json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { callerOf, mayReadAll, need, needUnrestricted, type Caller } from './access.ts';
import { allRoles } from './directory.ts';
import { hexId, inIdentityChange, type IdentityContext } from './identity-context.ts';
import { checkedInput, flagRule, idRule, nameRule, nullable, textRule, wrapped, type Input } from './input.ts';
import { readExpiry } from './instants.ts';
import { filterConditions } from './list-filters.ts';
import type { Role } from './machine.ts';
import { conflict, invalid, missing, notAuthorized, notFound, refused } from './refusals.ts';
import { collections, type AccessRuleBody, type ApplicationCredentialBody } from './state.ts';
import { ruleView } from './token-view.ts';
import { linkTo, listBody } from './views.ts';

const PATH = '/v3/users/:id/application_credentials';
const RULES = '/v3/users/:id/access_rules';
/** Of a plain time: no fraction of a second is kept. */
const second = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}.000000`;

export function applicationCredentialRoutes(context: IdentityContext): readonly Route[] {
  return [
    { method: 'GET', path: PATH, handle: (request) => list(context, request) },
    { method: 'POST', path: PATH, handle: (request) => create(context, request) },
    {
      method: 'GET',
      path: `${PATH}/:credential`,
      handle: async (request) => {
        const found = await seen(context, request, 'get_application_credential', mayReadAll);
        return json(200, { application_credential: await viewOf(context.store, found, request) });
      },
    },
    {
      method: 'DELETE',
      path: `${PATH}/:credential`,
      handle: async (request) => {
        const found = await seen(context, request, 'delete_application_credential', (caller) => caller.isAdmin);
        needUnrestricted(await callerOf(context, request), 'application credentials');
        await inIdentityChange(context, (tx) => removeCredential(tx, found));
        return empty(204);
      },
    },
    { method: 'GET', path: RULES, handle: (request) => listRules(context, request) },
    {
      method: 'GET',
      path: `${RULES}/:rule`,
      handle: async (request) => {
        const rule = await seenRule(context, request, 'get_access_rule', mayReadAll);
        return json(200, { access_rule: { ...ruleView(rule), links: linkTo(request, `/access_rules/${rule.id}`) } });
      },
    },
    { method: 'DELETE', path: `${RULES}/:rule`, handle: (request) => removeRule(context, request) },
  ];
}

const userOf = (request: ApiRequest): string => request.params['id'] ?? '';

/** A token of a trust must not make logins that outlive the trust, nor look at them. */
function needOwnLogin(caller: Caller): void {
  if (caller.holder.trust !== null) throw notAuthorized();
}

async function seen(
  context: IdentityContext,
  request: ApiRequest,
  action: string,
  mayAll: (caller: Caller) => boolean,
): Promise<Document<ApplicationCredentialBody>> {
  const id = request.params['credential'] ?? '';
  const caller = await callerOf(context, request);
  const found = await context.store.documents.get<ApplicationCredentialBody>(collections.applicationCredentials, id);
  need(mayAll(caller) || caller.userId === (found?.body.user_id ?? userOf(request)), action);
  needOwnLogin(caller);
  if (found === null) throw missing('Application Credential', id);
  return found;
}

async function list(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const caller = await callerOf(context, request);
  need(mayReadAll(caller) || caller.userId === userOf(request), 'list_application_credentials');
  needOwnLogin(caller);
  const where = [{ field: 'parent_id', in: [userOf(request)] }, ...filterConditions(request.query, { name: 'text' })];
  const found = await context.store.documents.list<ApplicationCredentialBody>(collections.applicationCredentials, { where });
  const views = await Promise.all(found.map((one) => viewOf(context.store, one, request)));
  return json(200, listBody('application_credentials', views, request));
}

async function viewOf(store: CloudStore, { id, body }: Document<ApplicationCredentialBody>, request: ApiRequest): Promise<JsonObject> {
  const roles = await allRoles(store);
  const ids = body.access_rule_ids;
  const rules =
    ids === null ? null : await store.documents.list<AccessRuleBody>(collections.accessRules, { where: [{ field: 'id', in: ids }] });
  return {
    id,
    name: body.name,
    description: body.description,
    user_id: body.user_id,
    project_id: body.project_id,
    system: null,
    expires_at: body.expiresMs === null ? null : second(body.expiresMs),
    unrestricted: body.unrestricted,
    roles: body.role_ids.flatMap((role) => roles.get(role) ?? []).map(plainRole),
    ...(rules === null ? {} : { access_rules: rules.map(ruleView) }),
    links: linkTo(request, `/application_credentials/${id}`),
  };
}

const plainRole = ({ id, body }: Role): JsonObject => ({
  id,
  name: body.name,
  domain_id: body.domain_id ?? null,
  description: body.description,
  options: body.options ?? {},
});

const input: Input = {
  required: ['name'],
  rules: {
    name: nameRule(),
    description: nullable(textRule),
    secret: { type: 'string', nullable: true, max: 4096 },
    expires_at: nullable(textRule),
    roles: { type: 'array', max: 100, items: { type: 'object', closed: true, fields: { id: idRule, name: nameRule() } } },
    unrestricted: flagRule,
    access_rules: {
      type: 'array',
      max: 100,
      items: {
        type: 'object',
        closed: true,
        fields: {
          path: { type: 'string', max: 225, pattern: /^\/.*/ },
          method: { type: 'string', pattern: /^(POST|GET|HEAD|PATCH|PUT|DELETE)$/ },
          service: idRule,
          id: idRule,
        },
      },
    },
  },
};

async function create(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const caller = await callerOf(context, request);
  need(caller.userId === userOf(request), 'create_application_credential');
  const given = checkedInput(wrapped(request.body, 'application_credential'), input, true);
  needOwnLogin(caller);
  needUnrestricted(caller, 'application credentials');
  const { projectId } = caller;
  if (projectId === null) throw invalid('Invalid application credential: Could not find project: None.');
  const nowMs = context.clock.now();
  const name = String(given['name']).trim();
  const secret = typeof given['secret'] === 'string' && given['secret'] !== '' ? given['secret'] : newSecret(context);
  const plain = {
    name,
    description: typeof given['description'] === 'string' ? given['description'] : null,
    user_id: caller.userId,
    project_id: projectId,
    role_ids: chosenRoles(given['roles'], caller.holder.roles),
    unrestricted: typeof given['unrestricted'] === 'boolean' ? given['unrestricted'] : null,
    secretHash: await context.passwords.hash(new Secret(secret)),
    expiresMs: readExpiry(given['expires_at'], nowMs),
  };
  const id = hexId(context);
  const made = await inIdentityChange(context, async (tx) => {
    await tx.lock(`identity-credentials:${caller.userId}`);
    const same = [
      { field: 'parent_id', in: [caller.userId] },
      { field: 'name', in: [name] },
    ];
    if ((await tx.documents.count(collections.applicationCredentials, same)) > 0)
      throw conflict('application_credential', `Duplicate entry found with name ${name}`);
    const body: ApplicationCredentialBody = {
      ...plain,
      access_rule_ids: await keptRules(context, tx, caller.userId, given['access_rules']),
    };
    return tx.documents.insert(collections.applicationCredentials, { id, name, parentId: caller.userId, projectId, body }, nowMs);
  });
  if (made === null) throw conflict('application_credential', `Duplicate ID, ${id}.`);
  // The only time the secret is shown.
  return json(201, { application_credential: { ...(await viewOf(context.store, made, request)), secret } });
}

const newSecret = (context: IdentityContext): string => Buffer.from(context.random.bytes(64)).toString('base64url');

/** All of the token's roles, or those of them that were named. */
function chosenRoles(given: Json | undefined, held: readonly Role[]): readonly string[] {
  if (!isJsonArray(given) || given.length === 0) return held.map((role) => role.id);
  const ids = given.map((one) => {
    const { id, name } = isJsonObject(one) ? one : {};
    const role = held.find((candidate) => (typeof id === 'string' ? candidate.id === id : candidate.body.name === name));
    if (role === undefined) throw invalid('Invalid application credential: Cannot create an application credential with unassigned role');
    return role.id;
  });
  return [...new Set(ids)];
}

/** Rules are shared by all of a user's credentials: the same one is kept once. Null: none were given. */
async function keptRules(
  context: IdentityContext,
  tx: CloudStore,
  userId: string,
  given: Json | undefined,
): Promise<readonly string[] | null> {
  if (!isJsonArray(given)) return null;
  const known = await tx.documents.list<AccessRuleBody>(collections.accessRules, { where: [{ field: 'parent_id', in: [userId] }] });
  const ids: string[] = [];
  for (const one of given) {
    const rule = isJsonObject(one) ? one : {};
    const wanted = rule['id'];
    const found = known.find(({ id, body }) =>
      typeof wanted === 'string'
        ? id === wanted
        : body.path === rule['path'] && body.method === rule['method'] && body.service === rule['service'],
    );
    if (
      found === undefined &&
      (typeof rule['path'] !== 'string' || typeof rule['method'] !== 'string' || typeof rule['service'] !== 'string')
    )
      throw typeof wanted === 'string' ? missing('Access Rule', wanted) : invalid('An access rule needs path, method and service.');
    const id = found?.id ?? (typeof wanted === 'string' ? wanted : hexId(context));
    if (found === undefined) {
      const body: AccessRuleBody = { path: String(rule['path']), method: String(rule['method']), service: String(rule['service']) };
      if ((await tx.documents.insert(collections.accessRules, { id, parentId: userId, body }, context.clock.now())) === null)
        throw conflict('access_rule', `Duplicate ID, ${id}.`);
    }
    ids.push(id);
  }
  return [...new Set(ids)];
}

async function removeCredential(tx: CloudStore, credential: Document<ApplicationCredentialBody>): Promise<void> {
  if (!(await tx.documents.remove(collections.applicationCredentials, credential.id)))
    throw missing('Application Credential', credential.id);
}

async function listRules(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const caller = await callerOf(context, request);
  need(mayReadAll(caller) || caller.userId === userOf(request), 'list_access_rules');
  needOwnLogin(caller);
  const filters = filterConditions(request.query, { service: 'text', path: 'text', method: 'text' });
  const where = [{ field: 'parent_id', in: [userOf(request)] }, ...filters];
  const rules = await context.store.documents.list<AccessRuleBody>(collections.accessRules, { where });
  const views = rules.map((rule) => ({ ...ruleView(rule), links: linkTo(request, `/access_rules/${rule.id}`) }));
  return json(200, listBody('access_rules', views, request));
}

async function seenRule(
  context: IdentityContext,
  request: ApiRequest,
  action: string,
  mayAll: (caller: Caller) => boolean,
): Promise<Document<AccessRuleBody>> {
  const id = request.params['rule'] ?? '';
  const caller = await callerOf(context, request);
  need(mayAll(caller) || caller.userId === userOf(request), action);
  needOwnLogin(caller);
  const rule = await context.store.documents.get<AccessRuleBody>(collections.accessRules, id);
  if (rule === null || rule.parentId !== userOf(request)) throw notFound(`Could not find Access Rule: ${id}.`);
  return rule;
}

async function removeRule(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const rule = await seenRule(context, request, 'delete_access_rule', (caller) => caller.isAdmin);
  await inIdentityChange(context, async (tx) => {
    const users = await tx.documents.count(collections.applicationCredentials, [{ field: 'access_rule_ids', contains: [rule.id] }]);
    if (users > 0) throw refused('May not delete access rule in use');
    await tx.documents.remove(collections.accessRules, rule.id);
  });
  return empty(204);
}
