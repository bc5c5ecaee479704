/** Digests of values: equality of what was applied, and short stable names. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson, type Json } from './json.ts';
import { revealSecret, type Secret } from './secret.ts';

/** The first 128 bits of the SHA-256 of the canonical JSON text, as 32 hex digits. */
export function digestOf(value: Json): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(value)))).slice(0, 32);
}

/** Tells secrets apart without showing them. */
export const digestOfSecret = (secret: Secret): string => digestOf(revealSecret(secret));
