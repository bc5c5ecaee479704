/**
 * Bytes of any length in the database: cut into blobs of 1 MiB as they arrive, so that no body is ever whole in memory. What an interrupted
 * write leaves is known by a claim and swept at the next start.
 */
import { createHash } from 'node:crypto';
import { Failure } from '@hearth/kernel';
import type { CloudStore } from './cloud-store.ts';

export const CHUNK_BYTES = 1024 * 1024;
const UNFINISHED = 'bytes.unfinished';

export interface WrittenBytes {
  readonly size: number;
  /** Hexadecimal, by algorithm. */
  readonly digests: Readonly<Record<string, string>>;
}
export interface WriteRules {
  readonly algorithms: readonly string[];
  readonly maxBytes: number;
  /** What to throw when there is more. */
  readonly tooLarge: () => Error;
}

const chunkId = (id: string, index: number): string => `${id}:${index}`;
const chunkIds = (id: string, size: number): readonly string[] =>
  Array.from({ length: Math.ceil(size / CHUNK_BYTES) }, (_, index) => chunkId(id, index));

/**
 * Takes in a source under an id nobody uses yet, outside of any transaction. It counts as left over until `keepBytes` is called in the
 * transaction that makes something refer to it. When it throws, nothing is left.
 */
export async function writeBytes(
  store: CloudStore,
  id: string,
  source: AsyncIterable<Uint8Array>,
  rules: WriteRules,
): Promise<WrittenBytes> {
  await store.claims.take(UNFINISHED, id, id);
  const hashes = rules.algorithms.map((name) => [name, createHash(name)] as const);
  let size = 0;
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let index = 0;
  const flush = async (bytes: Buffer): Promise<void> => store.blobs.put(chunkId(id, index++), bytes);
  try {
    for await (const piece of source) {
      size += piece.length;
      if (size > rules.maxBytes) throw rules.tooLarge();
      for (const [, hash] of hashes) hash.update(piece);
      pending.push(piece);
      pendingBytes += piece.length;
      if (pendingBytes < CHUNK_BYTES) continue;
      let all = Buffer.concat(pending);
      for (; all.length >= CHUNK_BYTES; all = all.subarray(CHUNK_BYTES)) await flush(all.subarray(0, CHUNK_BYTES));
      pending = all.length === 0 ? [] : [Buffer.from(all)];
      pendingBytes = all.length;
    }
    if (pendingBytes > 0) await flush(Buffer.concat(pending));
  } catch (error) {
    await dropBytes(store, id, index * CHUNK_BYTES);
    throw error;
  }
  return { size, digests: Object.fromEntries(hashes.map(([name, hash]) => [name, hash.digest('hex')])) };
}

/** In the transaction that refers to the bytes: from now on they belong to somebody. */
export const keepBytes = (tx: CloudStore, id: string): Promise<void> => tx.claims.release(UNFINISHED, id);

/** `size`: as written. Also for bytes that were not kept. */
export async function dropBytes(store: CloudStore, id: string, size: number): Promise<void> {
  await store.blobs.removeAll(chunkIds(id, size));
  await store.claims.release(UNFINISHED, id);
}

/** From `start` up to and without `end`; one chunk in memory at a time. Fails when they are removed meanwhile. */
export async function* readBytes(store: CloudStore, id: string, start: number, end: number): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end; ) {
    const index = Math.floor(at / CHUNK_BYTES);
    const chunk = await store.blobs.get(chunkId(id, index));
    if (chunk === null) throw new Failure('not-found', `the bytes ${id} were removed while they were read`);
    const base = index * CHUNK_BYTES;
    yield chunk.subarray(at - base, Math.min(end - base, chunk.length));
    at = base + CHUNK_BYTES;
  }
}

/** At the start, when nothing is being written: removes what a write that ended with its process left. `prefix`: one service's ids. */
export async function sweepUnfinished(tx: CloudStore, prefix: string): Promise<void> {
  for (const { value } of await tx.claims.taken(UNFINISHED)) {
    if (!value.startsWith(prefix)) continue;
    await tx.blobs.removeStartingWith(`${value}:`);
    await tx.claims.release(UNFINISHED, value);
  }
}
