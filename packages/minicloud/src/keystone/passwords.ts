/** Password hashes (scrypt), with a short memory of passwords that matched, so that a client that logs in often costs little. */
import { createHmac, scrypt, timingSafeEqual } from 'node:crypto';
import { revealSecret, type Random, type Secret } from '@hearth/kernel';

/** About 8 ms a hash: enough for random passwords on a development cloud, cheap enough for a burst of logins. */
const COST = 4096;
const BLOCK_SIZE = 8;
const LENGTH = 32;
const REMEMBERED = 500;

export interface Passwords {
  hash(password: Secret): Promise<string>;
  matches(password: Secret, hash: string): Promise<boolean>;
}

export function passwordsWith(random: Random): Passwords {
  const memoryKey = random.bytes(32);
  const matched = new Map<string, string>();
  const digest = (password: Secret): string => createHmac('sha256', memoryKey).update(revealSecret(password)).digest('base64');
  return {
    async hash(password) {
      const salt = Buffer.from(random.bytes(16));
      const key = await derived(revealSecret(password), salt, COST, BLOCK_SIZE);
      return ['scrypt', COST, BLOCK_SIZE, 1, salt.toString('base64'), key.toString('base64')].join('$');
    },
    async matches(password, hash) {
      if (matched.get(hash) === digest(password)) return true;
      const [scheme, cost, blockSize, , salt, key] = hash.split('$');
      if (scheme !== 'scrypt' || salt === undefined || key === undefined) return false;
      const wanted = Buffer.from(key, 'base64');
      const found = await derived(revealSecret(password), Buffer.from(salt, 'base64'), Number(cost), Number(blockSize));
      if (wanted.length !== found.length || !timingSafeEqual(wanted, found)) return false;
      if (matched.size >= REMEMBERED) matched.clear();
      matched.set(hash, digest(password));
      return true;
    },
  };
}

const derived = (password: string, salt: Buffer, cost: number, blockSize: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password, salt, LENGTH, { N: cost, r: blockSize, p: 1 }, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
