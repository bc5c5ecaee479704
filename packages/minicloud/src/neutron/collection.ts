/**
 * A collection of the network service as a table: attributes, who sees what, and what a schema cannot say. Each service has a form of its own,
 * because its validators, conversions, wordings, filters and policy rules are what the table is about.
 */
import { Refusal, type JsonObject } from '@hearth/kernel';
import { isAdmin, type Identity } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Condition } from '../store/conditions.ts';
import type { Document } from '../store/documents.ts';
import { notByPolicy, type Attributes, type Wanted } from './attributes.ts';

/** Who asks, and when. */
export interface By {
  readonly identity: Identity;
  readonly nowMs: number;
  /** It has just been made: the answer may hold more than later ones. */
  readonly isNew?: true;
}

/** What one collection does; everything else about its URLs is the same for all. */
export interface Collection {
  readonly singular: string;
  readonly plural: string;
  readonly path: string;
  readonly storage: string;
  readonly attributes: Attributes;
  /** Where more may be given at creation than later. */
  readonly newAttributes?: Attributes;
  /** Boolean fields that open an object to every project, and lists of projects that it is open to. */
  readonly sharedBy?: readonly string[];
  readonly sharedWith?: readonly string[];
  /** Attributes that are no stored field: filters on them are compared with what is shown. */
  readonly computed?: readonly string[];
  readonly hasTags?: false;
  readonly filter?: (name: string, values: readonly string[], identity: Identity) => Condition | undefined;
  readonly beforeList?: (tx: CloudStore, by: By) => Promise<void>;
  /** Refuses what is wrong with the attributes taken together by policy. */
  readonly policy?: (verb: 'create' | 'update', values: JsonObject, identity: Identity) => void;
  /** Looks at everything one request wants to make. */
  readonly beforeCreate?: (tx: CloudStore, wanted: readonly Wanted[], by: By) => Promise<void>;
  /** Throws when the caller may not see it. */
  read(store: CloudStore, id: string, identity: Identity): Promise<Document>;
  create(tx: CloudStore, wanted: Wanted, by: By & { readonly id: string }): Promise<Document>;
  /** Absent: nothing about it changes. */
  readonly update?: (tx: CloudStore, id: string, values: JsonObject, by: By) => Promise<Document>;
  /** The answer to a change, where that looks different. */
  readonly showChanged?: (view: JsonObject, document: Document) => JsonObject;
  remove(tx: CloudStore, id: string, by: By): Promise<unknown>;
  show(store: CloudStore, documents: readonly Document[], by: By): Promise<readonly JsonObject[]> | readonly JsonObject[];
}

export const isOwner = (document: Document, identity: Identity): boolean => isAdmin(identity) || document.projectId === identity.projectId;

const listed = (value: unknown): readonly string[] => (Array.isArray(value) ? (value as readonly string[]) : []);
/** Own, open to all, or open to the caller's project. */
export const maySee = (table: Pick<Collection, 'sharedBy' | 'sharedWith'>, document: Document, identity: Identity): boolean =>
  isOwner(document, identity) ||
  (table.sharedBy ?? []).some((field) => document.body[field] === true) ||
  (table.sharedWith ?? []).some((field) => listed(document.body[field]).includes(identity.projectId ?? ''));

/** Objects that only their own attributes describe. */
export interface PlainTable extends Omit<Collection, 'read' | 'create' | 'update' | 'remove' | 'show'> {
  readonly missing: (id: string) => Refusal;
  readonly view: (document: Document, identity: Identity) => JsonObject;
  /** The body to store; throws what is wrong with it. */
  readonly complete?: (tx: CloudStore, wanted: Wanted, by: By & { readonly id: string }) => Promise<JsonObject>;
  readonly change?: (tx: CloudStore, document: Document, values: JsonObject, by: By) => Promise<JsonObject>;
  /** Throws when it is in use. */
  readonly beforeRemove?: (tx: CloudStore, document: Document, by: By) => Promise<void>;
  readonly isFixed?: true;
}

/** The five calls of a plain table. */
export function plain(table: PlainTable): Collection {
  const { missing, view, complete, change, beforeRemove, isFixed, ...rest } = table;
  const { storage, singular } = rest;
  const read: Collection['read'] = async (store, id, identity) => {
    const document = await store.documents.get(storage, id);
    if (document === null || !maySee(rest, document, identity)) throw missing(id);
    return document;
  };
  const owned = async (tx: CloudStore, id: string, verb: string, identity: Identity): Promise<Document> => {
    const document = await tx.documents.get(storage, id, { lock: true });
    if (document === null || !maySee(rest, document, identity)) throw missing(id);
    if (!isOwner(document, identity)) throw notByPolicy(`rule:${verb}_${singular}`);
    return document;
  };
  const update: Collection['update'] = async (tx, id, values, by) => {
    const before = await owned(tx, id, 'update', by.identity);
    const { name, ...changed } = change === undefined ? values : await change(tx, before, values, by);
    const body = { ...before.body, ...changed };
    const done = await tx.documents.replace(storage, { id, body, ...(typeof name === 'string' ? { name } : {}) }, by.nowMs);
    if (done === null) throw missing(id);
    return done;
  };
  return {
    ...rest,
    read,
    async create(tx, wanted, by) {
      const { name, ...body } = complete === undefined ? wanted.values : await complete(tx, wanted, by);
      const draft = { id: by.id, projectId: wanted.projectId, name: typeof name === 'string' ? name : null, body: { ...body, tags: [] } };
      const made = await tx.documents.insert(storage, draft, by.nowMs);
      if (made === null) throw new Refusal('conflict', 'NeutronDbObjectDuplicateEntry', `${singular} ${by.id} exists already.`);
      return made;
    },
    ...(isFixed === true ? {} : { update }),
    async remove(tx, id, by) {
      await beforeRemove?.(tx, await owned(tx, id, 'delete', by.identity), by);
      await tx.documents.remove(storage, id);
    },
    show: (_store, documents, by) => documents.map((one) => view(one, by.identity)),
  };
}
