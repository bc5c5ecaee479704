/** Where keys come from: a file in the data folder (made when the database is new), or what the operator gives. Each may hold several. */
import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, messageOf, revealSecret, type Secret } from '@hearth/kernel';
import { createSecretBox, KEY_BYTES, type SecretBox } from '../secret-box.ts';

/** `given`: keys of 32 bytes in base64, with commas between them. */
export type KeySource = { readonly kind: 'data-folder'; readonly dataDir: string } | { readonly kind: 'given'; readonly key: Secret };

const KEY_FILE = 'secret.key';
export const keyFileIn = (dataDir: string): string => join(dataDir, KEY_FILE);

/** For messages. */
export const keyPlace = (source: KeySource): string =>
  source.kind === 'given' ? 'The secret key given (HEARTH_SECRET_KEY)' : `The key file ${keyFileIn(source.dataDir)}`;

/** A box for each key that the source holds now; none: it holds none. */
export function readKeys(source: KeySource): readonly SecretBox[] {
  const keys = source.kind === 'given' ? parseKeys(revealSecret(source.key), keyPlace(source)) : (readKeyFile(source.dataDir) ?? []);
  return keys.map(createSecretBox);
}

/** The keys in `<dataDir>/secret.key`, one a line; made (mode 0600) if there is none; of several processes at once one makes it. */
export function loadOrCreateKeys(dataDir: string): readonly Buffer[] {
  for (;;) {
    const found = readKeyFile(dataDir);
    if (found !== null) return found;
    const draft = draftOf(dataDir);
    try {
      writeFileSync(draft, lineOf(randomBytes(KEY_BYTES)), { mode: 0o600, flush: true });
      linkSync(draft, keyFileIn(dataDir));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw cannotMake(dataDir, error);
    } finally {
      rmSync(draft, { force: true });
    }
  }
}

/** Adds a new key to the file. Its fingerprint. */
export function addKey(dataDir: string): string {
  const key = randomBytes(KEY_BYTES);
  writeKeyFile(dataDir, [...(readKeyFile(dataDir) ?? []), key]);
  return createSecretBox(key).fingerprint;
}

/** Takes a key out of the file; false: it is not there. */
export function removeKey(dataDir: string, fingerprint: string): boolean {
  const keys = readKeyFile(dataDir) ?? [];
  const left = keys.filter((key) => createSecretBox(key).fingerprint !== fingerprint);
  if (left.length === keys.length) return false;
  writeKeyFile(dataDir, left);
  return true;
}

/** Written beside and moved, so that nobody ever reads half of it. */
function writeKeyFile(dataDir: string, keys: readonly Buffer[]): void {
  const draft = draftOf(dataDir);
  try {
    writeFileSync(draft, keys.map(lineOf).join(''), { mode: 0o600, flush: true });
    renameSync(draft, keyFileIn(dataDir));
  } catch (error) {
    rmSync(draft, { force: true });
    throw cannotMake(dataDir, error);
  }
}

const draftOf = (dataDir: string): string => `${keyFileIn(dataDir)}.${randomBytes(6).toString('hex')}`;
const lineOf = (key: Buffer): string => `${key.toString('base64')}\n`;
const cannotMake = (dataDir: string, error: unknown): Failure =>
  new Failure(
    'configuration',
    `The key file ${keyFileIn(dataDir)} cannot be made: ${messageOf(error)}. Check that the folder can be written.`,
    {
      cause: error,
    },
  );

function readKeyFile(dataDir: string): readonly Buffer[] | null {
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
  return parseKeys(text, `The key file ${file}`);
}

function parseKeys(text: string, place: string): readonly Buffer[] {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '');
  const keys = parts.map((part) => Buffer.from(part, 'base64'));
  if (keys.length > 0 && parts.every((part, at) => /^[A-Za-z0-9+/_-]+=*$/.test(part) && keys[at]?.length === KEY_BYTES)) return keys;
  throw new Failure(
    'configuration',
    `${place} is not ${KEY_BYTES} bytes in base64, or several of them. Restore it from a backup; a new one is made with: openssl rand -base64 32`,
  );
}
