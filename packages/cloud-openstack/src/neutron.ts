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
    ...agentCalls(session),
    ...routerCalls(session),
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

type AgentCalls = Pick<Neutron, 'dhcpAgents' | 'setDhcpAgent' | 'l3Agents' | 'setL3Agent'>;
function agentCalls(session: Session): AgentCalls {
  const listed = async (path: string): Promise<readonly string[]> =>
    (await session.list({ service, path }, 'agents')).flatMap((agent) => (typeof agent.id === 'string' ? [agent.id] : []));
  const set = async (path: string, body: Readonly<Record<string, string>>, isOn: boolean): Promise<void> => {
    const [id = ''] = Object.values(body);
    await session.request(
      isOn ? { service, method: 'POST', path, body } : { service, method: 'DELETE', path: `${path}/${encodeURIComponent(id)}` },
    );
  };
  return {
    dhcpAgents: (networkId) => listed(`/networks/${encodeURIComponent(networkId)}/dhcp-agents`),
    setDhcpAgent: (networkId, agentId, serves) =>
      set(`/agents/${encodeURIComponent(agentId)}/dhcp-networks`, { network_id: networkId }, serves),
    l3Agents: (routerId) => listed(`/routers/${encodeURIComponent(routerId)}/l3-agents`),
    setL3Agent: (routerId, agentId, runs) => set(`/agents/${encodeURIComponent(agentId)}/l3-routers`, { router_id: routerId }, runs),
  };
}

function routerCalls(session: Session): Pick<Neutron, 'addRouterInterface' | 'removeRouterInterface'> {
  const request = (routerId: string, name: string, body: JsonObject) =>
    ({ service, method: 'PUT', path: `/routers/${encodeURIComponent(routerId)}/${name}`, body }) as const;
  return {
    async addRouterInterface(routerId, place) {
      await session.request({ ...request(routerId, 'add_router_interface', place), isOnce: true });
    },
    async removeRouterInterface(routerId, place) {
      await session.request(request(routerId, 'remove_router_interface', place));
    },
  };
}

export const notFoundText = (kind: string, nameOrId: string): string => `Unable to find ${kind} with name or id '${nameOrId}'`;
