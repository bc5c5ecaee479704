/** What routers and subnet pools do besides the five calls: interfaces, extra routes and prefixes by their own URLs. */
import { isJsonObject, type JsonObject } from '@hearth/kernel';
import { json, type ApiRequest, type Route } from '@hearth/http-kit';
import type { ServiceContext } from '../service.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { badRequest, checked, routeList } from './attributes.ts';
import { routerView, type ExtraRoute } from './l3-objects.ts';
import { addInterface, removeInterface } from './router-interfaces.ts';
import { editRoutes, type RouterBy } from './routers.ts';
import { editPrefixes } from './subnet-pools.ts';

export function routerRoutes(context: ServiceContext): readonly Route[] {
  const call = (path: string, act: (tx: CloudStore, id: string, request: ApiRequest, by: RouterBy) => Promise<JsonObject>): Route => ({
    method: 'PUT',
    path: `/v2.0/${path}`,
    handle: (request) =>
      context.store.transaction(async (tx) => {
        const by = { identity: request.identity, nowMs: context.clock.now(), random: context.random };
        return json(200, await act(tx, request.params.id ?? '', request, by));
      }),
  });
  const routes = (name: string, edit: (before: readonly ExtraRoute[], given: readonly ExtraRoute[]) => readonly ExtraRoute[]): Route =>
    call(`routers/:id/${name}`, async (tx, id, request, by) => {
      const given = routesOf(request.body);
      const router = await editRoutes(tx, id, (before) => edit(before, given), by);
      // This call shows everybody what the others show administrators.
      const hidden = {
        gw_port_id: router.body.gateway?.port_id ?? null,
        distributed: router.body.distributed,
        ha: router.body.ha,
        ha_vr_id: 0,
      };
      return { router: { ...routerView(router, request.identity), ...hidden } };
    });
  return [
    call('routers/:id/add_router_interface', (tx, id, request, by) => addInterface(tx, id, request.body, by)),
    call('routers/:id/remove_router_interface', (tx, id, request, by) => removeInterface(tx, id, request.body, by)),
    routes('add_extraroutes', (before, given) => [...before.filter((one) => !isAmong(given, one)), ...given]),
    routes('remove_extraroutes', (before, given) => before.filter((one) => !isAmong(given, one))),
    call('subnetpools/:id/add_prefixes', async (tx, id, request, by) => ({
      prefixes: await editPrefixes(tx, id, 'add', request.body, by),
    })),
    call('subnetpools/:id/remove_prefixes', async (tx, id, request, by) => ({
      prefixes: await editPrefixes(tx, id, 'remove', request.body, by),
    })),
  ];
}

const isAmong = (routes: readonly ExtraRoute[], wanted: ExtraRoute): boolean =>
  routes.some((route) => route.destination === wanted.destination && route.nexthop === wanted.nexthop);

function routesOf(body: unknown): readonly ExtraRoute[] {
  const router = isJsonObject(body) ? body.router : undefined;
  if (!isJsonObject(router) || router.routes === undefined) throw badRequest("Unable to find 'routes' of 'router' in request body");
  return checked('routes', { check: routeList }, router.routes) as unknown as readonly ExtraRoute[];
}
