/** The providers of load balancers there are, with what their flavors may say; and the lists that are empty here. */
import { json, type ApiRequest, type Route } from '@hearth/http-kit';
import { mayAdminister, mayRead } from './access.ts';
import { badRequest } from './attributes.ts';
import { fieldsOf } from './list-query.ts';

export const PROVIDERS: Readonly<Record<string, string>> = {
  amphora: 'The simulated load balancer driver.',
  octavia: 'Another name of the simulated load balancer driver.',
};
const FLAVOR_KEYS: Readonly<Record<string, string>> = {
  loadbalancer_topology: 'SINGLE, or ACTIVE_STANDBY for two machines per load balancer.',
  compute_flavor: 'Id of the compute flavor.',
  amp_image_tag: 'Tag of the image.',
};
const ZONE_KEYS: Readonly<Record<string, string>> = {
  compute_zone: 'The compute availability zone.',
  management_network: 'Id of the network for management.',
  valid_vip_networks: 'Ids of networks that addresses may be taken from.',
};

const listed = (entries: Readonly<Record<string, string>>, request: ApiRequest): readonly object[] => {
  const fields = fieldsOf(request);
  return Object.entries(entries).map(([name, description]) => ({
    ...(fields === null || fields.includes('name') ? { name } : {}),
    ...(fields === null || fields.includes('description') ? { description } : {}),
  }));
};

export function providerRoutes(): readonly Route[] {
  const capabilities = (key: string, entries: Readonly<Record<string, string>>): Route => ({
    method: 'GET',
    path: `/lbaas/providers/:provider/${key}`,
    handle: (request) => {
      mayAdminister(request.identity);
      const provider = request.params.provider ?? '';
      if (!Object.hasOwn(PROVIDERS, provider)) throw badRequest(`Provider '${provider.slice(0, 64)}' is not enabled.`);
      return json(200, { [key]: listed(entries, request) });
    },
  });
  const none = (path: string, key: string, links: string, isAdminOnly: boolean): Route => ({
    method: 'GET',
    path,
    handle: (request) => {
      if (isAdminOnly) mayAdminister(request.identity);
      else mayRead(request.identity, request.identity.projectId);
      return json(200, { [key]: [], [links]: [] });
    },
  });
  return [
    {
      method: 'GET',
      path: '/lbaas/providers',
      handle: (request) => {
        mayRead(request.identity, request.identity.projectId);
        return json(200, { providers: listed(PROVIDERS, request) });
      },
    },
    capabilities('flavor_capabilities', FLAVOR_KEYS),
    capabilities('availability_zone_capabilities', ZONE_KEYS),
    none('/lbaas/availabilityzones', 'availability_zones', 'availability_zones_links', false),
    none('/lbaas/availabilityzoneprofiles', 'availability_zone_profiles', 'availability_zone_profile_links', true),
    none('/octavia/amphorae', 'amphorae', 'amphorae_links', true),
  ];
}
