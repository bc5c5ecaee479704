/** How many addresses networks have and how many are taken, for administrators. */
import { Refusal, type JsonObject } from '@hearth/kernel';
import { isAdmin, json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import type { ServiceContext } from '../service.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { parseIp, poolSize } from './addresses.ts';
import { cidrOf, ipSpace, poolsOf } from './allocation.ts';
import { badRequest } from './attributes.ts';
import { contains } from './addresses.ts';
import { subnetsOf, type Network } from './networks.ts';
import { collections, type NetworkBody } from './objects.ts';

const FILTERS = new Set(['network_id', 'network_name', 'tenant_id', 'project_id', 'ip_version', 'fields', 'id']);
/** More networks than that are not counted in one answer. */
const MOST = 1000;

export function availabilityRoutes(context: ServiceContext): readonly Route[] {
  const path = '/v2.0/network-ip-availabilities';
  return [
    { method: 'GET', path, handle: (request) => listed(context, request) },
    {
      method: 'GET',
      path: `${path}/:id`,
      handle: async (request) => {
        const id = request.params.id ?? '';
        const network = isAdmin(request.identity) ? await context.store.documents.get<NetworkBody>(collections.networks, id) : null;
        if (network === null) throw new Refusal('not-found', 'NetworkNotFound', `Network ${id} could not be found.`);
        return json(200, { network_ip_availability: await availability(context.store, network, null) });
      },
    },
  ];
}

async function listed(context: ServiceContext, request: ApiRequest): Promise<Answer> {
  const { query } = request;
  const unknown = [...new Set(query.keys())].filter((name) => !FILTERS.has(name));
  if (unknown.length > 0) throw badRequest(`[${unknown.map((name) => `'${name}'`).join(', ')}] is invalid attribute for filtering`);
  if (!isAdmin(request.identity)) return json(200, { network_ip_availabilities: [] });
  const among = (name: string, field: string) => (query.has(name) ? [{ field, in: query.getAll(name) }] : []);
  const where = [
    ...among('network_id', 'id'),
    ...among('network_name', 'name'),
    ...among('tenant_id', 'project_id'),
    ...among('project_id', 'project_id'),
  ];
  const networks = await context.store.documents.list<NetworkBody>(collections.networks, { where, limit: MOST });
  const version = query.get('ip_version');
  const views: JsonObject[] = [];
  for (const network of networks) views.push(await availability(context.store, network, version));
  return json(200, { network_ip_availabilities: views });
}

async function availability(store: CloudStore, network: Network, version: string | null): Promise<JsonObject> {
  const subnets = (await subnetsOf(store, network.id)).filter((subnet) => version === null || String(subnet.body.ip_version) === version);
  const taken = (await store.claims.taken(ipSpace(network.id))).map((claim) => parseIp(claim.value));
  const parts = subnets.map((subnet) => {
    const cidr = cidrOf(subnet);
    return {
      subnet_id: subnet.id,
      ip_version: subnet.body.ip_version,
      cidr: subnet.body.cidr,
      subnet_name: subnet.name,
      used_ips: taken.filter((ip) => ip !== null && ip.version === cidr.version && contains(cidr, ip.value)).length,
      total_ips: Number(poolSize(poolsOf(subnet))),
    };
  });
  const sum = (key: 'used_ips' | 'total_ips'): number => parts.reduce((all, part) => all + part[key], 0);
  return {
    network_id: network.id,
    network_name: network.name,
    tenant_id: network.projectId,
    project_id: network.projectId,
    subnet_ip_availability: parts,
    used_ips: sum('used_ips'),
    total_ips: sum('total_ips'),
  };
}
