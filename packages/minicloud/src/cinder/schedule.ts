/** How long the block storage takes for what it is asked, and what fails: the one place that a control interface steers. */
import type { Schedule } from '../drivers/driver.ts';

export type StorageDeed =
  | 'create'
  | 'delete'
  | 'extend'
  | 'retype'
  | 'revert'
  | 'attach'
  | 'detach'
  | 'upload'
  | 'snapshot'
  | 'delete-snapshot'
  | 'backup'
  | 'restore'
  | 'delete-backup';

/** The volume, snapshot or backup that the deed is done to. */
export interface StorageObject {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly sizeGb: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Pure, called inside the transaction that begins the deed. `doneAtMs` is never null here: storage is always simulated. */
export type StorageSchedule = (deed: StorageDeed, object: StorageObject, nowMs: number) => Schedule;

export interface SimulatedStorageOptions {
  /** Of creation (of volumes, snapshots and backups). */
  readonly createDelayMs: number;
  /** Of deletion. */
  readonly deleteDelayMs: number;
  /** Of everything else (extend, retype, attach …). */
  readonly actionDelayMs: number;
  /** A sentence for a deed that is to fail; default: nothing fails. */
  readonly faultOf?: (deed: StorageDeed, object: StorageObject) => string | null;
}

export const defaultStorageOptions: SimulatedStorageOptions = { createDelayMs: 500, deleteDelayMs: 300, actionDelayMs: 300 };

export function simulatedStorage(options: SimulatedStorageOptions = defaultStorageOptions): StorageSchedule {
  return (deed, object, nowMs) => ({ doneAtMs: nowMs + delayOf(deed, options), fault: options.faultOf?.(deed, object) ?? null });
}

function delayOf(deed: StorageDeed, options: SimulatedStorageOptions): number {
  switch (deed) {
    case 'create':
    case 'snapshot':
    case 'backup':
      return options.createDelayMs;
    case 'delete':
    case 'delete-snapshot':
    case 'delete-backup':
      return options.deleteDelayMs;
    default:
      return options.actionDelayMs;
  }
}
