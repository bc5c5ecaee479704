/** Giving, checking and taking roles: users and groups on projects, on domains, on what is below them, and on the whole cloud. */
import { empty, json, type ApiRequest, type Route } from '@hearth/http-kit';
import type { Document } from '../store/documents.ts';
import { callerOf, need, type Caller } from './access.ts';
import { allRoles } from './directory.ts';
import { addGrant, dropGrant, grantId, targetId, type Actor, type Grant, type GrantTarget } from './grants.ts';
import { inIdentityChange, type IdentityContext } from './identity-context.ts';
import { missing, notFound, refused } from './refusals.ts';
import { collections, type AssignmentBody } from './state.ts';
import { listBody, roleView } from './views.ts';

export const grantRoutes = (context: IdentityContext): readonly Route[] =>
  (['user', 'group'] as const).flatMap((actor) => [
    ...(['project', 'domain'] as const).flatMap((target) => [
      ...routesOf(context, { actor, target, inherited: false, path: `/v3/${target}s/:target/${actor}s/:actor/roles`, end: '' }),
      ...routesOf(context, {
        actor,
        target,
        inherited: true,
        path: `/v3/OS-INHERIT/${target}s/:target/${actor}s/:actor/roles`,
        end: '/inherited_to_projects',
      }),
    ]),
    ...routesOf(context, { actor, target: 'system', inherited: false, path: `/v3/system/${actor}s/:actor/roles`, end: '' }),
  ]);

interface Shape {
  readonly actor: 'user' | 'group';
  readonly target: 'project' | 'domain' | 'system';
  readonly inherited: boolean;
  readonly path: string;
  readonly end: string;
}

/** The parts of a grant as they are in the store; null where there is no such thing. */
interface Parts {
  readonly grant: Grant;
  readonly role: Document | null;
  readonly actor: Document | null;
  readonly target: Document | null;
}

function routesOf(context: IdentityContext, shape: Shape): readonly Route[] {
  const one = `${shape.path}/:role${shape.end}`;
  const action = (deed: string): string => (shape.target === 'system' ? `${deed}_system_grant_for_${shape.actor}` : `${deed}_grant`);
  const listAction = shape.target === 'system' ? `list_system_grants_for_${shape.actor}` : 'list_grants';
  return [
    {
      method: 'GET',
      path: `${shape.path}${shape.end}`,
      handle: async (request) => {
        const parts = await partsOf(context, shape, request);
        needParts(parts, shape, { role: false, actor: true });
        needAccess(await callerOf(context, request), parts, listAction, 'read');
        const { actor, target, inherited } = parts.grant;
        const where = [
          { field: 'name', in: [actor.id] },
          { field: 'parent_id', in: [targetId(target)] },
        ];
        const [grants, roles] = await Promise.all([
          context.store.documents.list<AssignmentBody>(collections.assignments, { where }),
          allRoles(context.store),
        ]);
        const held = grants.filter((grant) => (grant.body.inherited === true) === (inherited === true));
        const views = held.flatMap((grant) => roles.get(grant.body.role_id) ?? []).map((role) => roleView(role, request));
        return json(200, listBody('roles', views, request));
      },
    },
    {
      method: 'GET',
      path: one,
      handle: async (request) => {
        const parts = await partsOf(context, shape, request);
        needParts(parts, shape, { role: true, actor: true });
        needAccess(await callerOf(context, request), parts, action('check'), 'read');
        if ((await context.store.documents.get(collections.assignments, grantId(parts.grant))) === null) throw notGranted(parts.grant);
        return empty(204);
      },
    },
    {
      method: 'PUT',
      path: one,
      handle: async (request) => {
        const parts = await partsOf(context, shape, request);
        needParts(parts, shape, { role: true, actor: true });
        needAccess(await callerOf(context, request), parts, action('create'), 'write');
        needSameDomain(parts);
        await inIdentityChange(context, (tx) => addGrant(tx, parts.grant, context.clock.now()));
        return empty(204);
      },
    },
    {
      method: 'DELETE',
      path: one,
      handle: async (request) => {
        const parts = await partsOf(context, shape, request);
        needParts(parts, shape, { role: true, actor: false });
        needAccess(await callerOf(context, request), parts, action('revoke'), 'write');
        if (!(await inIdentityChange(context, (tx) => dropGrant(tx, parts.grant)))) throw notGranted(parts.grant);
        return empty(204);
      },
    },
  ];
}

async function partsOf(context: IdentityContext, shape: Shape, request: ApiRequest): Promise<Parts> {
  const part = (name: string): string => request.params[name] ?? '';
  const { documents } = context.store;
  const actor: Actor = { kind: shape.actor, id: part('actor') };
  const target: GrantTarget = shape.target === 'system' ? { kind: 'system' } : { kind: shape.target, id: part('target') };
  const [role, actorThere, targetThere] = await Promise.all([
    documents.get(collections.roles, part('role')),
    documents.get(collections[`${shape.actor}s`], actor.id),
    target.kind === 'system' ? null : documents.get(collections[`${target.kind}s`], target.id),
  ]);
  return { grant: { actor, target, roleId: part('role'), inherited: shape.inherited }, role, actor: actorThere, target: targetThere };
}

/** Without any of them there is nothing to ask a policy about: Keystone says first what is not there. */
function needParts({ grant, role, actor, target }: Parts, shape: Shape, needed: { role: boolean; actor: boolean }): void {
  if (needed.role && role === null) throw missing('role', grant.roleId);
  if (needed.actor && actor === null) throw missing(shape.actor, grant.actor.id);
  if (grant.target.kind !== 'system' && target === null) throw missing(grant.target.kind, grant.target.id);
}

function needAccess(caller: Caller, { grant, actor, target }: Parts, action: string, deed: 'read' | 'write'): void {
  const domainOf = (document: Document | null): unknown => document?.body['domain_id'];
  const home = grant.target.kind === 'domain' ? grant.target.id : domainOf(target);
  const isOfDomain = caller.readerDomainId !== null && domainOf(actor) === caller.readerDomainId && home === caller.readerDomainId;
  need(caller.isAdmin || (deed === 'read' && (caller.isSystemReader || isOfDomain)), action);
}

function needSameDomain({ grant, role, target }: Parts): void {
  const domainId = role?.body['domain_id'] ?? null;
  if (domainId === null || grant.target.kind !== 'project' || target?.body['domain_id'] === domainId) return;
  throw refused(`Project ${grant.target.id} must be in the same domain as the role ${grant.roleId} being assigned.`);
}

const notGranted = (grant: Grant) =>
  notFound(
    `Could not find role assignment with role: ${grant.roleId}, user or group: ${grant.actor.id}, project, domain, or system: ${targetId(grant.target)}.`,
  );
