/** Routers and floating IPs: attributes, stored bodies and what is shown of them. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { isAdmin, type Identity } from '@hearth/http-kit';
import type { Document } from '../store/documents.ts';
import {
  bad,
  byAdmin,
  common,
  dnsDomain,
  dnsName,
  fixed,
  ip,
  listOf,
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
  type Attributes,
  type Check,
} from './attributes.ts';
import { fixedIpList, portStatus, stamps, type FixedIp, type PortBody } from './objects.ts';

const gatewayKeys = record({ network_id: uuid, enable_snat: truth, external_fixed_ips: fixedIpList, qos_policy_id: orNull(uuid) }, [
  'network_id',
]);
/** Nothing and an empty dictionary both mean "no gateway". */
const gatewayInfo: Check = (value) => {
  if (value === null || (isJsonObject(value) && Object.keys(value).length === 0)) return null;
  return isJsonObject(value) ? gatewayKeys(value) : bad(`'${String(value)}' is not a dictionary`);
};

export const routerAttributes: Attributes = {
  ...common,
  admin_state_up: optional(truth, true),
  external_gateway_info: unfiltered(optional(gatewayInfo)),
  routes: unfiltered({ check: orNull(routeList), post: 'refused', put: true }),
  distributed: unfiltered(byAdmin(optional(orNull(truth)))),
  ha: unfiltered(byAdmin(optional(orNull(truth)))),
  availability_zone_hints: unfiltered(fixed(listOf(text()), [])),
  availability_zones: unfiltered(shownOnly),
  flavor_id: unfiltered(fixed(orNull(uuid))),
  status: unfiltered(shownOnly),
};

export const floatingIpAttributes: Attributes = {
  ...common,
  name: unfiltered({ ...shownOnly }),
  floating_network_id: required(uuid),
  floating_ip_address: byAdmin(fixed(orNull(ip))),
  subnet_id: unfiltered(fixed(orNull(uuid))),
  port_id: optional(orNull(uuid)),
  fixed_ip_address: optional(orNull(ip)),
  dns_name: unfiltered(fixed(dnsName, '')),
  dns_domain: unfiltered(fixed(dnsDomain, '')),
  qos_policy_id: unfiltered(optional(orNull(uuid), null)),
  router_id: shownOnly,
  status: shownOnly,
  port_details: unfiltered(shownOnly),
  port_forwardings: unfiltered(shownOnly),
};

export interface Gateway extends JsonObject {
  readonly network_id: string;
  readonly port_id: string;
  readonly enable_snat: boolean;
  /** As the gateway's port has them. */
  readonly external_fixed_ips: readonly FixedIp[];
}
export interface ExtraRoute extends JsonObject {
  readonly destination: string;
  readonly nexthop: string;
}
export interface RouterBody extends JsonObject {
  readonly admin_state_up: boolean;
  readonly gateway: Gateway | null;
  readonly routes: readonly ExtraRoute[];
  readonly distributed: boolean;
  readonly ha: boolean;
  readonly tags: readonly string[];
}
/** The associated port is the document's parent. */
export interface FloatingIpBody extends JsonObject {
  readonly floating_network_id: string;
  readonly floating_ip_address: string;
  /** The port that reserves the address. */
  readonly floating_port_id: string;
  readonly port_id: string | null;
  readonly fixed_ip_address: string | null;
  /** Where the fixed address is. */
  readonly fixed_subnet_id: string | null;
  readonly router_id: string | null;
  readonly tags: readonly string[];
}
export type Router = Document<RouterBody>;
export type FloatingIp = Document<FloatingIpBody>;

export function routerView(document: Router, identity: Identity): JsonObject {
  const { body } = document;
  const { gateway } = body;
  const info =
    gateway === null
      ? null
      : { network_id: gateway.network_id, external_fixed_ips: gateway.external_fixed_ips, enable_snat: gateway.enable_snat };
  return {
    id: document.id,
    name: document.name,
    tenant_id: document.projectId,
    admin_state_up: body.admin_state_up,
    status: 'ACTIVE',
    external_gateway_info: info,
    description: body.description as Json,
    availability_zones: [],
    ...(isAdmin(identity) ? { distributed: body.distributed, ha: body.ha } : {}),
    availability_zone_hints: body.availability_zone_hints as Json,
    routes: body.routes,
    flavor_id: body.flavor_id ?? null,
    ...stamps(document, 1),
  };
}

export function floatingIpView(document: FloatingIp, port: Document<PortBody> | undefined, nowMs: number): JsonObject {
  const { body } = document;
  const details =
    port === undefined
      ? null
      : {
          name: port.name,
          network_id: port.body.network_id,
          mac_address: port.body.mac_address,
          admin_state_up: port.body.admin_state_up,
          status: portStatus(port.body, nowMs),
          device_id: port.body.device_id,
          device_owner: port.body.device_owner,
        };
  return {
    id: document.id,
    tenant_id: document.projectId,
    floating_ip_address: body.floating_ip_address,
    floating_network_id: body.floating_network_id,
    router_id: body.router_id,
    port_id: body.port_id,
    fixed_ip_address: body.fixed_ip_address,
    status: body.router_id === null ? 'DOWN' : 'ACTIVE',
    description: body.description as Json,
    qos_policy_id: body.qos_policy_id ?? null,
    port_details: details,
    dns_domain: body.dns_domain as Json,
    dns_name: body.dns_name as Json,
    port_forwardings: [],
    ...stamps(document, 0),
  };
}
