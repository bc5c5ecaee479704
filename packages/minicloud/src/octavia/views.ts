/** What the service shows of a load balancer and its parts, alone, in lists, and as a whole tree. Pure, but for gathering related ids. */
import type { Json, JsonObject } from '@hearth/kernel';
import type { CloudStore } from '../store/cloud-store.ts';
import { partsOf } from './context.ts';
import { kinds, type Kind, type KindName } from './kinds.ts';
import { operatingStatus, statusAt, type Part } from './state.ts';

/** Parts by kind, of the load balancers that a page shows something of. */
export type Related = Readonly<Partial<Record<KindName, readonly Part[]>>>;

const NEEDS: Readonly<Record<KindName, readonly KindName[]>> = {
  loadbalancer: ['listener', 'pool'],
  listener: ['l7policy', 'pool'],
  pool: ['listener', 'l7policy', 'member', 'healthmonitor'],
  member: ['healthmonitor'],
  healthmonitor: [],
  l7policy: ['l7rule'],
  l7rule: [],
};

export async function relatedTo(
  store: CloudStore,
  kind: Kind,
  documents: readonly Part[],
  nowMs: number,
  needs: readonly KindName[] = NEEDS[kind.name],
): Promise<Related> {
  const ids = [...new Set(documents.map((one) => one.body.loadbalancer_id))];
  const found: Partial<Record<KindName, readonly Part[]>> = {};
  for (const need of needs) found[need] = await partsOf(store, kinds[need], ids, nowMs);
  return found;
}

const stamp = (ms: number): string => new Date(ms).toISOString().slice(0, 19);
const idsOnly = (parts: readonly Part[]): readonly JsonObject[] => parts.map(({ id }) => ({ id }));
const where = (parts: readonly Part[] | undefined, field: string, id: string): readonly Part[] =>
  (parts ?? []).filter((one) => one.body[field] === id);
const ofBalancer = (parts: readonly Part[] | undefined, id: string): readonly Part[] => where(parts, 'loadbalancer_id', id);

export const policiesOf = (related: Related, listenerId: string): readonly Part[] =>
  [...where(related.l7policy, 'listener_id', listenerId)].sort((a, b) => Number(a.body.position) - Number(b.body.position));

/** Listeners that send to the pool: by default, or by one of their policies. */
export function listenersOfPool(related: Related, pool: Part): readonly Part[] {
  const byPolicy = new Set(where(related.l7policy, 'redirect_pool_id', pool.id).map((one) => one.body.listener_id));
  return (related.listener ?? []).filter((one) => one.body.default_pool_id === pool.id || byPolicy.has(one.id));
}
/** Pools a listener sends to. */
function poolsOfListener(related: Related, listener: Part): readonly Part[] {
  const wanted = new Set([listener.body.default_pool_id, ...policiesOf(related, listener.id).map((one) => one.body.redirect_pool_id)]);
  return (related.pool ?? []).filter((one) => wanted.has(one.id));
}
const monitorOf = (related: Related, poolId: Json | undefined): Part | undefined =>
  (related.healthmonitor ?? []).find((one) => one.body.pool_id === poolId);

const picked = (part: Part, names: readonly string[]): JsonObject =>
  Object.fromEntries(names.map((name) => [name, part.body[name] ?? null]));

const COMMON = ['name', 'admin_state_up'] as const;
const FIELDS: Readonly<Record<KindName, readonly string[]>> = {
  loadbalancer: [
    ...COMMON,
    ...['description', 'vip_address', 'vip_port_id', 'vip_subnet_id', 'vip_network_id', 'additional_vips', 'provider', 'flavor_id'],
    ...['vip_qos_policy_id', 'tags', 'availability_zone'],
  ],
  listener: [
    ...COMMON,
    ...['description', 'protocol', 'protocol_port', 'connection_limit', 'default_tls_container_ref', 'sni_container_refs'],
    ...['default_pool_id', 'insert_headers', 'timeout_client_data', 'timeout_member_connect', 'timeout_member_data', 'timeout_tcp_inspect'],
    ...['tags', 'client_ca_tls_container_ref', 'client_authentication', 'client_crl_container_ref', 'allowed_cidrs'],
    ...['tls_ciphers', 'tls_versions', 'alpn_protocols'],
  ],
  pool: [
    ...COMMON,
    ...['description', 'protocol', 'lb_algorithm', 'session_persistence', 'tags', 'tls_container_ref', 'ca_tls_container_ref'],
    ...['crl_container_ref', 'tls_enabled', 'tls_ciphers', 'tls_versions', 'alpn_protocols'],
  ],
  member: [...COMMON, 'address', 'protocol_port', 'weight', 'backup', 'subnet_id', 'monitor_address', 'monitor_port', 'tags'],
  healthmonitor: [
    ...COMMON,
    ...['type', 'delay', 'timeout', 'max_retries', 'max_retries_down', 'http_method', 'url_path', 'expected_codes', 'tags'],
    ...['http_version', 'domain_name'],
  ],
  l7policy: [
    ...COMMON,
    ...['description', 'action', 'listener_id', 'redirect_pool_id', 'redirect_url', 'redirect_prefix', 'position', 'tags'],
    'redirect_http_code',
  ],
  l7rule: ['type', 'compare_type', 'key', 'value', 'invert', 'admin_state_up', 'tags'],
};
/** Fields of the stored body that lists may be filtered and sorted by. */
export const plainFields = (kind: Kind): ReadonlySet<string> => new Set(FIELDS[kind.name].filter((name) => !UNFILTERED.has(name)));
const UNFILTERED = new Set(['tags', 'additional_vips', 'insert_headers', 'sni_container_refs', 'allowed_cidrs', 'session_persistence']);

/** Alone or in a list: what belongs to it is shown by id. */
export function partView(kind: KindName, part: Part, related: Related, nowMs: number): JsonObject {
  return { ...ownView(kind, part, related, nowMs), ...idsView(kind, part, related) };
}

function ownView(kind: KindName, part: Part, related: Related, nowMs: number): JsonObject {
  const isMonitored = kind === 'member' && monitorOf(related, part.body.pool_id) !== undefined;
  const settled = part.body.settles_at_ms;
  const updatedMs = nowMs >= settled ? settled : part.revision > 0 ? part.updatedMs : null;
  return {
    id: part.id,
    ...picked(part, FIELDS[kind]),
    provisioning_status: statusAt(part, nowMs),
    operating_status: operatingStatus(kind, part, nowMs, isMonitored),
    project_id: part.projectId,
    tenant_id: part.projectId,
    created_at: stamp(part.createdMs),
    updated_at: updatedMs === null ? null : stamp(updatedMs),
  };
}

function idsView(kind: KindName, part: Part, related: Related): JsonObject {
  const whole = [{ id: part.body.loadbalancer_id }];
  switch (kind) {
    case 'loadbalancer':
      return { listeners: idsOnly(ofBalancer(related.listener, part.id)), pools: idsOnly(ofBalancer(related.pool, part.id)) };
    case 'listener':
      return { loadbalancers: whole, l7policies: idsOnly(policiesOf(related, part.id)) };
    case 'pool': {
      const monitor = monitorOf(related, part.id);
      return {
        loadbalancers: whole,
        listeners: idsOnly(listenersOfPool(related, part)),
        members: idsOnly(where(related.member, 'pool_id', part.id)),
        ...(monitor === undefined ? {} : { healthmonitor_id: monitor.id }),
      };
    }
    case 'healthmonitor':
      return { pools: [{ id: part.body.pool_id ?? null }] };
    case 'l7policy':
      return { rules: idsOnly(where(related.l7rule, 'l7policy_id', part.id)) };
    default:
      return {};
  }
}

/** The answer to a creation: the whole tree, each part in full. */
export function treeView(balancer: Part, related: Related, nowMs: number): JsonObject {
  const own = (kind: KindName, part: Part): JsonObject => ownView(kind, part, related, nowMs);
  const policy = (part: Part): JsonObject => ({
    ...own('l7policy', part),
    rules: where(related.l7rule, 'l7policy_id', part.id).map((one) => own('l7rule', one)),
  });
  const pool = (part: Part): JsonObject => {
    const monitor = monitorOf(related, part.id);
    return {
      ...own('pool', part),
      listeners: idsOnly(listenersOfPool(related, part)),
      members: where(related.member, 'pool_id', part.id).map((one) => own('member', one)),
      healthmonitor: monitor === undefined ? null : own('healthmonitor', monitor),
    };
  };
  return {
    ...own('loadbalancer', balancer),
    listeners: ofBalancer(related.listener, balancer.id).map((one) => ({
      ...own('listener', one),
      l7policies: policiesOf(related, one.id).map(policy),
    })),
    pools: ofBalancer(related.pool, balancer.id).map(pool),
  };
}

export function statusView(balancer: Part, related: Related, nowMs: number): JsonObject {
  const own = (kind: KindName, part: Part, ...names: readonly string[]): JsonObject => {
    const whole = ownView(kind, part, related, nowMs);
    return Object.fromEntries(
      ['id', 'name', 'operating_status', 'provisioning_status', ...names].map((name) => [name, whole[name] ?? null]),
    );
  };
  const pool = (part: Part): JsonObject => {
    const monitor = monitorOf(related, part.id);
    return {
      ...own('pool', part),
      ...(monitor === undefined ? {} : { health_monitor: own('healthmonitor', monitor, 'type') }),
      members: where(related.member, 'pool_id', part.id).map((one) => own('member', one, 'address', 'protocol_port')),
    };
  };
  const listeners = ofBalancer(related.listener, balancer.id);
  return {
    ...own('loadbalancer', balancer),
    listeners: listeners.map((one) => ({ ...own('listener', one), pools: poolsOfListener(related, one).map(pool) })),
  };
}
