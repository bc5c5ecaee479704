/** A façade: one API on a listener, as data: its path prefixes, routes, fault format, body rule and token verifier. */
import type { Failure, Refusal } from '@hearth/kernel';
import type { Answer, ApiRequest } from './exchange.ts';
import type { TokenVerifier } from './identity.ts';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'COPY';

export interface Route {
  readonly method: Method;
  /**
   * Path after the prefix with `:name` parameters; `*` at the end takes the rest. '' is the prefix itself. HEAD comes with GET unless it
   * is declared itself.
   */
  readonly path: string;
  readonly handle: (request: ApiRequest) => Promise<Answer> | Answer;
  /** `public` needs no token (one that is sent is verified all the same and may be refused by the handler). Default `token`. */
  readonly access?: 'token' | 'public';
  /** `raw` leaves the body unparsed; `stream` leaves it on the wire, for the handler to read and to cap. Default `parsed`. */
  readonly body?: 'parsed' | 'raw' | 'stream';
  readonly maxBodyBytes?: number;
}

/** Everything that can go wrong around a request, for the façade to put into its own words. */
export type Problem =
  | { readonly kind: 'refusal'; readonly refusal: Refusal }
  | { readonly kind: 'failure'; readonly failure: Failure }
  /** A defect of ours; the message must not reach the client. `requestId` is in the log. */
  | { readonly kind: 'bug'; readonly requestId: string }
  /** No token, or one that is not valid (any more). */
  | { readonly kind: 'unauthorized' }
  | { readonly kind: 'no-route' }
  | { readonly kind: 'method-not-allowed'; readonly allow: readonly string[] };

export interface Facade {
  /** For the log. */
  readonly name: string;
  /** Paths the façade answers under, e.g. `['', '/identity']`; without a slash at the end. */
  readonly prefixes: readonly string[];
  readonly routes: readonly Route[];
  fault(problem: Problem, request: ApiRequest): Answer;
  /** The last word on every answer, faults too: headers that a service puts on all of them. */
  readonly finish?: (answer: Answer, request: ApiRequest) => Answer;
  /** Without one, every route is public. */
  readonly verifier?: TokenVerifier;
  /** Turns the body into what handlers see; null when there is none. Default: `readJson`. */
  readonly readBody?: (bytes: Uint8Array, contentType: string | null) => unknown;
  /** Default 1 MiB. A larger body is `Refusal('too-large')`. */
  readonly maxBodyBytes?: number;
  /** True: unknown URLs and methods answer 401 without a valid token, as behind Keystone's middleware. Default: true with a verifier. */
  readonly hidesRoutes?: boolean;
}
