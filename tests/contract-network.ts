/** For the resource contract: a router with a free subnet, ports behind the seeded router, and a floating IP that points nowhere. */
import type { Cloud } from '@hearth/cloud-openstack';

/** Ids by the names that examples use: `$router`, `$subnet`, `$port`, `$other_port`, `$floatingip`. */
export async function makeContractNetwork({ neutron }: Cloud): Promise<Readonly<Record<string, string>>> {
  const idOf = async (made: Promise<{ readonly id?: unknown }>): Promise<string> => String((await made).id);
  const network = await idOf(neutron.create('network', { name: 'contract-net' }));
  const seeded = await neutron.idOf('network', 'private');
  return {
    router: await idOf(neutron.create('router', { name: 'contract-router' })),
    subnet: await idOf(neutron.create('subnet', { network_id: network, ip_version: 4, cidr: '10.97.0.0/24' })),
    port: await idOf(neutron.create('port', { network_id: seeded })),
    other_port: await idOf(neutron.create('port', { network_id: seeded })),
    floatingip: await idOf(neutron.create('floatingip', { floating_network_id: await neutron.idOf('network', 'public') })),
  };
}
