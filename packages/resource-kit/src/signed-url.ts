/** URLs that need no token because they are signed, in the query form of EC2's signature version 2. Pure. */
import { hmacSha256, isJsonObject, type JsonObject, sameText } from '@hearth/kernel';
import { base64OfBytes } from './base64.ts';

export interface SigningKey {
  readonly access: string;
  readonly secret: string;
}
/** What is signed beside the query. */
export interface SignedPlace {
  readonly verb: 'PUT' | 'POST';
  /** Lower case, with the port where it is not the usual one. */
  readonly host: string;
  /** Decoded. */
  readonly path: string;
}

const SIGNATURE = 'Signature';

/** The URL with its signature. `base` has no query and no slash at the end; the path below it must be encoded. */
export function signedUrl(base: string, path: string, key: SigningKey, verb: SignedPlace['verb'], at: number): string {
  const params = new Map([
    ['SignatureMethod', 'HmacSHA256'],
    ['SignatureVersion', '2'],
    ['AWSAccessKeyId', key.access],
    ['Timestamp', `${new Date(at).toISOString().slice(0, 19)}Z`],
  ]);
  const url = `${base}${path}`;
  const query = [...params, [SIGNATURE, signatureOf(placeOf(url, verb), params, key.secret)] as const];
  return `${url}?${query.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&')}`;
}

/** Whether the query was signed for the place with the key. */
export function isSigned(place: SignedPlace, query: Iterable<readonly [string, string]>, key: SigningKey): boolean {
  const params = new Map(query);
  const given = params.get(SIGNATURE) ?? '';
  params.delete(SIGNATURE);
  const isOurs = params.get('AWSAccessKeyId') === key.access && params.get('SignatureVersion') === '2';
  // Only ours has a name: a client may not choose a weaker one.
  return isOurs && params.get('SignatureMethod') === 'HmacSHA256' && sameText(given, signatureOf(place, params, key.secret));
}

/** What a URL was signed as: servers between may change host and path on the way, so the request itself does not tell. */
export function placeOf(url: string, verb: SignedPlace['verb']): SignedPlace {
  const [, host = '', path = ''] = /^[a-z]+:\/\/([^/?#]*)([^?#]*)/i.exec(url) ?? [];
  return { verb, host: host.toLowerCase(), path: decodeURIComponent(path) };
}

function signatureOf({ verb, host, path }: SignedPlace, params: ReadonlyMap<string, string>, secret: string): string {
  const query = [...params]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .join('&');
  return base64OfBytes(hmacSha256(secret, `${verb}\n${host}\n${path}\n${query}`));
}

/** RFC 3986: more than `encodeURIComponent` encodes. */
const encoded = (text: string): string =>
  encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** In the data of a resource that has such a URL. */
export interface Signing extends SigningKey, JsonObject {
  readonly access: string;
  readonly secret: string;
  readonly url: string;
  readonly verb: SignedPlace['verb'];
}
const SIGNING = 'signing';
export const withSigning = (data: JsonObject, signing: Signing): JsonObject => ({ ...data, [SIGNING]: signing });
export function signingOf(data: JsonObject): Signing | null {
  const signing = data[SIGNING];
  return isJsonObject(signing) ? (signing as Signing) : null;
}
