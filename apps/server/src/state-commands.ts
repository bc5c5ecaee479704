/** `hearth state export|import`: all state of a database to a file and back. */
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { PassThrough, type Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { Failure, messageOf, Secret } from '@hearth/kernel';
import { exportState, importState, type StateCount } from '@hearth/store';
import { withOperatorStore } from './operator-store.ts';
import type { Settings } from './settings.ts';
import { systemTimers } from './system-ports.ts';

/** A file that ends so is packed. */
const PACKED = '.gz';

export interface StateFlags {
  readonly passphraseFile?: string;
}

export async function exportStateTo(settings: Settings, file: string, flags: StateFlags): Promise<number> {
  const passphrase = passphraseOf(settings, flags);
  // Beside the place where it is to be, private from the first byte, and moved there when it is whole.
  const folder = inFolder(file, () => mkdtempSync(join(dirname(file), '.hearth-state-')));
  const draft = join(folder, basename(file));
  try {
    const count = await withOperatorStore(settings, async ({ database, box }) => {
      const lines = new PassThrough({ highWaterMark: 1 << 20 });
      const out = createWriteStream(draft, { mode: 0o600, flush: true });
      const written = file.endsWith(PACKED) ? pipeline(lines, createGzip(), out) : pipeline(lines, out);
      // Whoever waits for room hears of a full disk by this.
      const broken = written.then(() => new Promise<never>(() => {}));
      broken.catch(() => {});
      const write = async (line: string): Promise<void> => {
        if (!lines.write(line)) await Promise.race([new Promise<void>((resolve) => lines.once('drain', resolve)), broken]);
      };
      const told = await exportState(database, { box, passphrase, now: systemTimers.now(), write });
      lines.end();
      await written;
      return told;
    });
    renameSync(draft, file);
    console.log(`${countText(count)} exported to ${file} (${statSync(file).size} bytes).`);
    console.log('It can be read with the passphrase only: keep both, apart from each other.');
    return 0;
  } catch (error) {
    throw isFileError(error) ? new Failure('configuration', `The file ${file} cannot be written: ${messageOf(error)}.`) : error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function importStateFrom(settings: Settings, file: string, flags: StateFlags): Promise<number> {
  const passphrase = passphraseOf(settings, flags);
  inFolder(file, () => statSync(file));
  const count = await withOperatorStore(settings, ({ database, box }) =>
    importState(database, { box, passphrase, now: systemTimers.now(), lines: linesOf(file) }),
  );
  console.log(`${countText(count)} imported. What was under way goes on when an engine runs on this database.`);
  return 0;
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const bytes = createReadStream(file);
  const text: Readable = file.endsWith(PACKED) ? bytes.pipe(createGunzip()) : bytes;
  if (text !== bytes) bytes.on('error', (error) => text.destroy(error));
  const reader = createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY });
  let failed: unknown = null;
  text.on('error', (error) => {
    failed = error;
    reader.close();
  });
  for await (const line of reader) yield line;
  if (failed !== null)
    throw new Failure('invalid', `The file ${file} cannot be read to its end: ${messageOf(failed)}. Nothing was imported.`, {
      cause: failed,
    });
}

const countText = ({ rows, tables }: StateCount): string =>
  `${rows} rows (${['stack', 'resource', 'event'].map((table) => `${tables[table] ?? 0} of table ${table}`).join(', ')})`;

function passphraseOf({ statePassphrase }: Settings, { passphraseFile }: StateFlags): Secret {
  if (passphraseFile !== undefined)
    return new Secret(inFolder(passphraseFile, () => readFileSync(passphraseFile, 'utf8')).replace(/\r?\n$/, ''));
  if (statePassphrase !== null) return statePassphrase;
  throw new Failure(
    'configuration',
    'There is no passphrase: secrets of stacks are in the file, sealed with it. What to do: set HEARTH_STATE_PASSPHRASE, or name a file with --passphrase-file.',
  );
}

const isFileError = (error: unknown): boolean => error instanceof Error && 'syscall' in error && !(error instanceof Failure);

function inFolder<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Failure('configuration', `The file ${file} cannot be used: ${messageOf(error)}.`, { cause: error });
  }
}
