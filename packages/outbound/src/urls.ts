/** Reading a URL that a user gave, and writing one so that nothing secret in it shows. */
import { Refusal } from '@hearth/kernel';

/** Longer ones are refused unread. */
export const MAX_URL_LENGTH = 8_192;

/** For logs and messages: no userinfo, no fragment, and query parameters only hinted at, for they carry signatures and tokens. */
export function urlForPeople(url: URL | string): string {
  const parsed = typeof url === 'string' ? parsedOrNull(url) : url;
  if (parsed === null) return '(malformed URL)';
  const origin = parsed.origin === 'null' ? `${parsed.protocol}//${parsed.host}` : parsed.origin;
  return `${origin}${parsed.pathname}${parsed.search === '' ? '' : '?…'}`;
}

/** An absolute http or https URL, or a `Refusal('invalid')` that does not repeat what may be secret. */
export function readUrl(text: string): URL {
  if (text.length > MAX_URL_LENGTH) throw refused(`The URL is longer than ${MAX_URL_LENGTH} characters.`);
  const url = parsedOrNull(text);
  if (url === null) throw refused('The URL is malformed; write for example https://host/path.');
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw refused(`Invalid URL scheme ${url.protocol.slice(0, -1)}: only http and https can be fetched (${urlForPeople(url)}).`);
  return url;
}

/** The host as it is looked up and compared: lower-case, no brackets, no dot at the end. */
export const hostOf = (url: URL): string => {
  const host = url.hostname.toLowerCase();
  return host.startsWith('[') ? host.slice(1, -1) : host.replace(/\.$/, '');
};

function parsedOrNull(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

const refused = (message: string): Refusal => new Refusal('invalid', 'InvalidURL', message);
