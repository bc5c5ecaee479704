/** A volume's data as a new image. The data are simulated, so the image is small and there at once; the volume is busy for a while. */
import type { JsonObject } from '@hearth/kernel';
import { json, type Answer } from '@hearth/http-kit';
import { newImage, withData } from '../glance/machine.ts';
import { arrivalOf, blobName } from '../glance/image-bytes.ts';
import { IMAGES, type ImageBody } from '../glance/state.ts';
import type { Acting } from './acting.ts';
import { conflict, invalidVolume, textOf, textOrNull, truthOf } from './refusals.ts';
import { allTypes } from './volume-types.ts';
import { isoMicroseconds, timeOrNull } from './volume-view.ts';
import { beginOnVolume } from './volumes.ts';

const PLACEHOLDER_BYTES = 512;
/** Kept by Cinder about the image that the volume came from, but no property of the new one. */
const NO_PROPERTIES = new Set(['image_id', 'image_name', 'checksum', 'container_format', 'disk_format', 'min_disk', 'min_ram', 'size']);

export async function uploadToImage({ parts, tx, volume, value, minor, nowMs }: Acting): Promise<Answer> {
  const given = value as JsonObject;
  const name = textOf(given.image_name, 'image_name', 255, 1);
  const force = given.force === undefined ? false : truthOf(given.force, 'force');
  const { body } = volume;
  if (body.status !== 'available' && !(force && body.status === 'in-use'))
    throw invalidVolume(`Volume ${volume.id} status must be ${force ? 'available or in-use' : 'available'}`);
  const formats = {
    container_format: textOrNull(given.container_format, 'container_format') ?? 'bare',
    disk_format: textOrNull(given.disk_format, 'disk_format') ?? 'raw',
  };
  const wished = minor >= 1 ? textOrNull(given.visibility, 'visibility') : null;
  const isProtected = minor >= 1 && given.protected !== undefined ? truthOf(given.protected, 'protected') : false;
  const properties = Object.fromEntries(Object.entries(body.imageMetadata ?? {}).filter(([key]) => !NO_PROPERTIES.has(key)));
  const bytes = new Uint8Array(PLACEHOLDER_BYTES);
  const visibility = wished ?? 'shared';
  const image = withData(newImage({ ...properties, name, ...formats, visibility, protected: isProtected }), arrivalOf(bytes));
  const id = parts.context.random.uuid();
  if ((await tx.documents.insert<ImageBody>(IMAGES, { id, name, projectId: volume.projectId, body: image }, nowMs)) === null)
    throw conflict(`Image ${id} exists already.`);
  await tx.blobs.put(blobName(id), bytes);
  const done = await beginOnVolume(parts, tx, volume, { deed: 'upload', seen: 'uploading', to: body.status, failed: body.status }, nowMs);
  const type = (await allTypes(tx)).find((one) => one.id === body.typeId);
  const view = {
    id: volume.id,
    updated_at: timeOrNull(done.body.updatedAtMs),
    status: 'uploading',
    display_description: body.description,
    size: body.size,
    volume_type:
      type === undefined
        ? null
        : {
            id: type.id,
            name: type.name,
            description: type.body.description,
            is_public: type.body.isPublic,
            extra_specs: type.body.extraSpecs,
            qos_specs_id: type.body.qosId,
            created_at: isoMicroseconds(type.createdMs),
            updated_at: isoMicroseconds(type.updatedMs),
            deleted_at: null,
            deleted: false,
          },
    image_id: id,
    ...formats,
    image_name: name,
    protected: isProtected,
    visibility,
  };
  return json(202, { 'os-volume_upload_image': view });
}
