/**
 * Statuses of volumes, snapshots and backups. Pure: a transition under way is a value with the time of its end and what it changes, and what
 * is seen at any moment is computed from it. `deleted` means gone.
 */
import type { JsonObject } from '@hearth/kernel';
import type { Schedule } from '../drivers/driver.ts';
import type { StorageDeed } from './schedule.ts';

export interface Passage {
  readonly deed: StorageDeed;
  /** Null: somebody will say when it has ended. */
  readonly doneAtMs: number | null;
  /** Not null: it will fail, and end in `failed`. */
  readonly fault: string | null;
  readonly to: string;
  readonly failed: string;
  /** Fields of the record that change with success. */
  readonly effects: JsonObject;
  /** Fields that change with failure. */
  readonly failureEffects: JsonObject;
}

export interface Passing {
  readonly status: string;
  readonly passage: Passage | null;
  /** Null: never changed. */
  readonly updatedAtMs: number | null;
}

/** The record as of `nowMs`: a transition whose time has come is done. Equal to its argument while nothing changed. */
export function settledAt<T extends Passing>(record: T, nowMs: number): T {
  const { passage } = record;
  if (passage === null || passage.doneAtMs === null || passage.doneAtMs > nowMs) return record;
  return settled(record, passage, passage.doneAtMs);
}

export function settled<T extends Passing>(record: T, passage: Passage, atMs: number): T {
  const isFailed = passage.fault !== null;
  return {
    ...record,
    ...(isFailed ? passage.failureEffects : passage.effects),
    status: isFailed ? passage.failed : passage.to,
    passage: null,
    updatedAtMs: Math.max(atMs, record.updatedAtMs ?? 0),
  };
}

export interface Begin {
  readonly deed: StorageDeed;
  /** What is seen until it is done. */
  readonly seen: string;
  readonly to: string;
  readonly failed: string;
  readonly schedule: Schedule;
  readonly effects?: JsonObject;
  readonly failureEffects?: JsonObject;
}

/** Begins a transition; one that takes no time is done at once. */
export function begun<T extends Passing>(record: T, begin: Begin, nowMs: number): T {
  const { deed, to, failed, schedule, effects = {}, failureEffects = {} } = begin;
  const passage: Passage = { deed, doneAtMs: schedule.doneAtMs, fault: schedule.fault, to, failed, effects, failureEffects };
  return settledAt({ ...record, status: begin.seen, passage, updatedAtMs: nowMs }, nowMs);
}

export const isGone = (record: Passing, nowMs: number): boolean => settledAt(record, nowMs).status === 'deleted';
