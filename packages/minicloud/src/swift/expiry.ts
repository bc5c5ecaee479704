/** Objects with a time to be deleted at: gone for readers from then on, and removed when their container is next looked at. */
import type { ServiceContext } from '../service.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { dropBytes } from '../store/byte-chunks.ts';
import type { ApiRequest } from '@hearth/http-kit';
import { CONTAINERS, OBJECTS, containerKey, refused, type ContainerBody, type ObjectBody, type Stored } from './state.ts';

const AT_ONCE = 1_000;

export const isExpired = (body: ObjectBody, nowMs: number): boolean => body.deleteAt !== null && body.deleteAt * 1000 <= nowMs;

/** Seconds since 1970 from `X-Delete-At` or `X-Delete-After`; null when neither was sent. */
export function readDeleteAt(request: ApiRequest, nowMs: number): number | null {
  const after = request.header('x-delete-after');
  const at = request.header('x-delete-at');
  if (after !== null && !/^-?\d{1,12}$/.test(after.trim())) throw refused(400, 'Non-integer X-Delete-After');
  if (after !== null && Number(after) < 0) throw refused(400, 'X-Delete-After in past');
  if (after !== null) return Math.ceil(nowMs / 1000) + Number(after);
  if (at === null) return null;
  if (!/^-?\d{1,12}$/.test(at.trim())) throw refused(400, 'Non-integer X-Delete-At');
  if (Number(at) * 1000 < nowMs) throw refused(400, 'X-Delete-At in past');
  return Number(at);
}

export async function removeExpired(
  context: ServiceContext,
  path: { readonly account: string; readonly container: string },
): Promise<void> {
  const id = containerKey(path.account, path.container);
  const container = await context.store.documents.get<ContainerBody>(CONTAINERS, id);
  if (container === null || !container.body.expires) return;
  const nowMs = context.clock.now();
  await context.store.transaction(async (tx) => {
    const locked = await tx.documents.get<ContainerBody>(CONTAINERS, id, { lock: true });
    if (locked === null) return;
    const where = [
      { field: 'parent_id', in: [id] },
      { field: 'deleteAt', atMost: Math.floor(nowMs / 1000) },
    ];
    const over = await tx.documents.list<ObjectBody>(OBJECTS, { where, limit: AT_ONCE });
    for (const object of over) await removeObject(tx, object);
    if (over.length === 0) return;
    const bytes = over.reduce((sum, { body }) => sum + body.size, 0);
    const body = { ...locked.body, count: locked.body.count - over.length, bytes: locked.body.bytes - bytes };
    await tx.documents.replace<ContainerBody>(CONTAINERS, { id, body }, nowMs);
  });
}

/** The object with its bytes; the container's totals are the caller's. */
export async function removeObject(tx: CloudStore, object: Stored): Promise<void> {
  await tx.documents.remove(OBJECTS, object.id);
  await dropBytes(tx, object.body.data, object.body.size);
}
