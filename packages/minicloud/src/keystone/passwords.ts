/** Password hashes (scrypt), with a short memory of passwords that matched, so that a client that logs in often costs little. */
import { createHmac, scrypt, timingSafeEqual } from 'node:crypto';
import { revealSecret, type Clock, type Random, type Secret } from '@hearth/kernel';

/** About 8 ms a hash: enough for random passwords on a development cloud, cheap enough for a burst of logins. */
const COST = 4096;
const BLOCK_SIZE = 8;
const LENGTH = 32;
/** A match is remembered by a keyed digest for so long; the password itself never is. */
const MEMORY_MS = 60_000;
const REMEMBERED = 2_000;

export interface Passwords {
  hash(password: Secret): Promise<string>;
  matches(password: Secret, hash: string): Promise<boolean>;
}

export function passwordsWith(random: Random, clock: Clock): Passwords {
  const memoryKey = random.bytes(32);
  const matched = new Map<string, { readonly digest: Buffer; readonly untilMs: number }>();
  const digest = (password: Secret): Buffer => createHmac('sha256', memoryKey).update(revealSecret(password)).digest();
  return {
    async hash(password) {
      const salt = Buffer.from(random.bytes(16));
      const key = await derived(revealSecret(password), salt, COST, BLOCK_SIZE);
      return ['scrypt', COST, BLOCK_SIZE, 1, salt.toString('base64'), key.toString('base64')].join('$');
    },
    async matches(password, hash) {
      const known = matched.get(hash);
      if (known !== undefined && known.untilMs > clock.now() && timingSafeEqual(known.digest, digest(password))) return true;
      const [scheme, cost, blockSize, , salt, key] = hash.split('$');
      if (scheme !== 'scrypt' || salt === undefined || key === undefined) return false;
      const wanted = Buffer.from(key, 'base64');
      const found = await derived(revealSecret(password), Buffer.from(salt, 'base64'), Number(cost), Number(blockSize));
      if (wanted.length !== found.length || !timingSafeEqual(wanted, found)) return false;
      if (matched.size >= REMEMBERED) matched.clear();
      matched.set(hash, { digest: digest(password), untilMs: clock.now() + MEMORY_MS });
      return true;
    },
  };
}

const derived = (password: string, salt: Buffer, cost: number, blockSize: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password, salt, LENGTH, { N: cost, r: blockSize, p: 1 }, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
