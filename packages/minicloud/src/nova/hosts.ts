/** The one host as the compute service shows it: hypervisor, services, host list, availability zones. */
import { isJsonObject, type JsonObject } from '@hearth/kernel';
import { json, type Answer, type ApiRequest } from '@hearth/http-kit';
import { hostZones } from './aggregates.ts';
import { isoMicroseconds } from './links.ts';
import type { VersionedRoute } from './microversions.ts';
import { usageOf } from './quotas.ts';
import { collections, type StoredServer } from './records.ts';
import { badRequest, missing, needAdmin, needed, textOf, truthOf } from './refusals.ts';
import { isGone } from './server-life.ts';
import { ZONE, type ComputeParts } from './servers.ts';

/** The one host's id, and its service's, where Nova has UUIDs (from 2.53 on). */
const HOST_ID = '00000000-0000-4000-8000-000000000001';
const NUMBER = 1;
const INTERNAL = 'internal';
const hostId = (minor: number): string | number => (minor >= 53 ? HOST_ID : NUMBER);

interface ServiceFacts {
  readonly binary: string;
  readonly zone: string;
  readonly number: number;
  readonly uuid: string;
}
const SERVICES: readonly ServiceFacts[] = [
  { binary: 'nova-scheduler', zone: INTERNAL, number: 2, uuid: '00000000-0000-4000-8000-000000000002' },
  { binary: 'nova-conductor', zone: INTERNAL, number: 3, uuid: '00000000-0000-4000-8000-000000000003' },
  { binary: 'nova-compute', zone: ZONE, number: NUMBER, uuid: HOST_ID },
];

export const hostRoutes = (parts: ComputeParts): readonly VersionedRoute[] => [
  ...hypervisorRoutes(parts),
  ...serviceRoutes(parts),
  ...hostListRoutes(parts),
  ...zoneRoutes(parts),
];

function hypervisorRoutes(parts: ComputeParts): readonly VersionedRoute[] {
  const path = '/v2.1/os-hypervisors';
  const list = (policy: string, isDetailed: boolean) => async (request: ApiRequest, minor: number) => {
    needAdmin(request.identity, `os-hypervisors:${policy}`);
    const pattern = minor >= 53 ? request.query.get('hypervisor_hostname_pattern') : null;
    if (pattern !== null && !parts.driver.host.hostname.includes(pattern))
      throw missing(`No hypervisor matching '${pattern}' could be found.`);
    return json(200, { hypervisors: [await hypervisor(parts, request, minor, isDetailed)] });
  };
  const known = (request: ApiRequest, minor: number): void => {
    const id = request.params.id ?? '';
    if (id !== String(hostId(minor))) throw missing(`Hypervisor with ID '${id}' could not be found.`);
  };
  return [
    { method: 'GET', path, handle: list('list', false) },
    { method: 'GET', path: `${path}/detail`, handle: list('list-detail', true) },
    { method: 'GET', path: `${path}/statistics`, until: 87, handle: (request) => statistics(parts, request) },
    {
      method: 'GET',
      path: `${path}/:id`,
      async handle(request, minor) {
        needAdmin(request.identity, 'os-hypervisors:show');
        known(request, minor);
        return json(200, { hypervisor: await hypervisor(parts, request, minor, true) });
      },
    },
    {
      method: 'GET',
      path: `${path}/:id/uptime`,
      until: 87,
      handle(request, minor) {
        needAdmin(request.identity, 'os-hypervisors:uptime');
        known(request, minor);
        return json(501, { notImplemented: { code: 501, message: 'The requested functionality is not supported.' } });
      },
    },
    ...(['search', 'servers'] as const).map(
      (what): VersionedRoute => ({
        method: 'GET',
        path: `${path}/:id/${what}`,
        until: 52,
        async handle(request, minor) {
          needAdmin(request.identity, `os-hypervisors:${what}`);
          const pattern = request.params.id ?? '';
          if (!parts.driver.host.hostname.includes(pattern)) throw missing(`No hypervisor matching '${pattern}' could be found.`);
          const brief = await hypervisor(parts, request, minor, false);
          return json(200, { hypervisors: [what === 'search' ? brief : { ...brief, servers: await serversOnHost(parts) }] });
        },
      }),
    ),
  ];
}

async function hypervisor(parts: ComputeParts, request: ApiRequest, minor: number, isDetailed: boolean): Promise<JsonObject> {
  const { host } = parts.driver;
  const isEnabled = (await flagsOf(parts)).disabledReason === null;
  const withServers = minor >= 53 && request.query.has('with_servers') && truthOf(request.query.get('with_servers') ?? '', 'with_servers');
  const brief = {
    id: hostId(minor),
    hypervisor_hostname: host.hostname,
    state: 'up',
    status: isEnabled ? 'enabled' : 'disabled',
    ...(withServers ? { servers: await serversOnHost(parts) } : {}),
  };
  if (!isDetailed) return brief;
  const service = { id: hostId(minor), host: host.hostname, disabled_reason: (await flagsOf(parts)).disabledReason };
  const rest = { hypervisor_type: host.hypervisorType, hypervisor_version: 1000, host_ip: '127.0.0.1', service };
  if (minor >= 88) return { ...brief, ...rest, uptime: null };
  return { ...brief, ...rest, ...(await sizesOf(parts)), cpu_info: minor >= 28 ? {} : '{}' };
}

async function sizesOf(parts: ComputeParts): Promise<JsonObject> {
  const { host } = parts.driver;
  const used = await usageOf(parts.context.store, null, parts.context.clock.now());
  return {
    vcpus: host.vcpus,
    memory_mb: host.memoryMb,
    local_gb: host.diskGb,
    vcpus_used: used.cores,
    memory_mb_used: used.ram,
    local_gb_used: used.diskGb,
    free_ram_mb: host.memoryMb - used.ram,
    free_disk_gb: host.diskGb - used.diskGb,
    current_workload: 0,
    running_vms: used.instances,
    disk_available_least: host.diskGb - used.diskGb,
  };
}

async function statistics(parts: ComputeParts, request: ApiRequest): Promise<Answer> {
  needAdmin(request.identity, 'os-hypervisors:statistics');
  return json(200, { hypervisor_statistics: { count: 1, ...(await sizesOf(parts)) } });
}

async function serversOnHost(parts: ComputeParts): Promise<readonly JsonObject[]> {
  const { store, clock } = parts.context;
  const servers = await store.documents.list<StoredServer>(collections.servers, { without: ['actions', 'metadata', 'publicKey'] });
  return servers
    .filter((server) => !isGone(server, clock.now()))
    .map((server) => ({ name: `instance-${(server.seq % 2 ** 32).toString(16).padStart(8, '0')}`, uuid: server.id }));
}

/** What an administrator has said about the compute service. */
interface Flags {
  readonly disabledReason: string | null;
  readonly isDisabled: boolean;
  readonly isForcedDown: boolean;
}
const FLAGS = 'nova.compute-service';

async function flagsOf(parts: ComputeParts): Promise<Flags> {
  const text = await parts.context.store.settings.get(FLAGS);
  return text === null ? { disabledReason: null, isDisabled: false, isForcedDown: false } : (JSON.parse(text) as Flags);
}

function serviceRoutes(parts: ComputeParts): readonly VersionedRoute[] {
  const path = '/v2.1/os-services';
  return [
    {
      method: 'GET',
      path,
      async handle(request, minor) {
        needAdmin(request.identity, 'os-services:list');
        const { query } = request;
        const flags = await flagsOf(parts);
        const host = parts.driver.host.hostname;
        const found = SERVICES.filter(
          (one) => (!query.has('binary') || query.get('binary') === one.binary) && (!query.has('host') || query.get('host') === host),
        );
        return json(200, { services: found.map((one) => serviceView(parts, one, flags, minor)) });
      },
    },
    {
      method: 'PUT',
      path: `${path}/:id`,
      async handle(request, minor) {
        needAdmin(request.identity, 'os-services:update');
        return minor >= 53 ? setService(parts, request, minor) : setServiceByName(parts, request);
      },
    },
  ];
}

function serviceView(parts: ComputeParts, one: ServiceFacts, flags: Flags, minor: number): JsonObject {
  const own = one.binary === 'nova-compute' ? flags : { disabledReason: null, isDisabled: false, isForcedDown: false };
  return {
    binary: one.binary,
    host: parts.driver.host.hostname,
    id: minor >= 53 ? one.uuid : one.number,
    zone: one.zone,
    status: own.isDisabled ? 'disabled' : 'enabled',
    state: own.isForcedDown ? 'down' : 'up',
    updated_at: isoMicroseconds(parts.context.clock.now()),
    disabled_reason: own.disabledReason,
    ...(minor >= 11 ? { forced_down: own.isForcedDown } : {}),
  };
}

const saveFlags = (parts: ComputeParts, flags: Flags): Promise<void> => parts.context.store.settings.put(FLAGS, JSON.stringify(flags));

/** PUT /os-services/{uuid}, from 2.53 on. */
async function setService(parts: ComputeParts, request: ApiRequest, minor: number): Promise<Answer> {
  const service = SERVICES.find((one) => one.uuid === request.params.id);
  if (service === undefined) throw missing(`Service ${request.params.id ?? ''} could not be found.`);
  if (service.binary !== 'nova-compute') throw badRequest('Updating a service that is not of type nova-compute is not supported.');
  const given = isJsonObject(request.body) ? request.body : {};
  const before = await flagsOf(parts);
  const status = given.status === undefined ? null : textOf(given.status, 'status');
  if (status === null && given.forced_down === undefined)
    throw badRequest("No updates were requested. Fields 'status' or 'forced_down' should be specified.");
  const reason = given.disabled_reason === undefined ? null : textOf(given.disabled_reason, 'disabled_reason');
  if (reason !== null && status !== 'disabled') throw badRequest('Specifying disabled_reason is only allowed when status is disabled.');
  const flags: Flags = {
    isDisabled: status === null ? before.isDisabled : status === 'disabled',
    disabledReason: status === null ? before.disabledReason : reason,
    isForcedDown: given.forced_down === undefined ? before.isForcedDown : truthOf(given.forced_down, 'forced_down'),
  };
  await saveFlags(parts, flags);
  return json(200, { service: serviceView(parts, service, flags, minor) });
}

/** PUT /os-services/enable, disable, disable-log-reason, force-down: until 2.52. */
async function setServiceByName(parts: ComputeParts, request: ApiRequest): Promise<Answer> {
  const what = request.params.id ?? '';
  if (!['enable', 'disable', 'disable-log-reason', 'force-down'].includes(what)) throw missing('Unknown action');
  const given = isJsonObject(request.body) ? request.body : {};
  const host = textOf(needed(given, 'service', 'host'), 'host');
  const binary = textOf(needed(given, 'service', 'binary'), 'binary');
  if (host !== parts.driver.host.hostname || binary !== 'nova-compute') throw missing(`Host '${host}' is not mapped to any cell`);
  const before = await flagsOf(parts);
  if (what === 'force-down') {
    const isForcedDown = truthOf(needed(given, 'service', 'forced_down'), 'forced_down');
    await saveFlags(parts, { ...before, isForcedDown });
    return json(200, { service: { host, binary, forced_down: isForcedDown } });
  }
  const reason = what === 'disable-log-reason' ? textOf(needed(given, 'service', 'disabled_reason'), 'disabled_reason') : null;
  await saveFlags(parts, { ...before, isDisabled: what !== 'enable', disabledReason: reason });
  const status = what === 'enable' ? 'enabled' : 'disabled';
  return json(200, { service: { host, binary, status, ...(reason === null ? {} : { disabled_reason: reason }) } });
}

/** The older list of hosts, until 2.42. */
function hostListRoutes(parts: ComputeParts): readonly VersionedRoute[] {
  const { host } = parts.driver;
  return [
    {
      method: 'GET',
      path: '/v2.1/os-hosts',
      until: 42,
      handle(request) {
        needAdmin(request.identity, 'os-hosts:list');
        const hosts = SERVICES.map((one) => ({ host_name: host.hostname, service: one.binary.replace('nova-', ''), zone: one.zone }));
        const asked = request.query.get('zone');
        return json(200, { hosts: hosts.filter((one) => asked === null || one.zone === asked) });
      },
    },
    {
      method: 'GET',
      path: '/v2.1/os-hosts/:name',
      until: 42,
      async handle(request) {
        needAdmin(request.identity, 'os-hosts:show');
        const name = request.params.name ?? '';
        if (name !== host.hostname) throw missing(`Compute host ${name} could not be found.`);
        return json(200, { host: await hostResources(parts) });
      },
    },
  ];
}

async function hostResources(parts: ComputeParts): Promise<readonly JsonObject[]> {
  const { store, clock } = parts.context;
  const { host } = parts.driver;
  const nowMs = clock.now();
  const servers = await store.documents.list<StoredServer>(collections.servers, { without: ['actions', 'metadata', 'publicKey'] });
  const living = servers.filter((server) => !isGone(server, nowMs));
  const line = (project: string, cpu: number, memoryMb: number, diskGb: number): JsonObject => ({
    resource: { host: host.hostname, project, cpu, memory_mb: memoryMb, disk_gb: diskGb },
  });
  const sum = (project: string | null): readonly [number, number, number] => {
    const flavors = living.filter((one) => project === null || one.projectId === project).map((one) => one.body.state.flavor);
    const of = (size: 'vcpus' | 'ramMb' | 'diskGb'): number => flavors.reduce((total, flavor) => total + flavor[size], 0);
    return [of('vcpus'), of('ramMb'), of('diskGb')];
  };
  const projects = [...new Set(living.map((one) => one.projectId ?? ''))];
  return [
    line('(total)', host.vcpus, host.memoryMb, host.diskGb),
    line('(used_now)', ...sum(null)),
    line('(used_max)', ...sum(null)),
    ...projects.map((project) => line(project, ...sum(project))),
  ];
}

function zoneRoutes(parts: ComputeParts): readonly VersionedRoute[] {
  const { store, clock } = parts.context;
  const { host } = parts.driver;
  const path = '/v2.1/os-availability-zone';
  return [
    {
      method: 'GET',
      path,
      async handle() {
        const zones = await hostZones(store, host.hostname);
        return json(200, { availabilityZoneInfo: zones.map((zoneName) => ({ zoneName, zoneState: { available: true }, hosts: null })) });
      },
    },
    {
      method: 'GET',
      path: `${path}/detail`,
      async handle(request) {
        needAdmin(request.identity, 'os-availability-zone:detail');
        const zones = await hostZones(store, host.hostname);
        const state = { available: true, active: true, updated_at: isoMicroseconds(clock.now()) };
        const zone = (zoneName: string, binaries: readonly string[]): JsonObject => ({
          zoneName,
          zoneState: { available: true },
          hosts: { [host.hostname]: Object.fromEntries(binaries.map((binary) => [binary, state])) },
        });
        const internal = SERVICES.filter((one) => one.zone === INTERNAL).map((one) => one.binary);
        return json(200, { availabilityZoneInfo: [zone(INTERNAL, internal), ...zones.map((name) => zone(name, ['nova-compute']))] });
      },
    },
  ];
}
