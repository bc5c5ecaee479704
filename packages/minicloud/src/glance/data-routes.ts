/** Bringing and fetching an image's data: upload, stage, download with ranges, deactivate and reactivate. */
import { Refusal } from '@hearth/kernel';
import { ByteStream, empty, isAdmin, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import { dropBytes, keepBytes } from '../store/byte-chunks.ts';
import type { ServiceContext } from '../service.ts';
import { changed, denied, missing, replaced, visible, wrongMediaType, type Image } from './access.ts';
import { bytesOf, takeIn, virtualSize } from './image-bytes.ts';
import { withActivity, withData, withStaged, withStatus, withoutData } from './machine.ts';
import { IMAGES, type ImageBody, type Staged } from './state.ts';

export function dataRoutes(context: ServiceContext, maxBytes: number): readonly Route[] {
  const activity = (wanted: 'active' | 'deactivated', verb: string): Route => ({
    method: 'POST',
    path: `/v2/images/:id/actions/${verb}`,
    handle: async (request) => {
      await changed(context, request, (image) => withActivity(image.body, wanted), verb);
      return empty(204);
    },
  });
  return [
    { method: 'PUT', path: '/v2/images/:id/file', body: 'stream', handle: (request) => upload(context, request, maxBytes) },
    { method: 'PUT', path: '/v2/images/:id/stage', body: 'stream', handle: (request) => stage(context, request, maxBytes) },
    { method: 'GET', path: '/v2/images/:id/file', handle: (request) => download(context, request) },
    activity('active', 'reactivate'),
    activity('deactivated', 'deactivate'),
  ];
}

/** In three steps: the status says that data is coming, it comes, it is there. `finish` runs in the last transaction. */
export async function receive(
  context: ServiceContext,
  image: Image,
  bringing: () => Promise<Staged>,
  finish: (image: Image, staged: Staged) => Promise<ImageBody> | ImageBody,
): Promise<Image> {
  let staged: Staged | null = null;
  try {
    const brought = await bringing();
    staged = brought;
    return await context.store.transaction(async (tx) => {
      const now = await tx.documents.get<ImageBody>(IMAGES, image.id, { lock: true });
      if (now === null) throw missing(image.id);
      await keepBytes(tx, brought.data);
      return replaced(tx, context, now, await finish(now, brought));
    });
  } catch (error) {
    await context.store.transaction(async (tx) => {
      if (staged !== null) await dropBytes(tx, staged.data, staged.size);
      const now = await tx.documents.get<ImageBody>(IMAGES, image.id, { lock: true });
      if (now !== null && now.body.status === image.body.status) await replaced(tx, context, now, withoutData(now.body));
    });
    throw error;
  }
}

export const asActive =
  (context: ServiceContext) =>
  async (image: Image, staged: Staged): Promise<ImageBody> =>
    withData(image.body, { ...staged, virtual_size: await virtualSize(context.store, image.body.disk_format, staged) });

async function upload(context: ServiceContext, request: ApiRequest, maxBytes: number): Promise<Answer> {
  onlyBytes(request);
  const image = await changed(context, request, ({ body }) => withStatus(body, 'saving'), 'upload_image');
  await receive(context, image, () => takeIn(context, image, request.bodyStream, maxBytes), asActive(context));
  return empty(204);
}

async function stage(context: ServiceContext, request: ApiRequest, maxBytes: number): Promise<Answer> {
  onlyBytes(request);
  const image = await changed(context, request, ({ body }) => withStatus(body, 'uploading'));
  await receive(
    context,
    image,
    () => takeIn(context, image, request.bodyStream, maxBytes),
    ({ body }, staged) => withStaged(body, staged),
  );
  return empty(204);
}

function onlyBytes(request: ApiRequest): void {
  if (request.contentType?.split(';')[0]?.trim() !== 'application/octet-stream') throw wrongMediaType(request.contentType);
}

async function download(context: ServiceContext, request: ApiRequest): Promise<Answer> {
  const image = await visible(context.store, request);
  if (image.body.status === 'deactivated' && !isAdmin(request.identity))
    throw denied('The requested image has been deactivated. Image data download is forbidden.');
  const { size, checksum } = image.body;
  if (size === null || (image.body.status !== 'active' && image.body.status !== 'deactivated')) return empty(204);
  const range = readRange(request.header('range'), size);
  const length = range.end - range.start;
  const headers = {
    'Content-Type': 'application/octet-stream',
    'Content-Length': String(length),
    'Content-Md5': checksum ?? '',
    ...(range.isPart ? { 'Content-Range': `bytes ${range.start}-${range.end - 1}/${size}` } : {}),
  };
  return { status: range.isPart ? 206 : 200, headers, body: new ByteStream(bytesOf(context.store, image, range.start, range.end)) };
}

/** One range, as Glance takes them; more than one, or one outside, is refused with 416. */
function readRange(header: string | null, size: number): { readonly start: number; readonly end: number; readonly isPart: boolean } {
  if (header === null) return { start: 0, end: size, isPart: false };
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim()) ?? [];
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1);
  if ((from === '' && to === '') || start >= end)
    throw new Refusal('invalid', 'HTTPRequestRangeNotSatisfiable', `The range ${header.slice(0, 60)} is not satisfiable.`, { status: 416 });
  return { start, end, isPart: true };
}
