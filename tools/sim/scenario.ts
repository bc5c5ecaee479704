/**
 * The language of scenarios: what users ask, how far it gets, what goes wrong, and what must be there then. A scenario is a list of steps, so that
 * it reads like its story; `runScenario` lives it on the production planner and engine.
 */
import type { Json, JsonObject } from '@hearth/kernel';
import type { Verb } from './call-rules.ts';

/** A value that another resource gives. */
export interface From {
  readonly of: string;
  /** Null: its reference id. */
  readonly attribute: 'echo' | 'mould' | null;
}
export const idOf = (name: string): From => ({ of: name, attribute: null });
/** What `u` of the other is. */
export const echoOf = (name: string): From => ({ of: name, attribute: 'echo' });
/** What `r` of the other is. */
export const mouldOf = (name: string): From => ({ of: name, attribute: 'mould' });

export type Value = string | From;
export interface Resource {
  /** Changes in place. */
  readonly u?: Value;
  /** Changes only by replacement. */
  readonly r?: Value;
  readonly refs?: readonly Value[];
  /** What only one thing has at a time. */
  readonly only?: string;
  readonly after?: readonly string[];
}
export type Resources = Readonly<Record<string, Resource>>;

export type CallName = `${Verb} ${string}`;
/** What becomes of a call: not heard at all; done, but the answer is lost; the cloud says no; or it says that the thing went wrong. */
export type Mishap = 'unheard' | 'unanswered' | 'refused' | 'broken';

export interface Expected {
  /** The stack's action and status. Absent: as it may be. */
  readonly state?: string;
  /** Exactly these resources, each with its properties and its one thing, and nothing else in the cloud. Absent: not asked. */
  readonly resources?: Resources;
  /** How many things of a name the cloud has. Asked only where nobody was killed. */
  readonly things?: Readonly<Record<string, number>>;
  /** Names of what deletions have left in the cloud. */
  readonly left?: readonly string[];
  /** Names whose things must be the ones that were there when `remember` was last said. */
  readonly kept?: readonly string[];
  /** Names whose things must be others. */
  readonly replaced?: readonly string[];
}

export type ScenarioStep =
  | { readonly do: 'create'; readonly resources: Resources; readonly rollsBack: boolean }
  | { readonly do: 'update'; readonly resources: Resources }
  | { readonly do: 'delete' | 'rollback' | 'cancel' | 'kill' | 'finish' | 'remember' }
  | { readonly do: 'again'; readonly skipped: readonly string[] }
  | { readonly do: 'force-delete'; readonly retained: readonly string[]; readonly isForced: boolean }
  | { readonly do: 'commits'; readonly count: number }
  | { readonly do: 'during' | 'until'; readonly call: CallName }
  | { readonly do: 'mishap'; readonly call: CallName; readonly what: Mishap; readonly times: number }
  | { readonly do: 'verify'; readonly expected: Expected };

export interface Scenario {
  readonly name: string;
  readonly story: string;
  readonly steps: readonly ScenarioStep[];
}
export const scenario = (name: string, story: string, ...steps: readonly ScenarioStep[]): Scenario => ({ name, story, steps });

export const create = (resources: Resources, { rollsBack = false } = {}): ScenarioStep => ({ do: 'create', resources, rollsBack });
export const update = (resources: Resources): ScenarioStep => ({ do: 'update', resources });
export const remove: ScenarioStep = { do: 'delete' };
/** Back to what the stack last completed with. */
export const rollBack: ScenarioStep = { do: 'rollback' };
/** Nothing more is begun; the stack has failed. */
export const cancel: ScenarioStep = { do: 'cancel' };
/** What was asked for last, without some resources. */
export const again = (...skipped: readonly string[]): ScenarioStep => ({ do: 'again', skipped });
/** By force, what the cloud refuses to delete is left behind. */
export const forceDelete = ({ retained = [] as readonly string[], isForced = true } = {}): ScenarioStep => ({
  do: 'force-delete',
  retained,
  isForced,
});
export const kill: ScenarioStep = { do: 'kill' };
/** Until the stack is in progress no more, and what late calls may have left has been looked for. */
export const finish: ScenarioStep = { do: 'finish' };
/** Notes which thing stands for which resource. */
export const remember: ScenarioStep = { do: 'remember' };
export const afterCommits = (count: number): ScenarioStep => ({ do: 'commits', count });
/** Until the call has been begun: what it is about has not happened yet. */
export const during = (call: CallName): ScenarioStep => ({ do: 'during', call });
/** Until the call has been answered, and what follows from it been written. */
export const until = (call: CallName): ScenarioStep => ({ do: 'until', call });
export const mishap = (call: CallName, what: Mishap, times = 1): ScenarioStep => ({ do: 'mishap', call, what, times });
export const verify = (expected: Expected): ScenarioStep => ({ do: 'verify', expected });

/** As a template says it. */
export function templateResources(resources: Resources): JsonObject {
  return Object.fromEntries(
    Object.entries(resources).map(([name, { u, r, refs, only, after }]) => {
      const properties = {
        ...(u !== undefined && { u: written(u) }),
        ...(r !== undefined && { r: written(r) }),
        ...(only !== undefined && { only }),
        refs: (refs ?? []).map(written),
      };
      return [name, { type: 'Sim::Thing', properties, ...(after !== undefined && { depends_on: after }) }];
    }),
  );
}

function written(value: Value): Json {
  if (typeof value === 'string') return value;
  return value.attribute === null ? { get_resource: value.of } : { get_attr: [value.of, value.attribute] };
}

/** Names that a resource needs, in any way. */
export function needsOf({ u, r, refs, after }: Resource): ReadonlySet<string> {
  const values = [u, r, ...(refs ?? [])].flatMap((value) => (typeof value === 'object' ? [value.of] : []));
  return new Set([...values, ...(after ?? [])]);
}
