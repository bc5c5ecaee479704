/**
 * Encryption of the secret columns (AES-256-GCM), and the key: made once and kept in the data folder, or given by the application.
 * The database remembers the key's fingerprint, so that a lost or exchanged key is noticed at start and not at the first read.
 */
import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomBytes, randomFillSync } from 'node:crypto';
import { chmodSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, messageOf, revealSecret, type Json, type Secret } from '@hearth/kernel';
import type { Database } from './database.ts';
import { readSetting, settleSetting } from './setting.ts';

export interface SecretBox {
  /** Encrypts JSON. Layout: version (1 byte), key id (4), nonce (12), tag (16), ciphertext. */
  seal(value: Json): Buffer;
  /** Throws `Failure('configuration')` for another key's box, `Failure('invalid')` for a damaged one. */
  open(sealed: Uint8Array): Json;
  /** A keyed hash of 32 bytes: the same for the same text, and of no use to those who guess what the text may be. */
  mark(text: string): Buffer;
  /** 32 hex digits that identify the key and do not reveal it. */
  readonly fingerprint: string;
}

const VERSION = 1;
const KEY_BYTES = 32;
const KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const NONCES_AT_ONCE = 256;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + KEY_ID_BYTES;
const FINGERPRINT_SETTING = 'secret-key-fingerprint';
const KEY_FILE = 'secret.key';

/** Random nonces, drawn many at a time: asking the system for each is slow. None is given twice. */
function nonceSource(): () => Buffer {
  const pool = Buffer.alloc(NONCE_BYTES * NONCES_AT_ONCE);
  let at = pool.length;
  return () => {
    if (at === pool.length) {
      randomFillSync(pool);
      at = 0;
    }
    at += NONCE_BYTES;
    return Buffer.from(pool.subarray(at - NONCE_BYTES, at));
  };
}

/** `key`: 32 random bytes. Nonces are random too, which is safe for some billions of boxes under one key. */
export function createSecretBox(key: Uint8Array): SecretBox {
  if (key.length !== KEY_BYTES) throw new Failure('configuration', `The secret key has ${key.length} bytes; it needs ${KEY_BYTES}.`);
  // A key object: importing raw bytes anew for every column costs more than the encryption.
  const cipherKey = createSecretKey(Buffer.from(hkdfSync('sha256', key, '', 'hearth secret columns', KEY_BYTES)));
  const nextNonce = nonceSource();
  const fingerprint = Buffer.from(hkdfSync('sha256', key, '', 'hearth key fingerprint', 16)).toString('hex');
  const markKey = createSecretKey(Buffer.from(hkdfSync('sha256', key, '', 'hearth content marks', KEY_BYTES)));
  const header = Buffer.concat([Buffer.from([VERSION]), Buffer.from(fingerprint, 'hex').subarray(0, KEY_ID_BYTES)]);

  return {
    fingerprint,
    mark: (text) => createHmac('sha256', markKey).update(text, 'utf8').digest(),
    seal(value) {
      const nonce = nextNonce();
      const cipher = createCipheriv('aes-256-gcm', cipherKey, nonce).setAAD(header);
      const body = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
      return Buffer.concat([header, nonce, cipher.getAuthTag(), body]);
    },
    open(sealed) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      const bodyAt = HEADER_BYTES + NONCE_BYTES + TAG_BYTES;
      if (bytes.length < bodyAt) throw damaged();
      if (bytes[0] !== VERSION)
        throw new Failure('configuration', `A secret column has format ${bytes[0]}, which a newer Hearth wrote: start that version.`);
      if (!bytes.subarray(0, HEADER_BYTES).equals(header)) {
        throw new Failure(
          'configuration',
          'A secret column was encrypted with another key: restore the key that belongs to this database from a backup.',
        );
      }
      const nonce = bytes.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', cipherKey, nonce, { authTagLength: TAG_BYTES }).setAAD(header);
      decipher.setAuthTag(bytes.subarray(HEADER_BYTES + NONCE_BYTES, bodyAt));
      try {
        return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(bodyAt)), decipher.final()]).toString('utf8')) as Json;
      } catch {
        throw damaged();
      }
    },
  };
}

const damaged = (): Failure =>
  new Failure('invalid', 'A secret column is damaged: its contents do not fit its seal. Restore the database from a backup.');

/** Where the key comes from: a file in the data folder (made when the database is new), or 32 bytes in base64 from the operator. */
export type KeySource = { readonly kind: 'data-folder'; readonly dataDir: string } | { readonly kind: 'given'; readonly key: Secret };

/**
 * The box of a migrated database. Throws `Failure('configuration')` when the key is gone or is not the one the database was written
 * with; a new key is made only for a database that has none.
 */
export async function openSecretBox(database: Database, source: KeySource): Promise<SecretBox> {
  const known = await readSetting(database, FINGERPRINT_SETTING);
  const place = source.kind === 'given' ? 'The secret key given (HEARTH_SECRET_KEY)' : `The key file ${keyFileIn(source.dataDir)}`;
  let key: Buffer | null;
  if (source.kind === 'given') key = parseKey(revealSecret(source.key), place);
  else if (known === null) key = loadOrCreateKey(source.dataDir);
  else key = readKey(source.dataDir);
  if (key === null) {
    throw new Failure(
      'configuration',
      `${place} is missing, and this database holds secrets encrypted with it. Restore it from a backup of the data folder. Without it, a new database is needed.`,
    );
  }
  const box = createSecretBox(key);
  const settled = await settleSetting(database, FINGERPRINT_SETTING, box.fingerprint);
  if (settled === box.fingerprint) return box;
  throw new Failure(
    'configuration',
    `${place} does not belong to this database. Restore the one it was used with from a backup, or use the database that belongs to this key.`,
  );
}

const keyFileIn = (dataDir: string): string => join(dataDir, KEY_FILE);

/** The key in `<dataDir>/secret.key`, made (mode 0600) if there is none; of several processes at once one makes it. */
export function loadOrCreateKey(dataDir: string): Buffer {
  for (;;) {
    const found = readKey(dataDir);
    if (found !== null) return found;
    const draft = `${keyFileIn(dataDir)}.${randomBytes(6).toString('hex')}`;
    try {
      writeFileSync(draft, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flush: true });
      linkSync(draft, keyFileIn(dataDir));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new Failure(
          'configuration',
          `The key file ${keyFileIn(dataDir)} cannot be made: ${messageOf(error)}. Check that the folder can be written.`,
          { cause: error },
        );
      }
    } finally {
      rmSync(draft, { force: true });
    }
  }
}

function readKey(dataDir: string): Buffer | null {
  const file = keyFileIn(dataDir);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
    chmodSync(file, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Failure('configuration', `The key file ${file} cannot be read: ${messageOf(error)}. Check its owner and mode.`, {
      cause: error,
    });
  }
  return parseKey(text, `The key file ${file}`);
}

function parseKey(text: string, place: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64');
  if (/^[A-Za-z0-9+/_-]+=*$/.test(text.trim()) && key.length === KEY_BYTES) return key;
  throw new Failure(
    'configuration',
    `${place} is not ${KEY_BYTES} bytes in base64. Restore it from a backup; a new one is made with: openssl rand -base64 32`,
  );
}
