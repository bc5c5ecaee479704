/** Encryption of the secret columns (AES-256-GCM). A box says by its beginning which key it was sealed with. Where keys come from is in `keys`. */
import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomFillSync } from 'node:crypto';
import { Failure, type Json } from '@hearth/kernel';

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
export const KEY_BYTES = 32;
const KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const NONCES_AT_ONCE = 256;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + KEY_ID_BYTES;

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

/** The first digits of its fingerprint, which everything sealed with a key begins with (behind the version). */
export const keyIdOf = (fingerprint: string): string => fingerprint.slice(0, 2 * KEY_ID_BYTES);
/** The key that a box was sealed with, as `keyIdOf` gives it. */
export const keyIdIn = (sealed: Uint8Array): string => Buffer.from(sealed.subarray(1, HEADER_BYTES)).toString('hex');

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
