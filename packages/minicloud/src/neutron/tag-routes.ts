/** Tags of any networking object: the list, and each tag by its own URL. */
import { Refusal } from '@hearth/kernel';
import { empty, json, type ApiRequest, type Identity, type Route } from '@hearth/http-kit';
import type { ServiceContext } from '../service.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { badRequest } from './attributes.ts';
import { refuseStrangers } from './ports.ts';

/** The part of a collection that its tags need. */
interface Collection {
  readonly path: string;
  readonly plural: string;
  readonly storage: string;
  read(store: CloudStore, id: string, identity: Identity): Promise<Document>;
}

const MAX_TAGS = 50;
function checkedTags(tags: unknown): readonly string[] {
  if (!Array.isArray(tags) || !tags.every((tag) => typeof tag === 'string' && tag.length <= 255))
    throw badRequest("Invalid tags body: it must be {'tags': [TEXT, …]}, each of at most 255 characters.");
  const unique = [...new Set(tags as string[])];
  if (unique.length > MAX_TAGS) throw badRequest(`The number of tags exceed the per-resource limit of ${MAX_TAGS}`);
  return unique;
}

export function tagRoutes(collection: Collection, context: ServiceContext): readonly Route[] {
  const path = `${collection.path}/:id/tags`;
  const tagsOf = (document: Document): readonly string[] => (document.body.tags ?? []) as readonly string[];
  const change = (request: ApiRequest, edit: (tags: readonly string[]) => readonly string[]): Promise<readonly string[]> =>
    context.store.transaction(async (tx) => {
      const id = request.params.id ?? '';
      refuseStrangers(await collection.read(tx, id, request.identity), request.identity, `update_${collection.plural}_tags`);
      const document = await tx.documents.get(collection.storage, id, { lock: true });
      const tags = checkedTags(edit(document === null ? [] : tagsOf(document)));
      if (document !== null) await tx.documents.replace(collection.storage, { id, body: { ...document.body, tags } }, context.clock.now());
      return tags;
    });
  const tagOf = (request: ApiRequest): string => request.params.tag ?? '';
  const missing = (tag: string): Refusal => new Refusal('not-found', 'TagNotFound', `Tag ${tag} could not be found.`);
  const read = async (request: ApiRequest): Promise<readonly string[]> =>
    tagsOf(await collection.read(context.store, request.params.id ?? '', request.identity));
  return [
    { method: 'GET', path, handle: async (request) => json(200, { tags: await read(request) }) },
    {
      method: 'PUT',
      path,
      handle: async (request) => {
        const sent = checkedTags((request.body as { tags?: unknown } | null)?.tags);
        return json(200, { tags: await change(request, () => sent) });
      },
    },
    { method: 'DELETE', path, handle: async (request) => empty((await change(request, () => [])) && 204) },
    {
      method: 'GET',
      path: `${path}/:tag`,
      handle: async (request) => {
        if (!(await read(request)).includes(tagOf(request))) throw missing(tagOf(request));
        return empty(204);
      },
    },
    {
      method: 'PUT',
      path: `${path}/:tag`,
      handle: async (request) => json((await change(request, (tags) => [...tags, tagOf(request)])) && 201, null),
    },
    {
      method: 'DELETE',
      path: `${path}/:tag`,
      handle: async (request) => {
        await change(request, (tags) => {
          if (!tags.includes(tagOf(request))) throw missing(tagOf(request));
          return tags.filter((tag) => tag !== tagOf(request));
        });
        return empty(204);
      },
    },
  ];
}
