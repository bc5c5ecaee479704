/** Glance: finding images. */
import { Failure, isJsonObject, isUuidLike, type JsonObject } from '@hearth/kernel';
import { BoundedCache } from './bounded-cache.ts';
import { nullIfGone } from './answers.ts';
import type { Session } from './session.ts';

export interface Glance {
  /** By id or name; null when there is none; `Failure('invalid')` when a name is ambiguous. */
  findImage(nameOrId: string): Promise<JsonObject | null>;
  /** Kept for a few seconds; what looks like an id is taken as one. `Failure('not-found')` when there is none. */
  imageId(nameOrId: string): Promise<string>;
}

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
  return {
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
