/** User data, kept apart from its server: it may be 64 KiB, and lists of servers have no use for it. */
import { Buffer } from 'node:buffer';
import type { CloudStore } from '../store/cloud-store.ts';
import type { ServerDocument } from './records.ts';

const blobName = (serverId: string): string => `nova.user_data:${serverId}`;

export async function putUserData(tx: CloudStore, serverId: string, text: string | null): Promise<void> {
  if (text === null) await tx.blobs.remove(blobName(serverId));
  else await tx.blobs.put(blobName(serverId), Buffer.from(text, 'latin1'));
}

/** Base64 as the user gave it; null: none. */
export async function userDataOf(store: CloudStore, server: ServerDocument): Promise<string | null> {
  if (!server.body.hasUserData) return null;
  const bytes = await store.blobs.get(blobName(server.id));
  return bytes === null ? null : Buffer.from(bytes).toString('latin1');
}
