/** Signed URLs: a holder may do one thing to one object, or to all below a prefix, until a time. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ApiRequest } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import type { SwiftPath } from './path.ts';
import { ACCOUNTS, CONTAINERS, containerKey, refused, type AccountBody, type ContainerBody, type Metadata } from './state.ts';

const METHODS = new Set(['GET', 'HEAD', 'PUT', 'POST', 'DELETE']);
/** Length of a hexadecimal signature → algorithm. */
const BY_LENGTH: Readonly<Record<number, string>> = { 40: 'sha1', 64: 'sha256', 128: 'sha512' };
const ALGORITHMS = new Set(Object.values(BY_LENGTH));
const invalid = (): Error => refused(401, '401 Unauthorized: Temp URL invalid\n');

export interface SignedUse {
  /** For the answer's `Expires`, seconds since 1970. */
  readonly expires: number;
  /** For `Content-Disposition`. */
  readonly filename: string | null;
  readonly isInline: boolean;
}

/** Null: the request is not signed. Throws 401 when it is, but not well. */
export async function signedUse(store: CloudStore, request: ApiRequest, path: SwiftPath, nowMs: number): Promise<SignedUse | null> {
  const { query } = request;
  const signature = query.get('temp_url_sig');
  const expiry = query.get('temp_url_expires');
  if (signature === null && expiry === null) return null;
  if (signature === null || expiry === null || path.container === null || path.object === null || !METHODS.has(request.method))
    throw invalid();
  const expires = readExpiry(expiry);
  if (expires === null || expires * 1000 < nowMs) throw invalid();
  const given = readSignature(signature);
  const prefix = query.get('temp_url_prefix');
  if (given === null || query.has('temp_url_ip_range') || (prefix !== null && !path.object.startsWith(prefix))) throw invalid();
  const base = path.whole.slice(0, path.whole.length - path.object.length);
  const target = prefix === null ? path.whole : `prefix:${base}${prefix}`;
  // Who may read, write or change may also look at the headers.
  const methods = request.method === 'HEAD' ? ['HEAD', 'GET', 'PUT', 'POST'] : [request.method];
  for (const key of await keysFor(store, path.account, path.container)) {
    for (const method of methods) {
      const wanted = createHmac(given.algorithm, key).update(`${method}\n${expires}\n${target}`).digest();
      if (wanted.length === given.bytes.length && timingSafeEqual(wanted, given.bytes)) {
        return { expires, filename: query.get('filename'), isInline: query.has('inline') };
      }
    }
  }
  throw invalid();
}

async function keysFor(store: CloudStore, account: string, container: string): Promise<readonly string[]> {
  const of = (meta: Metadata | undefined): readonly string[] =>
    ['temp-url-key', 'temp-url-key-2'].flatMap((name) => (meta?.[name] === undefined ? [] : [meta[name]]));
  const holder = await store.documents.get<AccountBody>(ACCOUNTS, account);
  const box = await store.documents.get<ContainerBody>(CONTAINERS, containerKey(account, container));
  return [...of(holder?.body.meta), ...of(box?.body.meta)];
}

/** Seconds, or an ISO 8601 instant in UTC. */
function readExpiry(text: string): number | null {
  if (/^\d{1,12}$/.test(text)) return Number(text);
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$/.test(text)) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms / 1000;
}

/** Hexadecimal, or `sha256:` with Base64 (also its URL form). */
function readSignature(text: string): { readonly algorithm: string; readonly bytes: Buffer } | null {
  const colon = text.indexOf(':');
  if (colon > 0) {
    const algorithm = text.slice(0, colon);
    return ALGORITHMS.has(algorithm) ? { algorithm, bytes: Buffer.from(text.slice(colon + 1), 'base64url') } : null;
  }
  const algorithm = /^[0-9a-fA-F]+$/.test(text) ? BY_LENGTH[text.length] : undefined;
  return algorithm === undefined ? null : { algorithm, bytes: Buffer.from(text, 'hex') };
}

/** As Swift names the file for the browser. */
export function disposition(use: SignedUse, object: string, stored: string | undefined): string {
  const named = (name: string): string =>
    `filename="${name.replaceAll('"', '%22').replaceAll(/[^\x20-\x7e]/g, '?')}"; filename*=UTF-8''${encodeURIComponent(name)}`;
  if (use.isInline) return use.filename === null ? 'inline' : `inline; ${named(use.filename)}`;
  if (use.filename !== null) return `attachment; ${named(use.filename)}`;
  return stored ?? `attachment; ${named(object.replace(/\/+$/, '').split('/').at(-1) ?? object)}`;
}
