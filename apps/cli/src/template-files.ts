/**
 * Reads what `up` sends: the template, the environments, and every file that they name, templates that name others in turn among them.
 * As Heat's own client does, files go by their `file://` address, and names are relative to the file they stand in.
 */
import { readFileSync, statSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Failure, messageOf } from '@hearth/kernel';
import { environmentReferences, isTemplate, type Reference, replacementsFor, templateReferences, withNames } from './file-references.ts';
import { SourceText } from './source-text.ts';

export interface TemplateFiles {
  readonly template: string;
  /** In the order given; each wins over those before it. */
  readonly environments: readonly { readonly name: string; readonly text: string }[];
  /** Contents by the name that stands in the texts. */
  readonly files: Readonly<Record<string, string>>;
  /** Texts as they stand on the disk, by the name that they are sent under; the template's is null. */
  readonly sources: ReadonlyMap<string | null, SourceText>;
  /** Named, and not to be read: why, by name. Empty unless that was to be let be. */
  readonly unreadable: ReadonlyMap<string, string>;
}

/** What a server takes at most of one file; larger ones are refused here, before they are sent. */
const MOST_BYTES = 1_048_576;
const MOST_BYTES_IN_ALL = 16 * MOST_BYTES;
const MOST_FILES = 1_000;

/** `toleratesMissing`: files that are named and cannot be read are left out; what is wrong with that is told elsewhere. */
export function readTemplateFiles(templateFile: string, environmentFiles: readonly string[], toleratesMissing = false): TemplateFiles {
  const gathering = new Gathering(toleratesMissing);
  const template = gathering.read(pathToFileURL(resolve(templateFile)), null, 'template', templateReferences);
  const environments = environmentFiles.map((file) => {
    const place = pathToFileURL(resolve(file));
    return { name: place.href, text: gathering.read(place, place.href, 'environment', environmentReferences) };
  });
  const files = gathering.rest();
  const { sources, unreadable } = gathering;
  return { template, environments, files, sources, unreadable };
}

/** `web.yaml` → `web`; other characters than names may have become dashes. */
export function nameFor(templateFile: string): string {
  const name = basename(templateFile, extname(templateFile)).replaceAll(/[^\w.-]+/g, '-');
  return /^[a-zA-Z]/.test(name) ? name : `stack-${name}`;
}

/** `["size=3"]` → `{ size: '3' }`; the server turns texts into the parameter's type. */
export function parametersFrom(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(pairs.map((pair) => split(pair, '-P', 'key=value')));
}

/** `["script=boot.sh"]` → what stands in `boot.sh`. */
export function parametersFromFiles(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name, file] = split(pair, '--parameter-file', 'key=path');
      return [name, readBytes(resolve(file), `file for the parameter ${name}`).toString('utf8')];
    }),
  );
}

function split(pair: string, flag: string, form: string): readonly [string, string] {
  const at = pair.indexOf('=');
  if (at < 1) throw new Failure('invalid', `${flag} ${pair}: a parameter is written ${form}`);
  return [pair.slice(0, at), pair.slice(at + 1)];
}

/** Files by address, and those that are still to be read. */
class Gathering {
  readonly #wanted = new Map<string, string>();
  #bytes = 0;
  readonly sources = new Map<string | null, SourceText>();
  readonly unreadable = new Map<string, string>();
  readonly #toleratesMissing: boolean;

  constructor(toleratesMissing: boolean) {
    this.#toleratesMissing = toleratesMissing;
  }

  /** The text, with the addresses of the files it names in the place of their names; `name`: what it is sent under. */
  read(place: URL, name: string | null, what: string, references: (text: string) => readonly Reference[]): string {
    const bytes = this.#count(readBytes(fileURLToPath(place), what));
    return this.#addressed(bytes.toString('utf8'), place, name, references);
  }

  /** All files that were named, and all that these name. */
  rest(): Readonly<Record<string, string>> {
    const files = new Map<string, string>();
    // Grows while it is walked over.
    for (const [address, namedBy] of this.#wanted) {
      const place = new URL(address);
      const bytes = this.#named(address, fileURLToPath(place), namedBy);
      if (bytes === null) continue;
      const text = textOf(this.#count(bytes));
      files.set(address, isTemplate(text) ? this.#addressed(text, place, address, templateReferences) : text);
      if (!this.sources.has(address)) this.sources.set(address, new SourceText(fileURLToPath(place), text, []));
    }
    return Object.fromEntries(files);
  }

  #named(address: string, file: string, namedBy: string): Buffer | null {
    try {
      return readBytes(file, `file that ${namedBy} names`);
    } catch (error) {
      if (!this.#toleratesMissing || !(error instanceof Failure)) throw error;
      this.unreadable.set(address, error.message);
      return null;
    }
  }

  #addressed(text: string, place: URL, name: string | null, references: (text: string) => readonly Reference[]): string {
    const names = new Map<Reference, string>();
    for (const reference of references(text)) {
      const address = addressOf(reference, place);
      names.set(reference, address.href);
      // What is elsewhere is fetched by the server, if by anybody.
      if (address.protocol !== 'file:' || this.#wanted.has(address.href)) continue;
      if (this.#wanted.size >= MOST_FILES) throw new Failure('invalid', `${fileURLToPath(place)}: more than ${MOST_FILES} files are named`);
      this.#wanted.set(address.href, fileURLToPath(place));
    }
    const replacements = replacementsFor(names);
    this.sources.set(name, new SourceText(fileURLToPath(place), text, replacements));
    return withNames(text, replacements);
  }

  #count(bytes: Buffer): Buffer {
    this.#bytes += bytes.length;
    if (this.#bytes > MOST_BYTES_IN_ALL)
      throw new Failure(
        'invalid',
        `template, environments and files have more than ${MOST_BYTES_IN_ALL} bytes together; are all of them meant?`,
      );
    return bytes;
  }
}

/** A base in the text is a folder, whether it ends in a slash or not. */
function addressOf({ name, base }: Reference, place: URL): URL {
  try {
    return new URL(name, base === null ? place : new URL(`${base.replace(/\/+$/, '')}/`, place));
  } catch {
    throw new Failure('invalid', `${fileURLToPath(place)}: "${name}" is neither the name of a file nor an address`);
  }
}

function readBytes(file: string, what: string): Buffer {
  try {
    const { size } = statSync(file);
    if (size > MOST_BYTES) throw new Failure('invalid', `the ${what} ${file} has ${size} bytes; at most ${MOST_BYTES} are accepted`);
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('configuration', `the ${what} ${file} cannot be read: ${messageOf(error)}`);
  }
}

/** What is no text travels as base64 in lines, as Heat's own client sends it. */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes.toString('base64').replaceAll(/.{1,76}/g, '$&\n');
  }
}
