/** One router, one place for each address: no subnet twice, and none that overlaps another. */
import type { CloudStore } from '../store/cloud-store.ts';
import { overlaps } from './addresses.ts';
import { cidrOf, type Subnet } from './allocation.ts';
import { badRequestFor } from './attributes.ts';
import { subnetsById } from './extra-routes.ts';
import { subnetsOf } from './networks.ts';
import type { Port } from './ports.ts';

/** `ports` are what the router has: interfaces and, where it matters, the gateway. */
export async function refuseOverlaps(tx: CloudStore, ports: readonly Port[], added: readonly Subnet[]): Promise<void> {
  const newIds = new Set(added.map((subnet) => subnet.id));
  const reached: Subnet[] = [];
  for (const port of ports) {
    const ids = port.body.fixed_ips.map((one) => one.subnet_id);
    const twice = ids.find((id) => newIds.has(id));
    if (twice !== undefined) throw badRequestFor('router', `Router already has a port on subnet ${twice}`);
    const isGateway = port.body.device_owner === 'network:router_gateway';
    reached.push(...(isGateway ? await subnetsOf(tx, port.body.network_id) : await subnetsById(tx, ids)));
  }
  for (const old of reached) {
    const other = cidrOf(old);
    const hit = added.find((subnet) => subnet.body.ip_version === old.body.ip_version && overlaps(cidrOf(subnet), other));
    if (hit === undefined) continue;
    const reason = `Cidr ${hit.body.cidr} of subnet ${hit.id} overlaps with cidr ${old.body.cidr} of subnet ${old.id}`;
    throw badRequestFor('router', reason);
  }
}
