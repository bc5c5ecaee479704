/**
 * Reads what `up` sends: the template, the environments, and every file that they name, templates that name others in turn among them.
 * As Heat's own client does, files go by their `file://` address, and names are relative to the file they stand in.
 */
import { readFileSync, statSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Failure, messageOf } from '@hearth/kernel';
import { environmentReferences, isTemplate, type Reference, templateReferences, withNames } from './file-references.ts';

export interface TemplateFiles {
  readonly template: string;
  /** In the order given; each wins over those before it. */
  readonly environments: readonly { readonly name: string; readonly text: string }[];
  /** Contents by the name that stands in the texts. */
  readonly files: Readonly<Record<string, string>>;
}

/** What a server takes at most of one file; larger ones are refused here, before they are sent. */
const MOST_BYTES = 1_048_576;
const MOST_BYTES_IN_ALL = 16 * MOST_BYTES;
const MOST_FILES = 1_000;

export function readTemplateFiles(templateFile: string, environmentFiles: readonly string[]): TemplateFiles {
  const gathering = new Gathering();
  const template = gathering.read(pathToFileURL(resolve(templateFile)), 'template', templateReferences);
  const environments = environmentFiles.map((file) => {
    const place = pathToFileURL(resolve(file));
    return { name: place.href, text: gathering.read(place, 'environment', environmentReferences) };
  });
  return { template, environments, files: gathering.rest() };
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

  /** The text, with the addresses of the files it names in the place of their names. */
  read(place: URL, what: string, references: (text: string) => readonly Reference[]): string {
    const bytes = this.#count(readBytes(fileURLToPath(place), what));
    return this.#addressed(bytes.toString('utf8'), place, references);
  }

  /** All files that were named, and all that these name. */
  rest(): Readonly<Record<string, string>> {
    const files = new Map<string, string>();
    // Grows while it is walked over.
    for (const [address, namedBy] of this.#wanted) {
      const place = new URL(address);
      const bytes = this.#count(readBytes(fileURLToPath(place), `file that ${namedBy} names`));
      const text = textOf(bytes);
      files.set(address, isTemplate(text) ? this.#addressed(text, place, templateReferences) : text);
    }
    return Object.fromEntries(files);
  }

  #addressed(text: string, place: URL, references: (text: string) => readonly Reference[]): string {
    const names = new Map<Reference, string>();
    for (const reference of references(text)) {
      const address = addressOf(reference, place);
      names.set(reference, address.href);
      // What is elsewhere is fetched by the server, if by anybody.
      if (address.protocol !== 'file:' || this.#wanted.has(address.href)) continue;
      if (this.#wanted.size >= MOST_FILES) throw new Failure('invalid', `${fileURLToPath(place)}: more than ${MOST_FILES} files are named`);
      this.#wanted.set(address.href, fileURLToPath(place));
    }
    return withNames(text, names);
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
