/** The URLs of quotas: everybody sees the own project's, administrators see and change all. */
import { Refusal } from '@hearth/kernel';
import { empty, isAdmin, json, type ApiRequest, type Route } from '@hearth/http-kit';
import type { ServiceContext } from '../service.ts';
import { defaultQuota, putQuota, quotaOf, quotas, removeQuota, usage } from './quotas.ts';

export function quotaRoutes(context: ServiceContext): readonly Route[] {
  const { store } = context;
  const refused = (rule: string): Refusal => new Refusal('forbidden', 'PolicyNotAuthorized', `rule:${rule} is disallowed by policy`);
  const refuseMembers = (request: ApiRequest, rule: string): void => {
    if (!isAdmin(request.identity)) throw refused(rule);
  };
  const readable = (request: ApiRequest): string => {
    const id = request.params.id ?? '';
    if (id !== request.identity.projectId) refuseMembers(request, 'get_quota');
    return id;
  };
  const details = async (request: ApiRequest) => json(200, { quota: await usage(store, readable(request)) });
  return [
    {
      method: 'GET',
      path: '/v2.0/quotas',
      handle: async (request) => {
        refuseMembers(request, 'get_quota');
        const all = await quotas(store);
        return json(200, { quotas: all.map(([id, quota]) => ({ ...quota, project_id: id, tenant_id: id })) });
      },
    },
    { method: 'GET', path: '/v2.0/quotas/tenant', handle: (request) => json(200, { tenant: { tenant_id: request.identity.projectId } }) },
    {
      method: 'GET',
      path: '/v2.0/quotas/project',
      handle: (request) => json(200, { project: { project_id: request.identity.projectId } }),
    },
    { method: 'GET', path: '/v2.0/quotas/:id', handle: async (request) => json(200, { quota: await quotaOf(store, readable(request)) }) },
    {
      method: 'GET',
      path: '/v2.0/quotas/:id/default',
      handle: (request) => {
        readable(request);
        return json(200, { quota: defaultQuota() });
      },
    },
    { method: 'GET', path: '/v2.0/quotas/:id/details', handle: details },
    { method: 'GET', path: '/v2.0/quotas/:id/details.json', handle: details },
    {
      method: 'PUT',
      path: '/v2.0/quotas/:id',
      handle: (request) => {
        refuseMembers(request, 'update_quota');
        return store.transaction(async (tx) =>
          json(200, { quota: await putQuota(tx, request.params.id ?? '', request.body, context.clock.now()) }),
        );
      },
    },
    {
      method: 'DELETE',
      path: '/v2.0/quotas/:id',
      handle: (request) => {
        refuseMembers(request, 'delete_quota');
        return store.transaction(async (tx) => {
          await removeQuota(tx, request.params.id ?? '');
          return empty(204);
        });
      },
    },
  ];
}
