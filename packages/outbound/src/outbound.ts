/**
 * Fetching what a user named, and sending there: http and https only, public addresses or allowed ones, every redirect checked again, sizes and times
 * capped while the bytes arrive, and each fetch on record in the log.
 */
import { Failure, messageOf, Refusal, type Log, type Timers } from '@hearth/kernel';
import { permittedAddresses, systemLookup, type AddressRules, type Lookup } from './address-check.ts';
import { parseAllowList } from './allow-list.ts';
import { sendOne, type OpenAnswer } from './one-request.ts';
import { readUrl, urlForPeople } from './urls.ts';

export interface OutboundOptions {
  readonly log: Log;
  readonly timers: Timers;
  /** Hosts, addresses and networks beyond the public internet: see `parseAllowList`. */
  readonly allow?: readonly string[];
  /** The name of the setting that `allow` comes from, for messages. */
  readonly allowSetting?: string;
  /** The system's resolver when absent. */
  readonly lookup?: Lookup;
  /** Default 10 s. */
  readonly connectTimeoutMs?: number;
}

export interface FetchLimits {
  readonly maxBytes: number;
  /** For everything: looking up, redirects, and the last byte. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface FetchedText {
  readonly text: string;
  /** As the server sent it; null when it did not. */
  readonly contentType: string | null;
  /** After redirects; may hold secrets in its query. */
  readonly finalUrl: string;
}

export interface FetchedBytes {
  /** Once only. Ends with a `Failure` or `Refusal` when a cap is passed or the connection breaks; leaving early closes it. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** What the server promises; null when it does not. */
  readonly length: number | null;
  readonly contentType: string | null;
  readonly finalUrl: string;
  /** For a caller that does not read: closes the connection. */
  cancel(): Promise<void>;
}

export interface PostedText {
  readonly body: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Outbound {
  /** UTF-8 text, whole. */
  fetchText(url: string, limits: FetchLimits): Promise<FetchedText>;
  fetchBytes(url: string, limits: FetchLimits): Promise<FetchedBytes>;
  /** Sends text; any answer of 2xx will do and is not read. Redirects are not followed: they would send it to who was not named. */
  post(url: string, message: PostedText, limits: Pick<FetchLimits, 'timeoutMs' | 'signal'>): Promise<void>;
  /** Rejects as a fetch would before it connects; changes nothing and sends nothing but the name's look-up. */
  check(url: string): Promise<void>;
}

export const MAX_REDIRECTS = 5;
const DEFAULT_SETTING = 'HEARTH_OUTBOUND_ALLOW';
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export function createOutbound(options: OutboundOptions): Outbound {
  const setting = options.allowSetting ?? DEFAULT_SETTING;
  const rules: AddressRules = { allow: parseAllowList(options.allow ?? [], setting), lookup: options.lookup ?? systemLookup, setting };
  const fetchBytes = (url: string, limits: FetchLimits): Promise<FetchedBytes> => new Fetch(options, rules, limits).start(url);
  return {
    fetchBytes,
    async fetchText(url, limits) {
      const fetched = await fetchBytes(url, limits);
      const chunks: Uint8Array[] = [];
      for await (const chunk of fetched.bytes) chunks.push(chunk);
      return { text: textOf(Buffer.concat(chunks), url), contentType: fetched.contentType, finalUrl: fetched.finalUrl };
    },
    async post(url, message, limits) {
      const sent = await new Fetch(options, rules, { ...limits, maxBytes: 0 }, message).start(url);
      await sent.cancel();
    },
    async check(url) {
      await permittedAddresses(readUrl(url), rules);
    },
  };
}

function textOf(bytes: Uint8Array, url: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Refusal('invalid', 'OutboundNotText', `What ${urlForPeople(url)} gave is not UTF-8 text.`);
  }
}

/** One fetch from the first look-up to the last byte, with its deadline and its line in the log. */
class Fetch {
  readonly #options: OutboundOptions;
  readonly #rules: AddressRules;
  readonly #limits: FetchLimits;
  /** Null: something is fetched. */
  readonly #message: PostedText | null;
  readonly #late = new AbortController();
  readonly #signal: AbortSignal;
  readonly #startedAt: number;
  readonly #cancelTimer: () => void;
  #url: URL | null = null;
  #answer: OpenAnswer | null = null;
  #received = 0;
  #isOver = false;

  constructor(options: OutboundOptions, rules: AddressRules, limits: FetchLimits, message: PostedText | null = null) {
    this.#message = message;
    this.#options = options;
    this.#rules = rules;
    this.#limits = limits;
    this.#startedAt = options.timers.now();
    this.#signal = limits.signal === undefined ? this.#late.signal : AbortSignal.any([this.#late.signal, limits.signal]);
    this.#cancelTimer = options.timers.at(this.#startedAt + limits.timeoutMs, () => {
      const error = this.#failure('unavailable', `took longer than ${limits.timeoutMs} ms and was given up`);
      this.#late.abort(error);
      void this.#end(error);
    });
  }

  async start(text: string): Promise<FetchedBytes> {
    try {
      const answer = await this.#follow(readUrl(text));
      const length = lengthOf(answer.header('content-length'));
      if (this.#message === null && length !== null && length > this.#limits.maxBytes) throw this.#tooLarge();
      return {
        bytes: this.#read(answer),
        length,
        contentType: answer.header('content-type'),
        finalUrl: this.#url?.href ?? text,
        cancel: () => this.#end(null),
      };
    } catch (error) {
      const known = this.#understood(error);
      await this.#end(known);
      throw known;
    }
  }

  async #follow(first: URL): Promise<OpenAnswer> {
    const authorization = basicOf(first);
    let url = withoutUserinfo(first);
    for (let hop = 0; ; hop++) {
      this.#url = url;
      const addresses = await this.#inTime(permittedAddresses(url, this.#rules));
      const answer = await sendOne({
        url,
        addresses,
        headers: {
          accept: '*/*',
          'accept-encoding': 'identity',
          'user-agent': 'hearth',
          // What the first URL carries is meant for its own origin only.
          ...this.#message?.headers,
          ...(authorization !== null && url.origin === first.origin ? { authorization } : {}),
        },
        ...(this.#message !== null && { body: this.#message.body }),
        connectTimeoutMs: this.#options.connectTimeoutMs ?? 10_000,
        signal: this.#signal,
      });
      this.#answer = answer;
      if (this.#message !== null) return this.#taken(answer);
      const location = REDIRECTS.has(answer.status) ? answer.header('location') : null;
      if (location === null) return this.#accepted(answer);
      await answer.close();
      if (hop === MAX_REDIRECTS) throw this.#failure('invalid', `was redirected more than ${MAX_REDIRECTS} times`);
      if (!URL.canParse(location, url.href)) throw this.#failure('invalid', 'was redirected to a malformed URL');
      const next = readUrl(new URL(location, url.href).href);
      this.#options.log.info('outbound.redirected', { from: urlForPeople(url), to: urlForPeople(next), status: answer.status });
      url = withoutUserinfo(next);
    }
  }

  #taken(answer: OpenAnswer): OpenAnswer {
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw this.#failure(codeOf(answer.status), `was answered with HTTP ${answer.status}`);
  }

  #accepted(answer: OpenAnswer): OpenAnswer {
    const { status } = answer;
    if (status !== 200) {
      throw this.#failure(codeOf(status), `was answered with HTTP ${status}`);
    }
    const encoding = answer.header('content-encoding');
    if (encoding !== null && encoding !== '' && encoding.toLowerCase() !== 'identity')
      throw this.#failure('invalid', 'was answered with compressed content although plain bytes were asked for');
    return answer;
  }

  async *#read(answer: OpenAnswer): AsyncGenerator<Uint8Array> {
    let ended: Error | null = null;
    try {
      this.#signal.throwIfAborted();
      for await (const chunk of answer.body) {
        this.#received += chunk.length;
        if (this.#received > this.#limits.maxBytes) throw this.#tooLarge();
        yield chunk;
        this.#signal.throwIfAborted();
      }
    } catch (error) {
      ended = this.#understood(error);
      throw ended;
    } finally {
      await this.#end(ended);
    }
  }

  /** A look-up cannot be cut off, but it can be left behind. */
  async #inTime<T>(work: Promise<T>): Promise<T> {
    let onAbort = (): void => {};
    const aborted = new Promise<never>((_resolve, reject) => {
      onAbort = () => reject(this.#signal.reason);
      this.#signal.addEventListener('abort', onAbort, { once: true });
      if (this.#signal.aborted) onAbort();
    });
    try {
      return await Promise.race([work, aborted]);
    } finally {
      this.#signal.removeEventListener('abort', onAbort);
    }
  }

  #understood(error: unknown): Error {
    if (this.#late.signal.aborted) return this.#late.signal.reason as Error;
    if (error instanceof Refusal || error instanceof Failure) return error;
    if (this.#limits.signal?.aborted === true) return this.#failure('unavailable', 'was given up by the caller', error);
    return this.#failure('unavailable', `cannot be reached: ${networkReason(error)}`, error);
  }

  #failure(code: Failure['code'], what: string, cause?: unknown): Failure {
    const place = this.#url === null ? 'The URL' : urlForPeople(this.#url);
    return new Failure(code, `${place} ${what}.`, { cause });
  }

  #tooLarge(): Refusal {
    const { maxBytes } = this.#limits;
    const place = this.#url === null ? 'the URL' : urlForPeople(this.#url);
    return new Refusal('too-large', 'OutboundTooLarge', `What ${place} gives is larger than the ${maxBytes} bytes allowed.`, { maxBytes });
  }

  async #end(error: Error | null): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelTimer();
    const data = {
      url: this.#url === null ? null : urlForPeople(this.#url),
      status: this.#answer?.status ?? null,
      bytes: this.#received,
      tookMs: this.#options.timers.now() - this.#startedAt,
    };
    if (error === null) this.#options.log.info('outbound.fetched', data);
    else this.#options.log.warn(error instanceof Refusal ? 'outbound.refused' : 'outbound.failed', { ...data, reason: error.message });
    await this.#answer?.close();
  }
}

function codeOf(status: number): Failure['code'] {
  if (status === 404 || status === 410) return 'not-found';
  if (status === 401 || status === 403) return 'forbidden';
  return status >= 500 ? 'unavailable' : 'invalid';
}

const lengthOf = (header: string | null): number | null => (header !== null && /^\d{1,15}$/.test(header) ? Number(header) : null);

function basicOf(url: URL): string | null {
  if (url.username === '' && url.password === '') return null;
  const plain = `${decoded(url.username)}:${decoded(url.password)}`;
  return `Basic ${Buffer.from(plain).toString('base64')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function withoutUserinfo(url: URL): URL {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  plain.hash = '';
  return plain;
}

function networkReason(error: unknown): string {
  const { code } = error as { code?: unknown };
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens there';
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return 'no connection in time';
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
      return 'the connection broke off';
    default:
      return messageOf(error);
  }
}
