/** From definitions to the contents that they consist of, each with its id: a hash of what it says. */
import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '@hearth/kernel';
import type { DefinitionRecord } from '../records.ts';
import type { SecretBox } from '../secret-box.ts';
import { sharedContents } from './content-cache.ts';

/** Whether the template may hold secrets: a child's is made from resolved properties, in which hidden values may be. */
export type TemplateKind = 'plain' | 'sealed';

/** Ids are hex digits, as PostgreSQL reads bytea after `\x`. */
export interface ContentIds {
  readonly templateId: string;
  /** Null: no files. */
  readonly filesId: string | null;
}

/** Contents as rows for `json_to_recordset`. */
export interface ContentRows {
  readonly contents: readonly JsonObject[];
  readonly parts: readonly JsonObject[];
}

const TAG = 'hearth content\n';
const SEALED_TAG = 'hearth sealed content\n';
const plainId = (text: string): string => createHash('sha256').update(TAG).update(text, 'utf8').digest('hex');
const bytes = (hex: string): string => `\\x${hex}`;

/** Gathers what several definitions consist of; what they have in common is there once. */
export class ContentGatherer {
  readonly #box: SecretBox;
  readonly #contents = new Map<string, JsonObject>();
  readonly #parts = new Map<string, JsonObject>();
  /** Records are never changed in place, so an object stands for its contents. */
  readonly #known = new Map<object, string>();

  constructor(box: SecretBox) {
    this.#box = box;
  }

  add({ template, files }: Pick<DefinitionRecord, 'template' | 'files'>, kind: TemplateKind): ContentIds {
    const templateId = this.#once(template, () => (kind === 'plain' ? this.#plain(template) : this.#sealed(template)));
    const filesId = Object.keys(files).length === 0 ? null : this.#once(files, () => this.#files(files));
    return { templateId, filesId };
  }

  /** In one order for all, so that those who write the same at once do not wait for each other crosswise. */
  rows(): ContentRows {
    const inOrder = (rows: ReadonlyMap<string, JsonObject>) => [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
    return { contents: inOrder(this.#contents), parts: inOrder(this.#parts) };
  }

  #once(object: object, add: () => string): string {
    const known = this.#known.get(object);
    if (known !== undefined) return known;
    const id = add();
    this.#known.set(object, id);
    return id;
  }

  #plain(value: Json): string {
    const text = JSON.stringify(value);
    const id = plainId(text);
    if (!this.#contents.has(id)) this.#contents.set(id, { id: bytes(id), body: text, sealed: null });
    sharedContents.put(id, value, text.length);
    return id;
  }

  #sealed(value: JsonObject): string {
    const text = JSON.stringify(value);
    const id = this.#box.mark(`${SEALED_TAG}${text}`).toString('hex');
    if (!this.#contents.has(id))
      this.#contents.set(id, { id: bytes(id), body: null, sealed: bytes(this.#box.seal(value).toString('hex')) });
    sharedContents.put(id, value, text.length);
    return id;
  }

  /** A listing of names with the ids of their texts; in the order of names, so that the same files are the same listing. */
  #files(files: Readonly<Record<string, string>>): string {
    const entries = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
    const listing = entries.map(([name, text]) => [name, this.#plain(text)] as const);
    const text = JSON.stringify(Object.fromEntries(listing));
    const id = plainId(text);
    this.#contents.set(id, { id: bytes(id), body: text, sealed: null });
    sharedContents.put(id, files, text.length);
    for (const [, part] of listing) this.#parts.set(`${id} ${part}`, { whole_id: bytes(id), part_id: bytes(part) });
    return id;
  }
}
