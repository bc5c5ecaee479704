/** Images of servers: for snapshots, and for the deletion policy Snapshot. */
import type { Cloud } from '@hearth/cloud-openstack';
import { type Copying, done, ResourceFailed, wait } from '@hearth/resource-kit';

const UNDER_WAY: ReadonlySet<string> = new Set(['queued', 'saving', 'importing', 'uploading']);

export const serverImages: Copying<Cloud> = {
  key: 'snapshot_image_id',
  async find({ cloud, physicalName }) {
    return (await cloud.glance.list({ name: physicalName })).filter(({ status }) => !isGoing(status)).map(({ id }) => String(id));
  },
  async make({ cloud, physicalId, physicalName }) {
    return wait('making an image', { physicalId: await cloud.nova.createImage(physicalId, physicalName) });
  },
  async check({ cloud, physicalId }) {
    const image = await cloud.glance.get(physicalId);
    if (image === null) throw new ResourceFailed(`The image ${physicalId} is gone`, 'NotFound');
    const status = String(image.status);
    if (status === 'active') return done();
    if (UNDER_WAY.has(status)) return wait(status);
    throw new ResourceFailed(`The image ${physicalId} went to status ${status}`);
  },
  async delete({ cloud, physicalId }) {
    await cloud.glance.delete(physicalId);
    return done();
  },
  // Booted from a volume, it has no image; what was copied can be booted all the same.
  restored: (props, image) => ({ ...props, image }),
};

const isGoing = (status: unknown): boolean => status === 'deleted' || status === 'pending_delete';
