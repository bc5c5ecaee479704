/** A row's data: what handlers remember of their thing, and what the engine notes beside it. Handlers give theirs whole, and nothing of ours is lost with that. Pure. */
import type { JsonObject } from '@hearth/kernel';
import type { ResourceRecord } from '@hearth/store';
import { ADOPTED } from './adoption.ts';
import { UNHEALTHY } from './health.ts';

const OURS: readonly string[] = [ADOPTED, UNHEALTHY];

/** `told`: by a handler; null: it has nothing to say. */
export function dataAfter({ data }: Pick<ResourceRecord, 'data'>, told: JsonObject | null): JsonObject {
  if (told === null) return data;
  return { ...told, ...Object.fromEntries(Object.entries(data).filter(([key]) => OURS.includes(key))) };
}
