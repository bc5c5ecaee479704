/** One request over a connection of its own, to addresses that were already checked. Redirects are answers here; nothing is followed. */
import { isIPv6 } from 'node:net';
import type { LookupFunction } from 'node:net';
import { Agent, type Dispatcher } from 'undici';

export interface OpenAnswer {
  readonly status: number;
  header(name: string): string | null;
  readonly body: AsyncIterable<Uint8Array>;
  /** Cuts the connection; safe to call twice and after the end. */
  close(): Promise<void>;
}

export interface OneRequest {
  readonly url: URL;
  /** Tried in this order. */
  readonly addresses: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly connectTimeoutMs: number;
  readonly signal: AbortSignal;
  /** Sent by POST; absent: GET. */
  readonly body?: string;
}

/** Rejects with the socket's error, or with the signal's reason. */
export async function sendOne(request: OneRequest): Promise<OpenAnswer> {
  const agent = new Agent({
    connections: 1,
    // The whole transfer has one deadline (the signal), kept by the caller's timers.
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
    connect: { timeout: request.connectTimeoutMs, lookup: fixedLookup(request.addresses) },
  });
  const { url } = request;
  let answer: Dispatcher.ResponseData;
  try {
    answer = await agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: request.body === undefined ? 'GET' : 'POST',
      headers: request.headers,
      ...(request.body !== undefined && { body: request.body }),
      signal: request.signal,
    });
  } catch (error) {
    await agent.destroy();
    throw error;
  }
  // Whoever gives up on the body destroys it; without a listener that would be an unhandled error.
  answer.body.on('error', () => {});
  return {
    status: answer.statusCode,
    header(name) {
      const value = answer.headers[name];
      return value === undefined ? null : Array.isArray(value) ? (value[0] ?? null) : value;
    },
    body: answer.body as AsyncIterable<Uint8Array>,
    close: () => agent.destroy(),
  };
}

/** Answers any name with the checked addresses, so that the name is not looked up a second time with another result. */
function fixedLookup(addresses: readonly string[]): LookupFunction {
  const entries = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  const first = entries[0] ?? { address: '', family: 4 };
  return (_host, options, callback) => {
    if (options.all === true) callback(null, entries);
    else callback(null, first.address, first.family);
  };
}
