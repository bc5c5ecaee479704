/** Which request bodies are looked at: JSON objects, under a content type that does not say otherwise. Anything else counts as none. */
import { Refusal } from '@hearth/kernel';
import { readJson } from '@hearth/http-kit';

const TYPES: ReadonlySet<string> = new Set(['', 'text/plain', 'json', 'application/json']);
const BRACE = 0x7b;

export function readHeatBody(bytes: Uint8Array, contentType: string | null): unknown {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (bytes[0] !== BRACE || !TYPES.has(type)) return null;
  try {
    return readJson(bytes);
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal('invalid', 'HTTPBadRequest', error.message);
    throw error;
  }
}
