/** What secrets are sealed with in an export: a key made from a passphrase, never the database's own. */
import { randomBytes, scryptSync } from 'node:crypto';
import { Failure, isJsonObject, type Json, revealSecret, type JsonObject, type Secret } from '@hearth/kernel';
import { createSecretBox, type SecretBox } from '../secret-box.ts';

/** Goes into the file's first line. `check` is something sealed, so that a wrong passphrase is noticed before anything is read. */
export interface StateSealing extends JsonObject {
  readonly method: string;
  readonly salt: string;
  readonly check: string;
}

export const isSealing = (value: Json | undefined): value is StateSealing =>
  isJsonObject(value ?? null) && ['method', 'salt', 'check'].every((name) => typeof (value as JsonObject)[name] === 'string');

const METHOD = 'scrypt-32768-8-1';
const COST = { N: 32_768, r: 8, p: 1, maxmem: 128 * 1024 * 1024 };
const SHORTEST = 12;
const CHECK = 'hearth';

const boxOf = (passphrase: Secret, salt: Buffer): SecretBox =>
  createSecretBox(scryptSync(revealSecret(passphrase).normalize('NFC'), salt, 32, COST));

export function newSealing(passphrase: Secret): { readonly sealing: StateSealing; readonly box: SecretBox } {
  if ([...revealSecret(passphrase)].length < SHORTEST)
    throw new Failure(
      'configuration',
      `The passphrase is too short: the file holds what stacks act with. Take one of ${SHORTEST} characters or more.`,
    );
  const salt = randomBytes(16);
  const box = boxOf(passphrase, salt);
  return { sealing: { method: METHOD, salt: salt.toString('hex'), check: box.seal(CHECK).toString('hex') }, box };
}

export function openSealing(passphrase: Secret, { method, salt, check }: StateSealing): SecretBox {
  if (method !== METHOD)
    throw new Failure('invalid', `The file is sealed by "${method}", which this program does not know: use the one that made it.`);
  const box = boxOf(passphrase, Buffer.from(salt, 'hex'));
  try {
    box.open(Buffer.from(check, 'hex'));
  } catch (error) {
    throw new Failure('configuration', 'The passphrase is not the one that the file was made with.', { cause: error });
  }
  return box;
}
