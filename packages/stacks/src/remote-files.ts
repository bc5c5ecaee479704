/**
 * Fetching what a definition names by URL and does not bring along: templates of nested stacks, level by level, and files. Everything that is
 * fetched becomes one of the definition's files, so it is stored with it and never fetched again for it.
 */
import { Failure, isJsonObject, type Json, pathText, Refusal, type JsonObject, type Path } from '@hearth/kernel';
import { MAX_DEPTH } from '@hearth/engine';
import { implementationOf, loadDocument, nestedRegistry, type Environment } from '@hearth/template';
import { checkFiles, checkTemplateSize, limitExceeded, sizeOf } from './definition-limits.ts';
import { namedIn } from './named-files.ts';
import { plainValues, withPlainValues } from './plain-values.ts';
import type { StackPorts } from './ports.ts';
import { invalid } from './refusals.ts';

type Files = Readonly<Record<string, string>>;

/** A template and where it stands in the tree. */
interface Level {
  readonly template: JsonObject;
  /** The name of the file; null: the root. */
  readonly file: string | null;
  readonly registry: JsonObject;
  readonly globalRegistry: JsonObject;
  /** Values of its parameters, as far as they are known beforehand: those of the root. */
  readonly values: JsonObject;
}
interface Wanted {
  readonly key: string;
  readonly kind: 'template' | 'file';
  readonly file: string | null;
  readonly path: Path;
  /** For a template: the level that it makes. */
  readonly below: Pick<Level, 'registry' | 'globalRegistry'> | null;
}

/** As many levels as trees of stacks have resources by far; each is looked at once. */
const MOST_LEVELS = 2_000;
const AT_A_TIME = 4;
const URL_START = /^https?:\/\//i;

export const isRemote = (name: string): boolean => URL_START.test(name);

/** For a look at a template only templates are fetched. What is in other files does not matter there; as in Heat, they may be missing, and count as empty. */
export type FetchPurpose = 'look' | 'store';

/** The files of a definition with all that its templates name by URL, and the operator's templates that it uses. */
export async function withRemoteFiles(
  ports: StackPorts,
  template: JsonObject,
  environment: Environment,
  files: Files,
  purpose: FetchPurpose,
): Promise<Files> {
  const gathering = new Gathering(ports, files, purpose);
  await gathering.follow({
    template,
    file: null,
    registry: environment.resourceRegistry,
    globalRegistry: environment.globalRegistry ?? {},
    values: plainValues(template, environment),
  });
  return gathering.files();
}

/** The template behind `template_url`. */
export async function fetchedTemplate(ports: StackPorts, url: string): Promise<string> {
  const { templateSize, fetchTimeoutMs } = ports.limits;
  try {
    return await ports.remote.fetchText(url, { maxBytes: templateSize, timeoutMs: fetchTimeoutMs });
  } catch (error) {
    const reason = reasonOf(error);
    const remedy = 'Check "template_url", or send the template itself in "template".';
    throw new Refusal('invalid', 'HTTPBadRequest', `Could not retrieve template: ${reason} ${remedy}`);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Failure || error instanceof Refusal) return /[.!?]$/.test(error.message) ? error.message : `${error.message}.`;
  throw error;
}

class Gathering {
  readonly #ports: StackPorts;
  readonly #files: Map<string, string>;
  readonly #purpose: FetchPurpose;
  readonly #fetched = new Set<string>();
  readonly #seen = new Set<string>();
  readonly #deadlineAt: number;

  constructor(ports: StackPorts, files: Files, purpose: FetchPurpose) {
    this.#ports = ports;
    this.#purpose = purpose;
    this.#files = new Map(Object.entries(files));
    this.#deadlineAt = ports.clock.now() + ports.limits.fetchTimeoutMs;
  }

  files(): Files {
    return Object.fromEntries(this.#files);
  }

  /** All templates of one depth together, so that what they name is fetched at the same time. */
  async follow(root: Level): Promise<void> {
    let levels: readonly Level[] = [root];
    for (let depth = 0; depth <= MAX_DEPTH && levels.length > 0; depth++) {
      const wanted = levels.flatMap((level) => this.#wantedBy(level));
      await this.#fetchAll(wanted);
      levels = wanted.flatMap((one) => this.#levelOf(one));
    }
  }

  #wantedBy(level: Level): readonly Wanted[] {
    const { registry, globalRegistry, file } = level;
    const { types, files } = namedIn(level.template);
    const wanted: Wanted[] = files.map(({ name, path }) => ({ key: name, kind: 'file', file, path, below: null }));
    const isKnown = (type: string): boolean => this.#ports.registry.get(type) !== null;
    for (const { resource, isOwn, type, properties, path } of types) {
      // What stands in a group's properties are types of its members, whose names are not known here.
      const scope = isOwn ? registry : nestedRegistry(registry, resource, null);
      const globalScope = isOwn ? globalRegistry : nestedRegistry(globalRegistry, resource, null);
      const name = isOwn ? resource : '';
      const found = implementationOf(scope, name, type, isKnown, globalScope);
      const key = found.kind === 'template' ? found.key : this.#namedByProperties(found.name, properties, level.values);
      if (key === null) continue;
      const standsFor = found.kind === 'template' ? { type, key } : null;
      const below = { registry: nestedRegistry(scope, name, standsFor), globalRegistry: nestedRegistry(globalScope, name, standsFor) };
      wanted.push({ key, kind: 'template', file, path, below });
    }
    return wanted;
  }

  /** The template that a resource of the type says in its properties. */
  #namedByProperties(type: string, properties: Json, values: JsonObject): string | null {
    const { templateFile } = this.#ports.registry.get(type)?.composite ?? {};
    return templateFile === undefined || !isJsonObject(properties) ? null : templateFile(withPlainValues(properties, values));
  }

  async #fetchAll(wanted: readonly Wanted[]): Promise<void> {
    const missing = new Map<string, Wanted>();
    for (const one of wanted) {
      if (this.#files.has(one.key)) continue;
      if (one.kind === 'file' && this.#purpose === 'look') {
        this.#files.set(one.key, '');
        continue;
      }
      const global = this.#ports.globalEnvironment.files;
      if (one.kind === 'template' && Object.hasOwn(global, one.key)) this.#files.set(one.key, global[one.key] as string);
      else if (isRemote(one.key)) missing.set(one.key, one);
    }
    const open = [...missing.values()];
    const { fetchedCount } = this.#ports.limits;
    if (this.#fetched.size + open.length > fetchedCount) {
      throw limitExceeded(`more than ${fetchedCount} files would have to be fetched; send them in "files" instead.`);
    }
    for (let start = 0; start < open.length; start += AT_A_TIME) {
      await Promise.all(open.slice(start, start + AT_A_TIME).map((one) => this.#fetch(one)));
      checkFiles(this.#ports.limits, this.files());
    }
  }

  async #fetch(one: Wanted): Promise<void> {
    const { limits, remote, clock } = this.#ports;
    const room = Math.max(0, limits.filesSize - sizeOf(this.files()));
    const maxBytes = Math.min(limits.templateSize, room);
    const timeoutMs = Math.max(1, this.#deadlineAt - clock.now());
    this.#fetched.add(one.key);
    try {
      this.#files.set(one.key, await remote.fetchText(one.key, { maxBytes, timeoutMs }));
    } catch (error) {
      const reason = reasonOf(error);
      const place = `${one.file === null ? 'the template' : `"${shownName(this.#ports, one.file)}"`} at ${pathText(one.path)}`;
      const what = one.kind === 'template' ? 'remote template' : 'remote file';
      const remedy = 'Check the URL, or send the content in "files" under that URL.';
      throw invalid(`Could not fetch ${what} "${remote.shownUrl(one.key)}", named in ${place}: ${reason} ${remedy}`);
    }
  }

  /** Nothing when it was looked at before, is missing or unreadable: what checks the definition says so. */
  #levelOf({ key, below }: Wanted): readonly Level[] {
    const content = this.#files.get(key);
    if (below === null || content === undefined) return [];
    const seenAs = JSON.stringify([key, below.registry['resources'] ?? null, below.globalRegistry['resources'] ?? null]);
    if (this.#seen.has(seenAs) || this.#seen.size >= MOST_LEVELS) return [];
    this.#seen.add(seenAs);
    checkTemplateSize(this.#ports.limits, content, shownName(this.#ports, key));
    const { value } = loadDocument(content);
    return isJsonObject(value) ? [{ ...below, template: value, file: key, values: {} }] : [];
  }
}

const shownName = (ports: StackPorts, key: string): string => (isRemote(key) ? ports.remote.shownUrl(key) : key);
