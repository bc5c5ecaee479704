/** Routers: creation, change and deletion, and their gateway to an external network. */
import { Refusal, type JsonObject, type Random } from '@hearth/kernel';
import type { CloudStore } from '../store/cloud-store.ts';
import { badRequestFor, notByPolicy, type Wanted } from './attributes.ts';
import { isAdmin, type Identity } from '@hearth/http-kit';
import { isOwner, type By } from './collection.ts';
import { interfacesOf, neighbourhoodOf, refuseOddRoutes } from './extra-routes.ts';
import type { ExtraRoute, FloatingIpBody, Gateway, Router, RouterBody } from './l3-objects.ts';
import { refuseOverlaps } from './router-overlaps.ts';
import { subnetsOf, visibleNetwork } from './networks.ts';
import { collections, type FixedIp } from './objects.ts';
import { removePort, type Port } from './ports.ts';
import { createServicePort, moveServicePort } from './service-ports.ts';

export const routerMissing = (id: string): Refusal => new Refusal('not-found', 'RouterNotFound', `Router ${id} could not be found`);
const conflict = (type: string, message: string): Refusal => new Refusal('conflict', type, message);

export interface RouterBy extends By {
  readonly random: Random;
}

export async function ownRouter(tx: CloudStore, id: string, identity: Identity, lock: boolean | 'share' = false): Promise<Router> {
  const router = await tx.documents.get<RouterBody>(collections.routers, id, { lock });
  if (router === null || !isOwner(router, identity)) throw routerMissing(id);
  return router;
}

/** Parts of a gateway that only administrators may choose; its policy names each part that was given. */
export function gatewayPolicy(verb: 'create' | 'update', values: JsonObject, identity: Identity): void {
  const info = values.external_gateway_info;
  if (isAdmin(identity) || info === null || typeof info !== 'object') return;
  const rule = `rule:${verb}_router:external_gateway_info`;
  const parts = ['network_id', 'enable_snat', 'external_fixed_ips'].filter((name) => name in info);
  if (parts.length < 2) return;
  throw notByPolicy(`(rule:${verb}_router and (${rule} and (${parts.map((name) => `${rule}:${name}`).join(' and ')})))`);
}

export async function createRouter(tx: CloudStore, wanted: Wanted, by: RouterBy & { readonly id: string }): Promise<Router> {
  const { name, external_gateway_info: info, distributed, ha, ...rest } = wanted.values;
  const body = {
    ...rest,
    distributed: distributed ?? false,
    ha: ha ?? false,
    gateway: null,
    routes: [],
    tags: [],
  } as unknown as RouterBody;
  const draft = { id: by.id, projectId: wanted.projectId, name: name as string, body };
  const made = await tx.documents.insert<RouterBody>(collections.routers, draft, by.nowMs);
  if (made === null) throw conflict('RouterInUse', `Router ${by.id} exists already.`);
  if (info === undefined || info === null) return made;
  const gateway = await gatewayWanted(tx, made, info as JsonObject, by);
  return stored(tx, made.id, { ...body, gateway }, undefined, by.nowMs);
}

async function stored(tx: CloudStore, id: string, body: RouterBody, name: string | undefined, nowMs: number): Promise<Router> {
  const change = { id, body, ...(name === undefined ? {} : { name }) };
  const done = await tx.documents.replace<RouterBody>(collections.routers, change, nowMs);
  if (done === null) throw routerMissing(id);
  return done;
}

export async function updateRouter(tx: CloudStore, id: string, values: JsonObject, by: RouterBy): Promise<Router> {
  const router = await ownRouter(tx, id, by.identity, true);
  const { name, external_gateway_info: info, routes, ...rest } = values;
  for (const [flag, label] of [['ha', 'HA'] as const, ['distributed', 'distributed'] as const]) {
    const isUp = (values.admin_state_up ?? router.body.admin_state_up) === true;
    if (typeof values[flag] === 'boolean' && values[flag] !== router.body[flag] && isUp) {
      const reason = `Cannot change ${label} attribute of active routers. Please set router admin_state_up to False prior to upgrade`;
      throw badRequestFor('router', reason);
    }
  }
  const gateway = info === undefined ? router.body.gateway : await changedGateway(tx, router, info as JsonObject | null, by);
  const nextRoutes = routes === undefined ? router.body.routes : ((routes ?? []) as readonly ExtraRoute[]);
  if (nextRoutes.length > 0 && (routes !== undefined || info !== undefined))
    refuseOddRoutes(nextRoutes, await neighbourhoodOf(tx, await interfacesOf(tx, id), gateway));
  const body = { ...router.body, ...rest, gateway, routes: nextRoutes } as RouterBody;
  return stored(tx, id, body, name as string | undefined, by.nowMs);
}

/** Routes added to or taken from those there are, without the caller having to know them. */
export async function editRoutes(
  tx: CloudStore,
  id: string,
  edit: (routes: readonly ExtraRoute[]) => readonly ExtraRoute[],
  by: RouterBy,
): Promise<Router> {
  const router = await ownRouter(tx, id, by.identity, true);
  return updateRouter(tx, id, { routes: edit(router.body.routes) }, by);
}

export async function deleteRouter(tx: CloudStore, id: string, by: RouterBy): Promise<void> {
  const router = await ownRouter(tx, id, by.identity, true);
  const ports = await interfacesOf(tx, id);
  if (ports.length > 0) {
    const ids = ports.map((port) => port.id).join(', ');
    throw conflict('RouterInUse', `Router ${id} has ports still attached: ${ids}`);
  }
  await changedGateway(tx, router, null, by);
  await tx.documents.remove(collections.routers, id);
}

async function changedGateway(tx: CloudStore, router: Router, info: JsonObject | null, by: RouterBy): Promise<Gateway | null> {
  const before = router.body.gateway;
  if (before !== null && before.network_id !== info?.network_id) {
    await refuseWhileFloating(tx, router, before);
    await dropGateway(tx, before, by);
  }
  return info === null ? null : gatewayWanted(tx, router, info, by);
}

async function refuseWhileFloating(tx: CloudStore, router: Router, gateway: Gateway): Promise<void> {
  const where = [
    { field: 'router_id', in: [router.id] },
    { field: 'floating_network_id', in: [gateway.network_id] },
  ];
  if ((await tx.documents.list<FloatingIpBody>(collections.floatingIps, { where, limit: 1 })).length === 0) return;
  const reason = `Gateway cannot be updated for router ${router.id}, since a gateway to external network ${gateway.network_id} is required by one or more floating IPs.`;
  throw conflict('RouterExternalGatewayInUseByFloatingIp', reason);
}

async function dropGateway(tx: CloudStore, gateway: Gateway, by: RouterBy): Promise<void> {
  const port = await tx.documents.get<Port['body']>(collections.ports, gateway.port_id, { lock: true });
  if (port !== null) await removePort(tx, port, by.nowMs);
}

/** The gateway as it will be; its port is made, or moved to other addresses. */
async function gatewayWanted(tx: CloudStore, router: Router, info: JsonObject, by: RouterBy): Promise<Gateway> {
  const networkId = info.network_id as string;
  const network = await visibleNetwork(tx, networkId, by.identity, 'share');
  if (!network.body['router:external'] && network.body.external_with.length === 0)
    throw badRequestFor('router', `Network ${networkId} is not an external network`);
  const wished = info.external_fixed_ips as readonly JsonObject[] | undefined;
  const subnets = await subnetsOf(tx, networkId);
  const taken = subnets.find((subnet) => wished?.some((one) => one.ip_address === subnet.body.gateway_ip) === true);
  if (taken !== undefined) throw badRequestFor('router', `External IP ${String(taken.body.gateway_ip)} is the same as the gateway IP`);
  const before = router.body.gateway?.network_id === networkId ? router.body.gateway : null;
  const enableSnat = (info.enable_snat as boolean | undefined) ?? true;
  if (before !== null) {
    const fixed = wished === undefined ? before.external_fixed_ips : await movedTo(tx, before.port_id, wished, by);
    return { ...before, enable_snat: enableSnat, external_fixed_ips: fixed };
  }
  await refuseOverlaps(tx, await interfacesOf(tx, router.id), subnets);
  const draft = {
    network,
    projectId: '',
    deviceId: router.id,
    deviceOwner: 'network:router_gateway',
    ...(wished === undefined || wished.length === 0 ? {} : { fixedIps: wished }),
    isActive: true,
  };
  const port = await createServicePort(tx, draft, by);
  return { network_id: networkId, port_id: port.id, enable_snat: enableSnat, external_fixed_ips: port.body.fixed_ips };
}

async function movedTo(tx: CloudStore, portId: string, wished: readonly JsonObject[], by: RouterBy): Promise<readonly FixedIp[]> {
  return (await moveServicePort(tx, portId, wished, by)).body.fixed_ips;
}
