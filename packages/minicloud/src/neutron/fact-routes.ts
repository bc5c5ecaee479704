/** What the network service says about itself: versions, extensions, zones, agents, external pools. */
import type { JsonObject } from '@hearth/kernel';
import { json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import type { ServiceContext } from '../service.ts';
import { extensions } from './extensions.ts';
import { collections, type SubnetBody } from './objects.ts';

export function discoveryRoutes(): readonly Route[] {
  const version = (request: ApiRequest): JsonObject => ({
    id: 'v2.0',
    status: 'CURRENT',
    links: [{ rel: 'self', href: `${request.origin}${request.prefix}/v2.0/` }],
  });
  const resources = (request: ApiRequest): JsonObject => ({
    resources: Object.entries({
      networks: 'network',
      subnets: 'subnet',
      subnetpools: 'subnetpool',
      ports: 'port',
    }).map(([collection, name]) => ({
      links: [{ rel: 'self', href: `${request.origin}${request.prefix}/v2.0/${collection}` }],
      name,
      collection,
    })),
  });
  return [
    { method: 'GET', path: '/', access: 'public', handle: (request) => json(200, { versions: [version(request)] }) },
    { method: 'GET', path: '/v2.0', handle: (request) => json(200, resources(request)) },
  ];
}

/** Answered by the web framework, as a page. */
function noSuchExtension(alias: string): Answer {
  const lead = '  <h1>404 Not Found</h1>\n  The resource could not be found.<br /><br />';
  const body = `<html>\n <head>\n  <title>404 Not Found</title>\n </head>\n <body>\n${lead}\nExtension with alias ${escapedHtml(alias)} does not exist\n\n\n </body>\n</html>`;
  return { status: 404, headers: { 'Content-Type': 'text/html; charset=UTF-8' }, body };
}

const escapedHtml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export function readOnlyRoutes(context: ServiceContext): readonly Route[] {
  const zone = { state: 'available', resource: 'network', name: 'nova' };
  const provider = { service_type: 'L3_ROUTER_NAT', name: 'single_node', default: true };
  const fixed = (path: string, body: JsonObject): Route => ({ method: 'GET', path: `/v2.0/${path}`, handle: () => json(200, body) });
  return [
    fixed('extensions', { extensions }),
    {
      method: 'GET',
      path: '/v2.0/extensions/:alias',
      handle: (request) => {
        const extension = extensions.find((one) => one.alias === request.params.alias);
        if (extension === undefined) return noSuchExtension(request.params.alias ?? '');
        return json(200, { extension });
      },
    },
    fixed('availability_zones', { availability_zones: [zone, { ...zone, resource: 'router' }] }),
    fixed('service-providers', { service_providers: [provider] }),
    fixed('agents', { agents: [] }),
    {
      method: 'GET',
      path: '/v2.0/floatingip_pools',
      handle: async (request) => json(200, { floatingip_pools: await externalPools(context, request) }),
    },
  ];
}

/** The subnets that floating IPs come from, for the caller's project. */
async function externalPools({ store }: ServiceContext, { identity }: ApiRequest): Promise<readonly JsonObject[]> {
  const external = { field: 'router:external', in: ['true'] };
  const networks = await store.documents.list(collections.networks, { where: [external], limit: 100 });
  const where = [{ field: 'parent_id', in: networks.map((one) => one.id) }];
  const subnets = await store.documents.list<SubnetBody>(collections.subnets, { where });
  return subnets
    .filter((subnet) => subnet.body.ip_version === 4)
    .map((subnet) => ({
      subnet_id: subnet.id,
      subnet_name: subnet.name,
      tenant_id: identity.projectId,
      network_id: subnet.body.network_id,
      cidr: subnet.body.cidr,
      project_id: identity.projectId,
    }));
}
