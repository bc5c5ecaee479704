/** What the load balancer service has: each kind's attributes and names, as data. */
import type { Json } from '@hearth/kernel';
import {
  cidr,
  dictionary,
  ip,
  listOf,
  nested,
  oneOf,
  protocolId,
  shortText,
  tags,
  text,
  truth,
  url,
  urlPath,
  uuid,
  whole,
  type Attribute,
  type Attributes,
  type Check,
} from './attributes.ts';

const fixed = (check: Check, byDefault?: Json): Attribute => ({ check, ...(byDefault === undefined ? {} : { byDefault }) });
const mutable = (check: Check, byDefault?: Json): Attribute => ({
  ...fixed(check, byDefault),
  put: true,
  ...(byDefault === undefined ? {} : { onNull: byDefault }),
});
const mandatory = (check: Check): Attribute => ({ check, isMandatory: true });
const wanted = (attribute: Attribute): Attribute => ({ ...attribute, isMandatory: true });

const named: Attributes = {
  name: mutable(shortText, ''),
  admin_state_up: { check: truth, byDefault: true, put: true, onNull: false },
  tags: mutable(tags, []),
};
const described: Attributes = { ...named, description: mutable(shortText, '') };
/** Accepted, and ignored for everything that belongs to a load balancer. */
const owned: Attributes = { project_id: fixed(text(36)), tenant_id: fixed(text(36)) };

const ALPN = protocolId('h2', 'http/1.1', 'http/1.0');
const tls: Attributes = {
  tls_ciphers: mutable(text(2048)),
  tls_versions: mutable(listOf(text(32))),
  alpn_protocols: mutable(listOf(ALPN)),
};

const port = whole(1, 65_535);
const member: Attributes = {
  ...named,
  address: mandatory(ip),
  protocol_port: mandatory(port),
  weight: mutable(whole(0, 256), 1),
  backup: mutable(truth, false),
  subnet_id: fixed(uuid),
  monitor_port: mutable(port),
  monitor_address: mutable(ip),
};

const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'OPTIONS', 'CONNECT', 'PATCH'];
const DOMAIN = /^(?=.{1,253}\.?$)(?:(?!-|[^.]+_)[A-Za-z0-9-_]{1,63}(?<!-)(?:\.|$))+$/;
const CODES = /^(\d{3}(\s*,\s*\d{3})*)$|^(\d{3}-\d{3})$/;
const monitor: Attributes = {
  ...named,
  type: mandatory(oneOf('HTTP', 'HTTPS', 'PING', 'TCP', 'TLS-HELLO', 'UDP-CONNECT', 'SCTP')),
  delay: wanted(mutable(whole(0))),
  timeout: wanted(mutable(whole(0))),
  max_retries: wanted(mutable(whole(1, 10))),
  max_retries_down: mutable(whole(1, 10), 3),
  http_method: mutable(oneOf(...HTTP_METHODS)),
  url_path: mutable(urlPath),
  expected_codes: mutable(text(64, CODES)),
  http_version: mutable(oneOf(1, 1.1)),
  domain_name: mutable(text(255, DOMAIN)),
};

const cookieName = text(255, /^[^\s,;\\]+$/);
const persistence: Attributes = {
  type: fixed(oneOf('SOURCE_IP', 'HTTP_COOKIE', 'APP_COOKIE')),
  cookie_name: fixed(cookieName),
  persistence_timeout: fixed(whole(Number.MIN_SAFE_INTEGER)),
  persistence_granularity: fixed(ip),
};
const poolCommon: Attributes = {
  ...described,
  ...tls,
  session_persistence: mutable(nested('pool_.pool.session_persistence', persistence)),
  tls_container_ref: mutable(shortText),
  ca_tls_container_ref: mutable(shortText),
  crl_container_ref: mutable(shortText),
  tls_enabled: mutable(truth, false),
};
const poolProtocol = oneOf('TCP', 'HTTP', 'HTTPS', 'PROXY', 'PROXYV2', 'UDP', 'SCTP');
const algorithm = oneOf('LEAST_CONNECTIONS', 'ROUND_ROBIN', 'SOURCE_IP', 'SOURCE_IP_PORT');
const pool: Attributes = {
  ...poolCommon,
  protocol: mandatory(poolProtocol),
  lb_algorithm: wanted(mutable(algorithm)),
};
/** Inside a load balancer: a name alone refers to a pool that is described elsewhere in the request. */
const poolInTree: Attributes = {
  ...poolCommon,
  protocol: fixed(poolProtocol),
  lb_algorithm: fixed(algorithm),
  healthmonitor: fixed(nested('healthmonitor', monitor)),
  members: fixed(listOf(nested('member', member)), []),
};

const oneLine = text(255, /^[^\r\n]*$/);
const rule: Attributes = {
  type: wanted(
    mutable(
      oneOf(...['HOST_NAME', 'PATH', 'FILE_TYPE', 'HEADER', 'COOKIE'], ...['SSL_CONN_HAS_CERT', 'SSL_VERIFY_RESULT', 'SSL_DN_FIELD']),
    ),
  ),
  compare_type: wanted(mutable(oneOf('REGEX', 'STARTS_WITH', 'ENDS_WITH', 'CONTAINS', 'EQUAL_TO'))),
  key: mutable(oneLine),
  value: wanted(mutable(oneLine)),
  invert: mutable(truth, false),
  admin_state_up: { check: truth, byDefault: true, put: true, onNull: false },
  tags: mutable(tags, []),
};

export const MAX_POSITION = 2_147_483_647;
const policyCommon: Attributes = {
  ...described,
  action: wanted(mutable(oneOf('REJECT', 'REDIRECT_TO_URL', 'REDIRECT_TO_POOL', 'REDIRECT_PREFIX'))),
  redirect_url: mutable(url),
  redirect_prefix: mutable(url),
  redirect_http_code: mutable(oneOf(301, 302, 303, 307, 308)),
  position: mutable(whole(1, MAX_POSITION), MAX_POSITION),
  rules: fixed(listOf(nested('rule', rule)), []),
};
const policy: Attributes = { ...policyCommon, redirect_pool_id: mutable(uuid), listener_id: mandatory(uuid) };
const policyInTree: Attributes = { ...policyCommon, redirect_pool: fixed(nested('redirect_pool', poolInTree)) };

const timeout = whole(0, 24 * 24 * 60 * 60 * 1000);
const listenerCommon: Attributes = {
  ...described,
  ...tls,
  protocol: mandatory(oneOf('PROMETHEUS', 'HTTPS', 'TCP', 'TERMINATED_HTTPS', 'HTTP', 'SCTP', 'UDP')),
  protocol_port: mandatory(port),
  connection_limit: mutable(whole(-1), -1),
  default_tls_container_ref: mutable(shortText),
  sni_container_refs: mutable(listOf(shortText), []),
  default_pool_id: mutable(uuid),
  insert_headers: mutable(dictionary(shortText), {}),
  timeout_client_data: mutable(timeout, 50_000),
  timeout_member_connect: mutable(timeout, 5_000),
  timeout_member_data: mutable(timeout, 50_000),
  timeout_tcp_inspect: mutable(timeout, 0),
  client_ca_tls_container_ref: mutable(shortText),
  client_authentication: mutable(oneOf('NONE', 'OPTIONAL', 'MANDATORY'), 'NONE'),
  client_crl_container_ref: mutable(shortText),
  allowed_cidrs: mutable(listOf(cidr)),
};
const listenerInTree: Attributes = {
  ...listenerCommon,
  default_pool: fixed(nested('default_pool', poolInTree)),
  l7policies: fixed(listOf(nested('l7policy', policyInTree)), []),
};

const balancer: Attributes = {
  ...described,
  ...owned,
  vip_address: fixed(ip),
  vip_port_id: fixed(uuid),
  vip_subnet_id: fixed(uuid),
  vip_network_id: fixed(uuid),
  vip_qos_policy_id: mutable(uuid),
  additional_vips: fixed(listOf(nested('additional_vip', { subnet_id: mandatory(uuid), ip_address: fixed(ip) })), []),
  listeners: fixed(listOf(nested('listener', listenerInTree)), []),
  pools: fixed(listOf(nested('pool', poolInTree)), []),
  provider: fixed(text(64)),
  flavor_id: fixed(uuid),
  availability_zone: fixed(shortText),
};

export type KindName = 'loadbalancer' | 'listener' | 'pool' | 'member' | 'healthmonitor' | 'l7policy' | 'l7rule';

export interface Kind {
  readonly name: KindName;
  /** Keys around bodies. */
  readonly singular: string;
  readonly plural: string;
  /** What the service calls the argument in its messages. */
  readonly argument: string;
  readonly label: string;
  /** Name of its limit in quotas. */
  readonly quota: string;
  readonly storage: string;
  readonly attributes: Attributes;
  /** Fields that a list may be filtered and sorted by, besides the attributes. */
  readonly alsoFilters: readonly string[];
}

const kind = (name: KindName, rest: Omit<Kind, 'name' | 'storage'>): Kind => ({ name, storage: `octavia.${rest.plural}`, ...rest });

export const kinds: Readonly<Record<KindName, Kind>> = {
  loadbalancer: kind('loadbalancer', {
    ...{ singular: 'loadbalancer', plural: 'loadbalancers', argument: 'load_balancer', label: 'Load Balancer', quota: 'loadbalancer' },
    attributes: balancer,
    alsoFilters: [],
  }),
  listener: kind('listener', {
    ...{ singular: 'listener', plural: 'listeners', argument: 'listener_', label: 'Listener', quota: 'listener' },
    attributes: { ...listenerCommon, ...owned, loadbalancer_id: mandatory(uuid) },
    alsoFilters: ['loadbalancer_id'],
  }),
  pool: kind('pool', {
    ...{ singular: 'pool', plural: 'pools', argument: 'pool_', label: 'Pool', quota: 'pool' },
    attributes: { ...pool, ...owned, loadbalancer_id: fixed(uuid), listener_id: fixed(uuid) },
    alsoFilters: ['loadbalancer_id'],
  }),
  member: kind('member', {
    ...{ singular: 'member', plural: 'members', argument: 'member_', label: 'Member', quota: 'member' },
    attributes: { ...member, ...owned },
    alsoFilters: [],
  }),
  healthmonitor: kind('healthmonitor', {
    ...{
      singular: 'healthmonitor',
      plural: 'healthmonitors',
      argument: 'health_monitor_',
      label: 'Health Monitor',
      quota: 'healthmonitor',
    },
    attributes: { ...monitor, ...owned, pool_id: mandatory(uuid) },
    alsoFilters: ['pool_id'],
  }),
  l7policy: kind('l7policy', {
    ...{ singular: 'l7policy', plural: 'l7policies', argument: 'l7policy_', label: 'L7 Policy', quota: 'l7policy' },
    attributes: { ...policy, ...owned },
    alsoFilters: [],
  }),
  l7rule: kind('l7rule', {
    ...{ singular: 'rule', plural: 'rules', argument: 'rule_', label: 'L7 Rule', quota: 'l7rule' },
    attributes: { ...rule, ...owned },
    alsoFilters: [],
  }),
};
/** Everything that belongs to a load balancer, children before parents. */
export const childKinds: readonly Kind[] = [kinds.l7rule, kinds.l7policy, kinds.healthmonitor, kinds.member, kinds.pool, kinds.listener];
