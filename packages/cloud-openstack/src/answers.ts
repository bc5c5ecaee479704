/** Reading what services answer: the one item of a body, and null for what is gone. */
import { Failure, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { isNotFound } from './cloud-failure.ts';

/** The one item of a body: `{server: {…}}`. */
export function itemOf(body: Json, key: string): JsonObject {
  const item = isJsonObject(body) ? body[key] : null;
  if (!isJsonObject(item)) throw new Failure('unknown', `the service answered without a ${key}`);
  return item;
}

export async function nullIfGone<T>(look: () => Promise<T>): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}
