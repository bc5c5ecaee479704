/** Metadata headers: reading and checking those of a request, changing what is kept, and writing them again. */
import type { ApiRequest } from '@hearth/http-kit';
import { refused, type Metadata } from './state.ts';

const MAX_NAME = 128;
const MAX_VALUE = 256;
const MAX_COUNT = 90;
const MAX_OVERALL = 4096;

export type Kind = 'account' | 'container' | 'object';

/** `temp-url-key` → `Temp-Url-Key` */
const titled = (name: string): string =>
  name.replaceAll(/(^|-)([a-z])/g, (_all, dash: string, letter: string) => dash + letter.toUpperCase());

/** What the request says: names with their values, '' for those to be removed. Checked against Swift's limits. */
export function sentMetadata(request: ApiRequest, kind: Kind): Metadata {
  const prefix = `x-${kind}-meta-`;
  const found: [string, string][] = [];
  for (const [header, value] of request.headers()) {
    if (header.startsWith(prefix)) found.push([header.slice(prefix.length), fromHeader(value)]);
    else if (header.startsWith(`x-remove-${kind}-meta-`)) found.push([header.slice(`x-remove-${kind}-meta-`.length), '']);
  }
  let overall = 0;
  for (const [name, value] of found) {
    if (name === '') throw refused(400, 'Metadata name cannot be empty');
    if (Buffer.byteLength(name) > MAX_NAME) throw refused(400, `Metadata name too long: ${prefix}${titled(name)}`);
    if (Buffer.byteLength(value) > MAX_VALUE) throw refused(400, `Metadata value longer than ${MAX_VALUE}: ${prefix}${titled(name)}`);
    overall += Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  if (found.length > MAX_COUNT) throw refused(400, `Too many metadata items; max ${MAX_COUNT}`);
  if (overall > MAX_OVERALL) throw refused(400, `Total metadata too large; max ${MAX_OVERALL}`);
  // What is set wins over what is removed, as in Swift.
  return Object.fromEntries(found.sort(([, a], [, b]) => Number(a !== '') - Number(b !== '')));
}

/** An empty value removes; the sum keeps to the limits too. */
export function mergedMetadata(before: Metadata, sent: Metadata): Metadata {
  const after = Object.fromEntries(Object.entries({ ...before, ...sent }).filter(([, value]) => value !== ''));
  if (Object.keys(after).length > MAX_COUNT) throw refused(400, `Too many metadata items; max ${MAX_COUNT}`);
  const overall = Object.entries(after).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
  if (overall > MAX_OVERALL) throw refused(400, `Total metadata too large; max ${MAX_OVERALL}`);
  return after;
}

/** Whatever is empty is not kept on an object. */
export const givenMetadata = (sent: Metadata): Metadata => Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== ''));

export const metadataHeaders = (kind: Kind, meta: Metadata): Record<string, string> =>
  Object.fromEntries(
    Object.entries(meta).map(([name, value]) => [`X-${titled(kind)}-Meta-${titled(name)}`, Buffer.from(value).toString('latin1')]),
  );

/** Header values arrive as bytes read as Latin-1; metadata is UTF-8. */
export const fromHeader = (value: string): string => Buffer.from(value, 'latin1').toString('utf8');
