/** A signal's row, as a value. What it says is plain here and encrypted in the database. */
import type { JsonObject, ResourceId } from '@hearth/kernel';

export interface SignalRecord {
  readonly resourceId: ResourceId;
  /** What makes two signals one; null: each is its own. */
  readonly key: string | null;
  readonly body: JsonObject;
  /** ms since 1970 */
  readonly at: number;
}
export interface NewSignal extends Omit<SignalRecord, 'resourceId'> {
  readonly id: string;
}
/** How much a resource was told so far. */
export interface SignalTally {
  readonly count: number;
  /** As stored. */
  readonly bytes: number;
}
