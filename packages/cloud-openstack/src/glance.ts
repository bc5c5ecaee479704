/** Glance: finding images, and what a stack does with one of its own. */
import { Failure, isJsonArray, isJsonObject, isUuidLike, type Json, type JsonObject } from '@hearth/kernel';
import { BoundedCache } from './bounded-cache.ts';
import { nullIfGone } from './answers.ts';
import type { Session } from './session.ts';

export interface Glance {
  /** By id or name; null when there is none; `Failure('invalid')` when a name is ambiguous. */
  findImage(nameOrId: string): Promise<JsonObject | null>;
  /** Kept for a few seconds; what looks like an id is taken as one. `Failure('not-found')` when there is none. */
  imageId(nameOrId: string): Promise<string>;
  create(body: JsonObject): Promise<JsonObject>;
  /** Null when there is none. */
  get(id: string): Promise<JsonObject | null>;
  /** Those whose fields or properties have these values. */
  list(filters: Readonly<Record<string, string>>): Promise<readonly JsonObject[]>;
  /** Begins to fetch the data from a URL. */
  importFrom(id: string, url: string): Promise<void>;
  /** Of imports; empty where the service does not tell. */
  tasks(id: string): Promise<readonly ImageTask[]>;
  patch(id: string, changes: readonly ImageChange[]): Promise<void>;
  setTag(id: string, tag: string, isWanted: boolean): Promise<void>;
  /** Projects that a shared image is shared with. */
  members(id: string): Promise<readonly string[]>;
  setMember(id: string, project: string, isWanted: boolean): Promise<void>;
  /** False takes the image out of use, true brings it back. */
  setActive(id: string, isActive: boolean): Promise<void>;
  delete(id: string): Promise<void>;
}

export type ImageChange =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string };
export interface ImageTask {
  /** `pending`, `processing`, `success`, `failure`. */
  readonly status: string;
  readonly message: string;
}

const PATCH = { 'content-type': 'application/openstack-images-v2.1-json-patch' };

const KEPT_MS = 10_000;
const service = 'image';

export function glanceOf(session: Session): Glance {
  const ids = new BoundedCache<string>(session.timers, 500, () => KEPT_MS);
  const findImage: Glance['findImage'] = async (nameOrId) => {
    if (isUuidLike(nameOrId)) {
      const image = await nullIfGone(() => session.request({ service, method: 'GET', path: `/images/${encodeURIComponent(nameOrId)}` }));
      if (isJsonObject(image)) return image;
    }
    const named = await session.list({ service, path: '/images', query: { name: nameOrId } }, 'images');
    if (named.length > 1)
      throw new Failure('invalid', `Multiple images matches found for name '${nameOrId}', use an ID to be more specific.`);
    return named[0] ?? null;
  };
  const at = (id: string, rest = ''): string => `/images/${encodeURIComponent(id)}${rest}`;
  return {
    ...ownImages(session, at),
    findImage,
    async imageId(nameOrId) {
      if (isUuidLike(nameOrId)) return nameOrId;
      return ids.get(nameOrId, async () => {
        const image = await findImage(nameOrId);
        if (typeof image?.id !== 'string') throw new Failure('not-found', `No images matching {'name': '${nameOrId}'}.`);
        return image.id;
      });
    },
  };
}

function ownImages(session: Session, at: (id: string, rest?: string) => string): Omit<Glance, 'findImage' | 'imageId'> {
  const act = async (method: 'POST' | 'PUT' | 'DELETE', path: string, body?: JsonObject): Promise<void> => {
    await session.send({ service, method, path, ...(body !== undefined && { body }) });
  };
  const ignoring = async (code: Failure['code'], deed: Promise<void>): Promise<void> => {
    try {
      await deed;
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== code) throw error;
    }
  };
  const itemsOf = (body: Json, key: string): readonly JsonObject[] =>
    isJsonObject(body) && isJsonArray(body[key]) ? body[key].filter(isJsonObject) : [];
  return {
    async create(body) {
      const image = await session.request({ service, method: 'POST', path: '/images', body });
      if (!isJsonObject(image)) throw new Failure('unknown', 'the image service answered without an image');
      return image;
    },
    async get(id) {
      const image = await nullIfGone(() => session.request({ service, method: 'GET', path: at(id) }));
      return isJsonObject(image) ? image : null;
    },
    list: (filters) => session.list({ service, path: '/images', query: filters }, 'images'),
    importFrom: (id, uri) => act('POST', at(id, '/import'), { method: { name: 'web-download', uri } }),
    async tasks(id) {
      const body = await nullIfGone(() => session.request({ service, method: 'GET', path: at(id, '/tasks') }));
      return itemsOf(body, 'tasks').map((task) => ({ status: String(task.status ?? ''), message: String(task.message ?? '') }));
    },
    async patch(id, changes) {
      const body = changes.map((change): JsonObject => ({ ...change }));
      if (body.length > 0) await session.send({ service, method: 'PATCH', path: at(id), body, headers: PATCH });
    },
    setTag: (id, tag, isWanted) => {
      const path = at(id, `/tags/${encodeURIComponent(tag)}`);
      return isWanted ? act('PUT', path) : ignoring('not-found', act('DELETE', path));
    },
    async members(id) {
      const body = await session.request({ service, method: 'GET', path: at(id, '/members') });
      return itemsOf(body, 'members').flatMap((member) => (typeof member.member_id === 'string' ? [member.member_id] : []));
    },
    setMember: (id, project, isWanted) =>
      isWanted
        ? ignoring('conflict', act('POST', at(id, '/members'), { member: project }))
        : ignoring('not-found', act('DELETE', at(id, `/members/${encodeURIComponent(project)}`))),
    setActive: (id, isActive) => act('POST', at(id, `/actions/${isActive ? 'reactivate' : 'deactivate'}`)),
    delete: (id) => act('DELETE', at(id)),
  };
}
