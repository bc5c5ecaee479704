/** The image that stays when a server with the deletion policy Snapshot is deleted. */
import type { Cloud } from '@hearth/cloud-openstack';
import { done, type Live, type Progress, ResourceFailed, wait } from '@hearth/resource-kit';
import { isPortHolder } from './server-request.ts';

/** It bears the server's physical name, by which one that an interrupted call began is found. */
export async function keepImage({
  cloud,
  physicalId,
  physicalName,
}: Pick<Live<Cloud>, 'cloud' | 'physicalId' | 'physicalName'>): Promise<Progress> {
  // There are ports for it, and no server yet.
  if (isPortHolder(physicalId) || (await cloud.nova.getServer(physicalId)) === null) return done();
  const [image] = await cloud.glance.list({ name: physicalName });
  if (image === undefined) {
    await cloud.nova.createImage(physicalId, physicalName);
    return wait('making an image');
  }
  const status = String(image.status);
  if (status === 'active') return done();
  if (status === 'queued' || status === 'saving' || status === 'importing') return wait(status);
  throw new ResourceFailed(`The image of server ${physicalId} went to status ${status}`);
}
