/**
 * The secret box of a process, with all keys that the database needs: everything can be opened, the primary key seals. A key that is not known yet is
 * looked for where keys come from before anything fails. Which key is the primary is the database's word, taken over by `refresh`.
 */
import { Failure, type Json } from '@hearth/kernel';
import type { Database, Queryable } from '../database.ts';
import { createSecretBox, keyIdIn, keyIdOf, type SecretBox } from '../secret-box.ts';
import { keyPlace, type KeySource, loadOrCreateKeys, readKeys } from './key-source.ts';
import { type KnownKey, listKeys, settleFirstKey } from './key-states.ts';

export interface KeyRing extends SecretBox {
  readonly source: KeySource;
  /** Fingerprints of the keys at hand. */
  keyIds(): readonly string[];
  /** Takes over what the database says of the keys. Throws `Failure('configuration')` when one is missing that it needs. */
  refresh(db: Queryable): Promise<readonly KnownKey[]>;
  /** From now on nothing is sealed while this says false: a process that has stood still may hold a key that is retired by now. */
  sealOnlyIf(isCurrent: () => boolean): void;
}

/**
 * The ring of a migrated database. Throws `Failure('configuration')` when a key is gone, or those at hand do not belong to the database; a new key is
 * made only for a database that has none.
 */
export async function openSecretBox(database: Database, source: KeySource): Promise<KeyRing> {
  const known = await listKeys(database);
  const boxes =
    known.length === 0 && source.kind === 'data-folder' ? loadOrCreateKeys(source.dataDir).map(createSecretBox) : readKeys(source);
  const [first] = boxes;
  if (first === undefined) {
    throw new Failure(
      'configuration',
      `${keyPlace(source)} is missing, and this database holds secrets encrypted with it. Restore it from a backup of the data folder. Without it, a new database is needed.`,
    );
  }
  if (known.length === 0) await settleFirstKey(database, first.fingerprint);
  const ring = new Ring(source, boxes, first);
  await ring.refresh(database);
  return ring;
}

class Ring implements KeyRing {
  readonly source: KeySource;
  readonly #byId = new Map<string, SecretBox>();
  #primary: SecretBox;
  #isCurrent: () => boolean = () => true;

  constructor(source: KeySource, boxes: readonly SecretBox[], primary: SecretBox) {
    this.source = source;
    this.#primary = primary;
    this.#add(boxes);
  }

  get fingerprint(): string {
    return this.#primary.fingerprint;
  }

  seal(value: Json): Buffer {
    if (!this.#isCurrent())
      throw new Failure('unavailable', 'It is not known which key is in use: the database has not been asked for a while.');
    return this.#primary.seal(value);
  }

  mark(text: string): Buffer {
    return this.#primary.mark(text);
  }

  open(sealed: Uint8Array): Json {
    return (this.#find(keyIdIn(sealed)) ?? this.#primary).open(sealed);
  }

  keyIds(): readonly string[] {
    return [...this.#byId.values()].map((box) => box.fingerprint);
  }

  sealOnlyIf(isCurrent: () => boolean): void {
    this.#isCurrent = isCurrent;
  }

  async refresh(db: Queryable): Promise<readonly KnownKey[]> {
    const known = await listKeys(db);
    const needed = known.filter((key) => key.state !== 'retired');
    const missing = needed.filter(({ id }) => this.#find(keyIdOf(id))?.fingerprint !== id);
    const primary = needed.find((key) => key.state === 'primary');
    if (missing.length === needed.length || primary === undefined) {
      throw new Failure(
        'configuration',
        `${keyPlace(this.source)} does not belong to this database. Restore the one it was used with from a backup, or use the database that belongs to this key.`,
      );
    }
    if (missing.length > 0) {
      throw new Failure(
        'configuration',
        `${keyPlace(this.source)} lacks ${missing.length} of the keys of this database (${missing.map(({ id, state }) => `${id}, ${state}`).join('; ')}). ` +
          'What to do: take over the keys from where the others were made; "hearth keys list" there shows them.',
      );
    }
    this.#primary = this.#find(keyIdOf(primary.id)) as SecretBox;
    return known;
  }

  /** Keys may have been added since they were read. */
  #find(id: string): SecretBox | undefined {
    const found = this.#byId.get(id);
    if (found !== undefined || this.source.kind === 'given') return found;
    this.#add(readKeys(this.source));
    return this.#byId.get(id);
  }

  #add(boxes: readonly SecretBox[]): void {
    for (const box of boxes) if (!this.#byId.has(keyIdOf(box.fingerprint))) this.#byId.set(keyIdOf(box.fingerprint), box);
  }
}
