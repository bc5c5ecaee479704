/** What can be read of a server beside itself: addresses, actions, security groups, diagnostics, the guest's password. */
import type { JsonObject } from '@hearth/kernel';
import { empty, isAdmin, json, pageLink, type Answer, type ApiRequest } from '@hearth/http-kit';
import { collections as networkCollections } from '../neutron/objects.ts';
import { portsOfDevice } from '../neutron/ports.ts';
import { rulesOf } from '../neutron/security-groups.ts';
import type { Document } from '../store/documents.ts';
import { isoMicroseconds, pageOf } from './links.ts';
import { stateAt } from './machine.ts';
import type { VersionedRoute } from './microversions.ts';
import type { ActionRecord, ServerDocument } from './records.ts';
import { badRequest, conflict, missing, needAdmin } from './refusals.ts';
import { addressesOf, plugsOf } from './server-view.ts';
import { findServer, type ComputeParts } from './servers.ts';

const serverOf = (parts: ComputeParts, request: ApiRequest): Promise<ServerDocument> =>
  findServer(parts.context.store, request.params.id ?? '', request.identity, parts.context.clock.now());

export const serverFactRoutes = (parts: ComputeParts): readonly VersionedRoute[] => [
  ...addressRoutes(parts),
  ...actionRoutes(parts),
  { method: 'GET', path: '/v2.1/servers/:id/os-security-groups', handle: (request) => securityGroups(parts, request) },
  { method: 'GET', path: '/v2.1/os-security-groups', until: 35, handle: (request) => ownGroups(parts, request) },
  { method: 'GET', path: '/v2.1/os-security-groups/:id', until: 35, handle: (request) => ownGroup(parts, request) },
  { method: 'GET', path: '/v2.1/servers/:id/diagnostics', handle: (request, minor) => diagnostics(parts, request, minor) },
  {
    method: 'GET',
    path: '/v2.1/servers/:id/os-server-password',
    // Guests that report an encrypted password do so through the metadata service, which is not offered.
    async handle(request) {
      await serverOf(parts, request);
      return json(200, { password: '' });
    },
  },
  {
    method: 'DELETE',
    path: '/v2.1/servers/:id/os-server-password',
    async handle(request) {
      await serverOf(parts, request);
      return empty(204);
    },
  },
];

function addressRoutes(parts: ComputeParts): readonly VersionedRoute[] {
  const addresses = async (request: ApiRequest): Promise<JsonObject> => {
    const server = await serverOf(parts, request);
    return addressesOf((await plugsOf(parts.context.store, [server]))(server), false);
  };
  return [
    { method: 'GET', path: '/v2.1/servers/:id/ips', handle: async (request) => json(200, { addresses: await addresses(request) }) },
    {
      method: 'GET',
      path: '/v2.1/servers/:id/ips/:network',
      async handle(request) {
        const name = request.params.network ?? '';
        const found = await addresses(request);
        if (!Object.hasOwn(found, name)) throw missing('Instance is not a member of specified network');
        return json(200, { [name]: found[name] });
      },
    },
  ];
}

function actionRoutes(parts: ComputeParts): readonly VersionedRoute[] {
  const path = '/v2.1/servers/:id/os-instance-actions';
  return [
    { method: 'GET', path, handle: (request, minor) => actions(parts, request, minor) },
    {
      method: 'GET',
      path: `${path}/:request`,
      async handle(request, minor) {
        const server = await serverOf(parts, request);
        const action = server.body.actions.find((one) => one.requestId === request.params.request);
        if (action === undefined) throw missing(`Action ${request.params.request ?? ''} not found`);
        const isShown = isAdmin(request.identity) || minor >= 51;
        const events = isShown ? { events: [eventView(action, server, { parts, request, minor })] } : {};
        return json(200, { instanceAction: { ...actionView(action, server, minor), ...events } });
      },
    },
  ];
}

async function actions(parts: ComputeParts, request: ApiRequest, minor: number): Promise<Answer> {
  const server = await serverOf(parts, request);
  const all = server.body.actions.toReversed();
  if (minor < 58) return json(200, { instanceActions: all.map((action) => actionView(action, server, minor)) });
  const { limit, marker } = pageOf(request.query);
  const timeOf = (name: string): number | null => {
    const text = request.query.get(name);
    const ms = text === null ? null : Date.parse(text);
    if (ms !== null && Number.isNaN(ms))
      throw badRequest(`Invalid input for query parameters ${name}. Value: ${text}. '${text}' is not a 'date-time'`);
    return ms;
  };
  const since = timeOf('changes-since') ?? Number.NEGATIVE_INFINITY;
  const before = (minor >= 66 ? timeOf('changes-before') : null) ?? Number.POSITIVE_INFINITY;
  if (since > before) throw badRequest('The value of changes-since must be less than or equal to changes-before.');
  const start = marker === null ? 0 : all.findIndex((action) => action.requestId === marker) + 1;
  if (marker !== null && start === 0) throw badRequest(`Marker ${marker} could not be found.`);
  const shown = all.slice(start).filter((action) => action.startedAtMs >= since && action.startedAtMs <= before);
  const page = shown.slice(0, limit);
  const isMore = request.query.has('limit') && page.length === limit && page.length > 0;
  const links = isMore ? { links: [{ rel: 'next', href: pageLink(request, { marker: page.at(-1)?.requestId ?? '' }) }] } : {};
  return json(200, { instanceActions: page.map((action) => actionView(action, server, minor)), ...links });
}

function actionView(action: ActionRecord, server: ServerDocument, minor: number): JsonObject {
  return {
    action: action.action,
    instance_uuid: server.id,
    request_id: action.requestId,
    user_id: action.userId,
    project_id: action.projectId,
    start_time: isoMicroseconds(action.startedAtMs),
    message: null,
    ...(minor >= 58 ? { updated_at: isoMicroseconds(action.startedAtMs) } : {}),
  };
}

interface EventContext {
  readonly parts: ComputeParts;
  readonly request: ApiRequest;
  readonly minor: number;
}

/** The one step that every action has here. */
function eventView(action: ActionRecord, server: ServerDocument, { parts, request, minor }: EventContext): JsonObject {
  const nowMs = parts.context.clock.now();
  const { transition, updatedAtMs } = stateAt(server.body.state, nowMs);
  const isLast = action === server.body.actions.at(-1);
  const isRunning = isLast && transition !== null;
  const admin = isAdmin(request.identity);
  const { hostname } = parts.driver.host;
  return {
    event: `compute_${action.action}`,
    start_time: isoMicroseconds(action.startedAtMs),
    finish_time: isRunning ? null : isoMicroseconds(isLast ? Math.max(updatedAtMs, action.startedAtMs) : action.startedAtMs),
    result: isRunning ? null : 'Success',
    ...(admin ? { traceback: null } : {}),
    ...(minor >= 62 && admin ? { host: hostname } : {}),
    ...(minor >= 62 ? { hostId: '' } : {}),
    ...(minor >= 84 && admin ? { details: null } : {}),
  };
}

async function securityGroups(parts: ComputeParts, request: ApiRequest): Promise<Answer> {
  const { store } = parts.context;
  const server = await serverOf(parts, request);
  const ids = [...new Set((await portsOfDevice(store, server.id)).flatMap((port) => port.body.security_groups))];
  const groups = ids.length === 0 ? [] : await store.documents.list(networkCollections.groups, { where: [{ field: 'id', in: ids }] });
  return json(200, {
    security_groups: groups.map((group) => ({
      id: group.id,
      description: group.body.description ?? '',
      name: group.name,
      tenant_id: group.projectId,
      rules: [],
    })),
  });
}

/** Security groups of the network service in the form of the old API, which stock clients still ask for by name. */
function oldGroupView(group: Document, rules: readonly Document[]): JsonObject {
  return {
    id: group.id,
    name: group.name,
    description: group.body.description ?? '',
    tenant_id: group.projectId,
    rules: rules
      .filter(({ parentId, body }) => parentId === group.id && body.direction === 'ingress')
      .map(({ id, body }) => ({
        id,
        parent_group_id: group.id,
        ip_protocol: body.protocol ?? null,
        from_port: body.port_range_min ?? null,
        to_port: body.port_range_max ?? null,
        ip_range: typeof body.remote_ip_prefix === 'string' ? { cidr: body.remote_ip_prefix } : {},
        group: {},
      })),
  };
}

async function ownGroups({ context: { store } }: ComputeParts, request: ApiRequest): Promise<Answer> {
  const groups = await store.documents.list(networkCollections.groups, {
    where: [{ field: 'project_id', is: request.identity.projectId ?? '' }],
  });
  const rules =
    groups.length === 0
      ? []
      : await rulesOf(
          store,
          groups.map(({ id }) => id),
        );
  return json(200, { security_groups: groups.map((group) => oldGroupView(group, rules)) });
}

async function ownGroup({ context: { store } }: ComputeParts, request: ApiRequest): Promise<Answer> {
  const id = request.params.id ?? '';
  if (!/^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(id)) throw badRequest('Security group id should be uuid');
  const group = await store.documents.get(networkCollections.groups, id);
  if (group === null || group.projectId !== request.identity.projectId) throw missing(`Security group ${id} not found.`);
  return json(200, { security_group: oldGroupView(group, await rulesOf(store, [id])) });
}

/** What is known of a guest that nobody measures: its parts, not its load. */
async function diagnostics(parts: ComputeParts, request: ApiRequest, minor: number): Promise<Answer> {
  needAdmin(request.identity, 'os-server-diagnostics');
  const server = await serverOf(parts, request);
  const nowMs = parts.context.clock.now();
  const state = stateAt(server.body.state, nowMs);
  if (state.launchedAtMs === null || state.vmState === 'shelved_offloaded') throw conflict(`Instance ${server.id} is not ready`);
  const ports = await portsOfDevice(parts.context.store, server.id);
  const { flavor } = state;
  if (minor < 48)
    return json(200, { vcpus: flavor.vcpus, memory: flavor.ramMb * 1024, disks: server.body.disks.length, nics: ports.length });
  const nothing = { rx_octets: null, rx_errors: null, rx_drop: null, rx_packets: null, rx_rate: null };
  const sent = { tx_octets: null, tx_errors: null, tx_drop: null, tx_packets: null, tx_rate: null };
  const disk = { read_bytes: null, read_requests: null, write_bytes: null, write_requests: null, errors_count: null };
  return json(200, {
    state: state.powerState === 1 ? 'running' : state.powerState === 3 ? 'paused' : 'shutdown',
    driver: null,
    hypervisor: parts.driver.host.hypervisorType,
    hypervisor_os: null,
    uptime: state.powerState === 1 ? Math.floor((nowMs - state.launchedAtMs) / 1000) : null,
    config_drive: server.body.configDrive,
    num_cpus: flavor.vcpus,
    num_nics: ports.length,
    num_disks: server.body.disks.length,
    cpu_details: Array.from({ length: flavor.vcpus }, (_, id) => ({ id, time: null, utilisation: null })),
    nic_details: ports.map((port) => ({ mac_address: port.body.mac_address, ...nothing, ...sent })),
    disk_details: server.body.disks.map(() => disk),
    memory_details: { maximum: flavor.ramMb, used: null },
  });
}
