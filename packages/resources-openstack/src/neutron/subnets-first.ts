/** Hidden order: what takes an address on a network waits for every subnet that the template gives this network. */
import type { Json, JsonObject } from '@hearth/kernel';
import type { OtherDefinitions } from '@hearth/resource-kit';

const networkOf = (subnet: JsonObject): Json | undefined => subnet.network ?? subnet.network_id;

/** Names of the subnets among `others` on any of `networks`; both as written, so that equal references are equal. */
export function subnetsOf(networks: readonly (Json | undefined)[], others: OtherDefinitions): readonly string[] {
  return networks.flatMap((network) => others.having('OS::Neutron::Subnet', networkOf, network).map(({ name }) => name));
}
