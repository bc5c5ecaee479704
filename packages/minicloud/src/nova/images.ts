/** What the compute service needs of images: whether one can be booted, and a new one made from a server. */
import type { Identity } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';

export interface ImageFacts {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  readonly minDiskGb: number;
  readonly minRamMb: number;
  readonly sizeBytes: number | null;
}

export interface SnapshotDraft {
  readonly name: string;
  readonly projectId: string;
  /** The server's image, whose format the new one has; null: none. */
  readonly baseImageId: string | null;
  readonly properties: Readonly<Record<string, string>>;
  readonly nowMs: number;
}

export interface Rotation {
  readonly serverId: string;
  readonly backupType: string;
  readonly keep: number;
}

export interface ImageSource {
  /** Null when there is none or the caller may not use it. */
  find(store: CloudStore, id: string, identity: Identity): Promise<ImageFacts | null>;
  /** The id of an active image that stands for the server's disk. */
  snapshot(tx: CloudStore, draft: SnapshotDraft): Promise<string>;
  /** Nothing happens when there is none. */
  remove(tx: CloudStore, id: string): Promise<void>;
  /** Deletes the oldest backups of that type beyond those that are kept. */
  rotate(tx: CloudStore, rotation: Rotation): Promise<void>;
}
