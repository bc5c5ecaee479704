/** Neutron: the same few calls for every collection. Bodies as the service has them. */
import { Failure, isUuidLike, type JsonObject } from '@hearth/kernel';
import { BoundedCache } from './bounded-cache.ts';
import { itemOf, nullIfGone } from './nova.ts';
import type { CloudRequest, Session } from './session.ts';

/** Collections by the name of one item. */
const COLLECTIONS = {
  network: 'networks',
  subnet: 'subnets',
  port: 'ports',
  router: 'routers',
  security_group: 'security-groups',
  security_group_rule: 'security-group-rules',
  floatingip: 'floatingips',
  subnetpool: 'subnetpools',
  address_scope: 'address-scopes',
  segment: 'segments',
  qos_policy: 'qos/policies',
} as const;
export type NeutronKind = keyof typeof COLLECTIONS;

export interface Neutron {
  create(kind: NeutronKind, item: JsonObject): Promise<JsonObject>;
  /** Null when gone. */
  get(kind: NeutronKind, id: string): Promise<JsonObject | null>;
  update(kind: NeutronKind, id: string, changes: JsonObject): Promise<JsonObject>;
  delete(kind: NeutronKind, id: string): Promise<void>;
  list(kind: NeutronKind, query: NonNullable<CloudRequest['query']>): Promise<readonly JsonObject[]>;
  setTags(kind: NeutronKind, id: string, tags: readonly string[]): Promise<void>;
  /** Ids of the DHCP agents that serve a network. Administrators only, as is changing them. */
  dhcpAgents(networkId: string): Promise<readonly string[]>;
  setDhcpAgent(networkId: string, agentId: string, serves: boolean): Promise<void>;
  /** Ids of the L3 agents that run a router. Administrators only, as is changing them. */
  l3Agents(routerId: string): Promise<readonly string[]>;
  setL3Agent(routerId: string, agentId: string, runs: boolean): Promise<void>;
  /** `place` names a subnet or a port: `{ subnet_id }`, `{ port_id }`. */
  addRouterInterface(routerId: string, place: JsonObject): Promise<void>;
  removeRouterInterface(routerId: string, place: JsonObject): Promise<void>;
  /** By id or name. Null when there is none; `Failure('invalid')` when a name is ambiguous. */
  find(kind: NeutronKind, nameOrId: string): Promise<JsonObject | null>;
  /** The id for an id or name, kept for a few seconds; what looks like an id is taken as one. `Failure('not-found')` when there is none. */
  idOf(kind: NeutronKind, nameOrId: string): Promise<string>;
  /** Like `get`, but an answer of a few seconds ago will do. */
  recall(kind: NeutronKind, id: string): Promise<JsonObject | null>;
}

const KEPT_MS = 10_000;
const KEPT_LIMIT = 2_000;
const service = 'network';

export function neutronOf(session: Session): Neutron {
  const ids = new BoundedCache<string>(session.timers, KEPT_LIMIT, () => KEPT_MS);
  const recalled = new BoundedCache<JsonObject | null>(session.timers, KEPT_LIMIT, (item) => (item === null ? 0 : KEPT_MS));
  const pathOf = (kind: NeutronKind, id?: string): string => `/${COLLECTIONS[kind]}${id === undefined ? '' : `/${encodeURIComponent(id)}`}`;
  /** Body keys: `policy`, `security_group`, and so on. */
  const wrap = (kind: NeutronKind): string => (kind === 'qos_policy' ? 'policy' : kind);
  const listKey = (kind: NeutronKind): string => (kind === 'qos_policy' ? 'policies' : COLLECTIONS[kind].replaceAll('-', '_'));

  const get: Neutron['get'] = (kind, id) =>
    nullIfGone(async () => itemOf(await session.request({ service, method: 'GET', path: pathOf(kind, id) }), wrap(kind)));
  const list: Neutron['list'] = (kind, query) => session.list({ service, path: pathOf(kind), query }, listKey(kind));
  const find: Neutron['find'] = async (kind, nameOrId) => {
    if (isUuidLike(nameOrId)) {
      const byId = await get(kind, nameOrId);
      if (byId !== null) return byId;
    }
    const named = await list(kind, { name: nameOrId });
    if (named.length > 1)
      throw new Failure('invalid', `Multiple ${kind} matches found for name '${nameOrId}', use an ID to be more specific.`);
    return named[0] ?? null;
  };
  return {
    get,
    list,
    find,
    create: async (kind, item) =>
      itemOf(await session.request({ service, method: 'POST', path: pathOf(kind), body: { [wrap(kind)]: item } }), wrap(kind)),
    update: async (kind, id, changes) =>
      itemOf(await session.request({ service, method: 'PUT', path: pathOf(kind, id), body: { [wrap(kind)]: changes } }), wrap(kind)),
    async delete(kind, id) {
      await session.request({ service, method: 'DELETE', path: pathOf(kind, id) });
    },
    async setTags(kind, id, tags) {
      await session.request({ service, method: 'PUT', path: `${pathOf(kind, id)}/tags`, body: { tags } });
    },
    async dhcpAgents(networkId) {
      const agents = await session.list({ service, path: `/networks/${encodeURIComponent(networkId)}/dhcp-agents` }, 'agents');
      return agents.flatMap((agent) => (typeof agent.id === 'string' ? [agent.id] : []));
    },
    async setDhcpAgent(networkId, agentId, serves) {
      const path = `/agents/${encodeURIComponent(agentId)}/dhcp-networks`;
      await session.request(
        serves
          ? { service, method: 'POST', path, body: { network_id: networkId } }
          : { service, method: 'DELETE', path: `${path}/${encodeURIComponent(networkId)}` },
      );
    },
    async l3Agents(routerId) {
      const agents = await session.list({ service, path: `${pathOf('router', routerId)}/l3-agents` }, 'agents');
      return agents.flatMap((agent) => (typeof agent.id === 'string' ? [agent.id] : []));
    },
    async setL3Agent(routerId, agentId, runs) {
      const path = `/agents/${encodeURIComponent(agentId)}/l3-routers`;
      await session.request(
        runs
          ? { service, method: 'POST', path, body: { router_id: routerId } }
          : { service, method: 'DELETE', path: `${path}/${encodeURIComponent(routerId)}` },
      );
    },
    async addRouterInterface(routerId, place) {
      await session.request({ service, method: 'PUT', path: `${pathOf('router', routerId)}/add_router_interface`, body: place });
    },
    async removeRouterInterface(routerId, place) {
      await session.request({ service, method: 'PUT', path: `${pathOf('router', routerId)}/remove_router_interface`, body: place });
    },
    async idOf(kind, nameOrId) {
      if (isUuidLike(nameOrId)) return nameOrId;
      return ids.get(`${kind} ${nameOrId}`, async () => {
        const found = await find(kind, nameOrId);
        if (typeof found?.id !== 'string') throw new Failure('not-found', notFoundText(kind, nameOrId));
        return found.id;
      });
    },
    recall: (kind, id) => recalled.get(`${kind} ${id}`, () => get(kind, id)),
  };
}

export const notFoundText = (kind: NeutronKind, nameOrId: string): string => `Unable to find ${kind} with name or id '${nameOrId}'`;
