/** What the block storage keeps: the bodies of its documents. Names, projects and times of creation are columns of the document. */
import type { JsonObject } from '@hearth/kernel';
import type { Document } from '../store/documents.ts';
import type { Passing } from './machine.ts';

export const collections = {
  volumes: 'cinder.volumes',
  snapshots: 'cinder.snapshots',
  backups: 'cinder.backups',
  types: 'cinder.types',
  qos: 'cinder.qos_specs',
  quotas: 'cinder.quotas',
  transfers: 'cinder.transfers',
} as const;

type Texts = { readonly [name: string]: string };

export type AttachmentRecord = {
  readonly id: string;
  readonly status: 'reserved' | 'attaching' | 'attached' | 'error_attaching';
  /** Null: attached to a host. */
  readonly serverId: string | null;
  readonly hostName: string | null;
  readonly device: string | null;
  readonly mode: 'rw' | 'ro' | 'null';
  readonly attachedAtMs: number | null;
  readonly connectionInfo: JsonObject;
};

export type VolumeRecord = Passing & {
  readonly size: number;
  readonly description: string | null;
  readonly user_id: string;
  readonly availability_zone: string;
  readonly typeId: string;
  readonly metadata: Texts;
  /** What only administrators see of metadata, shown to owners as `readonly` and `attached_mode`. */
  readonly adminMetadata: Texts;
  readonly imageMetadata: Texts | null;
  readonly bootable: boolean;
  readonly multiattach: boolean;
  readonly encrypted: boolean;
  readonly snapshot_id: string | null;
  readonly source_volid: string | null;
  readonly attachments: readonly AttachmentRecord[];
};

export type SnapshotRecord = Passing & {
  readonly size: number;
  readonly description: string | null;
  readonly user_id: string;
  readonly volume_id: string;
  readonly typeId: string;
  readonly metadata: Texts;
};

export type BackupRecord = Passing & {
  readonly size: number;
  readonly description: string | null;
  readonly user_id: string;
  readonly volume_id: string;
  readonly snapshot_id: string | null;
  readonly availability_zone: string;
  readonly container: string;
  readonly isIncremental: boolean;
  readonly parentId: string | null;
  readonly metadata: Texts;
  readonly failReason: string | null;
  readonly dataAtMs: number;
};

export type EncryptionRecord = {
  readonly encryption_id: string;
  readonly provider: string;
  readonly control_location: string;
  readonly cipher: string | null;
  readonly key_size: number | null;
  readonly createdAtMs: number;
};

export type TypeRecord = {
  readonly description: string | null;
  readonly isPublic: boolean;
  readonly extraSpecs: Texts;
  readonly qosId: string | null;
  /** Projects that may use it when it is not public. */
  readonly projects: readonly string[];
  readonly encryption: EncryptionRecord | null;
};

export type QosRecord = { readonly consumer: string; readonly specs: Texts };

/** Limits by name; names that are absent have the default. The document's id is the project's. */
export type QuotaRecord = { readonly limits: { readonly [name: string]: number } };

export type TransferRecord = {
  readonly volume_id: string;
  /** Digest of the key, with its salt. */
  readonly keyDigest: string;
  readonly salt: string;
  readonly noSnapshots: boolean;
};

/** A record as the body of a document; it is JSON already. */
export type Stored<T> = JsonObject & T;
export const stored = <T extends object>(record: T): Stored<T> => record as Stored<T>;

export type VolumeDocument = Document<Stored<VolumeRecord>>;
export type SnapshotDocument = Document<Stored<SnapshotRecord>>;
export type BackupDocument = Document<Stored<BackupRecord>>;
export type TypeDocument = Document<Stored<TypeRecord>>;
export type QosDocument = Document<Stored<QosRecord>>;
export type TransferDocument = Document<Stored<TransferRecord>>;
