/** The network service's collections: attributes, stored bodies and what is shown of them. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { isAdmin, type Identity } from '@hearth/http-kit';
import type { Document } from '../store/documents.ts';
import { addressPairs } from './address-pairs.ts';
import {
  bad,
  byAdmin,
  cidrText,
  common,
  distinct,
  dnsDomain,
  dnsName,
  fixed,
  ip,
  listOf,
  mac,
  nameserver,
  notNegative,
  object,
  oneOf,
  optional,
  orNull,
  record,
  required,
  routeList,
  shownOnly,
  text,
  truth,
  unfiltered,
  uuid,
  whole,
  type Attributes,
  type Check,
} from './attributes.ts';

export const collections = {
  networks: 'neutron.networks',
  subnets: 'neutron.subnets',
  ports: 'neutron.ports',
  groups: 'neutron.security_groups',
  rules: 'neutron.security_group_rules',
  routers: 'neutron.routers',
  floatingIps: 'neutron.floatingips',
  pools: 'neutron.subnetpools',
  scopes: 'neutron.address_scopes',
  policies: 'neutron.rbac_policies',
} as const;

export const networkAttributes: Attributes = {
  ...common,
  status: shownOnly,
  admin_state_up: optional(truth, true),
  shared: byAdmin(optional(truth, false)),
  'router:external': byAdmin(optional(truth, false)),
  is_default: byAdmin(optional(truth, false)),
  mtu: optional(notNegative, 0),
  port_security_enabled: unfiltered(optional(truth, true)),
  qos_policy_id: unfiltered(optional(orNull(uuid), null)),
  dns_domain: unfiltered(optional(dnsDomain, '')),
  availability_zone_hints: unfiltered(fixed(listOf(text()), [])),
  'provider:network_type': byAdmin(fixed(oneOf('flat', 'vlan', 'vxlan', 'gre', 'geneve', 'local'))),
  'provider:physical_network': byAdmin(fixed(orNull(text()))),
  'provider:segmentation_id': byAdmin(optional(orNull(whole(1, 16777215)))),
  vlan_transparent: fixed(orNull(truth)),
  subnets: unfiltered(shownOnly),
  availability_zones: unfiltered(shownOnly),
  ipv4_address_scope: unfiltered(shownOnly),
  ipv6_address_scope: unfiltered(shownOnly),
  l2_adjacency: unfiltered(shownOnly),
};

const ra = oneOf('slaac', 'dhcpv6-stateful', 'dhcpv6-stateless');
export const subnetAttributes: Attributes = {
  ...common,
  network_id: required(uuid),
  ip_version: required((value) => oneOf(4, 6)(whole(-99, 99)(value))),
  cidr: fixed(orNull(cidrText)),
  subnetpool_id: fixed(orNull(text()), null),
  use_default_subnetpool: unfiltered(fixed(truth)),
  prefixlen: unfiltered(fixed(notNegative)),
  gateway_ip: optional(orNull(ip)),
  allocation_pools: unfiltered(optional(listOf(record({ start: ip, end: ip }, ['start', 'end'])))),
  enable_dhcp: optional(truth, true),
  dns_nameservers: unfiltered(
    optional(
      distinct(listOf(nameserver, 20), (entry) => `nameserver '${String(entry)}'`),
      [],
    ),
  ),
  host_routes: unfiltered(optional(routeList, [])),
  ipv6_ra_mode: fixed(orNull(ra), null),
  ipv6_address_mode: fixed(orNull(ra), null),
  service_types: unfiltered(optional(listOf(text()), [])),
  segment_id: fixed(orNull(uuid)),
  shared: shownOnly,
  dns_publish_fixed_ip: unfiltered(optional(truth)),
};

const fixedIpKeys = record({ subnet_id: uuid, ip_address: ip });
/** Other keys than these two are ignored. */
export const fixedIpList: Check = (value) => {
  if (!Array.isArray(value) || !value.every(isJsonObject)) return bad(`Invalid data format for fixed IP: '${String(value)}'`);
  const entries = (value as readonly JsonObject[]).map(({ subnet_id, ip_address }) =>
    fixedIpKeys({ ...(subnet_id === undefined ? {} : { subnet_id }), ...(ip_address === undefined ? {} : { ip_address }) }),
  );
  const addresses = (entries as readonly JsonObject[]).flatMap((entry) =>
    entry.ip_address === undefined ? [] : [String(entry.ip_address)],
  );
  const twice = addresses.find((address, i) => addresses.indexOf(address) !== i);
  if (twice !== undefined) return bad(`Duplicate IP address '${twice}'`);
  return entries.length > MAX_ADDRESSES ? bad(`at most ${MAX_ADDRESSES} items are allowed`) : entries;
};
const MAX_ADDRESSES = 100;
const dhcpOption = record({ opt_name: text(64), opt_value: orNull(text()), ip_version: oneOf(4, 6, '4', '6') }, ['opt_name']);
export const portAttributes: Attributes = {
  ...common,
  status: shownOnly,
  network_id: required(uuid),
  admin_state_up: optional(truth, true),
  mac_address: byAdmin({ ...optional(mac), put: true }),
  fixed_ips: optional(fixedIpList),
  device_id: optional(text(), ''),
  device_owner: optional(text(), ''),
  security_groups: optional(orNull(listOf(uuid, 100))),
  port_security_enabled: unfiltered(optional(truth)),
  allowed_address_pairs: unfiltered(optional(orNull(addressPairs), [])),
  extra_dhcp_opts: unfiltered(optional(orNull(listOf(dhcpOption, 100)), [])),
  'binding:vnic_type': unfiltered(
    optional(
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
  ),
  'binding:host_id': byAdmin(optional(orNull(text()), '')),
  'binding:profile': unfiltered(byAdmin(optional(orNull(object), {}))),
  'binding:vif_type': unfiltered(shownOnly),
  'binding:vif_details': unfiltered(shownOnly),
  qos_policy_id: unfiltered(optional(orNull(uuid), null)),
  qos_network_policy_id: unfiltered(shownOnly),
  dns_name: unfiltered(optional(dnsName, '')),
  dns_domain: unfiltered(optional(dnsDomain, '')),
  dns_assignment: unfiltered(shownOnly),
  propagate_uplink_status: unfiltered(fixed(truth)),
  numa_affinity_policy: unfiltered(optional(orNull(oneOf('required', 'preferred', 'legacy')))),
  ip_allocation: shownOnly,
  resource_request: unfiltered(shownOnly),
};

/** Anybody may choose the address of a new port; changing one is for administrators. */
export const newPortAttributes: Attributes = { ...portAttributes, mac_address: optional(mac) };

export interface NetworkBody extends JsonObject {
  readonly shared: boolean;
  /** Projects it is shared with one by one, and those that may use it as an external network. */
  readonly shared_with: readonly string[];
  readonly 'router:external': boolean;
  readonly external_with: readonly string[];
  readonly port_security_enabled: boolean;
  readonly subnets: readonly string[];
  readonly ipv4_address_scope: string | null;
  readonly ipv6_address_scope: string | null;
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
  readonly shared_with: readonly string[];
  readonly subnetpool_id: string | null;
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

export function stamps(document: Document, firstRevision: number): JsonObject {
  return {
    tags: document.body.tags ?? [],
    created_at: isoSeconds(document.createdMs),
    updated_at: isoSeconds(document.updatedMs),
    revision_number: document.revision + firstRevision,
    project_id: document.projectId,
  };
}

/** Segments of tunnelled networks count up to this. */
const MAX_VNI = 16_777_215;

/** An administrator sees how it is made; whoever makes it is told more than whoever reads it. */
export function networkView(
  document: Document<NetworkBody>,
  { identity, isNew }: { readonly identity: Identity; readonly isNew?: true },
): JsonObject {
  const { body } = document;
  const type = body['provider:network_type'] ?? 'vxlan';
  const isExternal = body['router:external'] || body.external_with.length > 0;
  const provider = isAdmin(identity)
    ? {
        'provider:network_type': type,
        'provider:physical_network': body['provider:physical_network'] ?? null,
        'provider:segmentation_id': body['provider:segmentation_id'] ?? (type === 'vxlan' ? (document.seq % MAX_VNI) + 1 : null),
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
    shared: body.shared || body.shared_with.includes(identity.projectId ?? ''),
    availability_zone_hints: body.availability_zone_hints as Json,
    availability_zones: [],
    ipv4_address_scope: body.ipv4_address_scope,
    ipv6_address_scope: body.ipv6_address_scope,
    'router:external': isExternal,
    description: body.description as Json,
    ...provider,
    port_security_enabled: body.port_security_enabled,
    qos_policy_id: body.qos_policy_id as Json,
    dns_domain: body.dns_domain as Json,
    l2_adjacency: true,
    ...(isExternal || isNew === true ? { is_default: body.is_default as Json } : {}),
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
    subnetpool_id: body.subnetpool_id,
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

/** The port of a floating IP is a mere reservation and has no status. */
export const portStatus = (body: PortBody, nowMs: number): 'ACTIVE' | 'DOWN' | 'N/A' =>
  body.device_owner === 'network:floatingip'
    ? 'N/A'
    : body.admin_state_up && body.active_at_ms !== null && body.active_at_ms <= nowMs
      ? 'ACTIVE'
      : 'DOWN';

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
