/** Hidden order: what takes an address on a network waits for every subnet that the template gives this network. */
import { isJsonObject, jsonEqual, type Json } from '@hearth/kernel';
import type { RawDefinition } from '@hearth/resource-kit';

/** Names of the subnets among `others` on any of `networks`; both as written, so that equal references are equal. */
export function subnetsOf(networks: readonly (Json | undefined)[], others: readonly RawDefinition[]): readonly string[] {
  const wanted = networks.filter((network): network is Json => network !== undefined && network !== null);
  if (wanted.length === 0) return [];
  return others
    .filter((other) => other.type === 'OS::Neutron::Subnet' && isJsonObject(other.properties))
    .filter(({ properties }) => {
      const network = properties.network ?? properties.network_id;
      return network !== undefined && wanted.some((one) => jsonEqual(one, network));
    })
    .map((other) => other.name);
}
