/** What the compute service stores: the bodies of its documents. Bodies are JSON; the interfaces here say what is in them. */
import type { JsonObject } from '@hearth/kernel';
import type { Document } from '../store/documents.ts';
import type { FlavorCopy, ServerState } from './machine.ts';

export const collections = {
  servers: 'nova.servers',
  flavors: 'nova.flavors',
  keypairs: 'nova.keypairs',
  groups: 'nova.server_groups',
  /** With the server's id as parent. */
  consoleTokens: 'nova.console_tokens',
} as const;

export interface FlavorRecord {
  readonly ramMb: number;
  readonly vcpus: number;
  readonly diskGb: number;
  readonly ephemeralGb: number;
  readonly swapMb: number;
  readonly rxtxFactor: number;
  readonly is_public: boolean;
  readonly isDisabled: boolean;
  readonly description: string | null;
  readonly extraSpecs: Readonly<Record<string, string>>;
  /** Projects that may use it when it is not public. */
  readonly projects: readonly string[];
}

export interface KeypairRecord {
  readonly userId: string;
  readonly type: 'ssh' | 'x509';
  readonly fingerprint: string;
  readonly publicKey: string;
}

export interface ActionRecord {
  readonly action: string;
  readonly requestId: string;
  readonly userId: string;
  readonly projectId: string;
  readonly startedAtMs: number;
}

export interface DiskRecord {
  readonly bootIndex: number;
  readonly source: 'image' | 'volume' | 'snapshot' | 'blank';
  readonly sourceId: string | null;
  readonly volumeId: string | null;
  readonly sizeGb: number;
  readonly deviceName: string;
  readonly isDeletedWithServer: boolean;
  /** On a volume, not on the host. */
  readonly isVolume?: boolean;
  /** For a volume that is made with the server; absent: the default type. */
  readonly volumeType?: string;
  readonly tag?: string;
  readonly attachmentId?: string;
  readonly bdmId?: string;
  /** When it is (or will be) detached; absent: nobody has asked for it. */
  readonly goneAtMs?: number;
}

export interface ServerRecord {
  readonly state: ServerState;
  /** When the server is (or will be) no more; null: nobody has asked to delete it, or the driver will tell. */
  readonly goneAtMs: number | null;
  readonly user_id: string;
  readonly hostname: string;
  readonly description: string | null;
  /** Null: booted from a volume. */
  readonly image_id: string | null;
  readonly flavor_id: string;
  readonly key_name: string | null;
  readonly publicKey: string | null;
  /** The text itself is kept apart (see user-data.ts): it may be larger than all the rest. */
  readonly hasUserData: boolean;
  readonly configDrive: boolean;
  readonly availability_zone: string;
  readonly securityGroups: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  readonly locked: boolean;
  readonly lockedByAdmin: boolean;
  readonly lockedReason: string | null;
  readonly accessIPv4: string;
  readonly accessIPv6: string;
  readonly diskConfig: string;
  readonly reservation_id: string;
  readonly launchIndex: number;
  readonly disks: readonly DiskRecord[];
  readonly group_id: string | null;
  /** The image that a shelved server will come back from; absent in servers that never were shelved. */
  readonly shelvedImageId?: string | null;
  readonly hints: JsonObject;
  /** Newest last, bounded. */
  readonly actions: readonly ActionRecord[];
  /** In the order they were plugged. */
  readonly portIds: readonly string[];
  readonly portTags: Readonly<Record<string, string>>;
}

type Stored<T> = JsonObject & T;
export type FlavorDocument = Document<Stored<FlavorRecord>>;
export type KeypairDocument = Document<Stored<KeypairRecord>>;
export type ServerDocument = Document<Stored<ServerRecord>>;
export type StoredServer = Stored<ServerRecord>;
export type StoredFlavor = Stored<FlavorRecord>;
export type StoredKeypair = Stored<KeypairRecord>;
/** A record as the body of a document; it is JSON already. */
export const stored = <T extends object>(record: T): Stored<T> => record as Stored<T>;

export const flavorCopy = (flavor: FlavorDocument): FlavorCopy => ({
  id: flavor.id,
  name: flavor.name ?? '',
  ramMb: flavor.body.ramMb,
  vcpus: flavor.body.vcpus,
  diskGb: flavor.body.diskGb,
  ephemeralGb: flavor.body.ephemeralGb,
  swapMb: flavor.body.swapMb,
  extraSpecs: flavor.body.extraSpecs,
});
