/** Signatures of EC2 requests, versions 0, 1, 2 and 4, and of S3 ones, as a service hands them on for checking. Pure but for the digests. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';

/** What was signed, as the service saw it: `{signature, host, verb, path, params, headers, body_hash}`. */
export interface SignedRequest {
  readonly signature: string;
  readonly host: string;
  readonly verb: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyHash: string;
}

const V4 = 'AWS4-HMAC-SHA256';
const MAX_FIELDS = 500;

export function readSignedRequest(given: JsonObject): SignedRequest {
  const text = (name: string): string => (typeof given[name] === 'string' ? given[name] : '');
  return {
    signature: text('signature'),
    host: text('host'),
    verb: text('verb'),
    path: text('path'),
    params: textFields(given['params']),
    headers: textFields(given['headers']),
    bodyHash: text('body_hash'),
  };
}

function textFields(given: Json | undefined): Readonly<Record<string, string>> {
  if (!isJsonObject(given)) return {};
  const fields = Object.entries(given).slice(0, MAX_FIELDS);
  return Object.fromEntries(
    fields.flatMap(([name, value]) => (value === null || typeof value === 'object' ? [] : [[name, String(value)]])),
  );
}

/** Whether the request was signed with this secret; also as some clients sign it, without the port in the host. */
export function isSignedWith(secret: string, request: SignedRequest): boolean {
  const hosts = request.host.includes(':') ? [request.host, request.host.replace(/:\d*$/, '')] : [request.host];
  return hosts.some((host) => {
    const wanted = signatureOf(secret, { ...request, host });
    return wanted !== null && isSame(request.signature, wanted);
  });
}

/** Null when it is signed in no way we know. */
export function signatureOf(secret: string, request: SignedRequest): string | null {
  const { params } = request;
  switch (params['SignatureVersion']) {
    case '0':
      return hmac('sha1', secret, `${params['Action'] ?? ''}${params['Timestamp'] ?? ''}`).toString('base64');
    case '1': {
      const names = Object.keys(params).toSorted((a, b) => compare(a.toLowerCase(), b.toLowerCase()));
      return hmac('sha1', secret, names.map((name) => `${name}${params[name]}`).join('')).toString('base64');
    }
    case '2': {
      const query = canonicalQuery({ ...params, SignatureMethod: 'HmacSHA256' });
      return hmac('sha256', secret, `${request.verb}\n${request.host}\n${request.path}\n${query}`).toString('base64');
    }
    default:
      return versionFour(secret, request);
  }
}

function versionFour(secret: string, request: SignedRequest): string | null {
  const { params, headers } = request;
  const header = headers['Authorization'];
  if (header?.startsWith(V4) !== true && params['X-Amz-Algorithm'] !== V4) return null;
  const part = (name: string): string =>
    header === undefined ? (params[`X-Amz-${name}`] ?? '') : ((header.split(`${name}=`)[1] ?? '').split(',')[0] ?? '');
  const [, date = '', region = '', service = ''] = part('Credential').split('/');
  const scope = part('Credential').split('/').slice(1).join('/');
  const time = headers['X-Amz-Date'] ?? params['X-Amz-Date'] ?? '';
  if (date === '' || !time.startsWith(date)) return null;
  const signed = part('SignedHeaders');
  const query = request.verb.toUpperCase() === 'POST' ? '' : canonicalQuery(params);
  const canonical = [request.verb.toUpperCase(), request.path, query, canonicalHeaders(headers, signed), signed, request.bodyHash].join(
    '\n',
  );
  const text = [V4, time, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
  return hmac('sha256', signingKey(secret, date, region, service), text).toString('hex');
}

function canonicalHeaders(headers: Readonly<Record<string, string>>, signed: string): string {
  const known = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase().trim(), value.trim()]));
  // Early versions of one client leave the port out of the host they sign.
  const stripsPort = /^Boto\/2\.[0-9]\.[0-2]/.test(known.get('user-agent') ?? '');
  const lines = signed.split(';').flatMap((name) => {
    const value = known.get(name);
    if (value === undefined) return [];
    return [`${name}:${name === 'host' && stripsPort ? (value.split(':')[0] ?? '') : value}`];
  });
  return `${lines.join('\n')}\n`;
}

function canonicalQuery(params: Readonly<Record<string, string>>): string {
  return Object.keys(params)
    .toSorted(compare)
    .map((name) => `${quoted(name)}=${quoted(params[name] ?? '')}`)
    .join('&');
}

/** Unreserved characters only stay as they are. */
const quoted = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

function signingKey(secret: string, date: string, region: string, service: string): Buffer {
  return [region, service, 'aws4_request'].reduce((key, text) => hmac('sha256', key, text), hmac('sha256', `AWS4${secret}`, date));
}

const S3_SERVICES: readonly string[] = ['s3', 'iam', 'sts'];

/** S3: the text that was signed comes along, in base64. Null when it is none that we know. */
export function s3SignatureOf(secret: string, token: string): string | null {
  const text = Buffer.from(token, 'base64');
  if (!text.subarray(0, 4).equals(Buffer.from('AWS4'))) return hmac('sha1', secret, text).toString('base64');
  const lines = text.toString('utf8').split('\n');
  const scope = (lines[2] ?? '').split('/');
  const [date = '', region = '', service = '', end] = scope;
  if (lines.length !== 4 || lines[0] !== V4 || scope.length !== 4 || end !== 'aws4_request' || !S3_SERVICES.includes(service)) return null;
  return hmac('sha256', signingKey(secret, date, region, service), text).toString('hex');
}

export function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const hmac = (kind: 'sha1' | 'sha256', key: string | Buffer, text: string | Buffer): Buffer => createHmac(kind, key).update(text).digest();

const AGE_MS = 15 * 60 * 1000;

/** Null when the request says no time or a good one; else what is wrong with it. */
export function timeFlaw(request: SignedRequest, nowMs: number): 'invalid' | 'expired' | null {
  const time = request.params['Timestamp'] || request.headers['X-Amz-Date'] || request.params['X-Amz-Date'] || null;
  if (time === null) return null;
  const basic = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time);
  const ms = Date.parse(basic === null ? (/[zZ]$|[+-]\d\d:?\d\d$/.test(time) ? time : `${time}Z`) : time.replace(basic[0], isoOf(basic)));
  if (Number.isNaN(ms)) return 'invalid';
  return nowMs > ms + AGE_MS ? 'expired' : null;
}

const isoOf = ([, year, month, day, hour, minute, second]: RegExpExecArray): string =>
  `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
