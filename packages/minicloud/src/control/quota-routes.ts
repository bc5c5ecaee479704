/** Quotas of a project over all services in one document: read and changed through each service's own. -1 is without limit. */
import { json, type Route } from '@hearth/http-kit';
import type { Json, JsonObject } from '@hearth/kernel';
import { limitsOf as storageLimits, putLimits as putStorageLimits } from '../cinder/quotas.ts';
import { allTypes } from '../cinder/volume-types.ts';
import { isCounted, putQuota, quotaOf } from '../neutron/quotas.ts';
import { limitOf, limitsOf as computeLimits, QUOTA_NAMES, setLimits } from '../nova/quotas.ts';
import { BALANCER_QUOTA_NAMES, balancerQuota, putBalancerQuota } from '../octavia/quotas.ts';
import type { ServiceContext } from '../service.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { projectNamed } from './projects.ts';
import { fieldsOf, numberOf } from './read-fields.ts';

type Numbers = Readonly<Record<string, number>>;

interface Shelf {
  read(store: CloudStore, projectId: string): Promise<Numbers>;
  write(tx: CloudStore, projectId: string, limits: Numbers, nowMs: number): Promise<unknown>;
}

const SHELVES: Readonly<Record<string, Shelf>> = {
  compute: {
    async read(store, projectId) {
      const limits = await computeLimits(store, projectId);
      return Object.fromEntries(QUOTA_NAMES.map((name) => [name, limitOf(limits, name)]));
    },
    write: setLimits,
  },
  network: {
    async read(store, projectId) {
      return Object.fromEntries(Object.entries(await quotaOf(store, projectId)).filter(([name]) => isCounted(name)));
    },
    write: (tx, projectId, limits, nowMs) => putQuota(tx, projectId, { quota: limits }, nowMs),
  },
  'block-storage': {
    read: async (store, projectId) => Object.fromEntries(await storageLimits(store, projectId, await allTypes(store))),
    write: putStorageLimits,
  },
  'load-balancer': {
    async read(store, projectId) {
      const limits = await balancerQuota(store, projectId);
      return Object.fromEntries(BALANCER_QUOTA_NAMES.map((name) => [name, Number(limits[name] ?? -1)]));
    },
    write: putBalancerQuota,
  },
};

export function quotaRoutes({ store, clock }: ServiceContext): readonly Route[] {
  const shown = async (db: CloudStore, project: { readonly id: string; readonly name: string }): Promise<JsonObject> => {
    const quotas: Record<string, Json> = {};
    for (const [service, shelf] of Object.entries(SHELVES)) quotas[service] = await shelf.read(db, project.id);
    return { project, quotas };
  };
  return [
    {
      method: 'GET',
      path: '/quotas/:project',
      handle: async (request) => json(200, await shown(store, await projectNamed(store, request.params.project ?? ''))),
    },
    {
      method: 'PUT',
      path: '/quotas/:project',
      async handle(request) {
        const project = await projectNamed(store, request.params.project ?? '');
        const given = fieldsOf(request.body, Object.keys(SHELVES));
        const after = await store.transaction(async (tx) => {
          for (const [service, shelf] of Object.entries(SHELVES)) {
            if (given[service] === undefined) continue;
            const names = Object.keys(await shelf.read(tx, project.id));
            const wished = Object.entries(fieldsOf(given[service], names, service)).map(
              ([name, value]) => [name, numberOf(value, `${service}.${name}`, { least: -1, most: 0x7fff_ffff, isWhole: true })] as const,
            );
            await shelf.write(tx, project.id, Object.fromEntries(wished), clock.now());
          }
          return shown(tx, project);
        });
        return json(200, after);
      },
    },
  ];
}
