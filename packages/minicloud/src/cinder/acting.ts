/** What an action on a volume is given, and how one is declared. */
import { isJsonObject, type Json } from '@hearth/kernel';
import type { Answer, ApiRequest } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import type { VolumeDocument } from './records.ts';
import type { StorageParts } from './volumes.ts';

/** What an action works with; the volume is locked. */
export interface Acting {
  readonly parts: StorageParts;
  readonly tx: CloudStore;
  readonly request: ApiRequest;
  readonly minor: number;
  readonly volume: VolumeDocument;
  readonly nowMs: number;
  /** What the body says under the action's name. */
  readonly value: Json;
}
export interface VolumeAction {
  readonly since?: number;
  /** The policy that only administrators pass. */
  readonly adminPolicy?: string;
  /** Keys that the value must have and others it may have; absent: not looked at. */
  readonly required?: readonly string[];
  readonly optional?: readonly string[];
  perform(acting: Acting): Promise<Answer>;
}

export const fieldOf = (value: Json, name: string): Json | undefined => (isJsonObject(value) ? value[name] : undefined);
