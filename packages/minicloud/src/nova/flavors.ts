/** Flavors: lists with limits of size, creation by administrators, extra specs. */
import { Refusal, type Json, type JsonObject } from '@hearth/kernel';
import { empty, isAdmin, json, pageLink, type Answer, type ApiRequest, type Identity } from '@hearth/http-kit';
import type { ServiceContext } from '../service.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import type { VersionedRoute } from './microversions.ts';
import { collections, stored, type FlavorDocument, type FlavorRecord, type StoredFlavor } from './records.ts';
import {
  badRequest,
  bodyUnder,
  conflict,
  metadataOf,
  missing,
  needAdmin,
  needed,
  refuseUnknownKeys,
  textOf,
  quoted,
  truthOf,
  unfit,
  wholeOf,
} from './refusals.ts';
import { linksOf, pageOf } from './links.ts';

const isOpenTo = (flavor: FlavorDocument, identity: Identity): boolean =>
  isAdmin(identity) || flavor.body.is_public || flavor.body.projects.includes(identity.projectId ?? '');

export async function findFlavor(store: CloudStore, id: string, identity: Identity): Promise<FlavorDocument | null> {
  const flavor = await store.documents.get<StoredFlavor>(collections.flavors, id);
  return flavor !== null && isOpenTo(flavor, identity) ? flavor : null;
}

async function flavorOf(store: CloudStore, request: ApiRequest): Promise<FlavorDocument> {
  const id = request.params.id ?? '';
  const flavor = await findFlavor(store, id, request.identity);
  if (flavor === null) throw missing(`Flavor ${id} could not be found.`);
  return flavor;
}

export function newFlavor(id: string, name: string, sizes: Pick<FlavorRecord, 'ramMb' | 'vcpus' | 'diskGb'> & Partial<FlavorRecord>) {
  const record: FlavorRecord = {
    ephemeralGb: 0,
    swapMb: 0,
    rxtxFactor: 1,
    is_public: true,
    isDisabled: false,
    description: null,
    extraSpecs: {},
    projects: [],
    ...sizes,
  };
  return { id, name, body: stored(record) };
}

function flavorView(flavor: FlavorDocument, request: ApiRequest, minor: number, isBrief = false): JsonObject {
  const { body } = flavor;
  const brief = { id: flavor.id, name: flavor.name, links: linksOf(request, 'flavors', flavor.id) };
  const description = minor >= 55 ? { description: body.description } : {};
  if (isBrief) return { ...brief, ...description };
  return {
    ...brief,
    ram: body.ramMb,
    disk: body.diskGb,
    swap: body.swapMb === 0 && minor < 75 ? '' : body.swapMb,
    'OS-FLV-EXT-DATA:ephemeral': body.ephemeralGb,
    'OS-FLV-DISABLED:disabled': body.isDisabled,
    vcpus: body.vcpus,
    'os-flavor-access:is_public': body.is_public,
    rxtx_factor: body.rxtxFactor,
    ...description,
    ...(minor >= 61 ? { extra_specs: body.extraSpecs } : {}),
  };
}

const SORT_KEYS = [
  'created_at',
  'description',
  'disabled',
  'ephemeral_gb',
  'flavorid',
  'id',
  'is_public',
  'memory_mb',
  'name',
  'root_gb',
  'rxtx_factor',
  'swap',
  'updated_at',
  'vcpu_weight',
  'vcpus',
];
function refuseOddSort(query: URLSearchParams): void {
  const key = query.get('sort_key');
  const wrong = key !== null && !SORT_KEYS.includes(key);
  if (wrong)
    throw badRequest(
      `Invalid input for query parameters sort_key. Value: ${key}. '${key}' is not one of [${SORT_KEYS.map((one) => `'${one}'`).join(', ')}]`,
    );
}

async function listed(context: ServiceContext, request: ApiRequest, minor: number, isBrief: boolean): Promise<Answer> {
  const { query, identity } = request;
  const page = pageOf(query);
  const minimum = (name: string): number => {
    const text = query.get(name) ?? '0';
    if (!/^-?\d{1,9}$/.test(text)) throw badRequest(`Invalid ${name} filter [${text}]`);
    return Number(text);
  };
  refuseOddSort(query);
  const [minRam, minDisk] = [minimum('minRam'), minimum('minDisk')];
  const wantsPublic = isAdmin(identity) ? (query.get('is_public') ?? 'true').toLowerCase() : 'mine';
  const wantsTrue = ['true', '1', 't', 'y', 'yes', 'on'].includes(wantsPublic);
  if (!wantsTrue && !['none', 'mine', 'false', '0', 'f', 'n', 'no', 'off'].includes(wantsPublic))
    throw badRequest(`Invalid is_public filter [${query.get('is_public') ?? ''}]`);
  const all = await context.store.documents.list<StoredFlavor>(collections.flavors, {
    sort: [{ field: 'id', direction: query.get('sort_dir') === 'desc' ? 'desc' : 'asc' }],
  });
  const visible = all.filter((flavor) => {
    if (flavor.body.ramMb < minRam || flavor.body.diskGb < minDisk) return false;
    if (wantsPublic === 'none') return true;
    if (wantsPublic === 'mine') return isOpenTo(flavor, identity);
    return flavor.body.is_public === wantsTrue;
  });
  const start = page.marker === null ? 0 : visible.findIndex((flavor) => flavor.id === page.marker) + 1;
  if (page.marker !== null && start === 0) throw badRequest(`marker [${page.marker}] not found`);
  const shown = visible.slice(start, start + page.limit);
  const isMore = query.has('limit') && shown.length === page.limit && shown.length > 0;
  const links = isMore ? { flavors_links: [{ rel: 'next', href: pageLink(request, { marker: shown.at(-1)?.id ?? '' }) }] } : {};
  return json(200, { flavors: shown.map((flavor) => flavorView(flavor, request, minor, isBrief)), ...links });
}

const FLAVOR_KEYS = [
  'name',
  'id',
  'ram',
  'vcpus',
  'disk',
  'OS-FLV-EXT-DATA:ephemeral',
  'swap',
  'rxtx_factor',
  'os-flavor-access:is_public',
  'description',
];
const FLAVOR_ID = /^(?! )[a-zA-Z0-9. _-]+(?<! )$/;

function rxtxFactorOf(value: Json): number {
  if (typeof value === 'string' && !/^[0-9]+(\.[0-9]+)?$/.test(value))
    throw unfit('rxtx_factor', value, `'${value}' does not match '^[0-9]+(\\\\.[0-9]+)?$'`);
  const number = Number(value);
  if (!(number > 0)) throw unfit('rxtx_factor', value, `${number} is less than or equal to the minimum of 0`);
  return number;
}

/** PUT /flavors/{id}, from 2.55 on: the description is all that can be changed. */
async function updated(context: ServiceContext, request: ApiRequest, minor: number): Promise<Answer> {
  needAdmin(request.identity, 'os-flavor-manage:update');
  const given = bodyUnder(request, 'flavor');
  const value = needed(given, 'flavor', 'description');
  refuseUnknownKeys(given, 'flavor', ['description']);
  const description = value === null ? null : textOf(value, 'description', 65535, 0);
  return context.store.transaction(async (tx) => {
    const flavor = await flavorOf(tx, request);
    const body = stored<FlavorRecord>({ ...flavor.body, description });
    const done = await tx.documents.replace<StoredFlavor>(collections.flavors, { id: flavor.id, body }, context.clock.now());
    return json(200, { flavor: flavorView(done ?? flavor, request, minor) });
  });
}

async function created(context: ServiceContext, request: ApiRequest, minor: number): Promise<Answer> {
  needAdmin(request.identity, 'os-flavor-manage:create');
  const given = bodyUnder(request, 'flavor');
  refuseUnknownKeys(given, 'flavor', minor >= 55 ? FLAVOR_KEYS : FLAVOR_KEYS.filter((key) => key !== 'description'));
  const name = textOf(needed(given, 'flavor', 'name'), 'name');
  const id = given.id === undefined || given.id === null || given.id === 'auto' ? context.random.uuid() : String(given.id);
  if (!FLAVOR_ID.test(id)) throw unfit('id', id, `'${id}' does not match '${FLAVOR_ID.source}'`);
  if (id.length > 255) throw unfit('id', id, `'${id}' is too long`);
  const size = (key: string, min: number, byDefault?: number): number =>
    given[key] === undefined && byDefault !== undefined ? byDefault : wholeOf(needed(given, 'flavor', key), key, min);
  const draft = newFlavor(id, name, {
    ramMb: size('ram', 1),
    vcpus: size('vcpus', 1),
    diskGb: size('disk', 0),
    ephemeralGb: size('OS-FLV-EXT-DATA:ephemeral', 0, 0),
    swapMb: size('swap', 0, 0),
    rxtxFactor: given.rxtx_factor === undefined || given.rxtx_factor === null ? 1 : rxtxFactorOf(given.rxtx_factor),
    is_public:
      given['os-flavor-access:is_public'] === undefined ? true : truthOf(given['os-flavor-access:is_public'], 'os-flavor-access:is_public'),
    description: typeof given.description === 'string' ? textOf(given.description, 'description', 65535, 0) : null,
  });
  return context.store.transaction(async (tx) => {
    if (!(await tx.claims.take('nova.flavor_name', name, id))) throw conflict(`Flavor with name ${name} already exists.`);
    const made = await tx.documents.insert<StoredFlavor>(collections.flavors, draft, context.clock.now());
    if (made === null) throw conflict(`Flavor with ID ${id} already exists.`);
    return json(200, { flavor: flavorView(made, request, minor) });
  });
}

function changedSpecs(
  context: ServiceContext,
  request: ApiRequest,
  policy: string,
  edit: (specs: Readonly<Record<string, string>>) => Readonly<Record<string, string>>,
): Promise<void> {
  needAdmin(request.identity, policy);
  return context.store.transaction(async (tx) => {
    await flavorOf(tx, request);
    const flavor = await tx.documents.get<StoredFlavor>(collections.flavors, request.params.id ?? '', { lock: true });
    if (flavor === null) return;
    const body = stored<FlavorRecord>({ ...flavor.body, extraSpecs: edit(flavor.body.extraSpecs) });
    await tx.documents.replace(collections.flavors, { id: flavor.id, body }, context.clock.now());
  });
}

export function flavorRoutes(context: ServiceContext): readonly VersionedRoute[] {
  const { store } = context;
  const specOf = async (request: ApiRequest): Promise<{ key: string; value: string }> => {
    const flavor = await flavorOf(store, request);
    const key = request.params.key ?? '';
    const value = flavor.body.extraSpecs[key];
    if (value === undefined) throw missing(`Flavor ${flavor.id} has no extra specs with key ${key}.`);
    return { key, value };
  };
  const specs = '/v2.1/flavors/:id/os-extra_specs';
  return [
    { method: 'GET', path: '/v2.1/flavors', handle: (request, minor) => listed(context, request, minor, true) },
    { method: 'GET', path: '/v2.1/flavors/detail', handle: (request, minor) => listed(context, request, minor, false) },
    { method: 'POST', path: '/v2.1/flavors', handle: (request, minor) => created(context, request, minor) },
    {
      method: 'GET',
      path: '/v2.1/flavors/:id',
      handle: async (request, minor) => json(200, { flavor: flavorView(await flavorOf(store, request), request, minor) }),
    },
    { method: 'PUT', path: '/v2.1/flavors/:id', since: 55, handle: (request, minor) => updated(context, request, minor) },
    {
      method: 'DELETE',
      path: '/v2.1/flavors/:id',
      handle: (request) => {
        needAdmin(request.identity, 'os-flavor-manage:delete');
        return store.transaction(async (tx) => {
          const flavor = await flavorOf(tx, request);
          await tx.documents.remove(collections.flavors, flavor.id);
          await tx.claims.releaseAll(flavor.id);
          return empty(202);
        });
      },
    },
    { method: 'GET', path: specs, handle: async (request) => json(200, { extra_specs: (await flavorOf(store, request)).body.extraSpecs }) },
    {
      method: 'POST',
      path: specs,
      handle: async (request) => {
        needAdmin(request.identity, 'os-flavor-extra-specs:create');
        const given = metadataOf(textsOf(bodyUnder(request, 'extra_specs')), 'extra_specs');
        await changedSpecs(context, request, 'os-flavor-extra-specs:create', (before) => ({ ...before, ...given }));
        return json(200, { extra_specs: given });
      },
    },
    {
      method: 'GET',
      path: `${specs}/:key`,
      handle: async (request) => {
        const { key, value } = await specOf(request);
        return json(200, { [key]: value });
      },
    },
    {
      method: 'PUT',
      path: `${specs}/:key`,
      handle: async (request) => {
        needAdmin(request.identity, 'os-flavor-extra-specs:update');
        const sent = (request.body ?? {}) as JsonObject;
        const count = Object.keys(sent).length;
        if (count !== 1) throw badRequest(`${quoted(sent)} ${count === 0 ? 'does not have enough properties' : 'has too many properties'}`);
        const given = metadataOf(textsOf(sent), 'extra_specs');
        const key = request.params.key ?? '';
        if (given[key] === undefined) throw badRequest('Request body and URI mismatch');
        await changedSpecs(context, request, 'os-flavor-extra-specs:update', (before) => ({ ...before, ...given }));
        return json(200, given);
      },
    },
    {
      method: 'DELETE',
      path: `${specs}/:key`,
      handle: async (request) => {
        needAdmin(request.identity, 'os-flavor-extra-specs:delete');
        const { key } = await specOf(request);
        await changedSpecs(context, request, 'os-flavor-extra-specs:delete', ({ [key]: _gone, ...rest }) => rest);
        return empty(200);
      },
    },
    { method: 'GET', path: '/v2.1/flavors/:id/os-flavor-access', handle: (request) => access(context, request) },
    { method: 'POST', path: '/v2.1/flavors/:id/action', handle: (request) => changeAccess(context, request) },
  ];
}

/** Numbers are taken for the texts they are written as. */
const textsOf = (given: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(given).map(([key, value]) => [key, typeof value === 'number' ? String(value) : value]));

async function access(context: ServiceContext, request: ApiRequest): Promise<Answer> {
  const flavor = await flavorOf(context.store, request);
  if (flavor.body.is_public) throw missing('Access list not available for public flavors.');
  return json(200, { flavor_access: flavor.body.projects.map((project) => ({ flavor_id: flavor.id, tenant_id: project })) });
}

function changeAccess(context: ServiceContext, request: ApiRequest): Promise<Answer> {
  needAdmin(request.identity, 'os-flavor-access:add_tenant_access');
  const body = (request.body ?? {}) as JsonObject;
  const [action = ''] = Object.keys(body);
  if (action !== 'addTenantAccess' && action !== 'removeTenantAccess') throw badRequest(`There is no such action: ${action}`);
  const isAdding = action === 'addTenantAccess';
  const project = textOf(needed(bodyUnder(request, action), action, 'tenant'), 'tenant');
  return context.store.transaction(async (tx) => {
    const flavor = await flavorOf(tx, request);
    if ((await tx.documents.get('keystone.projects', project)) === null) throw badRequest(`Project ID ${project} is not a valid project.`);
    const others = flavor.body.projects.filter((one) => one !== project);
    if (isAdding && others.length < flavor.body.projects.length)
      throw conflict(`Flavor access already exists for flavor ${flavor.id} and project ${project} combination.`);
    if (!isAdding && others.length === flavor.body.projects.length)
      throw missing(`Flavor access not found for ${flavor.id} / ${project} combination.`);
    const projects = isAdding ? [...others, project] : others;
    await tx.documents.replace(
      collections.flavors,
      { id: flavor.id, body: stored<FlavorRecord>({ ...flavor.body, projects }) },
      context.clock.now(),
    );
    return json(200, { flavor_access: projects.map((one) => ({ flavor_id: flavor.id, tenant_id: one })) });
  });
}

/** For a seed: made unless there is one of that name. */
export async function ensureFlavor(
  tx: CloudStore,
  context: ServiceContext,
  name: string,
  sizes: Pick<FlavorRecord, 'ramMb' | 'vcpus' | 'diskGb'>,
): Promise<void> {
  const draft = newFlavor(context.random.uuid(), name, sizes);
  if (!(await tx.claims.take('nova.flavor_name', name, draft.id))) return;
  const made = await tx.documents.insert(collections.flavors, draft, context.clock.now());
  if (made === null) throw new Refusal('conflict', 'FlavorExists', `Flavor with ID ${draft.id} already exists.`);
}
