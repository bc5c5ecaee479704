/** Fetching from real local servers: who may be reached, redirects, caps, credentials, and what the log and the errors say. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure, type JsonObject, type Log, messageOf, Refusal } from '@hearth/kernel';
import { realTimers as timers } from '@hearth/testkit';
import { createOutbound, type Outbound, type OutboundOptions } from './outbound.ts';
import { readUrl, urlForPeople } from './urls.ts';

const limits = { maxBytes: 1_000, timeoutMs: 5_000 };

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
let servers: Server[] = [];
let lines: { level: string; event: string; data: JsonObject }[] = [];
const log: Log = Object.fromEntries(
  ['debug', 'info', 'warn', 'error'].map((level) => [
    level,
    (event: string, data: JsonObject = {}) => void lines.push({ level, event, data }),
  ]),
) as unknown as Log;

async function serve(handler: Handler): Promise<number> {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}
const outbound = (options: Partial<OutboundOptions> = {}): Outbound => createOutbound({ log, timers, allow: ['127.0.0.1'], ...options });
const refusalOf = async (work: Promise<unknown>): Promise<Error> => {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it was not refused');
};

beforeEach(() => {
  servers = [];
  lines = [];
});
afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

describe('fetching', () => {
  it('text, its type and where it came from', async () => {
    const port = await serve((_request, response) => response.setHeader('content-type', 'text/x-yaml').end('heat_template_version: ä'));
    const fetched = await outbound().fetchText(`http://127.0.0.1:${port}/a?b=c`, limits);
    expect(fetched).toEqual({ text: 'heat_template_version: ä', contentType: 'text/x-yaml', finalUrl: `http://127.0.0.1:${port}/a?b=c` });
    expect(lines).toEqual([expect.objectContaining({ level: 'info', event: 'outbound.fetched' })]);
    expect(lines[0]?.data).toMatchObject({ url: `http://127.0.0.1:${port}/a?…`, status: 200, bytes: 25 });
  });

  it('streams, with the promised length', async () => {
    const port = await serve((_request, response) => response.setHeader('content-length', 6).end('abcdef'));
    const fetched = await outbound().fetchBytes(`http://127.0.0.1:${port}/`, limits);
    expect(fetched.length).toBe(6);
    let text = '';
    for await (const chunk of fetched.bytes) text += Buffer.from(chunk).toString();
    expect(text).toBe('abcdef');
  });

  it('bytes that are no UTF-8 are no text', async () => {
    const port = await serve((_request, response) => response.end(Buffer.from([0xff, 0xfe])));
    expect(await refusalOf(outbound().fetchText(`http://127.0.0.1:${port}/`, limits))).toMatchObject({ type: 'OutboundNotText' });
  });

  it.each([
    [404, 'not-found'],
    [410, 'not-found'],
    [401, 'forbidden'],
    [403, 'forbidden'],
    [500, 'unavailable'],
    [503, 'unavailable'],
    [204, 'invalid'],
    [304, 'invalid'],
    [418, 'invalid'],
  ])('HTTP %i is a failure: %s', async (status, code) => {
    const port = await serve((_request, response) => response.writeHead(status).end());
    const error = await refusalOf(outbound().fetchText(`http://127.0.0.1:${port}/x?token=s3cret`, limits));
    expect(error).toMatchObject({ code });
    expect(error.message).toContain(`HTTP ${status}`);
    expect(error.message).not.toContain('s3cret');
  });
});

describe('who may be reached', () => {
  it.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://0x7f000001/',
    'http://2130706433/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://0.0.0.0/',
    'http://10.0.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fe80::1]/',
    'http://[64:ff9b::a9fe:a9fe]/',
  ])('%s is refused, with the setting that allows it', async (url) => {
    const error = await refusalOf(outbound({ allow: [] }).fetchText(url, limits));
    expect(error).toBeInstanceOf(Refusal);
    expect(error).toMatchObject({ code: 'forbidden', type: 'OutboundAddressRefused' });
    expect(error.message).toContain('HEARTH_OUTBOUND_ALLOW');
    expect(lines.at(-1)).toMatchObject({ level: 'warn', event: 'outbound.refused' });
  });

  it('a name is judged by its addresses, and connected to the checked one', async () => {
    const port = await serve((request, response) => response.end(request.headers.host));
    const asked: string[] = [];
    const lookup = async (host: string): Promise<readonly string[]> => {
      asked.push(host);
      // What a rebinding resolver does: a different answer the second time.
      return asked.length === 1 ? ['10.9.9.9', '127.0.0.1'] : ['10.9.9.9'];
    };
    const fetched = await outbound({ lookup }).fetchText(`http://images.test:${port}/`, limits);
    expect(fetched.text).toBe(`images.test:${port}`);
    expect(asked).toEqual(['images.test']);
  });

  it.each([
    [['127.0.0.1'], true],
    [['127.0.0.0/8'], true],
    [['images.test'], true],
    [['*.test'], true],
    [['other.test'], false],
    [['10.0.0.0/8'], false],
  ])('allow %j reaches a name at a loopback address: %s', async (allow, reached) => {
    const port = await serve((_request, response) => response.end('ok'));
    const work = outbound({ allow, lookup: async () => ['127.0.0.1'] }).fetchText(`http://images.test:${port}/`, limits);
    if (reached) expect((await work).text).toBe('ok');
    else expect((await refusalOf(work)).message).toContain('images.test is at 127.0.0.1');
  });

  it('a named host may not be pointed at a metadata service', async () => {
    const work = outbound({ allow: ['images.test'], lookup: async () => ['169.254.169.254'] }).check('http://images.test/');
    expect(await refusalOf(work)).toMatchObject({ type: 'OutboundAddressRefused' });
  });

  it('a name nobody knows', async () => {
    const error = await refusalOf(outbound({ lookup: async () => [] }).fetchText('http://nowhere.test/', limits));
    expect(error).toMatchObject({ code: 'unavailable' });
    expect(error.message).toContain('nowhere.test is not known');
  });

  it('nothing listens', async () => {
    const port = await serve(() => {});
    await new Promise((done) => servers[0]?.close(done));
    expect((await refusalOf(outbound().fetchText(`http://127.0.0.1:${port}/`, limits))).message).toContain('nothing listens there');
  });
});

describe('redirects', () => {
  it('are followed, relative ones too', async () => {
    const port = await serve((request, response) =>
      request.url === '/a' ? response.writeHead(302, { location: 'b?x=1' }).end() : response.end(request.url),
    );
    const fetched = await outbound().fetchText(`http://127.0.0.1:${port}/a`, limits);
    expect(fetched).toMatchObject({ text: '/b?x=1', finalUrl: `http://127.0.0.1:${port}/b?x=1` });
  });

  it.each(['http://10.0.0.1/', 'http://[::1]/', '//169.254.169.254/latest'])('to %s are refused', async (location) => {
    const port = await serve((_request, response) => response.writeHead(302, { location }).end());
    expect(await refusalOf(outbound().fetchText(`http://127.0.0.1:${port}/`, limits))).toMatchObject({ type: 'OutboundAddressRefused' });
  });

  it.each(['file:///etc/passwd', 'ftp://127.0.0.1/', 'gopher://127.0.0.1:70/'])('to %s are refused', async (location) => {
    const port = await serve((_request, response) => response.writeHead(301, { location }).end());
    expect(await refusalOf(outbound().fetchText(`http://127.0.0.1:${port}/`, limits))).toMatchObject({ type: 'InvalidURL' });
  });

  it.each([
    [5, true],
    [6, false],
  ])('%i in a row: %s', async (count, isFollowed) => {
    const port = await serve((request, response) => {
      const n = Number(request.url?.slice(1));
      if (n < count) response.writeHead(307, { location: `/${n + 1}` }).end();
      else response.end('there');
    });
    const work = outbound().fetchText(`http://127.0.0.1:${port}/0`, limits);
    if (isFollowed) expect((await work).text).toBe('there');
    else expect((await refusalOf(work)).message).toContain('redirected more than 5 times');
  });

  it('credentials go to the origin they were given for and nowhere else', async () => {
    const seen: [string, string | undefined][] = [];
    const other = await serve((request, response) => {
      seen.push(['other', request.headers.authorization]);
      response.end('done');
    });
    const first = await serve((request, response) => {
      seen.push([`first${request.url}`, request.headers.authorization]);
      response.writeHead(302, { location: request.url === '/a' ? '/b' : `http://eve:pw@127.0.0.1:${other}/` }).end();
    });
    const fetched = await outbound().fetchText(`http://us%40er:p%3Aw@127.0.0.1:${first}/a`, limits);
    const basic = `Basic ${Buffer.from('us@er:p:w').toString('base64')}`;
    expect(seen).toEqual([
      ['first/a', basic],
      ['first/b', basic],
      ['other', undefined],
    ]);
    expect(fetched.finalUrl).toBe(`http://127.0.0.1:${other}/`);
    expect(JSON.stringify(lines)).not.toMatch(/p%3Aw|p:w|eve:/);
  });
});

describe('caps', () => {
  it.each([true, false])('too many bytes (length announced: %s)', async (isAnnounced) => {
    const port = await serve((_request, response) => {
      if (isAnnounced) response.setHeader('content-length', 2_000);
      response.write('x'.repeat(900));
      response.end('x'.repeat(1_100));
    });
    expect(await refusalOf(outbound().fetchText(`http://127.0.0.1:${port}/`, limits))).toMatchObject({
      code: 'too-large',
      details: { maxBytes: 1_000 },
    });
  });

  it('an endless answer is cut off at the cap', async () => {
    const port = await serve((_request, response) => {
      const more = (): void => void (response.destroyed || (response.write('x'.repeat(300)) && setImmediate(more)));
      more();
    });
    expect(await refusalOf(outbound().fetchText(`http://127.0.0.1:${port}/`, limits))).toMatchObject({ code: 'too-large' });
  });

  it.each([
    ['before the headers', 0],
    ['within the body', 10],
  ])('time is up %s', async (_when, bytes) => {
    const port = await serve((_request, response) => {
      if (bytes > 0) response.write('x'.repeat(bytes));
    });
    const error = await refusalOf(outbound().fetchText(`http://127.0.0.1:${port}/?sig=s3cret`, { maxBytes: 1_000, timeoutMs: 100 }));
    expect(error).toBeInstanceOf(Failure);
    expect(error.message).toMatch(/took longer than 100 ms/);
    expect(error.message).not.toContain('s3cret');
  });

  it('time is up in the resolver', async () => {
    const never = outbound({ lookup: () => new Promise(() => {}) });
    expect(messageOf(await refusalOf(never.fetchText('http://slow.test/', { maxBytes: 1, timeoutMs: 50 })))).toContain('took longer');
  });

  it('compressed answers are not unpacked', async () => {
    const port = await serve((_request, response) => response.setHeader('content-encoding', 'gzip').end('zip bomb'));
    expect(await refusalOf(outbound().fetchText(`http://127.0.0.1:${port}/`, limits))).toMatchObject({ code: 'invalid' });
  });

  it('a broken connection is a failure, never a short text', async () => {
    const port = await serve((_request, response) => {
      response.setHeader('content-length', 100);
      response.write('half');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await refusalOf(outbound().fetchText(`http://127.0.0.1:${port}/`, limits))).toMatchObject({ code: 'unavailable' });
  });

  it('a caller may leave early, give up, or not read at all', async () => {
    const port = await serve((_request, response) => void response.write('x'.repeat(100)));
    const url = `http://127.0.0.1:${port}/`;
    const one = await outbound().fetchBytes(url, limits);
    for await (const chunk of one.bytes) {
      expect(chunk.length).toBe(100);
      break;
    }
    await (await outbound().fetchBytes(url, limits)).cancel();
    const stop = new AbortController();
    const work = outbound().fetchText(url, { ...limits, signal: stop.signal });
    setTimeout(() => stop.abort(), 50);
    expect((await refusalOf(work)).message).toContain('given up by the caller');
  });
});

describe('URLs', () => {
  it.each([
    ['https://user:pass@host.test/p/a?token=x#f', 'https://host.test/p/a?…'],
    ['http://host.test', 'http://host.test/'],
    ['file:///etc/passwd', 'file:///etc/passwd'],
    ['nonsense', '(malformed URL)'],
  ])('%s reads %s', (url, expected) => expect(urlForPeople(url)).toBe(expected));

  it.each(['', 'nonsense', '/etc/passwd', 'file:///etc/passwd', 'javascript:alert(1)', 'data:,x', 'http://'])('%s is refused', (url) =>
    expect(() => readUrl(url)).toThrow(Refusal),
  );

  it('a very long one is refused', () => expect(() => readUrl(`http://a/${'x'.repeat(9_000)}`)).toThrow(/longer than/));

  it('whatever the URL, what people read holds neither password nor query', () => {
    const word = fc.stringMatching(/^[a-z]{5,12}$/);
    fc.assert(
      fc.property(fc.webUrl(), word, word, (url, password, value) => {
        const withSecrets = new URL(url);
        withSecrets.username = 'u';
        withSecrets.password = `QQ${password}`;
        withSecrets.search = `?k=QQ${value}`;
        return !urlForPeople(withSecrets.href).includes('QQ');
      }),
    );
  });

  it('any text is either a http(s) URL or refused', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          return /^https?:$/.test(readUrl(text).protocol);
        } catch (error) {
          return error instanceof Refusal;
        }
      }),
    );
  });
});
