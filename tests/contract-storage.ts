/** For the contract of the block storage types: two servers and a volume that examples refer to, and what is attached. */
import type { Cloud } from '@hearth/cloud-openstack';
import type { JsonObject } from '@hearth/kernel';
import type { Timers } from '@hearth/kernel';

/** Ids of `contract_server`, `other_contract_server` and `contract_volume`, once they can be used. */
export async function makeContractVolume({ nova, glance, cinder }: Cloud, timers: Timers): Promise<Readonly<Record<string, string>>> {
  const flavor = await nova.findFlavor('m1.tiny');
  const imageRef = await glance.imageId('testimage');
  const boot = (name: string): Promise<string> =>
    nova.createServer({ name, imageRef, flavorRef: String(flavor?.id), networks: 'none' }, { microversion: '2.37' });
  const [server, other] = await Promise.all([boot('contract-disk-server'), boot('contract-other-disk-server')]);
  const { id } = await cinder.createVolume({ size: 1, name: 'contract-volume' });
  const until = async (look: () => Promise<JsonObject | null>, status: string): Promise<void> => {
    for (let looks = 0; looks < 100 && (await look())?.status !== status; looks++) await timers.sleep(200);
  };
  await until(() => nova.getServer(server), 'ACTIVE');
  await until(() => nova.getServer(other), 'ACTIVE');
  await until(() => cinder.getVolume(String(id)), 'available');
  return { contract_server: server, other_contract_server: other, contract_volume: String(id) };
}

/** They are part of volumes, which stay. */
export async function existingAttachments({ session }: Cloud): Promise<readonly string[]> {
  const volumes = await session.list({ service: 'block-storage', path: '/volumes/detail' }, 'volumes');
  return volumes.flatMap(({ attachments }) =>
    (Array.isArray(attachments) ? attachments : []).map((one) => `attachment ${JSON.stringify(one)}`),
  );
}
