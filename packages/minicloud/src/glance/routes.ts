/** The image API v2 as a whole: discovery, and the routes of its parts. */
import { json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import type { ServiceContext } from '../service.ts';
import { dataRoutes } from './data-routes.ts';
import { imageRoutes } from './image-routes.ts';
import { importMethods, importRoutes, type ImportRules } from './import-routes.ts';
import { memberRoutes } from './member-routes.ts';
import { schemaRoutes } from './schemas.ts';

export const allRoutes = (context: ServiceContext, rules: ImportRules): readonly Route[] => [
  { method: 'GET', path: '', access: 'public', handle: versions },
  { method: 'GET', path: '/versions', access: 'public', handle: versions },
  {
    method: 'GET',
    path: '/v2',
    access: 'public',
    handle: (request) => ({ status: 302, headers: { Location: `${request.origin}${request.prefix}/v2/` } }),
  },
  ...imageRoutes(context, importMethods(rules)),
  ...dataRoutes(context, rules.maxBytes),
  ...memberRoutes(context),
  ...importRoutes(context, rules),
  ...schemaRoutes(),
];

function versions(request: ApiRequest): Answer {
  const links = [{ rel: 'self', href: `${request.origin}${request.prefix}/v2/` }];
  const minors = [15, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0];
  return json(request.path.endsWith('/versions') ? 200 : 300, {
    versions: minors.map((minor, index) => ({ id: `v2.${minor}`, status: index === 0 ? 'CURRENT' : 'SUPPORTED', links })),
  });
}
