/** What a route handler gets and gives: a request without framework, an answer as a value. */
import type { Identity } from './identity.ts';

export interface ApiRequest {
  readonly method: string;
  /** The façade's prefix under which the request came, e.g. `/identity`; '' at the root. */
  readonly prefix: string;
  /** Path as sent, with the prefix, without the query. */
  readonly path: string;
  /** Path and query as sent. */
  readonly target: string;
  /** `http://host:port` as the client called it (Host header), without a slash at the end. */
  readonly origin: string;
  /** Decoded path parameters of the route. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  header(name: string): string | null;
  /** All of them, lower-case names, as sent; of a repeated one the first. */
  headers(): readonly (readonly [string, string])[];
  /** The Content-Type header as sent. */
  readonly contentType: string | null;
  /** What the façade's `readBody` made of the body; null without one and for `body: 'raw'` routes. */
  readonly body: unknown;
  readonly rawBody: Uint8Array;
  /** The body of a `stream` route as it arrives; once only. Empty for other routes. Ends with a `Refusal` when the client goes away. */
  readonly bodyStream: AsyncIterable<Uint8Array>;
  /** `req-<uuid>`, also in the answer's `X-Openstack-Request-Id`. */
  readonly id: string;
  /** The caller's own request id, when it sent a well-formed one. */
  readonly globalId: string | null;
  /** Whoever the token belongs to; asking on a public route without a token is a bug. */
  readonly identity: Identity;
  readonly identityOrNull: Identity | null;
}

/**
 * An object is sent as JSON, a string as text (or the content-type given), bytes as they are, a `ByteStream` as it comes; undefined is an
 * empty body; `NoAnswer` cuts the connection.
 */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Bytes that are sent while they are made; an error in between cuts the connection, so that nobody takes a part for the whole. */
export class ByteStream {
  readonly bytes: AsyncIterable<Uint8Array>;
  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.bytes = bytes;
  }
}

/** In place of a body: the connection is cut, and the client never learns what came of its request. For trials of lost answers. */
export class NoAnswer {
  readonly kind = 'no-answer';
}

/** The connection is cut without an answer. */
export const hangUp = (): Answer => ({ status: 499, body: new NoAnswer() });

export const json = (status: number, body: unknown, headers?: Readonly<Record<string, string>>): Answer =>
  headers === undefined ? { status, body } : { status, body, headers };
export const empty = (status = 204, headers?: Readonly<Record<string, string>>): Answer =>
  headers === undefined ? { status } : { status, headers };
