/** What the network service says about itself: versions, extensions, quotas, zones. */
import { Refusal, type JsonObject } from '@hearth/kernel';
import { isAdmin, json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import { extensions } from './extensions.ts';

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
      ports: 'port',
      'security-groups': 'security_group',
      'security-group-rules': 'security_group_rule',
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

const QUOTAS = [
  'network',
  'subnet',
  'subnetpool',
  'port',
  'router',
  'floatingip',
  'rbac_policy',
  'security_group',
  'security_group_rule',
  'trunk',
];

export function readOnlyRoutes(): readonly Route[] {
  const quota = (request: ApiRequest): Answer => {
    const { identity } = request;
    if (!isAdmin(identity) && identity.projectId !== request.params.id)
      throw new Refusal('forbidden', 'PolicyNotAuthorized', 'rule:get_quota is disallowed by policy');
    return json(200, { quota: Object.fromEntries(QUOTAS.map((name) => [name, -1])) });
  };
  const nothing = (key: string): Route => ({
    method: 'GET',
    path: `/v2.0/${key.replaceAll('_', '-')}`,
    handle: () => json(200, { [key]: [] }),
  });
  const zone = { state: 'available', resource: 'network', name: 'nova' };
  return [
    { method: 'GET', path: '/v2.0/extensions', handle: () => json(200, { extensions }) },
    {
      method: 'GET',
      path: '/v2.0/extensions/:alias',
      handle: (request) => {
        const extension = extensions.find((one) => one.alias === request.params.alias);
        if (extension === undefined) throw new Refusal('not-found', 'HTTPNotFound', 'The resource could not be found.');
        return json(200, { extension });
      },
    },
    { method: 'GET', path: '/v2.0/quotas/:id', handle: quota },
    { method: 'GET', path: '/v2.0/quotas/:id/default', handle: quota },
    {
      method: 'GET',
      path: '/v2.0/availability_zones',
      handle: () => json(200, { availability_zones: [zone, { ...zone, resource: 'router' }] }),
    },
    nothing('agents'),
    nothing('subnetpools'),
    nothing('address_groups'),
  ];
}
