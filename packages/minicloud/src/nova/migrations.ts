/** Migrations of servers: with one host there are none, and there never were. */
import { json } from '@hearth/http-kit';
import type { VersionedRoute } from './microversions.ts';
import { missing, needAdmin } from './refusals.ts';
import { findServer, type ComputeParts } from './servers.ts';

export const migrationRoutes = (parts: ComputeParts): readonly VersionedRoute[] => [
  {
    method: 'GET',
    path: '/v2.1/os-migrations',
    handle(request) {
      needAdmin(request.identity, 'os-migrations:index');
      return json(200, { migrations: [] });
    },
  },
  {
    method: 'GET',
    path: '/v2.1/servers/:id/migrations',
    since: 23,
    async handle(request) {
      needAdmin(request.identity, 'servers:migrations:index');
      await findServer(parts.context.store, request.params.id ?? '', request.identity, parts.context.clock.now());
      return json(200, { migrations: [] });
    },
  },
  {
    method: 'GET',
    path: '/v2.1/servers/:id/migrations/:migration',
    since: 23,
    async handle(request) {
      needAdmin(request.identity, 'servers:migrations:show');
      const server = await findServer(parts.context.store, request.params.id ?? '', request.identity, parts.context.clock.now());
      throw missing(`In-progress live migration ${request.params.migration ?? ''} is not found for server ${server.id}.`);
    },
  },
];
