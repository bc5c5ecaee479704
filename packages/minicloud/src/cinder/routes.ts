/** The block storage's URLs: discovery, and everything else under `/v3`. */
import type { JsonObject } from '@hearth/kernel';
import { json, type ApiRequest, type Route } from '@hearth/http-kit';
import { attachmentRoutes } from './attachment-routes.ts';
import { backupRoutes } from './backups.ts';
import { factRoutes } from './fact-routes.ts';
import { metadataRoutes } from './metadata-routes.ts';
import { NEWEST, versioned, versionHeaders } from './microversions.ts';
import { qosRoutes } from './qos-routes.ts';
import { quotaRoutes } from './quota-routes.ts';
import { snapshotRoutes } from './snapshots.ts';
import { transferRoutes } from './transfers.ts';
import { typePartRoutes } from './type-parts.ts';
import { typeRoutes } from './type-routes.ts';
import { volumeActionRoutes } from './volume-actions.ts';
import { volumeRoutes } from './volume-routes.ts';
import type { StorageParts } from './volumes.ts';

export const storageRoutes = (parts: StorageParts): readonly Route[] => [
  ...discoveryRoutes(),
  ...[
    ...volumeRoutes(parts),
    ...volumeActionRoutes(parts),
    ...metadataRoutes(parts),
    ...snapshotRoutes(parts),
    ...backupRoutes(parts),
    ...attachmentRoutes(parts),
    ...transferRoutes(parts),
    ...typeRoutes(parts),
    ...typePartRoutes(parts),
    ...qosRoutes(parts),
    ...quotaRoutes(parts),
    ...factRoutes(parts),
  ].flatMap(versioned),
];

function discoveryRoutes(): readonly Route[] {
  const versions = (request: ApiRequest): JsonObject => ({
    versions: [
      {
        id: 'v3.0',
        status: 'CURRENT',
        version: `3.${NEWEST}`,
        min_version: '3.0',
        updated: '2022-08-31T00:00:00Z',
        links: [
          { rel: 'describedby', type: 'text/html', href: 'https://docs.openstack.org/' },
          { rel: 'self', href: `${request.origin}${request.prefix}/v3/` },
        ],
        'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.volume+json;version=3' }],
      },
    ],
  });
  return [
    { method: 'GET', path: '/', access: 'public', handle: (request) => json(300, versions(request), versionHeaders('3.0')) },
    { method: 'GET', path: '/v3', access: 'public', handle: (request) => json(200, versions(request), versionHeaders('3.0')) },
  ];
}
