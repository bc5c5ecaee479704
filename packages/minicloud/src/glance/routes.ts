/** The image API v2: discovery, images, their data, tags and schemas. */
import { createHash } from 'node:crypto';
import { Refusal, isJsonObject, isUuidLike, type JsonObject } from '@hearth/kernel';
import { empty, isAdmin, json, pageLink, type Answer, type ApiRequest, type Identity, type Route } from '@hearth/http-kit';
import type { Document } from '../store/documents.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import type { ServiceContext } from '../service.ts';
import { readImageQuery } from './list-query.ts';
import { mayBeDeleted, newImage, patchedImage, withActivity, withData } from './machine.ts';
import { IMAGES, settable, type ImageBody } from './state.ts';

/** Data is kept in the database, so this cloud takes small images only. */
export const MAX_IMAGE_BYTES = 32 * 1024 * 1024;

type Image = Document<ImageBody>;
const missing = (id: string): Refusal => new Refusal('not-found', 'NotFound', `No image found with ID ${id}`);
const denied = (what: string): Refusal => new Refusal('forbidden', 'Forbidden', what);
/** Where an image's data lies among the blobs. */
export const blobName = (id: string): string => `glance:${id}`;
const instant = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
const idOf = (request: ApiRequest): string => request.params['id'] ?? '';

export function imageRoutes(context: ServiceContext, maxBytes: number): readonly Route[] {
  const change = (request: ApiRequest, next: (image: Image) => ImageBody): Promise<Image> =>
    context.store.transaction((tx) => changed(tx, context, request, next));
  return [
    { method: 'GET', path: '', access: 'public', handle: versions },
    { method: 'GET', path: '/versions', access: 'public', handle: versions },
    { method: 'GET', path: '/v2/images', handle: (request) => list(context, request) },
    { method: 'POST', path: '/v2/images', handle: (request) => create(context, request) },
    { method: 'GET', path: '/v2/images/:id', handle: async (request) => json(200, view(await visible(context.store, request))) },
    {
      method: 'PATCH',
      path: '/v2/images/:id',
      handle: async (request) =>
        json(
          200,
          view(
            await change(request, ({ body }) => {
              const patched = patchedImage(body, request.body);
              if (patched.visibility === 'public' && body.visibility !== 'public') mayPublish(request.identity);
              return patched;
            }),
          ),
        ),
    },
    { method: 'DELETE', path: '/v2/images/:id', handle: (request) => remove(context, request) },
    { method: 'PUT', path: '/v2/images/:id/file', body: 'raw', maxBodyBytes: maxBytes, handle: (request) => upload(context, request) },
    { method: 'GET', path: '/v2/images/:id/file', handle: (request) => download(context, request) },
    ...(['active', 'deactivated'] as const).map(
      (wanted): Route => ({
        method: 'POST',
        path: `/v2/images/:id/actions/${wanted === 'active' ? 'reactivate' : 'deactivate'}`,
        handle: async (request) => {
          if (!isAdmin(request.identity)) throw denied('You are not authorized to complete this action.');
          await change(request, (image) => withActivity(image.body, wanted));
          return empty(204);
        },
      }),
    ),
    {
      method: 'PUT',
      path: '/v2/images/:id/tags/:tag',
      handle: async (request) => {
        await change(request, ({ body }) =>
          patchedImage(body, [{ op: 'add', path: '/tags', value: [...new Set([...body.tags, request.params['tag'] ?? ''])] }]),
        );
        return empty(204);
      },
    },
    {
      method: 'DELETE',
      path: '/v2/images/:id/tags/:tag',
      handle: async (request) => {
        await change(request, ({ body }) => {
          if (!body.tags.includes(request.params['tag'] ?? '')) throw new Refusal('not-found', 'NotFound', 'The tag could not be found.');
          return { ...body, tags: body.tags.filter((tag) => tag !== request.params['tag']) };
        });
        return empty(204);
      },
    },
    {
      method: 'GET',
      path: '/v2/images/:id/members',
      handle: async (request) => {
        await visible(context.store, request);
        return json(200, { members: [], schema: '/v2/schemas/members' });
      },
    },
    { method: 'GET', path: '/v2/schemas/image', handle: () => json(200, imageSchema()) },
    {
      method: 'GET',
      path: '/v2/schemas/images',
      handle: () =>
        json(200, {
          name: 'images',
          properties: {
            images: { type: 'array', items: imageSchema() },
            first: { type: 'string' },
            next: { type: 'string' },
            schema: { type: 'string' },
          },
        }),
    },
    {
      method: 'GET',
      path: '/v2/info/import',
      handle: () => json(200, { 'import-methods': { description: 'Import methods available.', type: 'array', value: [] } }),
    },
  ];
}

function versions(request: ApiRequest): Answer {
  const links = [{ rel: 'self', href: `${request.origin}${request.prefix}/v2/` }];
  const ids = ['v2.9', 'v2.7', 'v2.6', 'v2.5', 'v2.4', 'v2.3', 'v2.2', 'v2.1', 'v2.0'];
  return json(request.path.endsWith('/versions') ? 200 : 300, {
    versions: ids.map((id, index) => ({ id, status: index === 0 ? 'CURRENT' : 'SUPPORTED', links })),
  });
}

function view(image: Image): JsonObject {
  const { extra, size, os_hash_value, ...body } = image.body;
  return {
    ...extra,
    ...body,
    size,
    virtual_size: size,
    os_hash_algo: os_hash_value === null ? null : 'sha512',
    os_hash_value,
    owner: image.projectId,
    id: image.id,
    created_at: instant(image.createdMs),
    updated_at: instant(image.updatedMs),
    self: `/v2/images/${image.id}`,
    file: `/v2/images/${image.id}/file`,
    schema: '/v2/schemas/image',
  };
}

async function list(context: ServiceContext, request: ApiRequest): Promise<Answer> {
  const query = readImageQuery(request);
  const { marker } = query;
  if (typeof marker === 'string' && (await context.store.documents.get(IMAGES, marker)) === null) {
    throw new Refusal('invalid', 'HTTPBadRequest', `No image found with ID ${marker.slice(0, 60)}`);
  }
  const images = await context.store.documents.list<ImageBody>(IMAGES, query);
  // Links are paths below the endpoint, as Glance gives them; clients add the endpoint themselves.
  const link = (changes: Record<string, string | null>): string => pageLink(request, changes, false).slice(request.prefix.length);
  const last = images.at(-1);
  const next = last !== undefined && images.length === query.limit ? { next: link({ marker: last.id }) } : {};
  return json(200, { images: images.map(view), ...next, first: link({ marker: null }), schema: '/v2/schemas/images' });
}

async function create(context: ServiceContext, request: ApiRequest): Promise<Answer> {
  const given = request.body;
  if (!isJsonObject(given)) throw new Refusal('invalid', 'HTTPBadRequest', 'Malformed JSON in request body: an object is wanted.');
  const { identity } = request;
  const body = newImage(given);
  if (body.visibility === 'public') mayPublish(identity);
  const id = given['id'] ?? context.random.uuid();
  if (typeof id !== 'string' || !isUuidLike(id))
    throw new Refusal('invalid', 'HTTPBadRequest', "Provided object does not match schema 'image': id must be a UUID");
  const owner = given['owner'] ?? identity.projectId;
  if (owner !== identity.projectId && !isAdmin(identity)) throw denied('You are not permitted to create images owned by another project.');
  const projectId = typeof owner === 'string' ? owner : null;
  const image = await context.store.documents.insert<ImageBody>(IMAGES, { id, name: body.name, projectId, body }, context.clock.now());
  if (image === null) throw new Refusal('conflict', 'Conflict', `Image ID ${id} already exists!`);
  return json(201, view(image), { Location: `${request.origin}${request.prefix}/v2/images/${id}` });
}

function mayPublish(identity: Identity): void {
  if (!isAdmin(identity)) throw denied('You are not authorized to complete publicize_image action.');
}

async function visible(store: CloudStore, request: ApiRequest, lock = false): Promise<Image> {
  const image = await store.documents.get<ImageBody>(IMAGES, idOf(request), { lock });
  const { identity } = request;
  const isReadable =
    image !== null &&
    (isAdmin(identity) || image.projectId === identity.projectId || ['public', 'community'].includes(image.body.visibility));
  if (!isReadable) throw missing(idOf(request));
  return image;
}

async function owned(tx: CloudStore, request: ApiRequest): Promise<Image> {
  const image = await visible(tx, request, true);
  if (!isAdmin(request.identity) && image.projectId !== request.identity.projectId)
    throw denied('You are not permitted to modify this image.');
  return image;
}

async function changed(tx: CloudStore, context: ServiceContext, request: ApiRequest, next: (image: Image) => ImageBody): Promise<Image> {
  const before = await owned(tx, request);
  const body = next(before);
  const after = await tx.documents.replace<ImageBody>(IMAGES, { id: before.id, body, name: body.name }, context.clock.now());
  if (after === null) throw missing(before.id);
  return after;
}

async function remove(context: ServiceContext, request: ApiRequest): Promise<Answer> {
  await context.store.transaction(async (tx) => {
    const image = await owned(tx, request);
    mayBeDeleted(image.body, image.id);
    await tx.blobs.remove(blobName(image.id));
    await tx.documents.remove(IMAGES, image.id);
  });
  return empty(204);
}

async function upload(context: ServiceContext, request: ApiRequest): Promise<Answer> {
  await context.store.transaction((tx) => storeData(tx, context, request, request.rawBody));
  return empty(204);
}

async function storeData(tx: CloudStore, context: ServiceContext, request: ApiRequest, bytes: Uint8Array): Promise<void> {
  const image = await changed(tx, context, request, ({ body }) => withData(body, arrivalOf(bytes)));
  await tx.blobs.put(blobName(image.id), bytes);
}

export const arrivalOf = (bytes: Uint8Array): { size: number; checksum: string; os_hash_value: string } => ({
  size: bytes.length,
  checksum: createHash('md5').update(bytes).digest('hex'),
  os_hash_value: createHash('sha512').update(bytes).digest('hex'),
});

async function download(context: ServiceContext, request: ApiRequest): Promise<Answer> {
  const image = await visible(context.store, request);
  if (image.body.status === 'deactivated' && !isAdmin(request.identity))
    throw denied('The requested image has been deactivated. Image data download is forbidden.');
  const bytes = await context.store.blobs.get(blobName(image.id));
  if (bytes === null) return empty(204);
  return { status: 200, headers: { 'Content-Type': 'application/octet-stream', 'Content-Md5': image.body.checksum ?? '' }, body: bytes };
}

function imageSchema(): JsonObject {
  const types = { string: 'string', integer: 'integer', boolean: 'boolean', tags: 'array' } as const;
  const own = Object.entries(settable).map(([name, field]) => [
    name,
    {
      type: field.nullable === true ? ['null', types[field.type]] : types[field.type],
      description: field.doc,
      ...(field.oneOf === undefined ? {} : { enum: field.nullable === true ? [null, ...field.oneOf] : field.oneOf }),
      ...(field.type === 'tags' ? { items: { type: 'string', maxLength: 255 } } : {}),
    },
  ]);
  const read = (type: string | readonly string[], description: string): JsonObject => ({ type, readOnly: true, description });
  return {
    name: 'image',
    properties: {
      ...Object.fromEntries(own),
      id: { type: 'string', description: 'Identifier, a UUID.' },
      owner: { type: ['null', 'string'], description: 'Project it belongs to.' },
      status: read('string', 'Whether the data is there.'),
      size: read(['null', 'integer'], 'Size of the data in bytes.'),
      virtual_size: read(['null', 'integer'], 'Size of the disk in bytes.'),
      checksum: read(['null', 'string'], 'MD5 of the data.'),
      os_hash_algo: read(['null', 'string'], 'Algorithm of os_hash_value.'),
      os_hash_value: read(['null', 'string'], 'Digest of the data.'),
      created_at: read('string', 'When it was made.'),
      updated_at: read('string', 'When it was last changed.'),
      self: read('string', 'Path of this image.'),
      file: read('string', 'Path of its data.'),
      schema: read('string', 'Path of this schema.'),
    },
    additionalProperties: { type: 'string' },
    links: [
      { rel: 'self', href: '{self}' },
      { rel: 'enclosure', href: '{file}' },
      { rel: 'describedby', href: '{schema}' },
    ],
  };
}
