/** What the block storage says of itself: zones, services, hosts, pools, capabilities, extensions, filters; and lists that are always empty. */
import type { JsonObject } from '@hearth/kernel';
import { json, type Answer, type ApiRequest } from '@hearth/http-kit';
import { extensions } from './extensions.ts';
import type { VersionedRoute } from './microversions.ts';
import { badRequest, missing, needAdmin, noSuchPage, textOf } from './refusals.ts';
import { BACKEND } from './volume-types.ts';
import { isoMicroseconds } from './volume-view.ts';
import { HOST, POOL, ZONE, type StorageParts } from './volumes.ts';

const HOSTNAME = HOST.split('@')[0] ?? HOST;

const FILTERS: Readonly<Record<string, readonly string[]>> = {
  volume: [
    ...['name', 'status', 'metadata', 'bootable', 'migration_status', 'availability_zone', 'group_id', 'size'],
    ...['created_at', 'updated_at', 'consumes_quota'],
  ],
  backup: ['name', 'status', 'volume_id'],
  snapshot: ['name', 'status', 'volume_id', 'metadata', 'availability_zone', 'consumes_quota'],
  group: ['name'],
  group_snapshot: ['name', 'status', 'group_id'],
  attachment: ['volume_id', 'status', 'instance_id', 'attach_status'],
  message: ['resource_uuid', 'resource_type', 'event_id', 'request_id', 'message_level'],
  pool: ['name', 'volume_type'],
  volume_type: ['is_public', 'extra_specs'],
};

export const factRoutes = (parts: StorageParts): readonly VersionedRoute[] => [
  ...zoneRoutes(),
  ...serviceRoutes(parts),
  ...poolRoutes(parts),
  ...emptyLists(),
];

function zoneRoutes(): readonly VersionedRoute[] {
  const zone = { zoneName: ZONE, zoneState: { available: true } };
  return [
    { method: 'GET', path: '/os-availability-zone', handle: () => json(200, { availabilityZoneInfo: [zone] }) },
    { method: 'GET', path: '/extensions', handle: () => json(200, { extensions }) },
    {
      method: 'GET',
      path: '/extensions/:alias',
      handle(request) {
        const extension = extensions.find((one) => one.alias === request.params.alias);
        if (extension === undefined) throw noSuchPage();
        return json(200, { extension });
      },
    },
    {
      method: 'GET',
      path: '/resource_filters',
      since: 33,
      handle(request) {
        const asked = request.query.get('resource');
        const known = Object.entries(FILTERS).filter(([resource]) => asked === null || resource === asked);
        return json(200, { resource_filters: known.map(([resource, filters]) => ({ resource, filters })) });
      },
    },
  ];
}

interface Disabled {
  readonly reason: string | null;
}

const SERVICES = [
  ['cinder-volume', HOST],
  ['cinder-scheduler', HOSTNAME],
  ['cinder-backup', HOSTNAME],
] as const;
const servicePolicy = (verb: string): string => `volume_extension:services:${verb}`;
const settingOf = (binary: string): string => `cinder.disabled:${binary}`;

async function serviceView({ context }: StorageParts, binary: string, host: string, minor: number): Promise<JsonObject> {
  const text = await context.store.settings.get(settingOf(binary));
  const off = text === null || text === '' ? null : (JSON.parse(text) as Disabled);
  const isVolume = binary === 'cinder-volume';
  return {
    binary,
    host,
    zone: ZONE,
    status: off === null ? 'enabled' : 'disabled',
    state: 'up',
    updated_at: isoMicroseconds(context.clock.now()),
    ...(isVolume && minor >= 49 ? { backend_state: 'up' } : {}),
    ...(minor >= 7 ? { cluster: null } : {}),
    disabled_reason: off?.reason ?? null,
    ...(isVolume ? { replication_status: 'disabled', active_backend_id: null, frozen: false } : {}),
  };
}

/** Kept and shown; simulated storage works all the same. */
async function changeService({ context }: StorageParts, request: ApiRequest): Promise<Answer> {
  needAdmin(request.identity, servicePolicy('update'));
  const verb = request.params.verb ?? '';
  if (!['enable', 'disable', 'disable-log-reason'].includes(verb)) throw badRequest('Unknown action');
  const given = (request.body ?? {}) as JsonObject;
  const host = textOf(given.host, 'host', 255, 1);
  const binary = textOf(given.binary ?? given.service, 'binary', 255, 1);
  if (!SERVICES.some(([name, at]) => name === binary && at === host)) throw missing(`Service (${host}, ${binary}) could not be found.`);
  const isOn = verb === 'enable';
  const reason = verb === 'disable-log-reason' ? textOf(given.disabled_reason, 'disabled_reason', 255, 1) : null;
  await context.store.settings.put(settingOf(binary), isOn ? '' : JSON.stringify({ reason } satisfies Disabled));
  const status = isOn ? 'enabled' : 'disabled';
  return json(200, { host, service: binary, disabled: !isOn, binary, status, ...(reason === null ? {} : { disabled_reason: reason }) });
}

function serviceRoutes(parts: StorageParts): readonly VersionedRoute[] {
  return [
    {
      method: 'GET',
      path: '/os-services',
      async handle(request, minor) {
        needAdmin(request.identity, servicePolicy('index'));
        const [binary, host] = [request.query.get('binary'), request.query.get('host')];
        const isWanted = ([name, at]: (typeof SERVICES)[number]): boolean =>
          (binary === null || name === binary) && (host === null || at === host || at.startsWith(`${host}@`));
        const services = SERVICES.filter(isWanted).map(([name, at]) => serviceView(parts, name, at, minor));
        return json(200, { services: await Promise.all(services) });
      },
    },
    { method: 'PUT', path: '/os-services/:verb', handle: (request) => changeService(parts, request) },
    {
      method: 'GET',
      path: '/os-hosts',
      handle(request) {
        needAdmin(request.identity, 'volume_extension:hosts');
        const hosts = SERVICES.map(([service, host_name]) => ({
          host_name,
          service,
          zone: ZONE,
          'service-status': 'available',
          'service-state': 'enabled',
          'last-update': isoMicroseconds(parts.context.clock.now()),
        }));
        return json(200, { hosts });
      },
    },
  ];
}

function poolRoutes(parts: StorageParts): readonly VersionedRoute[] {
  const { clock } = parts.context;
  const capabilities = (): JsonObject => ({
    pool_name: BACKEND,
    total_capacity_gb: 'infinite',
    free_capacity_gb: 'infinite',
    provisioned_capacity_gb: 0,
    reserved_percentage: 0,
    QoS_support: false,
    filter_function: null,
    goodness_function: null,
    multiattach: true,
    volume_backend_name: BACKEND,
    storage_protocol: 'simulated',
    vendor_name: 'Hearth',
    driver_version: '1.0.0',
    timestamp: isoMicroseconds(clock.now()),
  });
  return [
    {
      method: 'GET',
      path: '/scheduler-stats/get_pools',
      handle(request) {
        needAdmin(request.identity, 'scheduler_extension:scheduler_stats:get_pools');
        const isDetailed = ['true', '1'].includes((request.query.get('detail') ?? '').toLowerCase());
        return json(200, { pools: [{ name: POOL, ...(isDetailed ? { capabilities: capabilities() } : {}) }] });
      },
    },
    {
      method: 'GET',
      path: '/capabilities/:host',
      handle(request) {
        needAdmin(request.identity, 'volume_extension:capabilities');
        const { host } = request.params;
        if (host !== HOST && host !== POOL) throw missing(`Service ${host ?? ''} could not be found.`);
        return json(200, {
          namespace: `OS::Storage::Capabilities::${host}`,
          vendor_name: 'Hearth',
          volume_backend_name: BACKEND,
          pool_name: null,
          driver_version: '1.0.0',
          storage_protocol: 'simulated',
          display_name: null,
          description: null,
          visibility: null,
          replication_targets: [],
          properties: {},
        });
      },
    },
  ];
}

/** Groups, clusters and messages: nothing here makes any, but clients ask. */
function emptyLists(): readonly VersionedRoute[] {
  const none = (path: string, key: string, since = 0): VersionedRoute => ({
    method: 'GET',
    path,
    since,
    handle: () => json(200, { [key]: [] }),
  });
  return [
    none('/messages', 'messages', 3),
    {
      method: 'GET',
      path: '/messages/:id',
      since: 3,
      handle(request) {
        throw missing(`Message ${request.params.id ?? ''} could not be found.`);
      },
    },
    {
      method: 'DELETE',
      path: '/messages/:id',
      since: 3,
      handle(request) {
        throw missing(`Message ${request.params.id ?? ''} could not be found.`);
      },
    },
    none('/groups', 'groups', 13),
    none('/groups/detail', 'groups', 13),
    none('/group_snapshots', 'group_snapshots', 14),
    none('/group_snapshots/detail', 'group_snapshots', 14),
    none('/consistencygroups', 'consistencygroups'),
    none('/consistencygroups/detail', 'consistencygroups'),
    none('/group_types', 'group_types', 11),
    {
      ...none('/clusters', 'clusters', 7),
      handle(request) {
        needAdmin(request.identity, 'clusters:get_all');
        return json(200, { clusters: [] });
      },
    },
  ];
}
