/** Marker and limit paging as OpenStack's services do it: reading the parameters and building the link to the next page. */
import { Refusal } from '@hearth/kernel';
import type { ApiRequest } from './exchange.ts';

export interface Page {
  /** Null: no limit was asked for. */
  readonly limit: number | null;
  readonly marker: string | null;
}

/**
 * Reads `limit` and `marker`. A limit that is no whole number ≥ 0 is refused; 0 means "no limit" (as in Neutron and Heat);
 * one above `maxLimit` is cut down to it, and it is the page size when none is given.
 */
export function readPage(query: URLSearchParams, maxLimit: number | null = null): Page {
  const text = query.get('limit');
  const marker = query.get('marker');
  if (text === null || text === '') return { limit: maxLimit, marker: marker === '' ? null : marker };
  if (!/^\d{1,9}$/.test(text)) {
    throw new Refusal(
      'invalid',
      'InvalidParameter',
      `Invalid input for field/attribute limit. Value: ${text}. It must be a whole number, 0 or more.`,
    );
  }
  const asked = Number(text);
  const limit = asked === 0 ? maxLimit : maxLimit === null ? asked : Math.min(asked, maxLimit);
  return { limit, marker: marker === '' ? null : marker };
}

/** The URL of the same list with another marker: every other parameter is kept. */
export function pageLink(request: ApiRequest, changes: Readonly<Record<string, string | null>>, absolute = true): string {
  const query = new URLSearchParams(request.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  return `${absolute ? request.origin : ''}${request.path}${text === '' ? '' : `?${text}`}`;
}

/** `[{rel: 'next', href}]` when the page is full, so that there may be more; empty otherwise. */
export function nextLinks(
  request: ApiRequest,
  page: Page,
  ids: readonly string[],
): readonly { readonly rel: 'next'; readonly href: string }[] {
  const last = ids.at(-1);
  if (page.limit === null || last === undefined || ids.length < page.limit) return [];
  return [{ rel: 'next', href: pageLink(request, { marker: last }) }];
}
