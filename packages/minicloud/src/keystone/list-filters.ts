/** Keystone's list filters as conditions: `name=`, `enabled=`, and the inexact ones such as `name__icontains=`. Others are ignored. */
import type { Condition } from '../store/conditions.ts';

/** By parameter name; a field of the body or a column with this meaning. */
export type Filters = Readonly<Record<string, 'text' | 'boolean'>>;

const MAX_LENGTH = 255;
const INEXACT = /^(\w+)__(i?)(contains|startswith|endswith)$/;

export function filterConditions(query: URLSearchParams, filters: Filters): readonly Condition[] {
  const conditions: Condition[] = [];
  for (const [parameter, value] of query) {
    const kind = filters[parameter];
    if (kind === 'boolean') conditions.push({ field: parameter, in: [isTrue(value) ? 'true' : 'false'] });
    else if (kind === 'text') conditions.push({ field: parameter, in: [value] });
    else {
      const [, field, ignoresCase, comparator] = INEXACT.exec(parameter) ?? [];
      if (field === undefined || filters[field] !== 'text') continue;
      conditions.push({ field, matches: pattern(value.slice(0, MAX_LENGTH), ignoresCase === 'i', comparator ?? '') });
    }
  }
  return conditions;
}

/** Anything but a clear no is a yes, the bare parameter too. */
export const isTrue = (value: string): boolean => !/^(0|false|no|off|f|n)$/i.test(value);

/** A switch such as `?effective`: on when it is there, unless it is 0. */
export const isSwitchedOn = (query: URLSearchParams, name: string): boolean => query.has(name) && query.get(name) !== '0';

function pattern(value: string, ignoresCase: boolean, comparator: string): string {
  const literal = value.replaceAll(/[^\w\s-]/g, '\\$&');
  const anchored = `${comparator === 'startswith' ? '^' : ''}${literal}${comparator === 'endswith' ? '$' : ''}`;
  return ignoresCase ? `(?i)${anchored}` : anchored;
}
