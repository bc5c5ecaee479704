/** Images for servers, straight from the image service's documents. */
import { Refusal } from '@hearth/kernel';
import { mayRead } from '../glance/access.ts';
import { newImage, withData } from '../glance/machine.ts';
import { arrivalOf, blobName } from '../glance/image-bytes.ts';
import { IMAGES, type ImageBody } from '../glance/state.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import type { ImageSource } from './images.ts';

export const glanceImages = (newId: () => string): ImageSource => ({
  async find(store, id, identity) {
    const image = await store.documents.get<ImageBody>(IMAGES, id);
    if (image === null) return null;
    const { body } = image;
    if (!(await mayRead(store, image, identity))) return null;
    return { id, name: body.name, status: body.status, minDiskGb: body.min_disk, minRamMb: body.min_ram, sizeBytes: body.size };
  },
  async snapshot(tx, draft) {
    const base = draft.baseImageId === null ? null : await tx.documents.get<ImageBody>(IMAGES, draft.baseImageId);
    const id = newId();
    const bytes = (base === null ? null : await tx.blobs.get(blobName(base.id))) ?? new Uint8Array(0);
    const format = { disk_format: base?.body.disk_format ?? 'qcow2', container_format: base?.body.container_format ?? 'bare' };
    // A photograph takes its image's own properties along.
    const own = base === null ? {} : { ...base.body.extra, base_image_ref: base.id };
    const body = withData(newImage({ name: draft.name, visibility: 'private', ...format, ...own, ...draft.properties }), arrivalOf(bytes));
    const made = await tx.documents.insert<ImageBody>(IMAGES, { id, name: draft.name, projectId: draft.projectId, body }, draft.nowMs);
    if (made === null) throw new Refusal('conflict', 'Conflict', `Image ${id} exists already.`);
    await tx.blobs.put(blobName(id), bytes);
    return id;
  },
  async rotate(tx, { serverId, backupType, keep }) {
    const backups = await tx.documents.list<ImageBody>(IMAGES, {
      where: [{ field: 'extra', contains: { instance_uuid: serverId, image_type: 'backup', backup_type: backupType } }],
      sort: [{ field: 'seq', direction: 'desc' }],
    });
    for (const old of backups.slice(keep)) await removeImage(tx, old.id);
  },
  remove: removeImage,
});

async function removeImage(tx: CloudStore, id: string): Promise<void> {
  if (await tx.documents.remove(IMAGES, id)) await tx.blobs.remove(blobName(id));
}
