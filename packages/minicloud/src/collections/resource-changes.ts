/** Create, change and delete one resource of a declared collection, inside the caller's transaction. Other services call these too. */
import { Refusal, type Json, type JsonObject } from '@hearth/kernel';
import { isAdmin, type Identity } from '@hearth/http-kit';
import type { Document } from '../store/documents.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Change, CollectionRules } from './rules.ts';
import { valuesForCreate, valuesForUpdate } from './field-values.ts';

const MAX_TAGS = 50;

export const notFound = (rules: CollectionRules, id: string): Refusal =>
  new Refusal('not-found', rules.notFound, `${rules.label} ${id} could not be found.`);

export const isVisible = (rules: CollectionRules, document: Document, identity: Identity): boolean =>
  isAdmin(identity) || document.projectId === identity.projectId || (rules.sharedBy ?? []).some((field) => document.body[field] === true);

/** The resource if this identity may read it, else a `not-found`. */
export async function visibleResource(
  rules: CollectionRules,
  store: CloudStore,
  id: string,
  identity: Identity,
  lock = false,
): Promise<Document> {
  const document = await store.documents.get(rules.storage, id, { lock });
  if (document === null || !isVisible(rules, document, identity)) throw notFound(rules, id);
  return document;
}

/** The resource if this identity may change it; `forbidden` when it is only shared with it. Locked for the transaction. */
export async function ownResource(rules: CollectionRules, change: Change, id: string, verb: 'update' | 'delete'): Promise<Document> {
  const document = await visibleResource(rules, change.tx, id, change.identity, true);
  if (isAdmin(change.identity) || document.projectId === change.identity.projectId) return document;
  throw new Refusal('forbidden', 'PolicyNotAuthorized', `rule:${verb}_${rules.singular} is disallowed by policy`);
}

/** Fields every resource takes at creation besides its declared ones. */
export async function createResource(rules: CollectionRules, change: Change, sent: JsonObject): Promise<Document> {
  const { project_id: project, tenant_id: tenant, tags, ...given } = sent;
  const projectId = ownerOf(rules, change, project ?? tenant);
  const values = valuesForCreate(rules, given, change.identity);
  const id = change.context.random.uuid();
  const draft: JsonObject = rules.tags === false ? values : { ...values, tags: checkedTags(tags ?? []) };
  const body = (await rules.beforeCreate?.(change, draft, id, projectId)) ?? draft;
  const document = await change.tx.documents.insert(rules.storage, { id, projectId, ...columnsOf(rules, body), body }, change.nowMs);
  if (document === null) throw new Refusal('conflict', 'Conflict', `${rules.label} ${id} exists already.`);
  await rules.afterCreate?.(change, document);
  return document;
}

export async function updateResource(rules: CollectionRules, change: Change, id: string, sent: JsonObject): Promise<Document> {
  const before = await ownResource(rules, change, id, 'update');
  const changed = valuesForUpdate(rules, sent, change.identity);
  const merged: JsonObject = { ...before.body, ...changed };
  const body = (await rules.beforeUpdate?.(change, before, merged, changed)) ?? merged;
  return replaceBody(rules, change, before, body);
}

export async function replaceBody(rules: CollectionRules, change: Change, before: Document, body: JsonObject): Promise<Document> {
  const after = await change.tx.documents.replace(rules.storage, { id: before.id, body, ...columnsOf(rules, body) }, change.nowMs);
  if (after === null) throw notFound(rules, before.id);
  await rules.afterUpdate?.(change, after, before);
  return after;
}

export async function deleteResource(rules: CollectionRules, change: Change, id: string): Promise<void> {
  const document = await ownResource(rules, change, id, 'delete');
  await rules.beforeDelete?.(change, document);
  await change.tx.documents.remove(rules.storage, id);
  await rules.afterDelete?.(change, document);
}

export function checkedTags(tags: Json): readonly string[] {
  if (
    !Array.isArray(tags) ||
    tags.length > MAX_TAGS ||
    !tags.every((tag) => typeof tag === 'string' && tag.length > 0 && tag.length <= 255)
  ) {
    throw new Refusal(
      'invalid',
      'HTTPBadRequest',
      `Invalid input for tags. Reason: a list of at most ${MAX_TAGS} texts of 1 to 255 characters is wanted.`,
    );
  }
  return [...new Set(tags as string[])];
}

function columnsOf(rules: CollectionRules, body: JsonObject): { name: string | null; parentId: string | null } {
  const text = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);
  return { name: text(body['name']), parentId: rules.parent === undefined ? null : text(body[rules.parent]) };
}

function ownerOf(rules: CollectionRules, change: Change, wanted: Json | undefined): string {
  const own = change.identity.projectId;
  if (wanted === undefined || wanted === null || wanted === own) {
    if (own !== null) return own;
    throw new Refusal('invalid', 'HTTPBadRequest', `Running without keystone AuthN requires that tenant_id is specified`);
  }
  if (typeof wanted !== 'string')
    throw new Refusal('invalid', 'HTTPBadRequest', 'Invalid input for project_id. Reason: it is not a valid string.');
  if (isAdmin(change.identity)) return wanted;
  throw new Refusal('forbidden', 'PolicyNotAuthorized', `rule:create_${rules.singular} is disallowed by policy`);
}
