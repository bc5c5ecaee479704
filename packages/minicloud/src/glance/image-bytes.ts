/** The data of images: taking it in, where it lies, reading it, removing it. */
import { createHash } from 'node:crypto';
import { Refusal } from '@hearth/kernel';
import type { CloudStore } from '../store/cloud-store.ts';
import { dropBytes, readBytes, writeBytes } from '../store/byte-chunks.ts';
import type { ServiceContext } from '../service.ts';
import type { Image } from './access.ts';
import type { ImageBody, Staged } from './state.ts';

export const MAX_IMAGE_BYTES = 16 * 1024 ** 3;
/** What begins the ids of all image data among the chunks. */
export const DATA_PREFIX = 'glance-data:';

/** Where data that was put whole lies among the blobs: the seeded image, snapshots. */
export const blobName = (id: string): string => `glance:${id}`;

export const arrivalOf = (bytes: Uint8Array): { size: number; checksum: string; os_hash_value: string } => ({
  size: bytes.length,
  checksum: createHash('md5').update(bytes).digest('hex'),
  os_hash_value: createHash('sha512').update(bytes).digest('hex'),
});

/** Everything into chunks, outside of transactions; the caller keeps or drops it. */
export async function takeIn(context: ServiceContext, image: Image, source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Staged> {
  const data = `${DATA_PREFIX}${image.id}:${context.random.uuid()}`;
  const tooLarge = (): Refusal =>
    new Refusal('too-large', 'HTTPRequestEntityTooLarge', `Image exceeds the storage quota: this cloud takes at most ${maxBytes} bytes.`);
  const { size, digests } = await writeBytes(context.store, data, source, { algorithms: ['md5', 'sha512'], maxBytes, tooLarge });
  return { data, size, checksum: digests['md5'] ?? '', os_hash_value: digests['sha512'] ?? '' };
}

/** Bytes from `start` up to and without `end`; null when there are none. */
export function bytesOf(store: CloudStore, image: Image, start: number, end: number): AsyncIterable<Uint8Array> {
  return image.body.data === undefined ? wholeBlob(store, image.id, start, end) : readBytes(store, image.body.data, start, end);
}

async function* wholeBlob(store: CloudStore, id: string, start: number, end: number): AsyncGenerator<Uint8Array> {
  const bytes = await store.blobs.get(blobName(id));
  if (bytes !== null) yield bytes.subarray(start, end);
}

export async function dropImageBytes(tx: CloudStore, id: string, { data, size, staged }: ImageBody): Promise<void> {
  if (data !== undefined) await dropBytes(tx, data, size ?? 0);
  if (staged !== undefined) await dropBytes(tx, staged.data, staged.size);
  await tx.blobs.remove(blobName(id));
}

/** The size a qcow2 disk says it has; that of the data for raw ones; null for formats that are not looked into. */
export async function virtualSize(store: CloudStore, format: string | null, { data, size }: Staged): Promise<number | null> {
  if (format === 'raw' || format === 'iso') return size;
  if (format !== 'qcow2' || size < 32) return null;
  for await (const chunk of readBytes(store, data, 0, 32)) {
    const header = Buffer.from(chunk);
    if (header.subarray(0, 4).toString('latin1') !== 'QFI\xfb') return null;
    const bytes = header.readBigUInt64BE(24);
    return bytes <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(bytes) : null;
  }
  return null;
}
