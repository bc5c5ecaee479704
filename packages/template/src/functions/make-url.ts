/** `make_url`: a URL out of its parts. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { integerFromText } from '../semantics/integers.ts';
import { plainText } from '../semantics/rendering.ts';
import { eager, wrongCall, wrongType, wrongValue } from './contract.ts';

const PARTS = ['scheme', 'username', 'password', 'host', 'port', 'path', 'query', 'fragment'];

/** Schemes whose URLs have `//` even without a host. */
const AUTHORITY_SCHEMES: ReadonlySet<string> = new Set(
  'ftp http gopher nntp telnet imap wais file mms https shttp snews prospero rtsp rtspu rsync svn svn+ssh sftp nfs git git+ssh ws wss'.split(
    ' ',
  ),
);

/** Everything but letters, digits, `_.-~` and the characters of `safe` as %XX of its UTF-8 bytes. */
function percentEncoded(text: string, safe: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\ufffd')).replaceAll(/%[0-9A-F]{2}|[!'()*]/g, (match) => {
    const char = match.length === 1 ? match : String.fromCharCode(Number.parseInt(match.slice(1), 16));
    if (safe.includes(char) && char.charCodeAt(0) < 0x80) return char;
    return match.length === 3 ? match : `%${match.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}

function portText(args: JsonObject): string {
  const value = args['port'];
  if (value === undefined) return '';
  const port =
    typeof value === 'string' ? integerFromText(value) : typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : null;
  if (port === null) throw wrongValue('make_url: the port must be an integer');
  if (port < 1n || port > 65535n) throw wrongValue('make_url: the port must be between 1 and 65535');
  return `:${plainText(value as Json)}`;
}

function hostText(host: string): string {
  const inner = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  return inner.includes(':') ? `[${percentEncoded(inner, ':')}]` : percentEncoded(host, '');
}

function queryText(query: JsonObject): string {
  return Object.entries(query)
    .map(([key, value]) => `${formEncoded(key)}=${formEncoded(plainText(value))}`)
    .join('&');
}
const formEncoded = (text: string): string => percentEncoded(text, '/ ').replaceAll(' ', '+');

export const makeUrl = eager('make_url', `A URL out of ${PARTS.join(', ')}.`, (args, scope) => {
  if (!isJsonObject(args)) throw wrongCall('make_url needs a map');
  const unknown = Object.keys(args).find((key) => !PARTS.includes(key));
  if (unknown !== undefined) throw wrongCall(`make_url: unknown key "${unknown}"; known are ${PARTS.join(', ')}`);
  const part = (name: string): string => {
    const value = args[name];
    if (value === undefined) return '';
    if (typeof value !== 'string') throw wrongType(`make_url: "${name}" must be a string`);
    return value;
  };
  const query = args['query'] ?? {};
  if (args['query'] === null || !isJsonObject(query)) throw wrongType('make_url: "query" must be a map');
  const scheme = part('scheme');
  if (scheme.includes(':')) throw wrongValue('make_url: the scheme must not contain ":"');
  const password = part('password');
  const user = `${percentEncoded(part('username'), '')}${password === '' ? '' : `:${percentEncoded(password, '')}`}`;
  const authority = `${user === '' ? '' : `${user}@`}${hostText(part('host'))}${portText(args)}`;
  let path = percentEncoded(part('path'), '/');
  const hasAuthority = authority !== '' || (AUTHORITY_SCHEMES.has(scheme) && !path.startsWith('//'));
  if (hasAuthority && path !== '' && !path.startsWith('/')) path = `/${path}`;
  const search = Object.keys(query).length > 0 ? `?${queryText(query)}` : '';
  const fragment = part('fragment');
  const start = `${scheme === '' ? '' : `${scheme}:`}${hasAuthority ? `//${authority}` : ''}`;
  const url = `${start}${path}${search}${fragment === '' ? '' : `#${percentEncoded(fragment, '/')}`}`;
  scope.spend(url.length);
  return url;
});
