/** Reading the times clients give for the end of trusts and credentials. */
import type { Json } from '@hearth/kernel';
import { badTime, pastTime } from './refusals.ts';

const FORM = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([zZ]|[+-]\d\d(:?\d\d)?)?$/;

/** Milliseconds since 1970; null for none. ISO 8601, in UTC where no zone is said; it must lie in the future. */
export function readExpiry(given: Json | undefined, nowMs: number): number | null {
  if (given === undefined || given === null) return null;
  if (typeof given !== 'string' || !FORM.test(given)) throw badTime();
  const ms = Date.parse(/([zZ]|[+-]\d\d(:?\d\d)?)$/.test(given.slice(11)) ? given : `${given}Z`);
  if (Number.isNaN(ms)) throw badTime();
  if (ms <= nowMs) throw pastTime();
  return ms;
}
