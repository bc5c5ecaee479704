/** Quota sets of projects, the defaults (a "quota class"), and the limits that users see. */
import { Refusal, type Json, type JsonObject } from '@hearth/kernel';
import { empty, isAdmin, json, type Answer, type ApiRequest } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import type { VersionedRoute } from './microversions.ts';
import {
  FILE_QUOTA_NAMES,
  forgetLimits,
  limitOf,
  limitsOf,
  NETWORK_QUOTA_NAMES,
  QUOTA_NAMES,
  setLimits,
  UNLIMITED,
  usageOf,
  type Limits,
} from './quotas.ts';
import { collections } from './records.ts';
import { badRequest, bodyUnder, needAdmin, refuseUnknownKeys, truthOf, unfit } from './refusals.ts';
import type { ComputeParts } from './servers.ts';

const namesAt = (minor: number): readonly string[] =>
  [...QUOTA_NAMES, ...(minor < 57 ? FILE_QUOTA_NAMES : []), ...(minor < 36 ? NETWORK_QUOTA_NAMES : [])].toSorted();

const shown = (limits: Limits, minor: number): JsonObject =>
  Object.fromEntries(namesAt(minor).map((name) => [name, limitOf(limits, name)]));

function needOwn(request: ApiRequest, policy: string): string {
  const id = request.params.id ?? '';
  if (!isAdmin(request.identity) && id !== request.identity.projectId)
    throw new Refusal('forbidden', 'PolicyNotAuthorized', `Policy doesn't allow os_compute_api:${policy} to be performed.`);
  return id;
}

async function refuseUnknownProject(store: CloudStore, id: string): Promise<void> {
  if ((await store.documents.get('keystone.projects', id)) === null) throw badRequest(`Project ID ${id} is not a valid project.`);
}

function limitWish(key: string, value: Json): number {
  const number = typeof value === 'string' && /^-?[0-9]+$/.test(value) ? Number(value) : value;
  if (typeof value === 'string' && typeof number === 'string') throw unfit(key, value, `'${value}' does not match '^-?[0-9]+$'`);
  if (typeof number !== 'number' || !Number.isInteger(number))
    throw unfit(key, value, `${JSON.stringify(value)} is not of type 'integer', 'string'`);
  if (number < -1) throw unfit(key, value, `${number} is less than the minimum of -1`);
  if (number > 0x7fffffff) throw unfit(key, value, `${number} is greater than the maximum of ${0x7fffffff}`);
  return number;
}

function wishesOf(given: JsonObject, minor: number, key: string, more: readonly string[]): Limits {
  const names = namesAt(minor);
  refuseUnknownKeys(given, key, [...names, ...more]);
  return Object.fromEntries(
    Object.entries(given)
      .filter(([name, value]) => names.includes(name) && value !== null)
      .map(([name, value]) => [name, limitWish(name, value)]),
  );
}

export function quotaRoutes(parts: ComputeParts): readonly VersionedRoute[] {
  const { store } = parts.context;
  const path = '/v2.1/os-quota-sets/:id';
  return [
    {
      method: 'GET',
      path,
      async handle(request, minor) {
        const id = needOwn(request, 'os-quota-sets:show');
        await refuseUnknownProject(store, id);
        return json(200, { quota_set: { id, ...shown(await limitsOf(store, id), minor) } });
      },
    },
    {
      method: 'GET',
      path: `${path}/defaults`,
      async handle(request, minor) {
        const id = request.params.id ?? '';
        await refuseUnknownProject(store, id);
        return json(200, { quota_set: { id, ...shown(await limitsOf(store, null), minor) } });
      },
    },
    { method: 'GET', path: `${path}/detail`, handle: (request, minor) => detailed(parts, request, minor) },
    { method: 'PUT', path, handle: (request, minor) => updated(parts, request, minor) },
    {
      method: 'DELETE',
      path,
      async handle(request) {
        needAdmin(request.identity, 'os-quota-sets:delete');
        await forgetLimits(store, request.params.id ?? '');
        return empty(202);
      },
    },
    ...classRoutes(parts),
    { method: 'GET', path: '/v2.1/limits', handle: (request, minor) => limits(parts, request, minor) },
  ];
}

/** What is used of each; of what belongs to users or single servers Nova says 0. */
async function usedOf(parts: ComputeParts, projectId: string): Promise<Readonly<Record<string, number>>> {
  const { store, clock } = parts.context;
  const used = await usageOf(store, projectId, clock.now());
  const groups = await store.documents.count(collections.groups, [{ field: 'project_id', in: [projectId] }]);
  return { cores: used.cores, instances: used.instances, ram: used.ram, server_groups: groups };
}

async function detailed(parts: ComputeParts, request: ApiRequest, minor: number): Promise<Answer> {
  const { store } = parts.context;
  const id = needOwn(request, 'os-quota-sets:detail');
  await refuseUnknownProject(store, id);
  const [of, used] = await Promise.all([limitsOf(store, id), usedOf(parts, id)]);
  const details = namesAt(minor).map((name) => [name, { limit: limitOf(of, name), in_use: used[name] ?? 0, reserved: 0 }]);
  return json(200, { quota_set: { id, ...Object.fromEntries(details) } });
}

async function updated(parts: ComputeParts, request: ApiRequest, minor: number): Promise<Answer> {
  needAdmin(request.identity, 'os-quota-sets:update');
  const { store, clock } = parts.context;
  const id = request.params.id ?? '';
  const given = bodyUnder(request, 'quota_set');
  const wishes = wishesOf(given, minor, 'quota_set', ['force', 'tenant_id']);
  if (request.query.has('user_id'))
    throw badRequest('Quotas of single users are not offered by this cloud: leave out user_id to set those of the project.');
  await refuseUnknownProject(store, id);
  const isForced = given.force !== undefined && truthOf(given.force, 'force');
  const after = await store.transaction(async (tx) => {
    if (!isForced) await refuseBelowUse(parts, id, wishes);
    await setLimits(tx, id, wishes, clock.now());
    return limitsOf(tx, id);
  });
  return json(200, { quota_set: shown(after, minor) });
}

async function refuseBelowUse(parts: ComputeParts, projectId: string, wishes: Limits): Promise<void> {
  const used = await usedOf(parts, projectId);
  for (const [name, limit] of Object.entries(wishes)) {
    const least = used[name] ?? 0;
    if (limit !== UNLIMITED && limit < least)
      throw badRequest(`Quota limit ${limit} for ${name} must be greater than or equal to already used and reserved ${least}.`);
  }
}

function classRoutes(parts: ComputeParts): readonly VersionedRoute[] {
  const { store, clock } = parts.context;
  const path = '/v2.1/os-quota-class-sets/:id';
  // Until 2.49 the quotas of server groups were left out here.
  const visible = (of: Limits, minor: number): JsonObject =>
    Object.fromEntries(
      Object.entries(shown(of, minor < 50 ? 1 : minor)).filter(([name]) => minor >= 50 || !name.startsWith('server_group')),
    );
  return [
    {
      method: 'GET',
      path,
      async handle(request, minor) {
        needAdmin(request.identity, 'os-quota-class-sets:show');
        const id = request.params.id ?? '';
        return json(200, { quota_class_set: { id, ...visible(await limitsOf(store, null), minor) } });
      },
    },
    {
      method: 'PUT',
      path,
      async handle(request, minor) {
        needAdmin(request.identity, 'os-quota-class-sets:update');
        const wishes = wishesOf(bodyUnder(request, 'quota_class_set'), minor, 'quota_class_set', ['class_name']);
        if (request.params.id === 'default') await store.transaction((tx) => setLimits(tx, null, wishes, clock.now()));
        return json(200, { quota_class_set: visible(await limitsOf(store, null), minor) });
      },
    },
  ];
}

const LIMIT_NAMES: readonly (readonly [quota: string, name: string, last: number])[] = [
  ['instances', 'maxTotalInstances', 999],
  ['cores', 'maxTotalCores', 999],
  ['ram', 'maxTotalRAMSize', 999],
  ['metadata_items', 'maxServerMeta', 999],
  ['metadata_items', 'maxImageMeta', 38],
  ['injected_files', 'maxPersonality', 56],
  ['injected_file_content_bytes', 'maxPersonalitySize', 56],
  ['key_pairs', 'maxTotalKeypairs', 999],
  ['server_groups', 'maxServerGroups', 999],
  ['server_group_members', 'maxServerGroupMembers', 999],
  ['floating_ips', 'maxTotalFloatingIps', 35],
  ['security_groups', 'maxSecurityGroups', 35],
  ['security_group_rules', 'maxSecurityGroupRules', 35],
];

async function limits(parts: ComputeParts, request: ApiRequest, minor: number): Promise<Answer> {
  const asked = request.query.get('tenant_id');
  if (asked !== null) needAdmin(request.identity, 'limits:other_project');
  const projectId = asked ?? request.identity.projectId ?? '';
  const [of, used] = await Promise.all([limitsOf(parts.context.store, projectId), usedOf(parts, projectId)]);
  const most = LIMIT_NAMES.filter(([, , last]) => minor <= last).map(([quota, name]) => [name, limitOf(of, quota)]);
  const totals = {
    totalRAMUsed: used.ram ?? 0,
    totalCoresUsed: used.cores ?? 0,
    totalInstancesUsed: used.instances ?? 0,
    ...(minor < 36 ? { totalFloatingIpsUsed: 0, totalSecurityGroupsUsed: 0 } : {}),
    totalServerGroupsUsed: used.server_groups ?? 0,
  };
  return json(200, { limits: { rate: [], absolute: { ...Object.fromEntries(most), ...totals } } });
}
