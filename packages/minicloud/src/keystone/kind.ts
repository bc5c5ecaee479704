/** How one kind of the identity service's objects is declared: fields, filters, who may read, uniqueness, and what goes with it. */
import type { Json, JsonObject } from '@hearth/kernel';
import type { ApiRequest } from '@hearth/http-kit';
import type { Condition } from '../store/conditions.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import type { Caller } from './access.ts';
import type { IdentityContext } from './identity-context.ts';
import type { Input } from './input.ts';
import type { Filters } from './list-filters.ts';
import { immutable } from './refusals.ts';

export interface Kind {
  readonly singular: string;
  readonly plural: string;
  readonly storage: string;
  readonly input: Input;
  readonly filters: Filters;
  /** The whole body of a new one where the client says nothing. */
  readonly defaults: JsonObject;
  /** The space in which the name is unique; null: names may repeat. */
  readonly nameSpace: (body: JsonObject) => string | null;
  /** What the refusal of a taken name is about and says, after `Conflict occurred attempting to store`. */
  readonly taken: (body: JsonObject, id: string) => { readonly type: string; readonly details: string };
  view(document: Document, request: ApiRequest, context: IdentityContext): JsonObject;
  /** Besides administrators and readers of the system. `document` is null when there is none. */
  readonly mayRead?: (caller: Caller, document: Document | null) => boolean;
  readonly mayList?: (caller: Caller) => boolean;
  /** Every token may list and show (regions). */
  readonly isOpen?: boolean;
  /** Objects belong to domains: a token for a domain lists those of its domain, and makes new ones there. */
  readonly inDomains?: boolean;
  /** More conditions of lists. */
  readonly where?: (request: ApiRequest) => readonly Condition[];
  readonly columns?: (body: JsonObject) => { readonly parentId?: string | null; readonly projectId?: string | null };
  /** A body without the wrapper is refused as such, before any field is missed. */
  readonly needsWrapper?: boolean;
  /** The client may choose the id (regions). */
  readonly ownId?: boolean;
  /** Turns what was sent into what is stored, before the transaction (hashing). Declared fields stay on top, others come in `extra`. */
  readonly prepare?: (context: IdentityContext, fields: JsonObject, isNew: boolean) => Promise<JsonObject>;
  /** Checks the whole new body; throws a `Refusal`. */
  readonly check?: (tx: CloudStore, body: JsonObject, update: Update | null) => Promise<void>;
  readonly afterUpdate?: (tx: CloudStore, body: JsonObject, before: Document, nowMs: number) => Promise<void>;
  /** Throws a `Refusal` when it may not go; removes what goes with it. */
  readonly beforeDelete?: (tx: CloudStore, document: Document) => Promise<void>;
}

export interface Update {
  readonly before: Document;
  readonly changes: JsonObject;
}

/** The option that keeps an object from being changed; a change may only take the option away. */
export function refuseIfImmutable(deed: 'update' | 'delete', type: string, document: Document, changes: JsonObject = {}): void {
  if (optionOf(document.body, 'immutable') !== true) return;
  if (deed === 'update' && optionOf(changes, 'immutable') === false) return;
  throw immutable(deed, type, document.id);
}

export const optionOf = (body: JsonObject, name: string): Json | undefined => (body['options'] as JsonObject | undefined)?.[name];

/** Options with null are taken away, others put beside those that are there. */
export function mergedOptions(before: Json | undefined, changes: Json | undefined): JsonObject {
  const all = { ...(before as JsonObject | undefined), ...(changes as JsonObject | undefined) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}
