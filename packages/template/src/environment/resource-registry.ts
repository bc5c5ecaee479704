/**
 * What an environment's `resource_registry` makes of a resource type: another type, or a template that stands for it. Order of candidates
 * (templates.md 7.2, and as Heat 19 answers): the user's entries before the operator's, what is said for this resource before what is said for all, then by
 * name; an alias that leads nowhere is skipped.
 */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { matchesGlob } from './name-globs.ts';

export type Implementation =
  | { readonly kind: 'type'; readonly name: string }
  /** `key` names a file sent along. */
  | { readonly kind: 'template'; readonly key: string };

/** Aliases may lead to aliases; more than so many are a loop. */
const MOST_ALIASES = 20;
/** Patterns can make names out of names without end. */
const MOST_NAMES = 1_000;
export const isTemplateName = (name: string): boolean => name.endsWith('.yaml') || name.endsWith('.template');

/**
 * `isKnown`: whether a type of that name is registered. `globalRegistry` is what the operator has mapped for everybody. A type that nothing
 * leads to is given back as it is, for the caller to refuse.
 */
export function implementationOf(
  registry: JsonObject,
  resource: string,
  type: string,
  isKnown: (type: string) => boolean,
  globalRegistry: JsonObject = {},
): Implementation {
  const seen = new Set<string>();
  const resolve = (name: string, aliases: number): Implementation | null => {
    if (seen.has(name) || aliases > MOST_ALIASES || seen.size >= MOST_NAMES) return null;
    seen.add(name);
    for (const candidate of [...candidates(registry, resource, name, true), ...candidates(globalRegistry, resource, name, false)]) {
      const found = candidate.kind === 'template' ? candidate : candidate.name === name ? null : resolve(candidate.name, aliases + 1);
      if (found !== null) return found;
    }
    return isKnown(name) ? { kind: 'type', name } : null;
  };
  return resolve(type, 0) ?? { kind: 'type', name: type };
}

/** Registries never change, and are asked for every resource. */
const known = new WeakMap<JsonObject, readonly (readonly [pattern: string, target: string])[]>();

function patternsOf(scope: JsonObject): readonly (readonly [pattern: string, target: string])[] {
  const patterns =
    known.get(scope) ??
    Object.entries(scope).flatMap(([pattern, target]) =>
      pattern.endsWith('*') && typeof target === 'string' && !isTemplateName(target) ? [[pattern, target] as const] : [],
    );
  known.set(scope, patterns);
  return patterns;
}

/**
 * What one registry says of a name: for this resource, then by name; as `*` sorts before letters, a shorter pattern comes before a longer
 * one, and any pattern before the exact name. A pattern stands for types only, never for a template. `isUsers`: a template may be named
 * where a type is wanted without an entry of its own.
 */
function candidates(scope: JsonObject, resource: string, name: string, isUsers: boolean): readonly Implementation[] {
  const found: (readonly [string, Implementation])[] = [];
  const specific = isJsonObject(scope['resources']) ? scope['resources'][resource] : undefined;
  const special = isJsonObject(specific) && Object.hasOwn(specific, name) ? specific[name] : undefined;
  if (typeof special === 'string') found.push(['', named(name, special)]);
  const exact = Object.hasOwn(scope, name) ? scope[name] : undefined;
  if (typeof exact === 'string' && name !== 'base_url') found.push([name, named(name, exact)]);
  else if (isUsers && isTemplateName(name)) found.push([name, { kind: 'template', key: name }]);
  for (const [pattern, target] of patternsOf(scope)) {
    const prefix = pattern.slice(0, -1);
    if (!name.startsWith(prefix) || name === target || name === pattern) continue;
    found.push([pattern, { kind: 'type', name: target.endsWith('*') ? target.slice(0, -1) + name.slice(prefix.length) : target }]);
  }
  return found.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, implementation]) => implementation);
}

const named = (name: string, target: string): Implementation =>
  isTemplateName(name)
    ? { kind: 'template', key: name }
    : isTemplateName(target)
      ? { kind: 'template', key: target }
      : { kind: 'type', name: target };

/**
 * The registry that a nested stack sees: everything said for all, and what is said for the resources inside this one, by pattern and by name. While a template stands for
 * a type, that mapping is left out, so that the template may use the type which it overrides.
 */
export function nestedRegistry(
  registry: JsonObject,
  resource: string,
  standsFor: { readonly type: string; readonly key: string } | null,
): JsonObject {
  const { resources, ...general } = registry;
  const kept = Object.entries(general).filter(
    ([name, target]: [string, Json]) => standsFor === null || name !== standsFor.type || target !== standsFor.key,
  );
  const deeper = new Map<string, Json>();
  for (const [pattern, inner] of Object.entries(isJsonObject(resources) ? resources : {})) {
    if (!isJsonObject(inner) || pattern === resource || !matchesGlob(pattern, resource)) continue;
    for (const [name, value] of Object.entries(inner)) if (isJsonObject(value)) deeper.set(name, value);
  }
  const exact = isJsonObject(resources) && Object.hasOwn(resources, resource) ? resources[resource] : undefined;
  for (const [name, value] of Object.entries(isJsonObject(exact) ? exact : {})) if (isJsonObject(value)) deeper.set(name, value);
  return { ...Object.fromEntries(kept), ...(deeper.size === 0 ? {} : { resources: Object.fromEntries(deeper) }) };
}
