/** Flavors of load balancers and the profiles behind them: an administrator's plain collections, without statuses. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { empty, json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { mayAdminister, mayRead } from './access.ts';
import {
  badOption,
  badRequest,
  invalid,
  readChange,
  readNew,
  shortText,
  text,
  truth,
  uuid,
  wrapped,
  type Attributes,
} from './attributes.ts';
import { inBalancerChange, type BalancerChange, type BalancerContext } from './context.ts';
import { badMarker, fieldsOf, pageLinks, readListQuery } from './list-query.ts';
import { PROVIDERS } from './providers.ts';
import { conflict, textOf } from './state.ts';
import { Refusal } from '@hearth/kernel';

interface PlainKind {
  readonly singular: string;
  readonly plural: string;
  readonly links: string;
  readonly argument: string;
  readonly label: string;
  readonly storage: string;
  readonly attributes: Attributes;
  readonly isReadable: boolean;
  /** Before it is stored; throws a `Refusal`. */
  check(change: BalancerChange, values: JsonObject, before: Document | null): Promise<void>;
  refuseDelete(change: BalancerChange, document: Document): Promise<void>;
}

const PROFILES = 'octavia.flavorprofiles';
const FLAVORS = 'octavia.flavors';

async function refuseProfileInUse({ tx }: BalancerChange, profile: Document): Promise<void> {
  const [flavor] = await tx.documents.list(FLAVORS, { where: [{ field: 'parent_id', in: [profile.id] }], limit: 1 });
  if (flavor !== undefined) throw conflict(`Flavor profile ${profile.id} is in use and cannot be modified.`);
}

const profiles: PlainKind = {
  ...{ singular: 'flavorprofile', plural: 'flavorprofiles', links: 'flavorprofile_links', argument: 'flavorprofile' },
  ...{ label: 'Flavor profile', storage: PROFILES, isReadable: false },
  attributes: {
    name: { check: shortText, isMandatory: true, put: true },
    provider_name: { check: shortText, isMandatory: true, put: true },
    flavor_data: { check: text(4096), isMandatory: true, put: true },
  },
  async check(change, values, before) {
    const { flavor_data: data, provider_name: provider } = values;
    if (before !== null && (data !== undefined || provider !== undefined)) await refuseProfileInUse(change, before);
    if (typeof provider === 'string' && !Object.hasOwn(PROVIDERS, provider)) throw badRequest(`Provider '${provider}' is not enabled.`);
    if (typeof data === 'string' && !isObjectText(data)) throw badOption(data.slice(0, 200), 'flavor_data');
  },
  refuseDelete: refuseProfileInUse,
};

const flavors: PlainKind = {
  ...{ singular: 'flavor', plural: 'flavors', links: 'flavors_links', argument: 'flavor', label: 'Flavor' },
  ...{ storage: FLAVORS, isReadable: true },
  attributes: {
    name: { check: shortText, isMandatory: true, put: true },
    description: { check: shortText, byDefault: '', put: true, onNull: '' },
    enabled: { check: truth, byDefault: true, put: true, onNull: true },
    flavor_profile_id: { check: uuid, isMandatory: true },
  },
  async check({ tx }, values, before) {
    const { name, flavor_profile_id: profileId } = values;
    if (typeof name === 'string') {
      const others = await tx.documents.list(FLAVORS, { where: [{ field: 'name', in: [name] }], limit: 2 });
      if (others.some((one) => one.id !== before?.id)) throw conflict(`A flavor of ${name} already exists.`);
    }
    if (typeof profileId === 'string' && (await tx.documents.get(PROFILES, profileId, { lock: 'share' })) === null)
      throw badOption(profileId, 'flavor_profile_id');
  },
  async refuseDelete({ tx }, { id }) {
    const [user] = await tx.documents.list('octavia.loadbalancers', {
      where: [
        { field: 'flavor_id', in: [id] },
        { field: 'gone_at_ms', isNull: true },
      ],
      limit: 1,
    });
    if (user !== undefined) throw conflict(`Flavor ${id} is in use and cannot be modified.`);
  },
};

function isObjectText(data: string): boolean {
  try {
    return isJsonObject(JSON.parse(data) as Json);
  } catch {
    return false;
  }
}

/** The provider its profile names; null without a flavor. */
export async function refuseUnusableFlavor(store: CloudStore, flavorId: Json | undefined): Promise<string | null> {
  if (typeof flavorId !== 'string') return null;
  const flavor = await store.documents.get(FLAVORS, flavorId);
  if (flavor === null) throw invalid('Invalid flavor_id.');
  if (flavor.body.enabled !== true) throw badRequest(`The selected flavor is not allowed in this deployment: ${flavorId}`);
  const profile = await store.documents.get(PROFILES, String(flavor.body.flavor_profile_id));
  return textOf(profile?.body.provider_name);
}

const view = (document: Document, fields: readonly string[] | null): JsonObject => {
  const whole: JsonObject = { id: document.id, ...document.body };
  return fields === null ? whole : Object.fromEntries(Object.entries(whole).filter(([name]) => fields.includes(name)));
};

export const flavorRoutes = (context: BalancerContext): readonly Route[] =>
  [flavors, profiles].flatMap((kind) => plainRoutes(kind, context));

function plainRoutes(kind: PlainKind, context: BalancerContext): readonly Route[] {
  const { store } = context.service;
  const path = `/lbaas/${kind.plural}`;
  const one = `${path}/:id`;
  const permit = (request: ApiRequest): void =>
    kind.isReadable ? mayRead(request.identity, request.identity.projectId) : mayAdminister(request.identity);
  const missing = (id: string): Refusal => new Refusal('not-found', 'Client', `${kind.label} ${id} not found.`);
  const changing = (work: (change: BalancerChange, request: ApiRequest, before: Document) => Promise<Answer>) => (request: ApiRequest) =>
    inBalancerChange(context, request.identity, async (change) => {
      mayAdminister(request.identity);
      const id = request.params.id ?? '';
      const before = await change.tx.documents.get(kind.storage, id, { lock: true });
      if (before === null) throw missing(id);
      return work(change, request, before);
    });
  return [
    {
      method: 'GET',
      path,
      handle: async (request) => {
        permit(request);
        const query = readListQuery(request, new Set(Object.keys(kind.attributes)), 0);
        const { limit, marker } = query.page;
        if (marker !== null && (await store.documents.get(kind.storage, marker)) === null) throw badMarker(marker);
        const found = await store.documents.list(kind.storage, { where: query.where, sort: query.sort, limit, marker });
        const ids = found.map(({ id }) => id);
        return json(200, { [kind.plural]: found.map((item) => view(item, query.fields)), [kind.links]: pageLinks(request, query, ids) });
      },
    },
    { method: 'POST', path, handle: (request) => created(kind, context, request) },
    {
      method: 'GET',
      path: one,
      handle: async (request) => {
        permit(request);
        const found = await store.documents.get(kind.storage, request.params.id ?? '');
        if (found === null) throw missing(request.params.id ?? '');
        return json(200, { [kind.singular]: view(found, fieldsOf(request)) });
      },
    },
    {
      method: 'PUT',
      path: one,
      handle: changing(async (change, request, before) => {
        const values = readChange(
          kind.attributes,
          `${kind.argument}_.${kind.singular}`,
          wrapped(request.body, `${kind.argument}_`, kind.singular),
        );
        await kind.check(change, values, before);
        const body = { ...before.body, ...values };
        const name = typeof values.name === 'string' ? { name: values.name } : {};
        const after = await change.tx.documents.replace(kind.storage, { id: before.id, body, ...name }, change.nowMs);
        return json(200, { [kind.singular]: view(after ?? before, null) });
      }),
    },
    {
      method: 'DELETE',
      path: one,
      handle: changing(async (change, _request, before) => {
        await kind.refuseDelete(change, before);
        await change.tx.documents.remove(kind.storage, before.id);
        return empty(204);
      }),
    },
  ];
}

function created(kind: PlainKind, context: BalancerContext, request: ApiRequest): Promise<Answer> {
  const given = wrapped(request.body, `${kind.argument}_`, kind.singular);
  const values = readNew(kind.attributes, `${kind.argument}_.${kind.singular}`, given);
  mayAdminister(request.identity);
  return inBalancerChange(context, request.identity, async (change) => {
    // Names are few and administrators fewer: one creation at a time keeps them unique.
    await change.tx.lock(kind.storage);
    await kind.check(change, values, null);
    const document = {
      id: context.service.random.uuid(),
      name: String(values.name),
      parentId: textOf(values.flavor_profile_id),
      body: values,
    };
    const made = await change.tx.documents.insert(kind.storage, document, change.nowMs);
    return json(201, { [kind.singular]: view(made as Document, null) });
  });
}
