/** What the image service keeps of an image, and which of its fields clients may set. The owner is the document's project. */
import type { Json } from '@hearth/kernel';

/** The one store of image data. */
export const STORE = 'local';

export const IMAGES = 'glance.images';

export const MEMBERS = 'glance.members';
export const TASKS = 'glance.tasks';

export type ImageStatus = 'queued' | 'saving' | 'uploading' | 'importing' | 'active' | 'deactivated';

/** Bytes that were brought before the import that takes them. */
export type Staged = { readonly data: string; readonly size: number; readonly checksum: string; readonly os_hash_value: string };

export type ImageBody = {
  readonly name: string | null;
  readonly disk_format: string | null;
  readonly container_format: string | null;
  readonly visibility: string;
  readonly status: ImageStatus;
  /** Bytes; null until there is data. */
  readonly size: number | null;
  /** Bytes of the disk inside, where the format tells. */
  readonly virtual_size: number | null;
  readonly checksum: string | null;
  readonly os_hash_value: string | null;
  /** Id of the bytes among the chunks; absent in images whose bytes are one blob (`blobName`). */
  readonly data?: string;
  readonly staged?: Staged;
  readonly protected: boolean;
  readonly os_hidden: boolean;
  /** MiB and GiB a server needs at least. */
  readonly min_ram: number;
  readonly min_disk: number;
  readonly tags: readonly string[];
  /** Properties of the user's own; texts. */
  readonly extra: { readonly [name: string]: Json };
};

export interface ImageField {
  readonly type: 'string' | 'integer' | 'boolean' | 'tags';
  readonly nullable?: boolean;
  readonly oneOf?: readonly string[];
  readonly maxLength?: number;
  readonly doc: string;
}

export const VISIBILITIES = ['public', 'private', 'shared', 'community'] as const;

/** Fields a client may give and change. */
export const settable: Readonly<Record<string, ImageField>> = {
  name: { type: 'string', nullable: true, maxLength: 255, doc: 'Name for people.' },
  disk_format: {
    type: 'string',
    nullable: true,
    oneOf: ['ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi', 'iso', 'ploop'],
    doc: 'Format of the disk.',
  },
  container_format: {
    type: 'string',
    nullable: true,
    oneOf: ['ami', 'ari', 'aki', 'bare', 'ovf', 'ova', 'docker', 'compressed'],
    doc: 'What the disk is wrapped in.',
  },
  visibility: { type: 'string', oneOf: VISIBILITIES, doc: 'Who may see it.' },
  protected: { type: 'boolean', doc: 'Cannot be deleted while true.' },
  os_hidden: { type: 'boolean', doc: 'Left out of lists that do not ask for hidden ones.' },
  min_ram: { type: 'integer', doc: 'Least memory of a server, MiB.' },
  min_disk: { type: 'integer', doc: 'Least disk of a server, GiB.' },
  tags: { type: 'tags', doc: 'Words to find it by.' },
};

/** Fields that only the service sets. */
export const READ_ONLY = new Set([
  'created_at',
  'updated_at',
  'status',
  'checksum',
  'size',
  'virtual_size',
  'direct_url',
  'self',
  'file',
  'schema',
  'id',
  'owner',
  'os_hash_algo',
  'os_hash_value',
  'locations',
  'stores',
]);

export const blankImage: ImageBody = {
  name: null,
  disk_format: null,
  container_format: null,
  visibility: 'shared',
  status: 'queued',
  size: null,
  virtual_size: null,
  checksum: null,
  os_hash_value: null,
  protected: false,
  os_hidden: false,
  min_ram: 0,
  min_disk: 0,
  tags: [],
  extra: {},
};
