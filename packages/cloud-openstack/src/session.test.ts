/** Sessions against a small server that misbehaves on purpose: renewed tokens, repeated calls, lost answers, and what each means. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Secret, silentLog, type Failure, type Timers } from '@hearth/kernel';
import { realTimers } from '@hearth/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cloudOf, createTokenVerifier, createTransport, openSession, type Auth, type Session, type Transport } from './index.ts';

type Handler = (request: IncomingMessage & { readonly text: string }, response: ServerResponse) => void;
interface Seen {
  readonly method: string;
  readonly path: string;
  readonly token: string | undefined;
  readonly body: string;
}

const timers: Timers = {
  ...realTimers,
  // Pauses of the retry table need not be lived through.
  sleep: (ms) => realTimers.sleep(Math.min(ms, 5)),
};
const password: Auth = {
  kind: 'password',
  username: 'heat',
  password: new Secret('s3cret'),
  userDomainId: 'default',
  project: { name: 'service', domainId: 'default' },
};

let server: Server;
let origin: string;
let seen: Seen[];
let logins: number;
let lifeMs: number;
let handle: Handler;
let transport: Transport;

const answer = (response: ServerResponse, status: number, body: unknown = null, headers: Record<string, string> = {}): void => {
  response
    .writeHead(status, { 'content-type': 'application/json', 'x-openstack-request-id': 'req-1', ...headers })
    .end(body === null ? '' : JSON.stringify(body));
};
const tokenBody = (): object => {
  const catalog = (['compute', 'network', 'image'] as const).map((type) => ({
    type,
    name: type,
    endpoints: [{ interface: 'public', region_id: 'RegionOne', url: `${origin}/${type}` }],
  }));
  return {
    token: {
      user: { id: 'u1', name: 'heat', domain: { id: 'default' } },
      project: { id: 'p1', name: 'service', domain: { id: 'default' } },
      roles: [{ name: 'admin' }],
      expires_at: new Date(Date.now() + lifeMs).toISOString(),
      catalog,
    },
  };
};

beforeEach(async () => {
  seen = [];
  logins = 0;
  lifeMs = 3_600_000;
  handle = (_request, response) => answer(response, 200, {});
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const path = request.url ?? '';
      if (request.method === 'POST' && path === '/v3/auth/tokens') {
        logins++;
        if (!text.includes('s3cret'))
          return answer(response, 401, { error: { code: 401, message: 'The request you have made requires authentication.' } });
        return answer(response, 201, tokenBody(), { 'x-subject-token': `token-${logins}` });
      }
      seen.push({ method: request.method ?? '', path, token: request.headers['x-auth-token']?.toString(), body: text });
      handle(Object.assign(request, { text }), response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  transport = createTransport({ timers });
});
afterEach(async () => {
  await transport.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const open = (extra: Partial<Parameters<typeof openSession>[0]> = {}): Session =>
  openSession({ authUrl: origin, auth: password, region: 'RegionOne', transport, log: silentLog, ...extra });
const failure = async (call: Promise<unknown>): Promise<Failure & { outcomeUnknown?: boolean }> =>
  call.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error as Failure,
  );
const get = { service: 'compute', method: 'GET', path: '/servers/1' } as const;
const post = { service: 'compute', method: 'POST', path: '/servers', body: { server: {} } } as const;
/** Answers with each status in turn, the last one for ever. */
const inTurn = (...statuses: readonly number[]): Handler => {
  let i = 0;
  return (_request, response) => answer(response, statuses[Math.min(i++, statuses.length - 1)] as number, { ok: true });
};

describe('logging in', () => {
  it('happens once for calls made together, and the token is kept', async () => {
    const session = open();
    await Promise.all([session.request(get), session.request(get), session.request(get)]);
    await session.request(get);
    expect(logins).toBe(1);
    expect(new Set(seen.map(({ token }) => token))).toEqual(new Set(['token-1']));
  });
  it('is renewed before the token ends', async () => {
    lifeMs = 30_000;
    const session = open();
    await session.request(get);
    await session.request(get);
    expect(logins).toBeGreaterThan(1);
  });
  it('is renewed once after a 401', async () => {
    handle = (_request, response) => answer(response, seen.at(-1)?.token === 'token-1' ? 401 : 200, { ok: true });
    expect(await open().request(get)).toEqual({ ok: true });
    expect(logins).toBe(2);
  });
  it('gives up after the second 401', async () => {
    handle = inTurn(401);
    expect((await failure(open().request(get))).code).toBe('unauthorized');
    expect(seen).toHaveLength(2);
  });
  it('says that the password is wrong, without the password', async () => {
    const error = await failure(open({ auth: { ...password, password: new Secret('wr0ng') } as Auth }).request(get));
    expect(error.code).toBe('unauthorized');
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain('wr0ng');
  });
  it('scopes to a trust', async () => {
    const bodies: string[] = [];
    server.on('request', (request) => request.on('data', (chunk: Buffer) => bodies.push(chunk.toString())));
    await open({
      auth: { kind: 'trust', trustId: 't1', username: 'heat', password: new Secret('s3cret'), userDomainId: 'default' },
    }).request(get);
    expect(JSON.parse(bodies[0] ?? '')).toMatchObject({ auth: { scope: { 'OS-TRUST:trust': { id: 't1' } } } });
  });
  it('a service that the catalogue lacks is named', async () => {
    expect((await failure(open().request({ service: 'block-storage', method: 'GET', path: '/' }))).message).toBe(
      "the cloud's catalogue has no block-storage service in region RegionOne",
    );
  });
});

describe('repeating', () => {
  const rows: readonly (readonly [
    string,
    typeof get | typeof post | { service: 'compute'; method: 'PUT' | 'DELETE'; path: string; isOnce?: true },
    readonly number[],
    number,
    string | null,
  ])[] = [
    ['GET is repeated through 503', get, [503, 200], 2, null],
    ['GET is repeated through 500', get, [500, 200], 2, null],
    ['GET gives up after three', get, [503], 3, 'unavailable'],
    ['PUT is repeated through 502', { service: 'compute', method: 'PUT', path: '/x' }, [502, 200], 2, null],
    ['PUT of what cannot be done twice is not', { service: 'compute', method: 'PUT', path: '/x', isOnce: true }, [502], 1, 'unavailable'],
    ['DELETE is repeated through 504', { service: 'compute', method: 'DELETE', path: '/x' }, [504, 200], 2, null],
    ['DELETE is not repeated on 500', { service: 'compute', method: 'DELETE', path: '/x' }, [500], 1, 'unknown'],
    ['POST is never repeated on 503', post, [503, 200], 1, 'unavailable'],
    ['POST is never repeated on 500', post, [500, 200], 1, 'unknown'],
    ['POST is repeated when throttled: nothing was done', post, [429, 200], 2, null],
    ['404 is an answer', get, [404], 1, 'not-found'],
    ['409 is an answer', post, [409], 1, 'conflict'],
    ['400 is an answer', post, [400], 1, 'invalid'],
    ['403 is an answer', post, [403], 1, 'forbidden'],
  ];
  it.each(rows)('%s', async (_name, request, statuses, calls, code) => {
    handle = inTurn(...statuses);
    const result = open().request(request);
    if (code === null) await result;
    else expect((await failure(result)).code).toBe(code);
    expect(seen).toHaveLength(calls);
  });
  it('a POST whose answer is lost is marked, not repeated', async () => {
    handle = (request) => request.socket.destroy();
    const error = await failure(open().request(post));
    expect(error).toMatchObject({ code: 'unavailable', outcomeUnknown: true });
    expect(seen).toHaveLength(1);
  });
  it('a POST that a broken service answered is marked', async () => {
    handle = inTurn(503);
    expect(await failure(open().request(post))).toMatchObject({ outcomeUnknown: true });
  });
  it('a POST that was refused is not', async () => {
    handle = inTurn(409);
    expect(await failure(open().request(post))).toMatchObject({ outcomeUnknown: false });
  });
  it('a GET whose answer is lost is repeated', async () => {
    handle = (request, response) => (seen.length < 3 ? request.socket.destroy() : answer(response, 200, { ok: true }));
    expect(await open().request(get)).toEqual({ ok: true });
  });
  it('a call that is never answered ends', async () => {
    const session = open({ callTimeoutMs: 200 });
    await session.token();
    handle = () => {};
    expect(await failure(session.request(post))).toMatchObject({ code: 'unavailable', outcomeUnknown: true });
  });
  it('a cloud that is not there is named by its origin, and nothing was done', async () => {
    const error = await failure(open({ authUrl: 'http://127.0.0.1:1/v3' }).request(post));
    expect(error).toMatchObject({
      code: 'unavailable',
      message: 'identity at http://127.0.0.1:1 cannot be reached: ECONNREFUSED',
      outcomeUnknown: false,
    });
  });
});

describe('what services say', () => {
  const rows: readonly (readonly [number, unknown, string, string])[] = [
    [
      404,
      { itemNotFound: { code: 404, message: 'Flavor x could not be found.' } },
      'not-found',
      'Flavor x could not be found. (HTTP 404) (Request-ID: req-1)',
    ],
    [
      409,
      { NeutronError: { type: 'OverQuota', message: "Quota exceeded for resources: ['port'].", detail: '' } },
      'over-quota',
      "Quota exceeded for resources: ['port']. (HTTP 409) (Request-ID: req-1)",
    ],
    [
      403,
      { forbidden: { code: 403, message: 'Quota exceeded for cores: Requested 1' } },
      'over-quota',
      'Quota exceeded for cores: Requested 1 (HTTP 403) (Request-ID: req-1)',
    ],
    [
      409,
      { conflictingRequest: { message: "Cannot 'resize' instance x while it is in task_state resize_prep" } },
      'busy',
      "Cannot 'resize' instance x while it is in task_state resize_prep (HTTP 409) (Request-ID: req-1)",
    ],
    [400, { error: { code: 400, message: 'bad', title: 'Bad Request' } }, 'invalid', 'bad (HTTP 400) (Request-ID: req-1)'],
    [404, null, 'not-found', 'compute answered without an explanation (HTTP 404) (Request-ID: req-1)'],
  ];
  it.each(rows)('%i %j', async (status, body, code, message) => {
    handle = (_request, response) => answer(response, status, body);
    expect(await failure(open().request(get))).toMatchObject({ code, message, status, requestId: 'req-1' });
  });
  it('pages are followed', async () => {
    handle = (request, response) => {
      const second = request.url?.includes('marker=a') === true;
      answer(
        response,
        200,
        second
          ? { servers: [{ id: 'b' }] }
          : { servers: [{ id: 'a' }], servers_links: [{ rel: 'next', href: `${origin}/compute/v2.1/servers?marker=a` }] },
      );
    };
    expect(await open().list({ service: 'compute', path: '/servers', query: { limit: 1 } }, 'servers')).toEqual([{ id: 'a' }, { id: 'b' }]);
    expect(seen.map(({ path }) => path)).toEqual(['/compute/v2.1/servers?limit=1', '/compute/v2.1/servers?limit=1&marker=a']);
  });
  it('calls are counted by service and method', async () => {
    const session = open();
    await session.request(get);
    await session.request(get);
    expect(transport.counts()).toEqual([
      { service: 'identity', method: 'POST', count: 1 },
      { service: 'compute', method: 'GET', count: 2 },
    ]);
  });
});

describe('looks at servers', () => {
  const known = ['s1', 's2', 's3', 's4', 's5'];
  beforeEach(() => {
    handle = (request, response) => {
      const path = (request.url ?? '').split('?')[0] ?? '';
      // The list lags: the last one is not in it yet.
      if (path.endsWith('/servers/detail'))
        return answer(response, 200, { servers: known.slice(0, 4).map((id) => ({ id, status: 'ACTIVE' })) });
      const id = path.split('/').at(-1) ?? '';
      return known.includes(id)
        ? answer(response, 200, { server: { id, status: 'ACTIVE' } })
        : answer(response, 404, { itemNotFound: { message: 'gone' } });
    };
  });
  it('at once become one list; what it leaves out is asked for before it is called gone', async () => {
    const { nova } = cloudOf(open());
    const found = await Promise.all([...known, 'nosuch', 's1'].map((id) => nova.getServer(id)));
    expect(found.map((server) => server?.id ?? null)).toEqual([...known, null, 's1']);
    expect(seen.map(({ path }) => path.replace('/compute/v2.1', ''))).toEqual([
      '/servers/detail?limit=1000',
      '/servers/s5',
      '/servers/nosuch',
    ]);
  });
  it('that are few are single', async () => {
    const { nova } = cloudOf(open());
    expect(await Promise.all(['s1', 'nosuch'].map((id) => nova.getServer(id)))).toEqual([{ id: 's1', status: 'ACTIVE' }, null]);
    expect(seen.map(({ path }) => path.replace('/compute/v2.1', ''))).toEqual(['/servers/s1', '/servers/nosuch']);
  });
  it('all fail when the list fails', async () => {
    handle = inTurn(400);
    const { nova } = cloudOf(open());
    const results = await Promise.allSettled(known.map((id) => nova.getServer(id)));
    expect(results.every((result) => result.status === 'rejected')).toBe(true);
  });
});

describe('names', () => {
  it('are looked up once for a while, unknown ones every time', async () => {
    handle = (request, response) =>
      answer(response, 200, { networks: request.url?.includes('name=private') === true ? [{ id: 'n1', name: 'private' }] : [] });
    const { neutron } = cloudOf(open());
    expect(await Promise.all(['private', 'private'].map((name) => neutron.idOf('network', name)))).toEqual(['n1', 'n1']);
    expect(await neutron.idOf('network', 'private')).toBe('n1');
    expect(seen).toHaveLength(1);
    expect(await failure(neutron.idOf('network', 'nosuch'))).toMatchObject({
      code: 'not-found',
      message: "Unable to find network with name or id 'nosuch'",
    });
    await failure(neutron.idOf('network', 'nosuch'));
    expect(seen).toHaveLength(3);
  });
  it('that two things have are refused', async () => {
    handle = (_request, response) => answer(response, 200, { networks: [{ id: 'a' }, { id: 'b' }] });
    expect((await failure(cloudOf(open()).neutron.idOf('network', 'twin'))).code).toBe('invalid');
  });
});

describe('tokens', () => {
  it('are verified once, and invalid ones are told apart from an identity service that is away', async () => {
    handle = (request, response) =>
      request.headers['x-subject-token'] === 'good'
        ? answer(response, 200, tokenBody())
        : answer(response, 404, { error: { message: 'no' } });
    const verifier = createTokenVerifier({ session: open(), timers });
    expect(await verifier.verify(new Secret('good'))).toMatchObject({ userId: 'u1', projectId: 'p1', roles: ['admin'] });
    await verifier.verify(new Secret('good'));
    expect(await verifier.verify(new Secret('bad'))).toBeNull();
    expect(await verifier.verify(new Secret('bad'))).toBeNull();
    expect(seen).toHaveLength(2);
    expect(await verifier.verify(new Secret('two\r\nlines'))).toBeNull();
    handle = inTurn(503);
    expect((await failure(verifier.verify(new Secret('another')))).code).toBe('unavailable');
    handle = inTurn(403);
    expect((await failure(verifier.verify(new Secret('third')))).code).toBe('configuration');
  });
  it('that were verified are used without asking again, and what is not valid is not used', async () => {
    handle = (request, response) =>
      request.url === '/v3/auth/tokens'
        ? answer(response, request.headers['x-subject-token'] === 'theirs' ? 200 : 404, tokenBody())
        : answer(response, 200, {});
    const verifier = createTokenVerifier({ session: open({ auth: password }), timers });
    const withToken = (text: string): Session => {
      const token = new Secret(text);
      return open({ auth: { kind: 'token', token, facts: () => verifier.verify(token) } });
    };
    await verifier.verify(new Secret('theirs'));
    seen = [];
    await withToken('theirs').request(get);
    expect(seen.map(({ path, token }) => [path, token])).toEqual([['/compute/v2.1/servers/1', 'theirs']]);
    expect((await failure(withToken('nobodys').request(get))).code).toBe('unauthorized');
  });
  it('that end are not valid any more', async () => {
    lifeMs = -1_000;
    handle = (_request, response) => answer(response, 200, tokenBody());
    expect(await createTokenVerifier({ session: open({ auth: password }), timers }).verify(new Secret('old'))).toBeNull();
  });
});
