/** Nova: servers, their interfaces and actions, flavors, keypairs. Bodies as the service has them. */
import { Failure, isJsonArray, isJsonObject, type JsonObject } from '@hearth/kernel';
import { itemOf, nullIfGone } from './answers.ts';
import { BoundedCache } from './bounded-cache.ts';
import { flavorCalls, type NovaFlavors } from './nova-flavors.ts';
import { keypairCalls, type NovaKeypairs } from './nova-keypairs.ts';
import { serverGroupCalls, type NovaServerGroups } from './nova-server-groups.ts';
import type { Session } from './session.ts';
import type { Looker } from './shared-observation.ts';

export interface Nova extends NovaKeypairs, NovaServerGroups, NovaFlavors {
  /** `options.microversion` when the body needs more than 2.1; `hints` are scheduler hints. */
  createServer(
    server: JsonObject,
    options?: { readonly microversion?: string | null; readonly hints?: JsonObject | null },
  ): Promise<string>;
  /** Shared: looks at about the same time become one list. Null when gone. */
  getServer(id: string): Promise<JsonObject | null>;
  /** Servers of exactly this name. */
  serversNamed(name: string): Promise<readonly JsonObject[]>;
  updateServer(id: string, server: JsonObject): Promise<void>;
  deleteServer(id: string): Promise<void>;
  /** `{resize: {flavorRef}}`, `{confirmResize: null}` … */
  serverAction(id: string, action: JsonObject, microversion?: string): Promise<void>;
  /** Gives the id of the image that is being made of the server. */
  createImage(id: string, name: string): Promise<string>;
  /** The whole of the server's metadata. */
  setMetadata(id: string, metadata: JsonObject): Promise<void>;
  serverTags(id: string): Promise<readonly string[]>;
  setServerTags(id: string, tags: readonly string[]): Promise<void>;
  interfaces(id: string): Promise<readonly JsonObject[]>;
  /** Answers with the attachment: `{port_id, net_id, fixed_ips …}`. */
  attachInterface(id: string, attachment: JsonObject): Promise<JsonObject>;
  detachInterface(id: string, portId: string): Promise<void>;
  /** `{type, url}` of a remote console. */
  remoteConsole(id: string, protocol: string, type: string): Promise<JsonObject>;
  /** By id or name. Kept for a few seconds. Null when there is none. */
  findFlavor(nameOrId: string): Promise<JsonObject | null>;
  findKeypair(name: string): Promise<JsonObject | null>;
}

const KEPT_MS = 10_000;
const service = 'compute';
const microversion = (version: string): Readonly<Record<string, string>> => ({
  'openstack-api-version': `compute ${version}`,
  'x-openstack-nova-api-version': version,
});
const serverPath = (id: string): string => `/servers/${encodeURIComponent(id)}`;

export function novaOf(session: Session): Nova {
  const looker: Looker = {
    one: (id) => nullIfGone(async () => itemOf(await session.request({ service, method: 'GET', path: serverPath(id) }), 'server')),
    all: () => session.list({ service, path: '/servers/detail', query: { limit: 1_000 } }, 'servers'),
  };
  const flavors = new BoundedCache<readonly JsonObject[]>(session.timers, 1, () => KEPT_MS);
  return {
    async createServer(server, options = {}) {
      const version = options.microversion ?? null;
      const hints = options.hints ?? null;
      const body = await session.request({
        service,
        method: 'POST',
        path: '/servers',
        body: { server, ...(hints !== null && Object.keys(hints).length > 0 && { 'os:scheduler_hints': hints }) },
        ...(version !== null && { headers: microversion(version) }),
      });
      const id = itemOf(body, 'server').id;
      if (typeof id !== 'string') throw new Failure('unknown', 'compute answered without a server id');
      return id;
    },
    getServer: (id) => session.looks.of('servers')(id, looker),
    async serversNamed(name) {
      const pattern = `^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
      const found = await session.list({ service, path: '/servers/detail', query: { name: pattern } }, 'servers');
      return found.filter((server) => server.name === name);
    },
    ...serverChanges(session),
    ...keypairCalls(session),
    ...serverGroupCalls(session),
    ...flavorCalls(session),
    async findFlavor(nameOrId) {
      const known = await flavors.get('all', () => session.list({ service, path: '/flavors/detail' }, 'flavors'));
      return known.find((flavor) => flavor.id === nameOrId) ?? known.find((flavor) => flavor.name === nameOrId) ?? null;
    },
    findKeypair: (name) =>
      nullIfGone(async () =>
        itemOf(await session.request({ service, method: 'GET', path: `/os-keypairs/${encodeURIComponent(name)}` }), 'keypair'),
      ),
  };
}

type Changing = 'updateServer' | 'deleteServer' | 'serverAction' | 'createImage' | 'setMetadata' | 'serverTags' | 'setServerTags';
type Attaching = 'interfaces' | 'attachInterface' | 'detachInterface' | 'remoteConsole';

/** What is asked of a server that is there. */
function serverChanges(session: Session): Pick<Nova, Changing | Attaching> {
  return {
    async updateServer(id, server) {
      await session.request({ service, method: 'PUT', path: serverPath(id), body: { server } });
    },
    async deleteServer(id) {
      await session.request({ service, method: 'DELETE', path: serverPath(id) });
    },
    async serverAction(id, action, version) {
      const headers = version === undefined ? {} : { headers: microversion(version) };
      await session.request({ service, method: 'POST', path: `${serverPath(id)}/action`, body: action, ...headers });
    },
    async createImage(id, name) {
      const headers = microversion('2.45');
      const body = await session.request({
        service,
        method: 'POST',
        path: `${serverPath(id)}/action`,
        body: { createImage: { name } },
        headers,
      });
      const imageId = isJsonObject(body) ? body['image_id'] : undefined;
      if (typeof imageId !== 'string') throw new Failure('unknown', 'compute answered without the image that it makes');
      return imageId;
    },
    async setMetadata(id, metadata) {
      await session.request({ service, method: 'PUT', path: `${serverPath(id)}/metadata`, body: { metadata } });
    },
    async serverTags(id) {
      const body = await session.request({ service, method: 'GET', path: `${serverPath(id)}/tags`, headers: microversion('2.26') });
      return isJsonObject(body) && isJsonArray(body.tags) ? body.tags.filter((tag) => typeof tag === 'string') : [];
    },
    async setServerTags(id, tags) {
      const path = `${serverPath(id)}/tags`;
      await session.request(
        tags.length === 0
          ? { service, method: 'DELETE', path, headers: microversion('2.26') }
          : { service, method: 'PUT', path, body: { tags }, headers: microversion('2.26') },
      );
    },
    interfaces: (id) => session.list({ service, path: `${serverPath(id)}/os-interface` }, 'interfaceAttachments'),
    async attachInterface(id, attachment) {
      const path = `${serverPath(id)}/os-interface`;
      const body = await session.request({ service, method: 'POST', path, body: { interfaceAttachment: attachment } });
      return itemOf(body, 'interfaceAttachment');
    },
    async detachInterface(id, portId) {
      await session.request({ service, method: 'DELETE', path: `${serverPath(id)}/os-interface/${encodeURIComponent(portId)}` });
    },
    async remoteConsole(id, protocol, type) {
      const path = `${serverPath(id)}/remote-consoles`;
      const body = await session.request({
        service,
        method: 'POST',
        path,
        body: { remote_console: { protocol, type } },
        // The last kind came later than the others.
        headers: microversion(type === 'webmks' ? '2.8' : '2.6'),
      });
      return itemOf(body, 'remote_console');
    },
  };
}

export { itemOf, nullIfGone } from './answers.ts';
