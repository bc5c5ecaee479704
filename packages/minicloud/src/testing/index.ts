/** A mini-cloud for tests, with a small HTTP client: fixed passwords, any free port, logins by seeded user name. */
import { Secret, silentLog, type Log, type Random, type Timers } from '@hearth/kernel';
import type { Database } from '@hearth/store';
import { createOutbound } from '@hearth/outbound';
import { builtInServices } from '../built-in-services.ts';
import type { CatalogEntry } from '../keystone/seed.ts';
import type { Service } from '../service.ts';
import { startMinicloud, type Minicloud } from '../start.ts';

export { startImageServer, type ImageServer } from './image-server.ts';

export const TEST_PASSWORD = 'correct horse';

export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, else the text. */
  readonly body: unknown;
}

export interface TestCloud extends Minicloud {
  /** A token of a seeded user for its home project (or the one given), remembered. */
  token(user: string, project?: string): Promise<string>;
  /** A call as a seeded user (`admin`, `demo`, `alt_demo`, `heat`), or with a token of one's own; null: none. A JSON body unless it is bytes. */
  call(
    as: string | { readonly token: string } | null,
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<TestAnswer>;
}

const HOMES: Readonly<Record<string, string>> = { admin: 'admin', demo: 'demo', alt_demo: 'alt_demo', heat: 'service' };

export interface TestCloudOptions {
  readonly database: Database;
  readonly timers: Timers;
  readonly random: Random;
  readonly log?: Log;
  readonly services?: readonly Service[];
  readonly catalog?: readonly CatalogEntry[];
}

export async function startTestCloud(options: TestCloudOptions): Promise<TestCloud> {
  const password = new Secret(TEST_PASSWORD);
  const { log = silentLog, ...given } = options;
  // Servers of tests are on this machine.
  const outbound = createOutbound({ log, timers: options.timers, allow: ['127.0.0.1'] });
  const { services = builtInServices({ outbound }), ...rest } = given;
  const passwords = { admin: password, demo: password, altDemo: password, service: password, stackDomainAdmin: password };
  const cloud = await startMinicloud({ ...rest, log, services, host: '127.0.0.1', port: 0, passwords });
  const remembered = new Map<string, string>();
  const send = async (
    token: string | null,
    method: string,
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>>,
  ): Promise<TestAnswer> => {
    const isBytes = body instanceof Uint8Array;
    const sent = body === undefined ? null : isBytes ? Buffer.from(body) : JSON.stringify(body);
    const response = await fetch(`${cloud.url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        'content-type': isBytes ? 'application/octet-stream' : 'application/json',
        ...(token === null ? {} : { 'x-auth-token': token }),
        ...headers,
      },
      body: sent,
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parsed(text) };
  };
  const token = async (user: string, project = HOMES[user] ?? user): Promise<string> => {
    const key = `${user}@${project}`;
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const answer = await send(null, 'POST', '/v3/auth/tokens', passwordLogin(user, TEST_PASSWORD, project), {});
    const fresh = answer.headers.get('x-subject-token') ?? '';
    remembered.set(key, fresh);
    return fresh;
  };
  return {
    ...cloud,
    token,
    async call(as, method, path, body, headers = {}) {
      return send(as === null ? null : typeof as === 'string' ? await token(as) : as.token, method, path, body, headers);
    },
  };
}

/** The body of a password login of a user of the default domain; without a project, no scope is asked for. */
export const passwordLogin = (name: string, password: string, project?: string): object => ({
  auth: {
    identity: { methods: ['password'], password: { user: { name, domain: { id: 'default' }, password } } },
    ...(project === undefined ? {} : { scope: { project: { name: project, domain: { name: 'Default' } } } }),
  },
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
