/** The network service's collections: attributes, stored bodies and what is shown of them. */
import type { Json, JsonObject } from '@hearth/kernel';
import { isAdmin, type Identity } from '@hearth/http-kit';
import type { Document } from '../store/documents.ts';
import {
  cidrText,
  ip,
  listOf,
  mac,
  nameserver,
  object,
  oneOf,
  orNull,
  record,
  route,
  text,
  truth,
  uuid,
  whole,
  type Attribute,
  type Attributes,
  type Check,
} from './attributes.ts';

export const collections = {
  networks: 'neutron.networks',
  subnets: 'neutron.subnets',
  ports: 'neutron.ports',
  groups: 'neutron.security_groups',
  rules: 'neutron.security_group_rules',
} as const;

const optional = (check: Check, byDefault?: Json): Attribute => ({
  check,
  post: 'allowed',
  put: true,
  ...(byDefault === undefined ? {} : { byDefault }),
});
const fixed = (check: Check, byDefault?: Json): Attribute => ({ ...optional(check, byDefault), put: false });
const byAdmin = (attribute: Attribute): Attribute => ({ ...attribute, isAdminOnly: true });
const shownOnly: Attribute = { check: (value) => value, post: 'refused', put: false };
const required = (check: Check): Attribute => ({ check, post: 'required', put: false });
const common = {
  id: shownOnly,
  status: shownOnly,
  tags: shownOnly,
  created_at: shownOnly,
  updated_at: shownOnly,
  revision_number: shownOnly,
  name: optional(text(), ''),
  description: optional(text(), ''),
};

export const networkAttributes: Attributes = {
  ...common,
  admin_state_up: optional(truth, true),
  shared: byAdmin(optional(truth, false)),
  'router:external': byAdmin(optional(truth, false)),
  is_default: byAdmin(optional(truth, false)),
  mtu: optional(whole(68, 65535), 1450),
  port_security_enabled: optional(truth, true),
  qos_policy_id: optional(orNull(uuid), null),
  dns_domain: optional(text(), ''),
  availability_zone_hints: fixed(listOf(text()), []),
  'provider:network_type': byAdmin(fixed(oneOf('flat', 'vlan', 'vxlan', 'gre', 'geneve', 'local'))),
  'provider:physical_network': byAdmin(fixed(orNull(text()))),
  'provider:segmentation_id': byAdmin(optional(orNull(whole(1, 16777215)))),
  vlan_transparent: fixed(orNull(truth)),
  subnets: shownOnly,
  availability_zones: shownOnly,
  ipv4_address_scope: shownOnly,
  ipv6_address_scope: shownOnly,
  l2_adjacency: shownOnly,
};

const ra = oneOf('slaac', 'dhcpv6-stateful', 'dhcpv6-stateless');
export const subnetAttributes: Attributes = {
  ...common,
  status: { ...shownOnly },
  network_id: required(uuid),
  ip_version: required((value) => oneOf(4, 6)(whole(0, 99)(value))),
  cidr: fixed(orNull(cidrText)),
  subnetpool_id: fixed(orNull(text()), null),
  use_default_subnetpool: fixed(truth),
  prefixlen: fixed(whole(0, 128)),
  gateway_ip: optional(orNull(ip)),
  allocation_pools: optional(listOf(record({ start: ip, end: ip }, ['start', 'end']))),
  enable_dhcp: optional(truth, true),
  dns_nameservers: optional(listOf(nameserver, 20), []),
  host_routes: optional(listOf(route, 100), []),
  ipv6_ra_mode: fixed(orNull(ra), null),
  ipv6_address_mode: fixed(orNull(ra), null),
  service_types: optional(listOf(text()), []),
  segment_id: fixed(orNull(uuid)),
  dns_publish_fixed_ip: optional(truth),
};

const pair = record({ ip_address: text(), mac_address: mac }, ['ip_address']);
const dhcpOption = record({ opt_name: text(64), opt_value: orNull(text()), ip_version: oneOf(4, 6, '4', '6') }, ['opt_name']);
export const portAttributes: Attributes = {
  ...common,
  network_id: required(uuid),
  admin_state_up: optional(truth, true),
  mac_address: byAdmin({ ...optional(mac), put: true }),
  fixed_ips: optional(listOf(record({ subnet_id: uuid, ip_address: ip }), 100)),
  device_id: optional(text(), ''),
  device_owner: optional(text(), ''),
  security_groups: optional(orNull(listOf(uuid, 100))),
  port_security_enabled: optional(truth),
  allowed_address_pairs: optional(orNull(listOf(pair, 100)), []),
  extra_dhcp_opts: optional(orNull(listOf(dhcpOption, 100)), []),
  'binding:vnic_type': optional(
    oneOf(
      'normal',
      'direct',
      'macvtap',
      'baremetal',
      'direct-physical',
      'virtio-forwarder',
      'smart-nic',
      'vdpa',
      'accelerator-direct',
      'remote-managed',
    ),
    'normal',
  ),
  'binding:host_id': byAdmin(optional(orNull(text()), '')),
  'binding:profile': byAdmin(optional(orNull(object), {})),
  'binding:vif_type': shownOnly,
  'binding:vif_details': shownOnly,
  qos_policy_id: optional(orNull(uuid), null),
  qos_network_policy_id: shownOnly,
  dns_name: optional(text(), ''),
  dns_domain: optional(text(), ''),
  dns_assignment: shownOnly,
  propagate_uplink_status: fixed(truth),
  numa_affinity_policy: optional(orNull(oneOf('required', 'preferred', 'legacy'))),
  ip_allocation: shownOnly,
  resource_request: shownOnly,
};

/** Anybody may choose the address of a new port; changing one is for administrators. */
export const newPortAttributes: Attributes = { ...portAttributes, mac_address: optional(mac) };

export const groupAttributes: Attributes = {
  ...common,
  stateful: optional(truth, true),
  security_group_rules: shownOnly,
  shared: shownOnly,
};

const portNumber = orNull(whole(-1, 65535));
export const ruleAttributes: Attributes = {
  id: shownOnly,
  tags: shownOnly,
  created_at: shownOnly,
  updated_at: shownOnly,
  revision_number: shownOnly,
  security_group_id: required(uuid),
  direction: required(oneOf('ingress', 'egress')),
  ethertype: fixed((value) => oneOf('IPv4', 'IPv6')(value), 'IPv4'),
  protocol: fixed((value) => (value === null ? null : typeof value === 'number' ? String(value) : text()(value)), null),
  port_range_min: fixed(portNumber, null),
  port_range_max: fixed(portNumber, null),
  remote_group_id: fixed(orNull(text()), null),
  remote_ip_prefix: fixed(orNull(text()), null),
  remote_address_group_id: fixed(orNull(text()), null),
  description: fixed(orNull(text()), null),
  normalized_cidr: shownOnly,
  standard_attr_id: shownOnly,
};

export interface NetworkBody extends JsonObject {
  readonly shared: boolean;
  readonly 'router:external': boolean;
  readonly port_security_enabled: boolean;
  readonly subnets: readonly string[];
  readonly tags: readonly string[];
}
export interface PoolText extends JsonObject {
  readonly start: string;
  readonly end: string;
}
export interface SubnetBody extends JsonObject {
  readonly network_id: string;
  readonly ip_version: 4 | 6;
  readonly cidr: string;
  readonly gateway_ip: string | null;
  readonly allocation_pools: readonly PoolText[];
  readonly ipv6_address_mode: string | null;
  readonly network_shared: boolean;
  readonly tags: readonly string[];
}
export interface FixedIp extends JsonObject {
  readonly subnet_id: string;
  readonly ip_address: string;
}
export interface PortBody extends JsonObject {
  readonly network_id: string;
  readonly mac_address: string;
  readonly device_id: string;
  readonly device_owner: string;
  readonly fixed_ips: readonly FixedIp[];
  readonly security_groups: readonly string[];
  readonly admin_state_up: boolean;
  readonly dns_name: string;
  readonly tags: readonly string[];
  /** From when on the port is ACTIVE, milliseconds since 1970; null: DOWN. */
  readonly active_at_ms: number | null;
  /** Deleted together with its server. */
  readonly is_made_by_compute: boolean;
}

export const isoSeconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

function stamps(document: Document, firstRevision: number): JsonObject {
  return {
    tags: document.body.tags ?? [],
    created_at: isoSeconds(document.createdMs),
    updated_at: isoSeconds(document.updatedMs),
    revision_number: document.revision + firstRevision,
    project_id: document.projectId,
  };
}

export function networkView(document: Document<NetworkBody>, identity: Identity): JsonObject {
  const { body } = document;
  const isExternal = body['router:external'];
  const provider = isAdmin(identity)
    ? {
        'provider:network_type': body['provider:network_type'] ?? 'vxlan',
        'provider:physical_network': body['provider:physical_network'] ?? null,
        'provider:segmentation_id': body['provider:segmentation_id'] ?? null,
      }
    : {};
  return {
    id: document.id,
    name: document.name,
    tenant_id: document.projectId,
    admin_state_up: body.admin_state_up as Json,
    mtu: body.mtu as Json,
    status: 'ACTIVE',
    subnets: body.subnets,
    shared: body.shared,
    availability_zone_hints: body.availability_zone_hints as Json,
    availability_zones: [],
    ipv4_address_scope: null,
    ipv6_address_scope: null,
    'router:external': isExternal,
    description: body.description as Json,
    ...provider,
    port_security_enabled: body.port_security_enabled,
    qos_policy_id: body.qos_policy_id as Json,
    dns_domain: body.dns_domain as Json,
    l2_adjacency: true,
    ...(isExternal ? { is_default: body.is_default as Json } : {}),
    ...stamps(document, 1),
  };
}

export function subnetView(document: Document<SubnetBody>): JsonObject {
  const { body } = document;
  return {
    id: document.id,
    name: document.name,
    tenant_id: document.projectId,
    network_id: body.network_id,
    ip_version: body.ip_version,
    subnetpool_id: null,
    enable_dhcp: body.enable_dhcp as Json,
    ipv6_ra_mode: body.ipv6_ra_mode as Json,
    ipv6_address_mode: body.ipv6_address_mode,
    gateway_ip: body.gateway_ip,
    cidr: body.cidr,
    allocation_pools: body.allocation_pools,
    host_routes: body.host_routes as Json,
    dns_nameservers: body.dns_nameservers as Json,
    description: body.description as Json,
    service_types: body.service_types as Json,
    ...stamps(document, 0),
  };
}

export const portStatus = (body: PortBody, nowMs: number): 'ACTIVE' | 'DOWN' =>
  body.admin_state_up && body.active_at_ms !== null && body.active_at_ms <= nowMs ? 'ACTIVE' : 'DOWN';

const DOMAIN = 'hearth.internal.';
function assignments(body: PortBody): readonly JsonObject[] {
  return body.fixed_ips.map(({ ip_address: address }) => {
    const hostname = body.dns_name === '' ? `host-${address.replaceAll(/[.:]/g, '-')}` : body.dns_name;
    return { ip_address: address, hostname, fqdn: `${hostname}.${DOMAIN}` };
  });
}

export function portView(document: Document<PortBody>, identity: Identity, nowMs: number): JsonObject {
  const { body } = document;
  const host = body['binding:host_id'] ?? '';
  const isBound = host !== '' && body.device_owner !== '';
  const binding = isAdmin(identity)
    ? {
        'binding:profile': body['binding:profile'] ?? {},
        'binding:host_id': host,
        'binding:vif_type': isBound ? 'bridge' : 'unbound',
        'binding:vif_details': isBound ? { port_filter: true } : {},
        resource_request: null,
      }
    : {};
  return {
    id: document.id,
    name: document.name,
    network_id: body.network_id,
    tenant_id: document.projectId,
    mac_address: body.mac_address,
    admin_state_up: body.admin_state_up,
    status: portStatus(body, nowMs),
    device_id: body.device_id,
    device_owner: body.device_owner,
    fixed_ips: body.fixed_ips,
    allowed_address_pairs: body.allowed_address_pairs as Json,
    extra_dhcp_opts: body.extra_dhcp_opts as Json,
    security_groups: body.security_groups,
    description: body.description as Json,
    'binding:vnic_type': body['binding:vnic_type'] as Json,
    ...binding,
    port_security_enabled: body.port_security_enabled as Json,
    qos_policy_id: body.qos_policy_id as Json,
    qos_network_policy_id: null,
    dns_name: body.dns_name,
    dns_assignment: assignments(body),
    dns_domain: body.dns_domain as Json,
    ip_allocation: body.ip_allocation as Json,
    ...stamps(document, 1),
  };
}

export function ruleView(document: Document): JsonObject {
  const { body } = document;
  return {
    id: document.id,
    tenant_id: document.projectId,
    security_group_id: document.parentId,
    ethertype: body.ethertype as Json,
    direction: body.direction as Json,
    protocol: body.protocol as Json,
    port_range_min: body.port_range_min as Json,
    port_range_max: body.port_range_max as Json,
    remote_ip_prefix: body.remote_ip_prefix as Json,
    remote_address_group_id: null,
    normalized_cidr: body.normalized_cidr ?? null,
    remote_group_id: body.remote_group_id as Json,
    standard_attr_id: document.seq,
    description: body.description as Json,
    ...stamps(document, 0),
  };
}

export function groupView(document: Document, rules: readonly Document[]): JsonObject {
  const { body } = document;
  return {
    id: document.id,
    name: document.name,
    stateful: body.stateful as Json,
    tenant_id: document.projectId,
    description: body.description as Json,
    shared: false,
    security_group_rules: rules.map(ruleView),
    ...stamps(document, 1),
  };
}
