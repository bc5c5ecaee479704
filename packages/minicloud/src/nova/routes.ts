/** The compute service's URLs. */
import type { Json, JsonObject } from '@hearth/kernel';
import { empty, isAdmin, json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import { portsOfDevices } from '../neutron/ports.ts';
import { createServers } from './create-servers.ts';
import { newPassword } from './action-call.ts';
import { serverAction } from './actions.ts';
import { consolePage, remoteConsole } from './consoles.ts';
import { aggregateRoutes } from './aggregates.ts';
import { extensionRoutes } from './extensions.ts';
import { flavorRoutes } from './flavors.ts';
import { hostRoutes } from './hosts.ts';
import { keypairRoutes } from './keypairs.ts';
import { migrationRoutes } from './migrations.ts';
import { quotaRoutes } from './quota-routes.ts';
import { groupRoutes } from './server-groups.ts';
import { serverFactRoutes } from './server-facts.ts';
import { usageRoutes } from './tenant-usage.ts';
import { baseUrl, linksOf, selfLink } from './links.ts';
import { askedVersion, NEWEST, OLDEST, versioned, versionHeaders, type VersionedRoute } from './microversions.ts';
import { bodyUnder, nameOf, refuseUnknownKeys, textOf } from './refusals.ts';
import { listServers } from './server-list.ts';
import { serverPartRoutes } from './server-parts.ts';
import { diskConfigOf, hostnameOf, readServerWish } from './server-request.ts';
import { plugsOf, serverView } from './server-view.ts';
import { userDataOf } from './user-data.ts';
import { volumeAttachmentRoutes } from './volume-attachments.ts';
import { change, deleteServer, findServer, type Caller, type ComputeParts } from './servers.ts';

const callerOf = (request: ApiRequest): Caller => ({ identity: request.identity, requestId: request.id });

export const computeRoutes = (parts: ComputeParts): readonly Route[] => [
  ...discoveryRoutes(),
  { method: 'GET', path: '/console', access: 'public', handle: (request) => consolePage(parts, request) },
  ...[
    ...serverRoutes(parts),
    ...serverPartRoutes(parts),
    ...volumeAttachmentRoutes(parts),
    ...flavorRoutes(parts.context),
    ...keypairRoutes(parts.context),
    ...serverFactRoutes(parts),
    ...groupRoutes(parts),
    ...quotaRoutes(parts),
    ...usageRoutes(parts),
    ...hostRoutes(parts),
    ...aggregateRoutes(parts),
    ...migrationRoutes(parts),
    ...extensionRoutes(),
  ].map(versioned),
];

function discoveryRoutes(): readonly Route[] {
  const version = (request: ApiRequest): JsonObject => ({
    id: 'v2.1',
    status: 'CURRENT',
    version: `2.${NEWEST}`,
    min_version: '2.1',
    updated: '2013-07-23T11:33:21Z',
    links: [{ rel: 'self', href: `${baseUrl(request)}/v2.1/` }],
  });
  const mediaTypes = [{ base: 'application/json', type: 'application/vnd.openstack.compute+json;version=2.1' }];
  return [
    { method: 'GET', path: '/', access: 'public', handle: (request) => json(200, { versions: [version(request)] }) },
    {
      method: 'GET',
      path: '/v2.1',
      access: 'public',
      handle(request) {
        const asked = askedVersion(request);
        const { links, ...rest } = version(request);
        const described = { rel: 'describedby', type: 'text/html', href: 'http://docs.openstack.org/' };
        const whole = { ...rest, links: [...(links as Json[]), described], 'media-types': mediaTypes };
        return json(200, { version: whole }, versionHeaders(asked.kind === 'known' ? asked.minor : OLDEST));
      },
    },
  ];
}

function serverRoutes(parts: ComputeParts): readonly VersionedRoute[] {
  const path = '/v2.1/servers';
  return [
    { method: 'GET', path, handle: (request, minor) => listServers(parts, request, minor, false) },
    { method: 'GET', path: `${path}/detail`, handle: (request, minor) => listServers(parts, request, minor, true) },
    { method: 'POST', path, handle: (request, minor) => created(parts, request, minor) },
    { method: 'GET', path: `${path}/:id`, handle: (request, minor) => shown(parts, request, minor) },
    { method: 'PUT', path: `${path}/:id`, handle: (request, minor) => updated(parts, request, minor) },
    {
      method: 'DELETE',
      path: `${path}/:id`,
      async handle(request) {
        await deleteServer(parts, request.params.id ?? '', callerOf(request));
        return empty(204);
      },
    },
    { method: 'POST', path: `${path}/:id/action`, handle: (request, minor) => serverAction(parts, request, minor) },
    { method: 'POST', path: `${path}/:id/remote-consoles`, since: 6, handle: (request, minor) => remoteConsole(parts, request, minor) },
  ];
}

async function created(parts: ComputeParts, request: ApiRequest, minor: number): Promise<Answer> {
  const wish = readServerWish(request, minor);
  const { servers, reservationId } = await createServers(parts, wish, callerOf(request));
  if (wish.wantsReservationId) return json(202, { reservation_id: reservationId });
  const id = servers[0]?.id ?? '';
  const groups = wish.securityGroups.length === 0 ? ['default'] : wish.securityGroups;
  const server = {
    id,
    links: linksOf(request, 'servers', id),
    'OS-DCF:diskConfig': wish.diskConfig,
    security_groups: groups.map((name) => ({ name })),
    adminPass: wish.adminPass ?? newPassword(parts),
  };
  return json(202, { server }, { Location: selfLink(request, 'servers', id) });
}

async function shown(parts: ComputeParts, request: ApiRequest, minor: number): Promise<Answer> {
  const { store, clock } = parts.context;
  const nowMs = clock.now();
  const id = request.params.id ?? '';
  const [server, ports] = await Promise.all([findServer(store, id, request.identity, nowMs), portsOfDevices(store, [id])]);
  const plugs = await plugsOf(store, [server], ports);
  const userData = isAdmin(request.identity) ? await userDataOf(store, server) : null;
  return json(200, {
    server: serverView(server, plugs(server), {
      request,
      minor,
      nowMs,
      host: parts.driver.host,
      form: 'show',
      hostIds: new Map(),
      userData,
    }),
  });
}

const UPDATE_KEYS = ['name', 'OS-DCF:diskConfig', 'accessIPv4', 'accessIPv6'];

async function updated(parts: ComputeParts, request: ApiRequest, minor: number): Promise<Answer> {
  const given = bodyUnder(request, 'server');
  refuseUnknownKeys(given, 'server', [...UPDATE_KEYS, ...(minor >= 19 ? ['description'] : []), ...(minor >= 90 ? ['hostname'] : [])]);
  const text = (key: string, max = 255): string => textOf(given[key] ?? null, key, max, 0);
  const done = await change(parts, request.params.id ?? '', callerOf(request), () => ({
    ...(given.name === undefined ? {} : { name: nameOf(given.name) }),
    ...(given.description === undefined ? {} : { description: given.description === null ? null : text('description') }),
    ...(given.hostname === undefined ? {} : { hostname: hostnameOf(given.hostname) }),
    ...(given.accessIPv4 === undefined ? {} : { accessIPv4: text('accessIPv4', 45) }),
    ...(given.accessIPv6 === undefined ? {} : { accessIPv6: text('accessIPv6', 45) }),
    ...(given['OS-DCF:diskConfig'] === undefined ? {} : { diskConfig: diskConfigOf(given['OS-DCF:diskConfig']) }),
  }));
  const { store, clock } = parts.context;
  const plugs = await plugsOf(store, [done]);
  return json(200, {
    server: serverView(done, plugs(done), {
      request,
      minor,
      nowMs: clock.now(),
      host: parts.driver.host,
      form: 'update',
      hostIds: new Map(),
    }),
  });
}
