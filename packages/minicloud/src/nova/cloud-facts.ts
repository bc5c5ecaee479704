/** What the compute service says about itself: limits, quotas, zones, hosts, services, extensions, server groups. */
import { Refusal, type JsonObject } from '@hearth/kernel';
import { empty, isAdmin, json, type Answer, type ApiRequest } from '@hearth/http-kit';
import type { Document } from '../store/documents.ts';
import { isoMicroseconds } from './links.ts';
import type { VersionedRoute } from './microversions.ts';
import { collections, type StoredServer } from './records.ts';
import { badRequest, bodyUnder, choiceOf, missing, needAdmin, needed, objectOf, textOf } from './refusals.ts';
import { isGone, ZONE, type ComputeParts } from './servers.ts';

const UNLIMITED = -1;
const QUOTAS = ['cores', 'instances', 'key_pairs', 'metadata_items', 'ram', 'server_group_members', 'server_groups'];
const OLD_QUOTAS = [
  'fixed_ips',
  'floating_ips',
  'injected_file_content_bytes',
  'injected_file_path_bytes',
  'injected_files',
  'security_group_rules',
  'security_groups',
];

export function factRoutes(parts: ComputeParts): readonly VersionedRoute[] {
  const { clock } = parts.context;
  const { host } = parts.driver;
  const zone = (hosts: JsonObject | null): JsonObject => ({ zoneName: ZONE, zoneState: { available: true }, hosts });
  const serviceState = (): JsonObject => ({ available: true, active: true, updated_at: isoMicroseconds(clock.now()) });
  return [
    { method: 'GET', path: '/v2.1/limits', handle: (request, minor) => limits(parts, request, minor) },
    { method: 'GET', path: '/v2.1/os-availability-zone', handle: () => json(200, { availabilityZoneInfo: [zone(null)] }) },
    {
      method: 'GET',
      path: '/v2.1/os-availability-zone/detail',
      handle(request) {
        needAdmin(request.identity, 'os-availability-zone:detail');
        return json(200, { availabilityZoneInfo: [zone({ [host.hostname]: { 'nova-compute': serviceState() } })] });
      },
    },
    { method: 'GET', path: '/v2.1/os-quota-sets/:id', handle: (request, minor) => quotas(request, minor, () => UNLIMITED) },
    { method: 'GET', path: '/v2.1/os-quota-sets/:id/defaults', handle: (request, minor) => quotas(request, minor, () => UNLIMITED) },
    {
      method: 'GET',
      path: '/v2.1/os-quota-sets/:id/detail',
      handle: (request, minor) => quotas(request, minor, () => ({ limit: UNLIMITED, in_use: UNLIMITED, reserved: UNLIMITED })),
    },
    { method: 'GET', path: '/v2.1/extensions', handle: () => json(200, { extensions: [] }) },
    {
      method: 'GET',
      path: '/v2.1/os-services',
      handle(request, minor) {
        needAdmin(request.identity, 'os-services:list');
        const id = minor >= 53 ? HOST_ID : 1;
        const service = {
          binary: 'nova-compute',
          host: host.hostname,
          id,
          zone: ZONE,
          status: 'enabled',
          state: 'up',
          updated_at: isoMicroseconds(clock.now()),
        };
        return json(200, { services: [{ ...service, disabled_reason: null, ...(minor >= 11 ? { forced_down: false } : {}) }] });
      },
    },
    { method: 'GET', path: '/v2.1/os-hypervisors', handle: (request, minor) => hypervisors(parts, request, minor, true) },
    { method: 'GET', path: '/v2.1/os-hypervisors/detail', handle: (request, minor) => hypervisors(parts, request, minor, false) },
    ...groupRoutes(parts),
  ];
}

/** The one host's id where Nova has UUIDs. */
const HOST_ID = '00000000-0000-4000-8000-000000000001';

async function hypervisors(parts: ComputeParts, request: ApiRequest, minor: number, isBrief: boolean): Promise<Answer> {
  needAdmin(request.identity, 'os-hypervisors:list');
  const { host } = parts.driver;
  const brief = { id: minor >= 53 ? HOST_ID : 1, hypervisor_hostname: host.hostname, state: 'up', status: 'enabled' };
  if (isBrief) return json(200, { hypervisors: [brief] });
  const service = { id: brief.id, host: host.hostname, disabled_reason: null };
  const rest = { hypervisor_type: host.hypervisorType, hypervisor_version: 1000, host_ip: '127.0.0.1', service };
  if (minor >= 88) return json(200, { hypervisors: [{ ...brief, ...rest, uptime: null }] });
  const used = await usage(parts, null);
  const sizes = {
    vcpus: host.vcpus,
    vcpus_used: used.cores,
    memory_mb: host.memoryMb,
    memory_mb_used: used.ramMb,
    free_ram_mb: host.memoryMb - used.ramMb,
    local_gb: host.diskGb,
    local_gb_used: used.diskGb,
    free_disk_gb: host.diskGb - used.diskGb,
    disk_available_least: host.diskGb - used.diskGb,
    running_vms: used.servers,
    current_workload: 0,
    cpu_info: minor >= 28 ? {} : '{}',
  };
  return json(200, { hypervisors: [{ ...brief, ...rest, ...sizes }] });
}

async function usage(
  parts: ComputeParts,
  projectId: string | null,
): Promise<{ servers: number; cores: number; ramMb: number; diskGb: number }> {
  const where = projectId === null ? [] : [{ field: 'project_id', in: [projectId] }];
  const nowMs = parts.context.clock.now();
  const servers = (await parts.context.store.documents.list<StoredServer>(collections.servers, { where })).filter(
    (server) => !isGone(server, nowMs),
  );
  const sum = (size: 'vcpus' | 'ramMb' | 'diskGb'): number => servers.reduce((total, server) => total + server.body.state.flavor[size], 0);
  return { servers: servers.length, cores: sum('vcpus'), ramMb: sum('ramMb'), diskGb: sum('diskGb') };
}

async function limits(parts: ComputeParts, request: ApiRequest, minor: number): Promise<Answer> {
  const asked = request.query.get('tenant_id');
  const projectId = asked !== null && isAdmin(request.identity) ? asked : (request.identity.projectId ?? '');
  const used = await usage(parts, projectId);
  const old = minor < 36 ? ['maxTotalFloatingIps', 'maxSecurityGroups', 'maxSecurityGroupRules'] : [];
  const older = minor < 57 ? ['maxPersonality', 'maxPersonalitySize'] : [];
  const oldest = minor < 39 ? ['maxImageMeta'] : [];
  const names = [
    'maxTotalInstances',
    'maxTotalCores',
    'maxTotalRAMSize',
    'maxServerMeta',
    ...oldest,
    ...older,
    'maxTotalKeypairs',
    'maxServerGroups',
    'maxServerGroupMembers',
    ...old,
  ];
  const totals = {
    totalRAMUsed: used.ramMb,
    totalCoresUsed: used.cores,
    totalInstancesUsed: used.servers,
    ...(minor < 36 ? { totalFloatingIpsUsed: 0, totalSecurityGroupsUsed: 0 } : {}),
    totalServerGroupsUsed: 0,
  };
  return json(200, { limits: { rate: [], absolute: { ...Object.fromEntries(names.map((name) => [name, UNLIMITED])), ...totals } } });
}

function quotas(request: ApiRequest, minor: number, value: () => number | JsonObject): Answer {
  const id = request.params.id ?? '';
  if (!isAdmin(request.identity) && id !== request.identity.projectId) {
    throw new Refusal('forbidden', 'PolicyNotAuthorized', "Policy doesn't allow os_compute_api:os-quota-sets:show to be performed.");
  }
  const names = minor >= 36 ? QUOTAS : [...QUOTAS, ...OLD_QUOTAS];
  return json(200, { quota_set: { id, ...Object.fromEntries(names.map((name) => [name, value()])) } });
}

const POLICIES = ['anti-affinity', 'affinity', 'soft-anti-affinity', 'soft-affinity'] as const;

function groupRoutes(parts: ComputeParts): readonly VersionedRoute[] {
  const { store, random, clock } = parts.context;
  const path = '/v2.1/os-server-groups';
  const groupOf = async (request: ApiRequest): Promise<Document> => {
    const id = request.params.id ?? '';
    const group = await store.documents.get(collections.groups, id);
    if (group === null || (group.projectId !== request.identity.projectId && !isAdmin(request.identity)))
      throw missing(`Instance group ${id} could not be found.`);
    return group;
  };
  const shown = async (groups: readonly Document[], minor: number): Promise<readonly JsonObject[]> => {
    const ids = groups.map((group) => group.id);
    const servers =
      ids.length === 0 ? [] : await store.documents.list<StoredServer>(collections.servers, { where: [{ field: 'group_id', in: ids }] });
    const living = servers.filter((server) => !isGone(server, clock.now()));
    return groups.map((group) =>
      groupView(
        group,
        living.filter((server) => server.body.group_id === group.id).map((server) => server.id),
        minor,
      ),
    );
  };
  return [
    {
      method: 'GET',
      path,
      async handle(request, minor) {
        const groups = await store.documents.list(collections.groups, {
          where: [{ field: 'project_id', in: [request.identity.projectId ?? ''] }],
        });
        return json(200, { server_groups: await shown(groups, minor) });
      },
    },
    {
      method: 'POST',
      path,
      async handle(request, minor) {
        const given = bodyUnder(request, 'server_group');
        const name = textOf(needed(given, 'server_group', 'name'), 'name');
        const listed = Array.isArray(given.policies) ? given.policies : [];
        if (minor < 64 && listed.length !== 1)
          throw badRequest('Invalid input for field/attribute policies. Value: it must be a list of one policy.');
        const policy = choiceOf(minor >= 64 ? needed(given, 'server_group', 'policy') : (listed[0] ?? null), 'policy', POLICIES);
        const rules = given.rules === undefined ? {} : objectOf(given.rules, 'rules');
        const body = { policy, rules, user_id: request.identity.userId };
        const made = await store.documents.insert(
          collections.groups,
          { id: random.uuid(), projectId: request.identity.projectId, name, body },
          clock.now(),
        );
        return json(200, { server_group: made === null ? null : groupView(made, [], minor) });
      },
    },
    {
      method: 'GET',
      path: `${path}/:id`,
      handle: async (request, minor) => json(200, { server_group: (await shown([await groupOf(request)], minor))[0] }),
    },
    {
      method: 'DELETE',
      path: `${path}/:id`,
      async handle(request) {
        const group = await groupOf(request);
        await store.documents.remove(collections.groups, group.id);
        return empty(204);
      },
    },
  ];
}

function groupView(group: Document, members: readonly string[], minor: number): JsonObject {
  const policy =
    minor >= 64
      ? { policy: group.body.policy ?? '', rules: group.body.rules ?? {} }
      : { policies: [group.body.policy ?? ''], metadata: {} };
  const owner = minor >= 13 ? { project_id: group.projectId, user_id: group.body.user_id ?? '' } : {};
  return { id: group.id, name: group.name, ...policy, members, ...owner };
}
