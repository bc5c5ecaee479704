/** What a port's end means for floating IPs: those that pointed to it point nowhere. */
import type { CloudStore } from '../store/cloud-store.ts';
import type { FloatingIp, FloatingIpBody } from './l3-objects.ts';
import { collections } from './objects.ts';

/** Who holds the claim that an address of a port has one floating IP on a network. */
export const floatingOwner = (id: string): string => `neutron.floatingip:${id}`;

export async function freeFloatingIp(
  tx: CloudStore,
  floating: FloatingIp,
  change: Partial<FloatingIpBody>,
  nowMs: number,
): Promise<FloatingIp> {
  await tx.claims.releaseAll(floatingOwner(floating.id));
  const body = {
    ...floating.body,
    ...change,
    port_id: null,
    fixed_ip_address: null,
    fixed_subnet_id: null,
    router_id: null,
  } as FloatingIpBody;
  return (
    (await tx.documents.replace<FloatingIpBody>(collections.floatingIps, { id: floating.id, parentId: null, body }, nowMs)) ?? floating
  );
}

export async function freeFloatingIpsOf(tx: CloudStore, portId: string, nowMs: number): Promise<void> {
  const pointing = await tx.documents.list<FloatingIpBody>(collections.floatingIps, {
    where: [{ field: 'parent_id', in: [portId] }],
    preparedAs: 'by-parent',
  });
  for (const floating of pointing) await freeFloatingIp(tx, floating, {}, nowMs);
}
