/**
 * What an environment's `resource_registry` makes of a resource type: another type, or a template that stands for it. Order of candidates
 * (templates.md 7.2): what is said for this resource before what is said for all, exact names before patterns; an alias that leads nowhere is skipped.
 */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';

export type Implementation =
  | { readonly kind: 'type'; readonly name: string }
  /** `key` names a file sent along. */
  | { readonly kind: 'template'; readonly key: string };

/** Aliases may lead to aliases; more than so many are a loop. */
const MOST_ALIASES = 20;
const isTemplateName = (name: string): boolean => name.endsWith('.yaml') || name.endsWith('.template');

/** `isKnown`: whether a type of that name is registered. A type that nothing leads to is given back as it is, for the caller to refuse. */
export function implementationOf(registry: JsonObject, resource: string, type: string, isKnown: (type: string) => boolean): Implementation {
  const specific = isJsonObject(registry['resources']) ? registry['resources'][resource] : undefined;
  const scopes = isJsonObject(specific) ? [specific, registry] : [registry];
  const seen = new Set<string>();
  /** What is mapped comes first; a name stands for itself when nothing else does. */
  const resolve = (name: string, aliases: number): Implementation | null => {
    if (seen.has(name) || aliases > MOST_ALIASES) return null;
    seen.add(name);
    for (const scope of scopes) {
      for (const mapped of mappings(scope, name)) {
        const found = resolve(mapped, aliases + 1);
        if (found !== null) return found;
      }
    }
    if (isTemplateName(name)) return { kind: 'template', key: name };
    return isKnown(name) ? { kind: 'type', name } : null;
  };
  return resolve(type, 0) ?? { kind: 'type', name: type };
}

/** What one map says of a name: exactly, then by pattern, the longest pattern first. */
function* mappings(scope: JsonObject, name: string): Generator<string> {
  const exact = Object.hasOwn(scope, name) && name !== 'resources' ? scope[name] : undefined;
  if (exact === null) return;
  if (typeof exact === 'string' && exact !== name) yield exact;
  const patterns = Object.keys(scope).filter((key) => key.endsWith('*') && name.startsWith(key.slice(0, -1)));
  for (const pattern of patterns.sort((a, b) => b.length - a.length)) {
    const target = scope[pattern];
    if (typeof target !== 'string') continue;
    const mapped = target.endsWith('*') ? target.slice(0, -1) + name.slice(pattern.length - 1) : target;
    if (mapped !== name) yield mapped;
  }
}

/**
 * The registry that a nested stack sees: everything said for all, and what is said for the resources inside this one. While a template stands for
 * a type, that mapping is left out, so that the template may use the type which it overrides.
 */
export function nestedRegistry(
  registry: JsonObject,
  resource: string,
  standsFor: { readonly type: string; readonly key: string } | null,
): JsonObject {
  const { resources, ...general } = registry;
  const inner = isJsonObject(resources) ? resources[resource] : undefined;
  const deeper = isJsonObject(inner) ? Object.entries(inner).filter((entry): entry is [string, JsonObject] => isJsonObject(entry[1])) : [];
  const kept = Object.entries(general).filter(
    ([name, target]: [string, Json]) => standsFor === null || name !== standsFor.type || target !== standsFor.key,
  );
  return { ...Object.fromEntries(kept), ...(deeper.length === 0 ? {} : { resources: Object.fromEntries(deeper) }) };
}
