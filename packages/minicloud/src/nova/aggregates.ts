/** Host aggregates: names, metadata, availability zones, and whether the one host is in them. For administrators. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { empty, json, type Answer, type ApiRequest } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { isoMicroseconds } from './links.ts';
import type { VersionedRoute } from './microversions.ts';
import { badRequest, bodyUnder, conflict, missing, needAdmin, needed, objectOf, refuseUnknownKeys, textOf } from './refusals.ts';
import { ZONE, type ComputeParts } from './servers.ts';

const COLLECTION = 'nova.aggregates';
const NAMES = 'nova.aggregate_name';

interface AggregateBody extends JsonObject {
  readonly uuid: string;
  readonly hosts: readonly string[];
  /** The zone is in it as `availability_zone`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Of the last change to the name or zone; hosts and metadata are not the aggregate's own row. */
  readonly changed_ms?: number;
}
type Aggregate = Document<AggregateBody>;

/** The zones that a host is in: those of its aggregates, else the usual one. */
export async function hostZones(store: CloudStore, hostname: string): Promise<readonly string[]> {
  const aggregates = await store.documents.list<AggregateBody>(COLLECTION, { where: [{ field: 'hosts', contains: [hostname] }] });
  const zones = aggregates.flatMap((one) => one.body.metadata.availability_zone ?? []);
  return zones.length === 0 ? [ZONE] : [...new Set(zones)];
}

export function aggregateRoutes(parts: ComputeParts): readonly VersionedRoute[] {
  const { store } = parts.context;
  const path = '/v2.1/os-aggregates';
  const admin = (request: ApiRequest, policy: string): void => needAdmin(request.identity, `os-aggregates:${policy}`);
  return [
    {
      method: 'GET',
      path,
      async handle(request, minor) {
        admin(request, 'index');
        const all = await store.documents.list<AggregateBody>(COLLECTION);
        return json(200, { aggregates: all.map((one) => view(one, minor)) });
      },
    },
    {
      method: 'POST',
      path,
      handle(request, minor) {
        admin(request, 'create');
        return created(parts, request, minor);
      },
    },
    {
      method: 'GET',
      path: `${path}/:id`,
      async handle(request, minor) {
        admin(request, 'show');
        return json(200, { aggregate: view(await aggregateOf(store, request), minor) });
      },
    },
    {
      method: 'PUT',
      path: `${path}/:id`,
      handle(request, minor) {
        admin(request, 'update');
        return updated(parts, request, minor);
      },
    },
    {
      method: 'DELETE',
      path: `${path}/:id`,
      async handle(request) {
        admin(request, 'delete');
        await store.transaction(async (tx) => {
          const aggregate = await aggregateOf(tx, request);
          if (aggregate.body.hosts.length > 0)
            throw badRequest(`Cannot remove host from aggregate ${numberOf(aggregate)}. Reason: Host aggregate is not empty.`);
          await tx.documents.remove(COLLECTION, aggregate.id);
          await tx.claims.releaseAll(ownerName(aggregate.id));
        });
        return empty(200);
      },
    },
    { method: 'POST', path: `${path}/:id/action`, handle: (request, minor) => acted(parts, request, minor, admin) },
    {
      method: 'POST',
      path: `${path}/:id/images`,
      since: 81,
      async handle(request) {
        needAdmin(request.identity, 'os-aggregates:images');
        await aggregateOf(store, request);
        return empty(202);
      },
    },
  ];
}

const ownerName = (id: string): string => `aggregate:${id}`;
/** Nova numbers aggregates; the document's id is that number. */
const numberOf = (aggregate: Aggregate): number => Number(aggregate.id);

async function aggregateOf(store: CloudStore, request: ApiRequest): Promise<Aggregate> {
  const id = request.params.id ?? '';
  if (!/^-?\d{1,15}$/.test(id)) throw badRequest('Invalid input received: id must be an integer');
  const found = await store.documents.get<AggregateBody>(COLLECTION, id, { lock: true });
  if (found === null) throw missing(`Aggregate ${id} could not be found.`);
  return found;
}

function view(aggregate: Aggregate, minor: number): JsonObject {
  const { body } = aggregate;
  return {
    id: numberOf(aggregate),
    ...(minor >= 41 ? { uuid: body.uuid } : {}),
    name: aggregate.name,
    hosts: body.hosts,
    metadata: body.metadata,
    created_at: isoMicroseconds(aggregate.createdMs),
    updated_at: body.changed_ms === undefined ? null : isoMicroseconds(body.changed_ms),
    deleted_at: null,
    deleted: false,
    availability_zone: body.metadata.availability_zone ?? null,
  };
}

function zoneOf(value: Json | undefined): string | null {
  if (value === undefined || value === null) return null;
  const zone = textOf(value, 'availability_zone').trim();
  if (zone.includes(':'))
    throw badRequest(`Invalid input for field/attribute availability_zone. Value: ${zone}. '${zone}' does not match '^[^:]*$'`);
  return zone;
}

async function created(parts: ComputeParts, request: ApiRequest, minor: number): Promise<Answer> {
  const { store, random, clock } = parts.context;
  const given = bodyUnder(request, 'aggregate');
  const name = textOf(needed(given, 'aggregate', 'name'), 'name').trim();
  refuseUnknownKeys(given, 'aggregate', ['name', 'availability_zone']);
  const zone = zoneOf(given.availability_zone);
  return store.transaction(async (tx) => {
    await tx.lock('nova.aggregates');
    const [last] = await tx.documents.list(COLLECTION, { sort: [{ field: 'seq', direction: 'desc' }], limit: 1 });
    const highest = Math.max(Number(last?.id ?? 0), Number((await tx.settings.get('nova.last-aggregate')) ?? 0));
    const id = String(highest + 1);
    if (!(await tx.claims.take(NAMES, name, ownerName(id)))) throw conflict(`Aggregate ${name} already exists.`);
    await tx.settings.put('nova.last-aggregate', id);
    const body: AggregateBody = { uuid: random.uuid(), hosts: [], metadata: zone === null ? {} : { availability_zone: zone } };
    const made = await tx.documents.insert<AggregateBody>(COLLECTION, { id, name, body }, clock.now());
    if (made === null) throw conflict(`Aggregate ${name} already exists.`);
    const { hosts: _hosts, metadata: _metadata, ...aggregate } = view(made, minor);
    return json(200, { aggregate });
  });
}

async function saved(tx: CloudStore, before: Aggregate, change: Partial<AggregateBody>, nowMs: number, name?: string): Promise<Aggregate> {
  const body = { ...before.body, ...change } as AggregateBody;
  const draft = { id: before.id, body, ...(name === undefined ? {} : { name }) };
  return (await tx.documents.replace<AggregateBody>(COLLECTION, draft, nowMs)) ?? before;
}

async function updated(parts: ComputeParts, request: ApiRequest, minor: number): Promise<Answer> {
  const { store, clock } = parts.context;
  const given = bodyUnder(request, 'aggregate');
  refuseUnknownKeys(given, 'aggregate', ['name', 'availability_zone']);
  const name = given.name === undefined ? undefined : textOf(given.name, 'name').trim();
  return store.transaction(async (tx) => {
    const before = await aggregateOf(tx, request);
    if (name !== undefined && name !== before.name) {
      if (!(await tx.claims.take(NAMES, name, ownerName(before.id)))) throw conflict(`Aggregate ${name} already exists.`);
      await tx.claims.release(NAMES, before.name ?? '');
    }
    const metadata = withZone(before.body.metadata, given.availability_zone);
    return json(200, { aggregate: view(await saved(tx, before, { metadata, changed_ms: clock.now() }, clock.now(), name), minor) });
  });
}

function withZone(metadata: AggregateBody['metadata'], value: Json | undefined): AggregateBody['metadata'] {
  if (value === undefined) return metadata;
  const zone = zoneOf(value);
  const { availability_zone: _zone, ...others } = metadata;
  return zone === null ? others : { ...others, availability_zone: zone };
}

async function acted(
  parts: ComputeParts,
  request: ApiRequest,
  minor: number,
  admin: (request: ApiRequest, policy: string) => void,
): Promise<Answer> {
  const { store, clock } = parts.context;
  const [action, given] = Object.entries(isJsonObject(request.body) ? request.body : {})[0] ?? ['', null];
  if (!['add_host', 'remove_host', 'set_metadata'].includes(action)) throw badRequest(`There is no such action: ${action}`);
  admin(request, action);
  const fields = objectOf(given, action);
  return store.transaction(async (tx) => {
    const before = await aggregateOf(tx, request);
    const change =
      action === 'set_metadata'
        ? { metadata: changedMetadata(before, needed(fields, action, 'metadata')) }
        : { hosts: changedHosts(parts, before, action, textOf(needed(fields, action, 'host'), 'host')) };
    const seen = view(await saved(tx, before, change, clock.now()), minor);
    // The answer to new metadata tells the moment, which is kept nowhere.
    return json(200, { aggregate: action === 'set_metadata' ? { ...seen, updated_at: isoMicroseconds(clock.now()) } : seen });
  });
}

/** A null takes the key away. */
function changedMetadata(before: Aggregate, given: Json): AggregateBody['metadata'] {
  const metadata: Record<string, string> = { ...before.body.metadata };
  for (const [key, value] of Object.entries(objectOf(given, 'metadata'))) {
    if (value === null) delete metadata[key];
    else metadata[textOf(key, 'metadata')] = textOf(value, key, 255, 0);
  }
  return metadata;
}

function changedHosts(parts: ComputeParts, before: Aggregate, action: string, host: string): readonly string[] {
  const { hosts } = before.body;
  if (action === 'add_host') {
    if (host !== parts.driver.host.hostname) throw missing(`Compute host ${host} could not be found.`);
    if (hosts.includes(host)) throw conflict(`Aggregate ${before.id} already has host ${host}.`);
    return [...hosts, host];
  }
  if (!hosts.includes(host)) throw missing(`Cannot remove host ${host} in aggregate ${before.id}`);
  return hosts.filter((one) => one !== host);
}
