/** Reading the query of a listing: where it begins and ends, how much, in which order and format. */
import type { ApiRequest } from '@hearth/http-kit';
import { MAX_LISTED, refused } from './state.ts';

export interface Listing {
  readonly prefix: string;
  readonly delimiter: string;
  readonly marker: string;
  readonly endMarker: string;
  readonly limit: number;
  readonly isReversed: boolean;
  readonly format: 'plain' | 'json' | 'xml';
  /** With `path`, only names right below it, without what lies deeper. */
  readonly path: string | null;
}

const TRUE = new Set(['true', '1', 'yes', 'on', 't', 'y']);

export function readListing(request: ApiRequest): Listing {
  const { query } = request;
  const path = query.get('path');
  const below = path === null || path === '' ? '' : `${path.replace(/\/$/, '')}/`;
  return {
    prefix: path === null ? (query.get('prefix') ?? '') : below,
    delimiter: path === null ? (query.get('delimiter') ?? '') : '/',
    marker: query.get('marker') ?? '',
    endMarker: query.get('end_marker') ?? '',
    limit: readLimit(query.get('limit')),
    isReversed: TRUE.has((query.get('reverse') ?? '').toLowerCase()),
    format: readFormat(query.get('format'), request.header('accept')),
    path: path === null ? null : below,
  };
}

function readLimit(text: string | null): number {
  if (text === null || !/^\d{1,9}$/.test(text)) return MAX_LISTED;
  if (Number(text) > MAX_LISTED) throw refused(412, `Maximum limit is ${MAX_LISTED}`);
  return Number(text);
}

function readFormat(asked: string | null, accept: string | null): Listing['format'] {
  if (asked !== null) return asked === 'json' || asked === 'xml' ? asked : 'plain';
  for (const part of (accept ?? '').split(',')) {
    const type = part.split(';')[0]?.trim();
    if (type === 'application/json') return 'json';
    if (type === 'application/xml' || type === 'text/xml') return 'xml';
    if (type === 'text/plain' || type === '*/*' || type === 'text/*') return 'plain';
  }
  return 'plain';
}
