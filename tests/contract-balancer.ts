/** For the contract of the load balancer types: a tree that their examples refer to by name. */
import type { Cloud, OctaviaKind } from '@hearth/cloud-openstack';
import type { Timers } from '@hearth/kernel';

const place = (kind: OctaviaKind, parentId: string | null = null) => ({ kind, parentId });

/** `contract-lb` with `contract-listener`, its `contract-policy`, and `contract-pool`; ACTIVE. And the flavor profile `contract-profile`. */
export async function makeContractBalancer(cloud: Cloud, admin: Cloud, timers: Timers): Promise<void> {
  const { octavia, neutron } = cloud;
  const policies = [{ name: 'contract-policy', action: 'REJECT' }];
  const { id } = await octavia.create(place('loadbalancer'), {
    name: 'contract-lb',
    vip_subnet_id: await neutron.idOf('subnet', 'private-subnet'),
    listeners: [{ name: 'contract-listener', protocol: 'HTTP', protocol_port: 80, l7policies: policies }],
    pools: [{ name: 'contract-pool', protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' }],
  });
  for (let looks = 0; looks < 100; looks++) {
    const balancer = await octavia.get(place('loadbalancer'), String(id));
    if (balancer?.provisioning_status === 'ACTIVE') break;
    await timers.sleep(200);
  }
  await admin.octavia.create(place('flavorprofile'), { name: 'contract-profile', provider_name: 'amphora', flavor_data: '{}' });
}
