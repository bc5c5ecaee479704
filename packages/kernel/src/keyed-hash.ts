/** Keyed hashes, for what we sign and later know again. */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

export const hmacSha256 = (key: string, text: string): Uint8Array => hmac(sha256, utf8ToBytes(key), utf8ToBytes(text));

/** Takes as long for a wrong text as for the right one, so that nobody can feel the way to it. Only the length shows. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [utf8ToBytes(a), utf8ToBytes(b)];
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let i = 0; i < left.length; i++) difference |= (left[i] as number) ^ (right[i] as number);
  return difference === 0;
}
