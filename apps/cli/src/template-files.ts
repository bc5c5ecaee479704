/** Reads what `up` sends: the template's text, the environment's, and the files that `get_file` names. */
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure, isJsonArray, isJsonObject, type Json, messageOf } from '@hearth/kernel';
import { load } from 'js-yaml';

export interface TemplateFiles {
  readonly template: string;
  readonly environment: string | null;
  /** Contents by the name written in the template. */
  readonly files: Readonly<Record<string, string>>;
}

/** What the server takes at most; larger files are refused here, before they are sent. */
const MOST_BYTES = 1_048_576;
const MOST_FILES = 1_000;

export function readTemplateFiles(templateFile: string, environmentFile: string | undefined): TemplateFiles {
  const template = readText(templateFile, 'template');
  const environment = environmentFile === undefined ? null : readText(environmentFile, 'environment');
  const files = new Map<string, string>();
  for (const name of fileNames(parsed(template))) {
    if (files.size >= MOST_FILES) throw new Failure('invalid', `${templateFile} names more than ${MOST_FILES} files`);
    files.set(name, readText(placeOf(name, templateFile), `file that ${templateFile} names`));
  }
  return { template, environment, files: Object.fromEntries(files) };
}

/** `web.yaml` → `web`; other characters than names may have become dashes. */
export function nameFor(templateFile: string): string {
  const name = basename(templateFile, extname(templateFile)).replaceAll(/[^\w.-]+/g, '-');
  return /^[a-zA-Z]/.test(name) ? name : `stack-${name}`;
}

/** `["size=3"]` → `{ size: '3' }`; the server turns texts into the parameter's type. */
export function parametersFrom(pairs: readonly string[]): Readonly<Record<string, string>> {
  const parameters = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) throw new Failure('invalid', `-P ${pair}: a parameter is written key=value`);
    parameters.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return Object.fromEntries(parameters);
}

function readText(file: string, what: string): string {
  try {
    const { size } = statSync(file);
    if (size > MOST_BYTES) throw new Failure('invalid', `the ${what} ${file} has ${size} bytes; at most ${MOST_BYTES} are accepted`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('configuration', `the ${what} ${file} cannot be read: ${messageOf(error)}`);
  }
}

/** A template that is no YAML is left to the server, which says where the error is. */
function parsed(template: string): Json {
  try {
    return load(template) as Json;
  } catch {
    return null;
  }
}

/** Every literal `get_file: NAME`, wherever it stands; the walk keeps its own stack. */
function fileNames(document: Json): ReadonlySet<string> {
  const names = new Set<string>();
  const open: Json[] = [document];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (isJsonArray(value)) open.push(...value);
    else if (isJsonObject(value)) {
      const file = value['get_file'];
      if (typeof file === 'string') names.add(file);
      open.push(...Object.values(value));
    }
  }
  return names;
}

function placeOf(name: string, templateFile: string): string {
  if (name.startsWith('file://')) return fileURLToPath(name);
  if (/^[a-z]+:\/\//.test(name))
    throw new Failure('invalid', `get_file: ${name}: addresses are not fetched; download the file and name it`);
  return resolve(dirname(templateFile), name);
}
