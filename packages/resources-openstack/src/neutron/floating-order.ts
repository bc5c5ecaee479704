/**
 * Hidden order around floating IPs, as in Heat: one can point to a port only when a router joins the port's subnet and the external network.
 * Deletion goes the other way round, so that no interface goes while an address is using it.
 */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import type { OtherDefinitions, RawDefinition } from '@hearth/resource-kit';

const INTERFACE = 'OS::Neutron::RouterInterface';
const subnetOf = (face: JsonObject): Json | undefined => face.subnet ?? face.subnet_id;
const networkOf = (gateway: JsonObject): Json | undefined => gateway.network ?? gateway.network_id;
const networkOfRouter = ({ external_gateway_info: info }: JsonObject): Json | undefined => (isJsonObject(info) ? info.network : undefined);

/** After the router interfaces of the port's subnet, and after routers and gateways to its network. */
export function floatingIpOrder(self: RawDefinition, others: OtherDefinitions): readonly string[] {
  const network = self.properties.floating_network ?? self.properties.floating_network_id;
  const routers = [
    ...others.having('OS::Neutron::Router', networkOfRouter, network),
    ...others.having('OS::Neutron::RouterGateway', networkOf, network),
  ];
  return [...routers.map(({ name }) => name), ...interfacesFor(self, others, true)];
}

/** After the router interfaces of the subnet that the port names. */
export const associationOrder = (self: RawDefinition, others: OtherDefinitions): readonly string[] => interfacesFor(self, others, false);

function interfacesFor(self: RawDefinition, others: OtherDefinitions, orAny: boolean): readonly string[] {
  const found = new Set<string>();
  for (const port of portsOf(self, others)) {
    const subnets = subnetsOfPort(port.properties);
    // A port that names no subnet may get an address on any.
    const faces =
      subnets === null ? (orAny ? others.ofType(INTERFACE) : []) : subnets.flatMap((subnet) => others.having(INTERFACE, subnetOf, subnet));
    for (const { name } of faces) found.add(name);
  }
  return [...found];
}

function subnetsOfPort(properties: JsonObject): readonly Json[] | null {
  const fixed = properties.fixed_ips;
  if (!isJsonArray(fixed) || fixed.length === 0) return null;
  return fixed.flatMap((entry) => (isJsonObject(entry) ? [entry.subnet ?? entry.subnet_id ?? null] : [])).filter((one) => one !== null);
}

const REFERENCES = new Set(['get_resource', 'get_attr', 'Ref', 'Fn::GetAtt']);
/** The ports that any value in the properties refers to. */
function portsOf({ properties }: RawDefinition, others: OtherDefinitions): readonly RawDefinition[] {
  const found = new Set<RawDefinition>();
  const open: Json[] = [properties];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (isJsonArray(value)) for (const item of value) open.push(item);
    else if (isJsonObject(value)) {
      for (const [key, item] of Object.entries(value)) {
        open.push(item);
        const target = isJsonArray(item) ? item[0] : item;
        const port = REFERENCES.has(key) && typeof target === 'string' ? others.named(target) : null;
        if (port?.type === 'OS::Neutron::Port') found.add(port);
      }
    }
  }
  return [...found];
}
