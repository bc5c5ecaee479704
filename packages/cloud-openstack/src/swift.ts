/** Swift: containers with their headers, and the objects in them. */
import { Failure, isJsonArray, isJsonObject, type JsonObject } from '@hearth/kernel';
import { nullIfGone } from './answers.ts';
import type { Session } from './session.ts';

/** Lower-case header names. */
export type SwiftHeaders = Readonly<Record<string, string>>;

export interface SwiftObject {
  readonly name: string;
  readonly bytes: number;
}

export interface Swift {
  /** Makes it, or changes one that is there. */
  putContainer(name: string, headers: SwiftHeaders): Promise<void>;
  /** Null when there is none. */
  headContainer(name: string): Promise<SwiftHeaders | null>;
  /** The first names in it, at most `limit`; null when there is no container. */
  objectNames(container: string, limit: number): Promise<readonly string[] | null>;
  /** The first objects in it with their sizes, at most `limit`; null when there is no container. */
  objects(container: string, limit: number): Promise<readonly SwiftObject[] | null>;
  /** What is in an object, as text. */
  objectText(container: string, object: string): Promise<string>;
  /** `Failure('not-found')` when it is gone, `Failure('conflict')` when it is not empty. */
  deleteContainer(name: string): Promise<void>;
  deleteObject(container: string, object: string): Promise<void>;
  postAccount(headers: SwiftHeaders): Promise<void>;
  /** The account's URL, without a slash at the end. */
  accountUrl(): Promise<string>;
}

const service = 'object-store';
const pathOf = (...parts: readonly string[]): string => `/${parts.map(encodeURIComponent).join('/')}`;

export function swiftOf(session: Session): Swift {
  const objects: Swift['objects'] = (container, limit) =>
    nullIfGone(async () => {
      const body = await session.request({ service, method: 'GET', path: pathOf(container), query: { format: 'json', limit } });
      return (isJsonArray(body) ? body : [])
        .filter(isJsonObject)
        .flatMap(({ name, bytes }: JsonObject) =>
          typeof name === 'string' ? [{ name, bytes: typeof bytes === 'number' ? bytes : 0 }] : [],
        );
    });
  return {
    async putContainer(name, headers) {
      await session.send({ service, method: 'PUT', path: pathOf(name), headers: sendable(headers) });
    },
    headContainer: (name) => nullIfGone(async () => (await session.send({ service, method: 'HEAD', path: pathOf(name) })).headers),
    objects,
    objectNames: async (container, limit) => (await objects(container, limit))?.map(({ name }) => name) ?? null,
    async objectText(container, object) {
      const path = `${pathOf(container)}${pathOf(...object.split('/'))}`;
      const body = await session.request({ service, method: 'GET', path, asText: true, headers: { accept: '*/*' } });
      return typeof body === 'string' ? body : '';
    },
    async deleteContainer(name) {
      await session.send({ service, method: 'DELETE', path: pathOf(name) });
    },
    async deleteObject(container, object) {
      await session.send({ service, method: 'DELETE', path: `${pathOf(container)}${pathOf(...object.split('/'))}` });
    },
    async postAccount(headers) {
      await session.send({ service, method: 'POST', path: '', headers: sendable(headers) });
    },
    async accountUrl() {
      const url = await session.endpoint(service);
      if (url === null) throw new Failure('configuration', `the cloud's catalogue has no ${service} service`);
      return url;
    },
  };
}

/** Header values go over the wire as bytes; text is UTF-8. */
const sendable = (headers: SwiftHeaders): SwiftHeaders =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Buffer.from(value, 'utf8').toString('latin1')]));
