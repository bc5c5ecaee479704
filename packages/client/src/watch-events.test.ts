/** Watching over broken connections, against a small server that plays what a script says. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Secret, type Timers } from '@hearth/kernel';
import { realTimers } from '@hearth/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventClient, hearthEndpoint, type EventClient } from './event-client.ts';
import { openSession } from './session.ts';

type Turn = (request: IncomingMessage, response: ServerResponse) => void;
let server: Server;
let turns: Turn[];
let asked: { readonly url: string; readonly after: string | null; readonly token: string }[];
let logins: number;
let expiresAt: string;
let base: string;

/** Pauses between tries are as short as can be. */
const timers: Timers = { ...realTimers, sleep: () => realTimers.sleep(1) };

beforeEach(async () => {
  turns = [];
  asked = [];
  logins = 0;
  expiresAt = '2099-01-01T00:00:00Z';
  server = createServer((request, response) => {
    if (request.url === '/v3/auth/tokens') {
      logins++;
      response.writeHead(201, { 'content-type': 'application/json', 'x-subject-token': `token-${logins}` });
      response.end(JSON.stringify({ token: { expires_at: expiresAt, project: { id: 'p1' }, catalog: [] } }));
      return;
    }
    asked.push({
      url: request.url ?? '',
      after: (request.headers['last-event-id'] as string | undefined) ?? null,
      token: String(request.headers['x-auth-token']),
    });
    const turn = turns.shift();
    if (turn === undefined) request.socket.destroy();
    else turn(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function client(): Promise<EventClient> {
  const domain = { id: 'default' };
  const access = {
    authUrl: `${base}/v3`,
    username: 'u',
    password: new Secret('p'),
    projectName: 'p',
    userDomain: domain,
    projectDomain: domain,
    region: null,
  };
  return eventClient(await openSession(access, timers), hearthEndpoint(`${base}/v1/p1`, 'p1'), timers);
}
const event = (id: string, name = 'r'): string =>
  `id: ${id}\nevent: resource\ndata: ${JSON.stringify({ id, kind: 'resource', stack_path: 'web', resource_name: name, action: 'CREATE', status: 'COMPLETE' })}\n\n`;
const END = 'id: 99-0\nevent: end\ndata: {}\n\n';
const says =
  (text: string, thenBreaks = false): Turn =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(text, () => (thenBreaks ? response.destroy() : response.end()));
  };
const refuses =
  (status: number): Turn =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { code: status, message: `it is ${status}` } }));
  };
const heard = async (options: Parameters<EventClient['watchEvents']>[1] = {}): Promise<string[]> => {
  const cursors: string[] = [];
  for await (const { cursor } of (await client()).watchEvents('web', options)) cursors.push(cursor);
  return cursors;
};

it('goes on behind the last id when the connection breaks off, in an event too', async () => {
  turns = [
    says(event('1-1') + event('1-2'), true),
    says(event('2-3').slice(0, 20), true),
    says(': alive\nid: 5-0\n\n'),
    refuses(503),
    says(event('6-4') + END),
  ];
  expect(await heard({ from: 'start' })).toEqual(['1-1', '1-2', '6-4']);
  expect(asked.map(({ after }) => after)).toEqual([null, '1-2', '1-2', '5-0', '5-0']);
  expect(asked[0]?.url).toBe('/hearth/v1/p1/stacks/web/events?from=start');
});

it('signs in anew when the token has expired', async () => {
  turns = [says(`${event('1-1')}id: 1-1\nevent: expired\ndata: {}\n\n`), refuses(401), says(event('2-2') + END)];
  expect(await heard()).toEqual(['1-1', '2-2']);
  expect(asked.map(({ token }) => token)).toEqual(['token-1', 'token-1', 'token-2']);
});

it('begins where it is told to', async () => {
  turns = [says(END)];
  await heard({ after: '7-7', nested: false });
  expect(asked).toMatchObject([{ after: '7-7', url: '/hearth/v1/p1/stacks/web/events?nested=false' }]);
});

it.each([
  [404, 'not-found'],
  [429, 'busy'],
  [403, 'forbidden'],
  [500, 'unknown'],
])('an answer of %i at first is %s at once', async (status, code) => {
  turns = [refuses(status)];
  await expect(heard()).rejects.toMatchObject({ code });
  expect(asked).toHaveLength(1);
});

it('a page that is no stream is not taken for one', async () => {
  turns = [
    (_request, response) => {
      response.writeHead(300, { 'content-type': 'application/json' });
      response.end('{"versions": []}');
    },
  ];
  await expect(heard()).rejects.toMatchObject({ code: 'not-found' });
});

it('loses patience with a server that stays away', async () => {
  turns = [says(event('1-1'), true)];
  await expect(heard({ patienceMs: 30 })).rejects.toMatchObject({ code: 'unavailable' });
});

it('stops when it is told to, and tells the server by going', async () => {
  const stop = new AbortController();
  const gone = new Promise<void>((resolve) => {
    turns = [
      (request, response) => {
        request.socket.once('close', () => resolve());
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(event('1-1'));
      },
    ];
  });
  const cursors: string[] = [];
  for await (const { cursor } of (await client()).watchEvents('web', { signal: stop.signal })) {
    cursors.push(cursor);
    setTimeout(() => stop.abort(), 5);
  }
  expect(cursors).toEqual(['1-1']);
  await gone;
});

it.each([
  ['http://h:8004/v1/p1', 'http://h:8004/hearth/v1/p1'],
  ['http://h:8004/v1.0/p1/', 'http://h:8004/hearth/v1/p1'],
  ['https://h/orchestration/v1/p1', 'https://h/orchestration/hearth/v1/p1'],
])('our own API of %s is at %s', (orchestration, ours) => {
  expect(hearthEndpoint(orchestration, 'p1')).toBe(ours);
});
