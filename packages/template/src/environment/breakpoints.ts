/** What a registry says about single resources beside their type: hooks, where work is to stop, and actions that are not allowed on them. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { matchesGlob } from './name-globs.ts';

export const HOOKS = ['pre-create', 'pre-update', 'pre-delete', 'post-create', 'post-update', 'post-delete'] as const;
export type Hook = (typeof HOOKS)[number];
export const RESTRICTED_ACTIONS = ['update', 'replace'] as const;
export type RestrictedAction = (typeof RESTRICTED_ACTIONS)[number];

/** Keys of a registry that name no type, wherever they stand in it. */
export const isBreakpointKey = (key: string): boolean => key === 'hooks' || key === 'restricted_actions';

export interface BreakpointProblem {
  readonly type: 'InvalidBreakPointHook' | 'InvalidRestrictedAction';
  readonly message: string;
}

/** What is wrong with the value of `hooks` or `restricted_actions`: one of the known words, or a list of them. */
export function breakpointProblem(key: string, value: Json): BreakpointProblem | null {
  const known: readonly string[] = key === 'hooks' ? HOOKS : RESTRICTED_ACTIONS;
  const words = typeof value === 'string' ? [value] : isJsonArray(value) ? value : null;
  if (words?.every((word) => typeof word === 'string' && known.includes(word))) return null;
  const shown = shownValue(value);
  const choice = `(${known.map((word) => `'${word}'`).join(', ')})`;
  return key === 'hooks'
    ? {
        type: 'InvalidBreakPointHook',
        message: `Invalid hook type "${shown}" for resource breakpoint, acceptable hook types are: ${choice}`,
      }
    : {
        type: 'InvalidRestrictedAction',
        message: `Invalid restricted_action type "${shown}" for resource, acceptable restricted_action types are: ${choice}`,
      };
}

/** Hooks on a resource of the stack that the registry belongs to: of every entry below `resources` whose name or pattern it matches. */
export const hooksOf = (registry: JsonObject, resource: string): ReadonlySet<Hook> => wordsOf(registry, resource, 'hooks', HOOKS);

/** Actions that an update may not do to the resource. */
export const restrictedActionsOf = (registry: JsonObject, resource: string): ReadonlySet<RestrictedAction> =>
  wordsOf(registry, resource, 'restricted_actions', RESTRICTED_ACTIONS);

function wordsOf<Word extends string>(registry: JsonObject, resource: string, key: string, known: readonly Word[]): ReadonlySet<Word> {
  const found = new Set<Word>();
  const { resources } = registry;
  for (const [pattern, entry] of Object.entries(isJsonObject(resources) ? resources : {})) {
    const given = isJsonObject(entry) ? entry[key] : undefined;
    if (given === undefined || !matchesGlob(pattern, resource)) continue;
    const words = isJsonArray(given) ? given : [given];
    for (const word of known) if (words.includes(word)) found.add(word);
  }
  return found;
}

const MOST_SHOWN = 200;

function shownValue(value: Json): string {
  if (typeof value === 'string') return value.slice(0, MOST_SHOWN);
  return JSON.stringify(value).slice(0, MOST_SHOWN).replaceAll('"', "'").replaceAll(',', ', ');
}
