/**
 * Hidden order around floating IPs, as in Heat: one can point to a port only when a router joins the port's subnet and the external network.
 * Deletion goes the other way round, so that no interface goes while an address is using it.
 */
import { isJsonArray, isJsonObject, jsonEqual, type Json, type JsonObject } from '@hearth/kernel';
import type { RawDefinition } from '@hearth/resource-kit';

/** After the router interfaces of the port's subnet, and after routers and gateways to its network. */
export function floatingIpOrder(self: RawDefinition, others: readonly RawDefinition[]): readonly string[] {
  const network = self.properties.floating_network ?? self.properties.floating_network_id;
  const routers = others.filter((other) => network !== undefined && jsonEqual(gatewayNetwork(other), network));
  return [...routers.map((router) => router.name), ...interfacesFor(self, others, true)];
}

/** After the router interfaces of the subnet that the port names. */
export const associationOrder = (self: RawDefinition, others: readonly RawDefinition[]): readonly string[] =>
  interfacesFor(self, others, false);

function gatewayNetwork({ type, properties }: RawDefinition): Json {
  if (type === 'OS::Neutron::RouterGateway') return properties.network ?? properties.network_id ?? null;
  const info = type === 'OS::Neutron::Router' ? properties.external_gateway_info : undefined;
  return isJsonObject(info) ? (info.network ?? null) : null;
}

function interfacesFor(self: RawDefinition, others: readonly RawDefinition[], orAny: boolean): readonly string[] {
  const ports = others.filter((other) => other.type === 'OS::Neutron::Port' && refersTo(self.properties, other.name));
  const isNear = (face: RawDefinition, port: RawDefinition): boolean => {
    const subnets = subnetsOfPort(port.properties);
    const subnet = face.properties.subnet ?? face.properties.subnet_id;
    // A port that names no subnet may get an address on any.
    if (subnets === null) return orAny;
    return subnet !== undefined && subnets.some((one) => jsonEqual(one, subnet));
  };
  return others
    .filter((other) => other.type === 'OS::Neutron::RouterInterface' && ports.some((port) => isNear(other, port)))
    .map((other) => other.name);
}

function subnetsOfPort(properties: JsonObject): readonly Json[] | null {
  const fixed = properties.fixed_ips;
  if (!isJsonArray(fixed) || fixed.length === 0) return null;
  return fixed.flatMap((entry) => (isJsonObject(entry) ? [entry.subnet ?? entry.subnet_id ?? null] : [])).filter((one) => one !== null);
}

const REFERENCES = new Set(['get_resource', 'get_attr', 'Ref', 'Fn::GetAtt']);
/** Whether any value in `properties` refers to the resource of that name. */
function refersTo(properties: JsonObject, name: string): boolean {
  const open: Json[] = [properties];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (isJsonArray(value)) open.push(...value);
    else if (isJsonObject(value)) {
      for (const [key, item] of Object.entries(value)) {
        const target = isJsonArray(item) ? item[0] : item;
        if (REFERENCES.has(key) && target === name) return true;
        open.push(item);
      }
    }
  }
  return false;
}
