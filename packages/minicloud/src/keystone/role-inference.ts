/** Rules by which one role comes with another: making, showing and removing them. */
import type { JsonObject } from '@hearth/kernel';
import { empty, json, type ApiRequest, type Route } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { callerOf, mayReadAll, need, type Caller } from './access.ts';
import { allRoles } from './directory.ts';
import { inIdentityChange, type IdentityContext } from './identity-context.ts';
import type { Role } from './machine.ts';
import { missing, notFound, refused } from './refusals.ts';
import { collections, type RoleBody } from './state.ts';
import { linkTo } from './views.ts';

/** A role with this much power may not come along with another one. */
const NEVER_IMPLIED = 'admin';

export function roleInferenceRoutes(context: IdentityContext): readonly Route[] {
  const base = '/v3/roles/:id/implies';
  const one = `${base}/:implied`;
  const part = (request: ApiRequest, name: string): string => request.params[name] ?? '';
  const asked = async (request: ApiRequest, action: string, mayDo: (caller: Caller) => boolean) => {
    const prior = await roleOf(context.store, part(request, 'id'));
    const implied = request.params['implied'] === undefined ? prior : await roleOf(context.store, part(request, 'implied'));
    need(mayDo(await callerOf(context, request)), action);
    return { prior, implied };
  };
  const isAdmin = (caller: Caller): boolean => caller.isAdmin;
  const change = changeOf(context);
  return [
    {
      method: 'GET',
      path: base,
      handle: async (request) => {
        const { prior } = await asked(request, 'list_implied_roles', mayReadAll);
        const roles = await allRoles(context.store);
        return json(200, {
          role_inference: {
            prior_role: brief(prior, request),
            implies: prior.body.implies.flatMap((id) => briefs(roles.get(id), request)),
          },
          links: linkTo(request, `/roles/${prior.id}/implies`),
        });
      },
    },
    {
      method: 'GET',
      path: one,
      handle: async (request) => {
        const { prior, implied } = await asked(request, request.method === 'HEAD' ? 'check_implied_role' : 'get_implied_role', mayReadAll);
        if (!prior.body.implies.includes(implied.id)) throw notImplied(prior.id, implied.id);
        return request.method === 'HEAD' ? empty(204) : json(200, ruleBody(prior, implied, request));
      },
    },
    {
      method: 'PUT',
      path: one,
      handle: async (request) => {
        const { prior, implied } = await asked(request, 'create_implied_role', isAdmin);
        if (implied.body.name === NEVER_IMPLIED) throw refused(`${implied.id} cannot be an implied roles.`);
        if ((prior.body.domain_id ?? null) === null && (implied.body.domain_id ?? null) !== null)
          throw refused('Global role cannot imply a domain-specific role');
        await change(prior.id, (implies) => [...new Set([...implies, implied.id])]);
        return json(201, ruleBody(prior, implied, request));
      },
    },
    {
      method: 'DELETE',
      path: one,
      handle: async (request) => {
        const { prior, implied } = await asked(request, 'delete_implied_role', isAdmin);
        await change(prior.id, (implies) => {
          if (!implies.includes(implied.id)) throw notImplied(prior.id, implied.id);
          return implies.filter((id) => id !== implied.id);
        });
        return empty(204);
      },
    },
    allRules(context),
  ];
}

const allRules = (context: IdentityContext): Route => ({
  method: 'GET',
  path: '/v3/role_inferences',
  handle: async (request) => {
    need(mayReadAll(await callerOf(context, request)), 'list_role_inference_rules');
    const roles = await allRoles(context.store);
    const rules = [...roles.values()].filter((role) => role.body.implies.length > 0);
    return json(200, {
      role_inferences: rules.map((role) => ({
        prior_role: brief(role, request),
        implies: role.body.implies.flatMap((id) => briefs(roles.get(id), request)),
      })),
    });
  },
});

const ruleBody = (prior: Role, implied: Role, request: ApiRequest): JsonObject => ({
  role_inference: { prior_role: brief(prior, request), implies: brief(implied, request) },
  links: linkTo(request, `/roles/${prior.id}/implies/${implied.id}`),
});

const changeOf =
  (context: IdentityContext) =>
  (prior: string, next: (implies: readonly string[]) => readonly string[]): Promise<unknown> =>
    inIdentityChange(context, async (tx) => {
      const role = await tx.documents.get<RoleBody>(collections.roles, prior, { lock: true });
      if (role === null) throw missing('role', prior);
      const body: RoleBody = { ...role.body, implies: next(role.body.implies) };
      await tx.documents.replace<RoleBody>(collections.roles, { id: prior, body }, context.clock.now());
    });

const notImplied = (prior: string, implied: string) => notFound(`${prior} does not imply ${implied}.`);
const brief = (role: Role, request: ApiRequest): JsonObject => ({
  id: role.id,
  links: linkTo(request, `/roles/${role.id}`),
  name: role.body.name,
});
const briefs = (role: Role | undefined, request: ApiRequest): readonly JsonObject[] => (role === undefined ? [] : [brief(role, request)]);

async function roleOf(store: CloudStore, id: string): Promise<Document<RoleBody>> {
  const role = await store.documents.get<RoleBody>(collections.roles, id);
  if (role === null) throw missing('role', id);
  return role;
}
