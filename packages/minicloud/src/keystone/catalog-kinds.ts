/** Regions, services and endpoints, and the old policy documents, as declared kinds. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { json, type ApiRequest, type Route } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { needAdmin } from './access.ts';
import { inIdentityChange, type IdentityContext } from './identity-context.ts';
import { flagRule, nameRule, nullable, textRule, wrapped, type Rule } from './input.ts';
import { create } from './kind-routes.ts';
import type { Kind } from './kind.ts';
import { expecting, invalid, missing, refused } from './refusals.ts';
import { collections, type EndpointBody, type RegionBody, type ServiceBody } from './state.ts';
import { endpointView, linkTo, regionView, serviceView } from './views.ts';

const nothingTaken: Kind['taken'] = () => ({ type: '', details: '' });

export const serviceKind: Kind = {
  singular: 'service',
  plural: 'services',
  storage: collections.services,
  input: {
    required: ['type'],
    rules: { type: { type: 'string', min: 1, max: 255 }, name: nameRule(), description: nullable(textRule), enabled: flagRule },
  },
  filters: { name: 'text', type: 'text' },
  defaults: { name: '', description: null, enabled: true },
  needsWrapper: true,
  nameSpace: () => null,
  taken: nothingTaken,
  view: (document, request) => serviceView(document as Document<ServiceBody>, request),
  async beforeDelete(tx, document) {
    await tx.documents.removeWhere(collections.endpoints, [{ field: 'parent_id', in: [document.id] }]);
  },
};

const urlRule: Rule = { type: 'string', min: 0, max: 225, pattern: /^[a-zA-Z0-9+.-]+:.+/ };
/** What may stand between `$(` and `)s`. */
const URL_MARKS: readonly string[] = [
  'project_id',
  'tenant_id',
  'user_id',
  'public_bind_host',
  'admin_bind_host',
  'public_endpoint',
  'admin_endpoint',
];

export const endpointKind: Kind = {
  singular: 'endpoint',
  plural: 'endpoints',
  storage: collections.endpoints,
  input: {
    required: ['interface', 'service_id', 'url'],
    rules: {
      service_id: textRule,
      interface: { type: 'string', oneOf: ['admin', 'internal', 'public'] },
      region_id: nullable(textRule),
      region: nullable(textRule),
      url: urlRule,
      enabled: flagRule,
    },
  },
  filters: { service_id: 'text', interface: 'text', region_id: 'text' },
  defaults: { region_id: null, enabled: true },
  needsWrapper: true,
  nameSpace: () => null,
  taken: nothingTaken,
  columns: (body) => ({ parentId: String(body['service_id']) }),
  view: (document, request, context) => endpointView(document as Document<EndpointBody>, request, context.cloudUrl()),
  async prepare(context, sent) {
    const { region, ...body } = sent;
    if (typeof body['url'] === 'string') checkUrl(body['url']);
    if (typeof region !== 'string' || typeof body['region_id'] === 'string') return body;
    // A region given the old way is made when there is none.
    const made: RegionBody = { description: '', parent_region_id: null };
    await inIdentityChange(context, (tx) => tx.documents.insert(collections.regions, { id: region, body: made }, context.clock.now()));
    return { ...body, region_id: region };
  },
  async check(tx, body, update) {
    const changed = update?.changes ?? body;
    if (changed['service_id'] !== undefined && !(await isThere(tx, collections.services, body['service_id'])))
      throw expecting('endpoint service_id', 'service table');
    const region = changed['region_id'];
    if (typeof region === 'string' && !(await isThere(tx, collections.regions, region)))
      throw expecting('endpoint region_id', 'region table');
  },
};

function checkUrl(url: string): void {
  const marks = [...url.matchAll(/[$%]\(([^)]*)\)s/g)].map(([, mark]) => mark ?? '');
  if (marks.some((mark) => !URL_MARKS.includes(mark)) || !URL.canParse(url.replaceAll(/[$%]\([^)]*\)s/g, 'x')))
    throw invalid(`Cannot create an endpoint with an invalid URL: ${url}.`);
}

const isThere = async (tx: CloudStore, collection: string, id: Json | undefined): Promise<boolean> =>
  (await tx.documents.get(collection, String(id))) !== null;

export const regionKind: Kind = {
  singular: 'region',
  plural: 'regions',
  storage: collections.regions,
  input: {
    required: [],
    rules: { id: { type: 'string', max: 255 }, description: nullable(textRule), parent_region_id: nullable(textRule) },
  },
  filters: { parent_region_id: 'text' },
  defaults: { description: '', parent_region_id: null },
  ownId: true,
  isOpen: true,
  needsWrapper: true,
  nameSpace: () => null,
  taken: nothingTaken,
  view: (document, request) => regionView(document as Document<RegionBody>, request),
  async check(tx, body, update) {
    const parent = (update?.changes ?? body)['parent_region_id'];
    if (typeof parent !== 'string') return;
    if (!(await isThere(tx, collections.regions, parent))) throw missing('region', parent);
    if (update !== null && (await isAbove(tx, update.before.id, parent)))
      throw invalid(`The specified parent region ${parent} would create a circular region hierarchy.`);
  },
  async beforeDelete(tx, document) {
    const children = await tx.documents.list(collections.regions, { where: [{ field: 'parent_region_id', in: [document.id] }] });
    const ids = [document.id, ...children.map((child) => child.id)];
    if ((await tx.documents.count(collections.endpoints, [{ field: 'region_id', in: ids }])) > 0)
      throw refused(`Unable to delete region ${document.id} because it or its child regions have associated endpoints.`);
    await tx.documents.removeWhere(collections.regions, [{ field: 'parent_region_id', in: [document.id] }]);
  },
};

const REGION_LEVELS = 50;

/** Whether `id` is the region itself or over it. */
async function isAbove(tx: CloudStore, id: string, region: string): Promise<boolean> {
  let at: string | null = region;
  for (let level = 0; at !== null && level < REGION_LEVELS; level++) {
    if (at === id) return true;
    at = (await tx.documents.get<RegionBody>(collections.regions, at))?.body.parent_region_id ?? null;
  }
  return at !== null;
}

export const policyKind: Kind = {
  singular: 'policy',
  plural: 'policies',
  storage: collections.policies,
  input: { required: ['blob', 'type'], rules: { blob: textRule, type: { type: 'string', max: 255 } } },
  filters: { type: 'text' },
  defaults: {},
  needsWrapper: true,
  nameSpace: () => null,
  taken: nothingTaken,
  view: ({ id, body }, request) => ({
    id,
    blob: body['blob'] ?? '',
    type: body['type'] ?? '',
    ...(isJsonObject(body['extra']) ? body['extra'] : {}),
    links: linkTo(request, `/policies/${id}`),
  }),
};

/** A region under an id of the client's choice. */
export const regionRoutes = (context: IdentityContext): readonly Route[] => [
  {
    method: 'PUT',
    path: '/v3/regions/:id',
    handle: async (request: ApiRequest) => {
      const caller = await needAdmin(context, request, 'create_region');
      const sent: JsonObject = wrapped(request.body, 'region');
      const id = request.params['id'] ?? '';
      if (sent['id'] !== undefined && sent['id'] !== id)
        throw invalid(`Conflicting region IDs specified: "${id}" != "${String(sent['id'])}"`);
      const made = await create(regionKind, context, { ...sent, id }, caller);
      return json(201, { region: regionView(made as Document<RegionBody>, request) });
    },
  },
];
