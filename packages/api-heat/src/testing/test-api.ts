/** The API on a free port over use cases with a sample cloud; tokens are the names of who bears them. */
import { createListener, type Identity, type TokenVerifier } from '@hearth/http-kit';
import { Failure, revealSecret, silentLog, type Json, type JsonObject } from '@hearth/kernel';
import type { TestStacks } from '@hearth/stacks/testing';
import { heatFacade } from '../heat-facade.ts';

export const PROJECT = 'a'.repeat(32);
export const OTHER_PROJECT = 'b'.repeat(32);

const WHO: Readonly<Record<string, { readonly project: string | null; readonly roles: readonly string[] }>> = {
  demo: { project: PROJECT, roles: ['member', 'reader'] },
  reader: { project: PROJECT, roles: ['reader'] },
  stackuser: { project: PROJECT, roles: ['heat_stack_user'] },
  other: { project: OTHER_PROJECT, roles: ['member'] },
  admin: { project: OTHER_PROJECT, roles: ['admin'] },
  unscoped: { project: null, roles: [] },
};

const verifier: TokenVerifier = {
  async verify(token): Promise<Identity | null> {
    const name = revealSecret(token);
    if (name === 'outage') throw new Failure('unavailable', 'Keystone cannot be reached.');
    const who = WHO[name];
    if (who === undefined) return null;
    return {
      userId: `${name}-id`,
      userName: name,
      userDomainId: 'default',
      projectId: who.project,
      projectName: who.project,
      projectDomainId: 'default',
      roles: who.roles,
      expiresAt: Number.MAX_SAFE_INTEGER,
      trustId: null,
      token,
      catalog: null,
    };
  },
};

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** Null without a body. */
  readonly body: Json;
}
export interface TestApi {
  readonly url: string;
  /** `path` below the project, or a whole URL. Without `token` in the options it is demo's. */
  call(method: string, path: string, options?: CallOptions): Promise<Reply>;
  close(): Promise<void>;
}
export interface CallOptions {
  readonly body?: JsonObject | string;
  /** Null: none. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly project?: string;
}

export async function testApi(world: TestStacks): Promise<TestApi> {
  const listener = createListener({ host: '127.0.0.1', port: 0, log: silentLog, random: world.random, timers: world.timers });
  listener.register(heatFacade({ stacks: world.stacks, verifier, authUri: 'http://keystone/v3' }));
  const { url } = await listener.listen();
  return {
    url,
    async call(method, path, { body, token = 'demo', headers = {}, project = PROJECT } = {}) {
      const response = await fetch(path.startsWith('http') ? path : `${url}/v1/${project}${path}`, {
        method,
        redirect: 'manual',
        headers: {
          ...(token !== null && { 'X-Auth-Token': token }),
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: text === '' ? null : (JSON.parse(text) as Json) };
    },
    close: () => listener.close(),
  };
}
