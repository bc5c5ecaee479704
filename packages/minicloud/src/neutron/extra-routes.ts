/** A router's extra routes: each next hop must be a neighbour, and not the router itself. */
import { Refusal } from '@hearth/kernel';
import type { CloudStore } from '../store/cloud-store.ts';
import { contains, parseIp } from './addresses.ts';
import { cidrOf, type Subnet } from './allocation.ts';
import type { ExtraRoute, Gateway } from './l3-objects.ts';
import { subnetsOf } from './networks.ts';
import { collections, type SubnetBody } from './objects.ts';
import { isInterface, portsOfDevice, type Port } from './ports.ts';

/** The subnets a router reaches directly, and its own addresses there. */
export interface Neighbourhood {
  readonly subnets: readonly Subnet[];
  readonly addresses: readonly string[];
}

export const interfacesOf = async (tx: CloudStore, routerId: string): Promise<readonly Port[]> =>
  (await portsOfDevice(tx, routerId)).filter(isInterface);

export async function subnetsById(tx: CloudStore, ids: readonly string[]): Promise<readonly Subnet[]> {
  if (ids.length === 0) return [];
  return tx.documents.list<SubnetBody>(collections.subnets, { where: [{ field: 'id', in: [...new Set(ids)] }] });
}

export async function neighbourhoodOf(tx: CloudStore, interfaces: readonly Port[], gateway: Gateway | null): Promise<Neighbourhood> {
  const inner = interfaces.flatMap((port) => port.body.fixed_ips);
  const subnets = await subnetsById(
    tx,
    inner.map((one) => one.subnet_id),
  );
  const outer = gateway === null ? [] : await subnetsOf(tx, gateway.network_id);
  const addresses = [...inner, ...(gateway?.external_fixed_ips ?? [])].map((one) => one.ip_address);
  return { subnets: [...subnets, ...outer], addresses };
}

export function refuseOddRoutes(routes: readonly ExtraRoute[], { subnets, addresses }: Neighbourhood): void {
  const cidrs = subnets.map(cidrOf);
  for (const { nexthop } of routes) {
    const hop = parseIp(nexthop);
    if (!cidrs.some((cidr) => cidr.version === hop?.version && contains(cidr, hop.value)))
      throw invalidRoutes(routes, 'the nexthop is not connected with router');
    if (addresses.includes(nexthop)) throw invalidRoutes(routes, 'the nexthop is used by router');
  }
}

function invalidRoutes(routes: readonly ExtraRoute[], reason: string): Refusal {
  const shown = routes.map(({ destination, nexthop }) => `{'destination': '${destination}', 'nexthop': '${nexthop}'}`);
  return new Refusal('invalid', 'InvalidRoutes', `Invalid format for routes: [${shown.join(', ')}], ${reason}`);
}
