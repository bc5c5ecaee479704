/** What requests say in their query, read or refused. */
import { Refusal } from '@hearth/kernel';

export const USUAL_LIMIT = 100;
export const HIGHEST_LIMIT = 1_000;

export const refused = (message: string): Refusal => new Refusal('invalid', 'InvalidParameter', message);

export function refuseUnknown(query: URLSearchParams, known: ReadonlySet<string>): void {
  const unknown = [...query.keys()].find((name) => !known.has(name));
  if (unknown !== undefined) throw refused(`There is no parameter "${unknown.slice(0, 60)}" here; there are ${[...known].join(', ')}.`);
}

/** How many rows a page may have; more than the highest count as that. */
export function limitOf(query: URLSearchParams): number {
  const text = query.get('limit') ?? String(USUAL_LIMIT);
  const value = /^\d{1,9}$/.test(text) ? Math.min(Number(text), HIGHEST_LIMIT) : 0;
  if (value < 1) throw refused(`limit=${text.slice(0, 60)}: it must be a whole number from 1 to ${HIGHEST_LIMIT}; more count as that.`);
  return value;
}
