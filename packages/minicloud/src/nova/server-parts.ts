/** What hangs on a server and can be changed: metadata, tags, interfaces. */
import { isJsonObject, isUuidLike, type Refusal, type JsonObject } from '@hearth/kernel';
import { empty, json, type Answer, type ApiRequest } from '@hearth/http-kit';
import { collections as networkCollections, portStatus, type PortBody } from '../neutron/objects.ts';
import { networksForServer, plug, unplug, type PlugContext, type Port } from '../neutron/ports.ts';
import { groupIdsNamed } from '../neutron/security-groups.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { stateAt } from './machine.ts';
import { selfLink } from './links.ts';
import type { VersionedRoute } from './microversions.ts';
import { badRequest, bodyUnder, conflict, metadataOf, missing, quoted, refuseUnknownKeys, textOf, unfit } from './refusals.ts';
import { limitsOf, refuseTooMuchMetadata } from './quotas.ts';
import { serverTagsOf } from './server-request.ts';
import { plugsOf } from './server-view.ts';
import { change, findServer, refuseBusy, saveServer, withAction, ZONE, type Caller, type ComputeParts } from './servers.ts';
import type { ServerDocument } from './records.ts';

const callerOf = (request: ApiRequest): Caller => ({ identity: request.identity, requestId: request.id });
const serverOf = (parts: ComputeParts, request: ApiRequest): Promise<ServerDocument> =>
  findServer(parts.context.store, request.params.id ?? '', request.identity, parts.context.clock.now());

export const serverPartRoutes = (parts: ComputeParts): readonly VersionedRoute[] => [
  ...metadataRoutes(parts),
  ...tagRoutes(parts),
  ...interfaceRoutes(parts),
];

const MAX_TAG = 60;

type Metadata = Readonly<Record<string, string>>;

function metadataRoutes(parts: ComputeParts): readonly VersionedRoute[] {
  const path = '/v2.1/servers/:id/metadata';
  const edit = async (request: ApiRequest, word: string, how: (before: Metadata) => Metadata): Promise<Metadata> => {
    const limits = await limitsOf(parts.context.store, request.identity.projectId);
    const done = await change(parts, request.params.id ?? '', callerOf(request), (server, nowMs) => {
      refuseBusy(server, word, nowMs, request.identity);
      const metadata = metadataOf(how(server.body.metadata));
      refuseTooMuchMetadata(limits, metadata);
      return { metadata };
    });
    return done.body.metadata;
  };
  const keyOf = (request: ApiRequest): string => request.params.key ?? '';
  const gone = (): Refusal => missing('Metadata item was not found');
  return [
    { method: 'GET', path, handle: async (request) => json(200, { metadata: (await serverOf(parts, request)).body.metadata }) },
    {
      method: 'POST',
      path,
      async handle(request) {
        const given = metadataOf(bodyUnder(request, 'metadata'));
        return json(200, { metadata: await edit(request, 'update metadata', (before) => ({ ...before, ...given })) });
      },
    },
    {
      method: 'PUT',
      path,
      async handle(request) {
        const given = metadataOf(bodyUnder(request, 'metadata'));
        return json(200, { metadata: await edit(request, 'update metadata', () => given) });
      },
    },
    {
      method: 'GET',
      path: `${path}/:key`,
      async handle(request) {
        const value = (await serverOf(parts, request)).body.metadata[keyOf(request)];
        if (value === undefined) throw gone();
        return json(200, { meta: { [keyOf(request)]: value } });
      },
    },
    {
      method: 'PUT',
      path: `${path}/:key`,
      async handle(request) {
        const given = metadataOf(bodyUnder(request, 'meta'), 'meta');
        if (Object.keys(given).length > 1) throw unfit('meta', given, `${quoted(given)} has too many properties`);
        if (given[keyOf(request)] === undefined) throw badRequest('Request body and URI mismatch');
        await edit(request, 'update metadata', (before) => ({ ...before, ...given }));
        return json(200, { meta: given });
      },
    },
    {
      method: 'DELETE',
      path: `${path}/:key`,
      async handle(request) {
        await edit(request, 'delete metadata', ({ [keyOf(request)]: value, ...rest }) => {
          if (value === undefined) throw gone();
          return rest;
        });
        return empty(204);
      },
    },
  ];
}

function tagRoutes(parts: ComputeParts): readonly VersionedRoute[] {
  const path = '/v2.1/servers/:id/tags';
  const since = 26;
  const edit = async (request: ApiRequest, how: (before: readonly string[]) => readonly string[]): Promise<readonly string[]> =>
    (await change(parts, request.params.id ?? '', callerOf(request), (server) => ({ tags: serverTagsOf(how(server.body.tags)) }))).body
      .tags;
  const tagOf = (request: ApiRequest): string => request.params.tag ?? '';
  const gone = (request: ApiRequest): Refusal => missing(`Instance ${request.params.id} has no tag '${tagOf(request)}'`);
  return [
    { method: 'GET', path, since, handle: async (request) => json(200, { tags: (await serverOf(parts, request)).body.tags }) },
    {
      method: 'PUT',
      path,
      since,
      async handle(request) {
        if (!isJsonObject(request.body) || request.body.tags === undefined) throw badRequest("'tags' is a required property");
        const tags = serverTagsOf(request.body.tags);
        return json(200, { tags: await edit(request, () => tags) });
      },
    },
    {
      method: 'DELETE',
      path,
      since,
      async handle(request) {
        await edit(request, () => []);
        return empty(204);
      },
    },
    {
      method: 'GET',
      path: `${path}/:tag`,
      since,
      async handle(request) {
        if (!(await serverOf(parts, request)).body.tags.includes(tagOf(request))) throw gone(request);
        return empty(204);
      },
    },
    {
      method: 'PUT',
      path: `${path}/:tag`,
      since,
      async handle(request) {
        refuseOddTag(tagOf(request));
        const before = (await serverOf(parts, request)).body.tags;
        await edit(request, (tags) => [...tags, tagOf(request)]);
        const headers = { 'Content-Type': 'text/html; charset=UTF-8' };
        if (before.includes(tagOf(request))) return empty(204, headers);
        return empty(201, { ...headers, Location: `${selfLink(request, 'servers', request.params.id ?? '')}/tags/${tagOf(request)}` });
      },
    },
    {
      method: 'DELETE',
      path: `${path}/:tag`,
      since,
      async handle(request) {
        await edit(request, (tags) => {
          if (!tags.includes(tagOf(request))) throw gone(request);
          return tags.filter((tag) => tag !== tagOf(request));
        });
        return empty(204);
      },
    },
  ];
}

/** A tag that is part of the address has words of its own. */
function refuseOddTag(tag: string): void {
  const wrong = tag.length > MAX_TAG ? 'is too long' : /[,/]/.test(tag) ? "does not match '^[^,/]*$'" : null;
  if (wrong === null) return;
  const rule = "It must be a non empty string without characters '/' and ','.";
  throw badRequest(`Tag '${tag}' is invalid. ${rule} Validation error message: '${tag}' ${wrong}`);
}

function attachmentView(port: Port, server: ServerDocument, minor: number, nowMs: number): JsonObject {
  const tag = minor >= 70 ? { tag: server.body.portTags[port.id] ?? null } : {};
  return {
    net_id: port.body.network_id,
    port_id: port.id,
    mac_addr: port.body.mac_address,
    port_state: portStatus(port.body, nowMs),
    fixed_ips: port.body.fixed_ips,
    ...tag,
  };
}

function interfaceRoutes(parts: ComputeParts): readonly VersionedRoute[] {
  const path = '/v2.1/servers/:id/os-interface';
  const { store, clock } = parts.context;
  const portOf = async (request: ApiRequest): Promise<{ server: ServerDocument; port: Port }> => {
    const server = await serverOf(parts, request);
    const port = await store.documents.get<PortBody>(networkCollections.ports, request.params.port ?? '');
    if (port === null) throw missing(`Port id ${request.params.port ?? ''} could not be found.`);
    if (port.body.device_id !== server.id) throw missing(`Instance ${server.id} does not have a port with id ${request.params.port ?? ''}`);
    return { server, port };
  };
  return [
    {
      method: 'GET',
      path,
      async handle(request, minor) {
        const server = await serverOf(parts, request);
        const plugs = await plugsOf(store, [server]);
        return json(200, { interfaceAttachments: plugs(server).ports.map((port) => attachmentView(port, server, minor, clock.now())) });
      },
    },
    { method: 'POST', path, handle: (request, minor) => attach(parts, request, minor) },
    {
      method: 'GET',
      path: `${path}/:port`,
      async handle(request, minor) {
        const { server, port } = await portOf(request);
        return json(200, { interfaceAttachment: attachmentView(port, server, minor, clock.now()) });
      },
    },
    {
      method: 'DELETE',
      path: `${path}/:port`,
      async handle(request) {
        const portId = request.params.port ?? '';
        const nowMs = clock.now();
        // Nova hands this on and says so; a port that is not there is nobody's loss.
        await store.transaction(async (tx) => {
          const server = await findServer(tx, request.params.id ?? '', request.identity, nowMs, true);
          refusePluggingIn(server, 'detach_interface', nowMs);
          const locked = await tx.documents.get<PortBody>(networkCollections.ports, portId, { lock: true });
          if (locked === null || locked.body.device_id !== server.id) return;
          await unplug(tx, locked, nowMs);
          const portIds = server.body.portIds.filter((id) => id !== portId);
          await saveServer(tx, server, { portIds, actions: withAction(server.body, callerOf(request), 'detach_interface', nowMs) }, nowMs);
        });
        return empty(202);
      },
    },
  ];
}

function refusePluggingIn(server: ServerDocument, word: string, nowMs: number): void {
  const state = stateAt(server.body.state, nowMs);
  if (!['active', 'paused', 'stopped'].includes(state.vmState))
    throw conflict(`Cannot '${word}' instance ${server.id} while it is in vm_state ${state.vmState}`);
  if (state.transition !== null)
    throw conflict(`Cannot '${word}' instance ${server.id} while it is in task_state ${state.transition.taskState}`);
}

async function attach(parts: ComputeParts, request: ApiRequest, minor: number): Promise<Answer> {
  const { context, driver } = parts;
  const sent = isJsonObject(request.body) && isJsonObject(request.body.interfaceAttachment) ? request.body.interfaceAttachment : {};
  refuseUnknownKeys(sent, 'interfaceAttachment', ['net_id', 'port_id', 'fixed_ips', ...(minor >= 49 ? ['tag'] : [])]);
  const idOf = (key: string): string | null => {
    if (sent[key] === undefined || sent[key] === null) return null;
    const id = textOf(sent[key], key);
    if (!isUuidLike(id)) throw unfit(key, id, `'${id}' is not a 'uuid'`);
    return id;
  };
  const [portId, netId] = [idOf('port_id'), idOf('net_id')];
  if (portId !== null && netId !== null) throw badRequest('Must not input both network_id and port_id');
  const [first] = Array.isArray(sent.fixed_ips) ? (sent.fixed_ips as readonly JsonObject[]) : [];
  const fixedIp = first === undefined ? null : textOf(first.ip_address ?? null, 'ip_address');
  if (fixedIp !== null && netId === null) throw badRequest('Must input network_id when request IP address');
  const tag = minor >= 49 && sent.tag !== undefined ? textOf(sent.tag, 'tag', 60) : null;
  const nowMs = context.clock.now();
  return context.store.transaction(async (tx) => {
    const server = await findServer(tx, request.params.id ?? '', request.identity, nowMs, true);
    refusePluggingIn(server, 'attach_interface', nowMs);
    const networkId = netId ?? (portId === null ? await soleNetwork(tx, server) : null);
    const groupIds = await groupIdsNamed(tx, server.projectId ?? '', [], { nowMs, random: context.random });
    const plugging: PlugContext = {
      identity: request.identity,
      serverId: server.id,
      hostname: server.body.hostname,
      zone: ZONE,
      host: driver.host.hostname,
      groupIds,
      activeAtMs: nowMs,
      nowMs,
      random: context.random,
    };
    if (portId !== null && (await tx.documents.get(networkCollections.ports, portId)) === null)
      throw missing(`Port id ${portId} could not be found.`);
    const { port } = await plug(tx, { portId, networkId, fixedIp }, plugging);
    const portTags = tag === null ? server.body.portTags : { ...server.body.portTags, [port.id]: tag };
    const portIds = [...server.body.portIds, port.id];
    const actions = withAction(server.body, callerOf(request), 'attach_interface', nowMs);
    const done = await saveServer(tx, server, { portIds, portTags, actions }, nowMs);
    return json(200, { interfaceAttachment: attachmentView(port, done, minor, nowMs) });
  });
}

async function soleNetwork(tx: CloudStore, server: ServerDocument): Promise<string> {
  const [network, second] = await networksForServer(tx, server.projectId ?? '');
  if (network === undefined)
    throw badRequest(`No specific network was requested and none are available for project '${server.projectId ?? ''}'.`);
  if (second !== undefined) throw conflict('Multiple possible networks found, use a Network ID to be more specific.');
  return network.id;
}
