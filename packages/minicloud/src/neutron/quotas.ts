/** Quotas of the network service: kept for each project, shown, and enforced when something is made. */
import { isJsonObject, Refusal, type JsonObject } from '@hearth/kernel';
import type { CloudStore } from '../store/cloud-store.ts';
import { badRequest, checked, limitNumber } from './attributes.ts';
import { collections } from './objects.ts';

/** Where the counted objects are; what is not offered counts nothing. */
const COUNTED = {
  network: collections.networks,
  subnet: collections.subnets,
  subnetpool: collections.pools,
  port: collections.ports,
  router: collections.routers,
  floatingip: collections.floatingIps,
  rbac_policy: collections.policies,
  security_group: collections.groups,
  security_group_rule: collections.rules,
  trunk: null,
} as const;
export type QuotaName = keyof typeof COUNTED;
const NAMES = Object.keys(COUNTED) as readonly QuotaName[];
const STORAGE = 'neutron.quotas';
const UNLIMITED = -1;

export type Quota = Readonly<Record<QuotaName, number>>;

export const isCounted = (name: string): name is QuotaName => Object.hasOwn(COUNTED, name);
export const defaultQuota = (): Quota => Object.fromEntries(NAMES.map((name) => [name, UNLIMITED])) as Quota;
const withDefaults = (stored: JsonObject | undefined): Quota => ({ ...defaultQuota(), ...(stored as Partial<Quota> | undefined) });

export const quotaOf = async (store: CloudStore, projectId: string): Promise<Quota> =>
  withDefaults((await store.documents.get(STORAGE, projectId))?.body);

/** The projects that have a quota of their own. */
export async function quotas(store: CloudStore): Promise<readonly (readonly [projectId: string, quota: Quota])[]> {
  return (await store.documents.list(STORAGE)).map((one) => [one.id, withDefaults(one.body)] as const);
}

export async function putQuota(tx: CloudStore, projectId: string, body: unknown, nowMs: number): Promise<Quota> {
  const given = isJsonObject(body) ? body.quota : undefined;
  if (!isJsonObject(given)) throw badRequest("Unable to find 'quota' in request body");
  const { tenant_id: _tenant, project_id: _project, force: _force, check_limit: _check, ...limits } = given;
  const unknown = Object.keys(limits).filter((name) => !isCounted(name));
  if (unknown.length > 0) throw badRequest(`Unrecognized attribute(s) '${unknown.join(', ')}'`);
  const wanted = Object.fromEntries(Object.entries(limits).map(([name, value]) => [name, checked(name, { check: limitNumber }, value)]));
  const before = await tx.documents.get(STORAGE, projectId, { lock: true });
  const next = { ...before?.body, ...wanted };
  if (before === null) await tx.documents.insert(STORAGE, { id: projectId, projectId, body: next }, nowMs);
  else await tx.documents.replace(STORAGE, { id: projectId, body: next }, nowMs);
  return withDefaults(next);
}

export async function removeQuota(tx: CloudStore, projectId: string): Promise<void> {
  if (await tx.documents.remove(STORAGE, projectId)) return;
  throw new Refusal('not-found', 'TenantQuotaNotFound', `Quota for tenant ${projectId} could not be found.`);
}

export async function usage(store: CloudStore, projectId: string): Promise<JsonObject> {
  const quota = await quotaOf(store, projectId);
  const counts = await Promise.all(NAMES.map(async (name) => [name, await countOf(store, name, projectId)] as const));
  return Object.fromEntries(counts.map(([name, used]) => [name, { limit: quota[name], used, reserved: 0 }]));
}

async function countOf(store: CloudStore, name: QuotaName, projectId: string): Promise<number> {
  const storage = COUNTED[name];
  return storage === null ? 0 : store.documents.count(storage, [{ field: 'project_id', in: [projectId] }]);
}

/** Whether `more` objects would be too many. With a limit, others wait until this transaction ends, so that none slips past the count. */
export async function isOverQuota(tx: CloudStore, name: QuotaName, projectId: string, more: number): Promise<boolean> {
  const limit = (await quotaOf(tx, projectId))[name];
  if (limit === UNLIMITED) return false;
  await tx.lock(`neutron.quota:${name}:${projectId}`);
  return (await countOf(tx, name, projectId)) + more > limit;
}

export async function refuseOverQuota(tx: CloudStore, name: QuotaName, projectId: string, more = 1): Promise<void> {
  if (await isOverQuota(tx, name, projectId, more))
    throw new Refusal('conflict', 'OverQuota', `Quota exceeded for resources: ['${name}'].`);
}
