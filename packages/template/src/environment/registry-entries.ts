/** A `resource_registry` as it is kept: entries that mean nothing refused, and those that null takes away gone. */
import { isJsonObject, type Json, type JsonObject, type Path } from '@hearth/kernel';
import type { Problems } from '../definition/problems.ts';
import { breakpointProblem, isBreakpointKey } from './breakpoints.ts';

/** Maps in maps, as deep as stacks can be nested and some more. */
const MOST_LEVELS = 20;

/** Adds what is wrong: values that are no text, hooks and restricted actions that do not exist. */
export function checkRegistry(registry: JsonObject, base: Path, problems: Problems): void {
  const open: { readonly level: JsonObject; readonly path: Path }[] = [{ level: registry, path: base }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { level, path } = next;
    for (const [key, value] of Object.entries(level)) {
      const here = [...path, key];
      if (value === null) continue;
      if (isBreakpointKey(key)) {
        const problem = breakpointProblem(key, value);
        if (problem !== null)
          problems.add({ ...problem, code: key === 'hooks' ? 'invalid-hook' : 'invalid-restricted-action', path: here });
      } else if (isJsonObject(value)) {
        if (here.length - base.length > MOST_LEVELS) wrongEntry(problems, here, `it is nested more than ${MOST_LEVELS} levels deep`);
        else open.push({ level: value, path: here });
      } else if (typeof value !== 'string') wrongEntry(problems, here, 'it must be the name of a type or of a template');
    }
  }
}

function wrongEntry(problems: Problems, path: Path, reason: string): void {
  const message = `the entry "${path.at(-1)}" of the resource registry is not valid: ${reason}`;
  problems.add({ type: 'HTTPBadRequest', code: 'invalid-registry-entry', message, path });
}

/**
 * `above` loaded entry by entry onto `below`: maps are merged level by level, null takes an entry away, and with a name that ends in `*`
 * every mapping that begins so and was there before. Both were checked.
 */
export function appliedRegistry(below: JsonObject, above: JsonObject): JsonObject {
  const merged = new Map<string, Json>(Object.entries(below));
  for (const [key, value] of Object.entries(above)) {
    const present = merged.get(key);
    if (value === null) remove(merged, key);
    else if (isJsonObject(value)) merged.set(key, appliedRegistry(isJsonObject(present) ? present : {}, value));
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

function remove(merged: Map<string, Json>, key: string): void {
  if (!key.endsWith('*')) merged.delete(key);
  else for (const [name, value] of [...merged]) if (typeof value === 'string' && name.startsWith(key.slice(0, -1))) merged.delete(name);
}

/**
 * Templates that are named relative to `base_url`, with their whole names: the client's part in Heat, done here for bodies that were written
 * without it. Names of files that were sent along stay as they are.
 */
export function withBaseUrl(registry: JsonObject, hasFile: (name: string) => boolean, inherited: string | null = null): JsonObject {
  const own = registry['base_url'];
  const base = typeof own === 'string' && /^https?:\/\/[^/]/.test(own) ? own.replace(/\/+$/, '') : inherited;
  const entries = Object.entries(registry).map(([key, value]): [string, Json] => {
    if (isJsonObject(value)) return [key, withBaseUrl(value, hasFile, base)];
    const isRelative = base !== null && typeof value === 'string' && /\.(yaml|template)$/.test(value) && !/^[a-z]+:\/\//.test(value);
    return [key, isRelative && !hasFile(value) ? `${base}/${value.replace(/^\/+/, '')}` : value];
  });
  return Object.fromEntries(entries);
}
