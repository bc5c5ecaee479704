/** The client against a small server that speaks as Keystone and the orchestration API do: paging, renewal, faults, no answer at all. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Failure, type Json, Secret } from '@hearth/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSession } from './session.ts';
import { stackClient, type StackClient } from './stack-client.ts';

interface Reply {
  readonly status: number;
  readonly body: Json;
  readonly headers?: Record<string, string>;
}
type Handler = (method: string, path: string, body: Json) => Reply;

let server: Server;
let base: string;
let logins: number;
let goodToken: string;
let handler: Handler;
const seen: string[] = [];
const clock = { now: () => 0 };

beforeEach(async () => {
  logins = 0;
  goodToken = 'token-1';
  handler = () => ({ status: 200, body: { stacks: [] } });
  seen.length = 0;
  server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const path = request.url ?? '';
      const reply = path === '/v3/auth/tokens' ? login(body) : guarded(request, path, body);
      response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
      response.end(reply.status === 204 ? '' : JSON.stringify(reply.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function readBody(request: IncomingMessage): Promise<Json> {
  const text = (await request.toArray()).join('');
  return text === '' ? null : (JSON.parse(text) as Json);
}

function login(body: Json): Reply {
  if (JSON.stringify(body).includes('wrong'))
    return { status: 401, body: { error: { code: 401, message: 'The request you have made requires authentication.' } } };
  logins += 1;
  const endpoints = [
    { interface: 'admin', region_id: 'RegionOne', url: 'http://elsewhere' },
    { interface: 'public', region_id: 'RegionOne', url: `${base}/v1/p1/` },
  ];
  const token = { expires_at: '2099-01-01T00:00:00.000000Z', project: { id: 'p1' }, catalog: [{ type: 'orchestration', endpoints }] };
  return { status: 201, body: { token }, headers: { 'x-subject-token': `token-${logins}` } };
}

function guarded(request: IncomingMessage, path: string, body: Json): Reply {
  seen.push(`${request.method} ${path}`);
  if (request.headers['x-auth-token'] !== goodToken)
    return { status: 401, body: { code: 401, title: 'Unauthorized', error: { type: 'Unauthorized', message: 'refused' } } };
  return handler(request.method ?? '', path, body);
}

const access = (password = 'right') => ({
  authUrl: `${base}/v3`,
  username: 'demo',
  password: new Secret(password),
  projectName: 'demo',
  userDomain: { id: 'default' },
  projectDomain: { id: 'default' },
  region: 'RegionOne',
});
const client = async (): Promise<StackClient> => stackClient(await openSession(access(), clock));
const stackJson = (id: string): Json => ({
  id,
  stack_name: `s${id}`,
  stack_status: 'CREATE_COMPLETE',
  stack_status_reason: 'done',
  description: null,
  creation_time: 'x',
  updated_time: null,
});

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('login', () => {
  it('finds the public endpoint in the catalogue', async () => {
    expect((await client()).endpoint).toBe(`${base}/v1/p1`);
  });

  it('says who was refused where, and never the password', async () => {
    const failure = await failureOf(openSession(access('wrong'), clock));
    expect(failure.code).toBe('unauthorized');
    expect(failure.message).toContain('user "demo" for project "demo"');
    expect(failure.message).not.toContain('wrong');
  });

  it('says when the catalogue lacks the service in the region', async () => {
    const session = await openSession({ ...access(), region: 'Mars' }, clock);
    expect(() => stackClient(session)).toThrow(/no public endpoint of type "orchestration" in region "Mars"/);
  });

  it('happens again once when a token is refused', async () => {
    const stacks = await client();
    goodToken = 'token-2';
    expect(await stacks.list()).toEqual([]);
    expect(logins).toBe(2);
  });

  it('happens again when the token is nearly over', async () => {
    const late = { now: () => Date.parse('2098-12-31T23:59:59Z') };
    const stacks = stackClient(await openSession(access(), late));
    goodToken = 'token-2';
    await stacks.list();
    expect(seen).toEqual(['GET /v1/p1/stacks?limit=100']);
  });

  it('gives up when the new token is refused too', async () => {
    const stacks = await client();
    goodToken = 'never';
    expect((await failureOf(stacks.list())).code).toBe('unauthorized');
    expect(seen).toHaveLength(2);
  });
});

describe('stacks', () => {
  it('are listed over all pages', async () => {
    const ids = Array.from({ length: 230 }, (_, i) => String(i));
    handler = (_method, path) => {
      const marker = new URL(path, base).searchParams.get('marker');
      const from = marker === null ? 0 : ids.indexOf(marker) + 1;
      return { status: 200, body: { stacks: ids.slice(from, from + 100).map(stackJson) } };
    };
    expect((await (await client()).list()).map((stack) => stack.id)).toEqual(ids);
    expect(seen).toHaveLength(3);
  });

  it('are found by name through the redirect', async () => {
    handler = (_method, path) =>
      path === '/v1/p1/stacks/my%20stack'
        ? { status: 302, body: {}, headers: { location: `${base}/v1/p1/stacks/my%20stack/9` } }
        : { status: 200, body: { stack: stackJson('9') } };
    expect((await (await client()).show('my stack'))?.id).toBe('9');
  });

  it('are null when there is none', async () => {
    handler = () => ({ status: 404, body: { code: 404, error: { type: 'EntityNotFound', message: 'The Stack (x) could not be found.' } } });
    const stacks = await client();
    expect(await stacks.show('x')).toBeNull();
    await expect(stacks.delete({ id: '1', name: 'x' })).resolves.toBeUndefined();
  });

  it('are created from text with everything beside it', async () => {
    let sent: Json = null;
    handler = (_method, _path, body) => {
      sent = body;
      return { status: 201, body: { stack: { id: '7', links: [] } } };
    };
    const key = await (await client()).create('web', {
      template: 'heat_template_version: x',
      parameters: { size: 3 },
      rollbackEnabled: true,
      timeoutMinutes: 5,
    });
    expect(key).toEqual({ id: '7', name: 'web' });
    expect(sent).toEqual({
      stack_name: 'web',
      template: 'heat_template_version: x',
      environment: {},
      parameters: { size: 3 },
      files: {},
      timeout_mins: 5,
      disable_rollback: false,
    });
  });
});

describe('what goes wrong', () => {
  const cases: readonly [status: number, code: string][] = [
    [400, 'invalid'],
    [403, 'forbidden'],
    [409, 'conflict'],
    [413, 'invalid'],
    [500, 'unknown'],
    [503, 'unavailable'],
  ];
  it.each(cases)('%i is a failure with code %s and the words of the server', async (status, code) => {
    handler = () => ({
      status,
      body: { code: status, title: 't', explanation: 'generic', error: { type: 'X', message: 'resources.a: unknown property' } },
    });
    const failure = await failureOf((await client()).create('a', { template: '' }));
    expect(failure.code).toBe(code);
    expect(failure.message).toBe('resources.a: unknown property');
  });

  it('an answer that is no stack is not taken for one', async () => {
    handler = () => ({ status: 200, body: { hello: 'world' } });
    expect((await failureOf((await client()).show('x'))).message).toContain('no "stack"');
  });

  it('nobody listening is said with the address', async () => {
    const stacks = await client();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    const failure = await failureOf(stacks.list());
    expect(failure.code).toBe('unavailable');
    expect(failure.message).toContain(`nothing listens at ${base}`);
  });
});
