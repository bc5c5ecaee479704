/** Nova: flavors as administrators make them, with extra specs and access of projects. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { isNotFound } from './cloud-failure.ts';
import { itemOf, nullIfGone } from './answers.ts';
import { microversion } from './nova-version.ts';
import type { Session } from './session.ts';

export interface NovaFlavors {
  /** With a description (microversion 2.55). */
  createFlavor(flavor: JsonObject): Promise<JsonObject>;
  /** Null when there is none. */
  getFlavor(id: string): Promise<JsonObject | null>;
  /** Public and private ones of exactly this name. */
  flavorsNamed(name: string): Promise<readonly JsonObject[]>;
  deleteFlavor(id: string): Promise<void>;
  extraSpecs(id: string): Promise<JsonObject>;
  setExtraSpecs(id: string, specs: JsonObject): Promise<void>;
  /** One that is not there is fine. */
  removeExtraSpec(id: string, key: string): Promise<void>;
  /** Ids of the projects that may use a private flavor. */
  flavorProjects(id: string): Promise<readonly string[]>;
  setFlavorAccess(id: string, projectId: string, allowed: boolean): Promise<void>;
}

const service = 'compute';
const headers = microversion('2.55');
const flavorPath = (id: string): string => `/flavors/${encodeURIComponent(id)}`;

export function flavorCalls(session: Session): NovaFlavors {
  const specsPath = (id: string): string => `${flavorPath(id)}/os-extra_specs`;
  return {
    createFlavor: async (flavor) =>
      itemOf(await session.request({ service, method: 'POST', path: '/flavors', body: { flavor }, headers }), 'flavor'),
    getFlavor: (id) =>
      nullIfGone(async () => itemOf(await session.request({ service, method: 'GET', path: flavorPath(id), headers }), 'flavor')),
    async flavorsNamed(name) {
      const query = { is_public: 'None', limit: 1_000 };
      const found = await session.list({ service, path: '/flavors/detail', query, headers }, 'flavors');
      return found.filter((flavor) => flavor.name === name);
    },
    async deleteFlavor(id) {
      await session.request({ service, method: 'DELETE', path: flavorPath(id) });
    },
    extraSpecs: async (id) => itemOf(await session.request({ service, method: 'GET', path: specsPath(id) }), 'extra_specs'),
    async setExtraSpecs(id, specs) {
      await session.request({ service, method: 'POST', path: specsPath(id), body: { extra_specs: specs } });
    },
    async removeExtraSpec(id, key) {
      try {
        await session.request({ service, method: 'DELETE', path: `${specsPath(id)}/${encodeURIComponent(key)}` });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
    flavorProjects: async (id) => projectIds(await session.request({ service, method: 'GET', path: `${flavorPath(id)}/os-flavor-access` })),
    async setFlavorAccess(id, projectId, allowed) {
      const action = { [allowed ? 'addTenantAccess' : 'removeTenantAccess']: { tenant: projectId } };
      await session.request({ service, method: 'POST', path: `${flavorPath(id)}/action`, body: action });
    },
  };
}

function projectIds(body: Json): readonly string[] {
  const access = isJsonObject(body) && isJsonArray(body.flavor_access) ? body.flavor_access : [];
  return access.flatMap((one) => (isJsonObject(one) && typeof one.tenant_id === 'string' ? [one.tenant_id] : []));
}
