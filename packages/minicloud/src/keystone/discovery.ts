/** Which versions of the identity API there are, with links that use the address the client called. */
import { json, type ApiRequest, type Route } from '@hearth/http-kit';

const version = (request: ApiRequest): unknown => ({
  id: 'v3.14',
  status: 'stable',
  updated: '2020-04-07T00:00:00Z',
  links: [{ rel: 'self', href: `${request.origin}${request.prefix}/v3/` }],
  'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
});

export const discoveryRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '',
    access: 'public',
    handle: (request) =>
      json(300, { versions: { values: [version(request)] } }, { Location: `${request.origin}${request.prefix}/v3/`, Vary: 'X-Auth-Token' }),
  },
  { method: 'GET', path: '/v3', access: 'public', handle: (request) => json(200, { version: version(request) }, { Vary: 'X-Auth-Token' }) },
];
