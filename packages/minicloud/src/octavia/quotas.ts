/** Limits of a project: kept per project, asked for and set over the API, and kept by every creation. */
import { Refusal, type Json, type JsonObject } from '@hearth/kernel';
import { json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import { listedProject, mayReadQuota, maySetQuota } from './access.ts';
import { readChange, whole, wrapped, type Attributes } from './attributes.ts';
import { inBalancerChange, type BalancerChange, type BalancerContext } from './context.ts';
import type { Kind } from './kinds.ts';
import { readListQuery } from './list-query.ts';
import { living } from './state.ts';

const STORAGE = 'octavia.quotas';
const UNLIMITED = -1;
const limit = { check: whole(UNLIMITED, 2_000_000_000), put: true };
export const BALANCER_QUOTA_NAMES = ['loadbalancer', 'listener', 'member', 'pool', 'healthmonitor', 'l7policy', 'l7rule'] as const;
/** Older spellings, which answers still use. */
const OLD_NAMES: Readonly<Record<string, string>> = { loadbalancer: 'load_balancer', healthmonitor: 'health_monitor' };
const attributes: Attributes = Object.fromEntries([...BALANCER_QUOTA_NAMES, ...Object.values(OLD_NAMES)].map((name) => [name, limit]));

export const balancerQuota = async (store: CloudStore, projectId: string): Promise<JsonObject> =>
  (await store.documents.get(STORAGE, projectId))?.body ?? {};

export async function refuseOverQuota(change: BalancerChange, kind: Kind, projectId: string | null, count = 1): Promise<void> {
  const { tx, nowMs } = change;
  const most = (await balancerQuota(tx, projectId ?? ''))[kind.quota] ?? UNLIMITED;
  if (most === UNLIMITED) return;
  // Two creations at once must not both be the last one.
  await tx.lock(`octavia.quota:${projectId ?? ''}:${kind.name}`);
  const used = await tx.documents.count(kind.storage, [{ field: 'project_id', in: [projectId ?? ''] }, living(nowMs)]);
  if (used + count > Number(most)) throw new Refusal('forbidden', 'Client', `Quota has been met for resources: ${kind.label}`);
}

const shown = (limits: JsonObject): JsonObject => ({
  quota: Object.fromEntries(BALANCER_QUOTA_NAMES.map((name) => [OLD_NAMES[name] ?? name, limits[name] ?? UNLIMITED])),
});
const shownInList = (projectId: string, limits: JsonObject): JsonObject => ({
  project_id: projectId,
  tenant_id: projectId,
  ...Object.fromEntries(
    BALANCER_QUOTA_NAMES.flatMap((name): [string, Json][] => {
      const value = limits[name] ?? null;
      const old = OLD_NAMES[name];
      return old === undefined
        ? [[name, value]]
        : [
            [name, value],
            [old, value],
          ];
    }),
  ),
});

export function quotaRoutes(context: BalancerContext): readonly Route[] {
  const { store } = context.service;
  const projectOf = (request: ApiRequest): string => request.params.project ?? '';
  const path = '/lbaas/quotas';
  return [
    { method: 'GET', path, handle: (request) => listed(store, request) },
    {
      method: 'GET',
      path: `${path}/:project`,
      handle: async (request) => {
        mayReadQuota(request.identity, projectOf(request));
        return json(200, shown(await balancerQuota(store, projectOf(request))));
      },
    },
    {
      method: 'GET',
      path: `${path}/:project/default`,
      handle: (request) => {
        mayReadQuota(request.identity, projectOf(request));
        return json(200, shown({}));
      },
    },
    { method: 'PUT', path: `${path}/:project`, handle: (request) => changed(context, request, projectOf(request)) },
    {
      method: 'DELETE',
      path: `${path}/:project`,
      handle: async (request) => {
        maySetQuota(request.identity);
        await store.documents.remove(STORAGE, projectOf(request));
        return { status: 202 };
      },
    },
  ];
}

async function listed(store: CloudStore, request: ApiRequest): Promise<Answer> {
  const projectId = listedProject(request.identity, request.query.get('project_id'));
  const { page } = readListQuery(request, new Set(), 0);
  const where = projectId === null ? [] : [{ field: 'project_id', in: [projectId] }];
  const found = await store.documents.list(STORAGE, { where, limit: page.limit, marker: page.marker });
  return json(200, { quotas: found.map((one) => shownInList(one.id, one.body)), quotas_links: [] });
}

async function changed(context: BalancerContext, request: ApiRequest, projectId: string): Promise<Answer> {
  const given = wrapped(request.body, 'quotas', 'quota');
  maySetQuota(request.identity);
  const sent = readChange(attributes, 'quotas.quota', given);
  const limits = Object.fromEntries(
    BALANCER_QUOTA_NAMES.flatMap((name): [string, Json][] => {
      const value = sent[name] ?? sent[OLD_NAMES[name] ?? name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return inBalancerChange(context, request.identity, async ({ tx, nowMs }) => {
    return json(202, shown(await putBalancerQuota(tx, projectId, limits, nowMs)));
  });
}

/** Gives all limits of the project. */
export async function putBalancerQuota(tx: CloudStore, projectId: string, limits: JsonObject, nowMs: number): Promise<JsonObject> {
  const before = await tx.documents.get(STORAGE, projectId, { lock: true });
  const body: JsonObject = { ...before?.body, ...limits };
  const isNew = before === null && (await tx.documents.insert(STORAGE, { id: projectId, projectId, body }, nowMs)) !== null;
  if (!isNew) await tx.documents.replace(STORAGE, { id: projectId, body }, nowMs);
  return body;
}
