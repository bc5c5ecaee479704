/** Images as the compute service sees them: what can be booted by whom, and new ones that stand for a server's disk. */
import { isAdmin, type Identity } from '@hearth/http-kit';
import type { Random } from '@hearth/kernel';
import type { ImageSource, SnapshotDraft } from '../nova/images.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { blankImage, IMAGES, type ImageBody } from './state.ts';

const GIB = 1024 ** 3;

export function bootImages(random: Random): ImageSource {
  return {
    async find(store, id, identity) {
      const image = await store.documents.get<ImageBody>(IMAGES, id);
      if (image === null || !mayUse(image.body.visibility, image.projectId, identity)) return null;
      const { name, status, min_disk, min_ram, size } = image.body;
      return { id: image.id, name, status, minDiskGb: min_disk, minRamMb: min_ram, sizeBytes: size };
    },
    async snapshot(tx, draft) {
      const id = random.uuid();
      await tx.documents.insert<ImageBody>(IMAGES, { id, name: draft.name, projectId: draft.projectId, body: await snapshotBody(tx, draft) }, draft.nowMs);
      return id;
    },
  };
}

const mayUse = (visibility: string, owner: string | null, identity: Identity): boolean =>
  visibility === 'public' || visibility === 'community' || owner === identity.projectId || isAdmin(identity);

async function snapshotBody(tx: CloudStore, draft: SnapshotDraft): Promise<ImageBody> {
  const base = draft.baseImageId === null ? null : await tx.documents.get<ImageBody>(IMAGES, draft.baseImageId);
  return {
    ...blankImage,
    name: draft.name,
    visibility: 'private',
    status: 'active',
    size: base?.body.size ?? GIB,
    disk_format: base?.body.disk_format ?? 'qcow2',
    container_format: base?.body.container_format ?? 'bare',
    min_disk: base?.body.min_disk ?? 0,
    min_ram: base?.body.min_ram ?? 0,
    extra: draft.properties,
  };
}
