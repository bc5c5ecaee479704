/** Quotas over HTTP: a project's limits with and without what is used, defaults, changes by administrators, and the limits page. */
import type { JsonObject } from '@hearth/kernel';
import { empty, json, type ApiRequest } from '@hearth/http-kit';
import { projectOf, type VersionedRoute } from './microversions.ts';
import { forgetLimits, limitsOf, needQuotaReader, putLimits, quotaNames, usageOf } from './quotas.ts';
import { badRequest, bodyUnder, invalidInput, needAdmin } from './refusals.ts';
import { allTypes } from './volume-types.ts';
import type { StorageParts } from './volumes.ts';

const MAX = 2 ** 31 - 1;

function changesOf(given: JsonObject, known: readonly string[]): Readonly<Record<string, number>> {
  const { tenant_id: _tenant, skip_validation: _skip, ...rest } = given;
  const unknown = Object.keys(rest).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw invalidInput(`Bad key(s) in quota set: ${unknown.slice(0, 10).join(', ')}`);
  return Object.fromEntries(
    Object.entries(rest).map(([name, value]) => {
      const number = typeof value === 'string' && /^-?\d{1,10}$/.test(value) ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isInteger(number)) throw badRequest(`${name} must be an integer`);
      if (number < -1) throw badRequest(`${name} must be >= -1`);
      if (number > MAX) throw badRequest(`${name} must be <= ${MAX}`);
      return [name, number];
    }),
  );
}

export const quotaRoutes = (parts: StorageParts): readonly VersionedRoute[] => [
  ...projectRoutes(parts),
  ...classRoutes(parts),
  limitsRoute(parts),
];

const idOf = (request: ApiRequest): string => request.params.id ?? '';
const shownLimits = async ({ context: { store } }: StorageParts, projectId: string | null): Promise<JsonObject> =>
  Object.fromEntries(await limitsOf(store, projectId, await allTypes(store)));

function projectRoutes(parts: StorageParts): readonly VersionedRoute[] {
  const { store, clock } = parts.context;
  const path = '/os-quota-sets/:id';
  const limits = (projectId: string | null): Promise<JsonObject> => shownLimits(parts, projectId);
  const withUsage = async (projectId: string): Promise<JsonObject> => {
    const types = await allTypes(store);
    const used = await usageOf(store, projectId, types, clock.now());
    const all = [...(await limitsOf(store, projectId, types))];
    return Object.fromEntries(all.map(([name, limit]) => [name, { limit, in_use: used.get(name) ?? 0, reserved: 0 }]));
  };
  return [
    {
      method: 'GET',
      path,
      async handle(request) {
        needQuotaReader(request.identity, idOf(request), 'volume_extension:quotas:show');
        const isUsageWanted = ['true', '1', 't', 'yes'].includes((request.query.get('usage') ?? '').toLowerCase());
        const quotas = isUsageWanted ? await withUsage(idOf(request)) : await limits(idOf(request));
        return json(200, { quota_set: { ...quotas, id: idOf(request) } });
      },
    },
    {
      method: 'GET',
      path: `${path}/defaults`,
      async handle(request) {
        needQuotaReader(request.identity, idOf(request), 'volume_extension:quotas:show');
        return json(200, { quota_set: { ...(await limits(null)), id: idOf(request) } });
      },
    },
    {
      method: 'PUT',
      path,
      async handle(request) {
        needAdmin(request.identity, 'volume_extension:quotas:update');
        const changes = changesOf(bodyUnder(request, 'quota_set'), quotaNames(await allTypes(store)));
        await store.transaction((tx) => putLimits(tx, idOf(request), changes, clock.now()));
        return json(200, { quota_set: await limits(idOf(request)) });
      },
    },
    {
      method: 'DELETE',
      path,
      async handle(request) {
        needAdmin(request.identity, 'volume_extension:quotas:delete');
        await store.transaction((tx) => forgetLimits(tx, idOf(request)));
        return empty(200);
      },
    },
  ];
}

/** There is one class, whose limits are the defaults of every project. */
function classRoutes(parts: StorageParts): readonly VersionedRoute[] {
  const { store, clock } = parts.context;
  const limits = (projectId: string | null): Promise<JsonObject> => shownLimits(parts, projectId);
  return [
    {
      method: 'GET',
      path: '/os-quota-class-sets/:id',
      async handle(request) {
        needAdmin(request.identity, 'volume_extension:quota_classes:get');
        return json(200, { quota_class_set: { ...(await limits(null)), id: idOf(request) } });
      },
    },
    {
      method: 'PUT',
      path: '/os-quota-class-sets/:id',
      async handle(request) {
        needAdmin(request.identity, 'volume_extension:quota_classes:update');
        const changes = changesOf(bodyUnder(request, 'quota_class_set'), quotaNames(await allTypes(store)));
        if (idOf(request) === 'default') await store.transaction((tx) => putLimits(tx, null, changes, clock.now()));
        return json(200, { quota_class_set: await limits(null) });
      },
    },
  ];
}

function limitsRoute(parts: StorageParts): VersionedRoute {
  const { store, clock } = parts.context;
  return {
    method: 'GET',
    path: '/limits',
    async handle(request) {
      const types = await allTypes(store);
      const allowed = await limitsOf(store, projectOf(request), types);
      const used = await usageOf(store, projectOf(request), types, clock.now());
      const limit = (name: string): number => allowed.get(name) ?? -1;
      const use = (name: string): number => used.get(name) ?? 0;
      return json(200, {
        limits: {
          rate: [],
          absolute: {
            maxTotalVolumes: limit('volumes'),
            maxTotalSnapshots: limit('snapshots'),
            maxTotalVolumeGigabytes: limit('gigabytes'),
            maxTotalBackups: limit('backups'),
            maxTotalBackupGigabytes: limit('backup_gigabytes'),
            totalVolumesUsed: use('volumes'),
            totalGigabytesUsed: use('gigabytes'),
            totalSnapshotsUsed: use('snapshots'),
            totalBackupsUsed: use('backups'),
            totalBackupGigabytesUsed: use('backup_gigabytes'),
          },
        },
      });
    },
  };
}
