/** A project's stacks, page by page. */
import {
  countStacks,
  listStacks as selectStacks,
  type FilterColumn,
  type StackFilter,
  type StackPage,
  type StackRecord,
  type StackSortKey,
} from '@hearth/store';
import type { Caller } from './caller.ts';
import { ownProject } from './own-stack.ts';
import type { StackPorts } from './ports.ts';

export interface ListStacks {
  readonly equals: Readonly<Partial<Record<FilterColumn, readonly string[]>>>;
  /** `FAILED` or `CREATE_FAILED`; any of them. */
  readonly statuses: readonly string[];
  readonly tagsAll: readonly string[];
  readonly tagsAny: readonly string[];
  readonly notTagsAll: readonly string[];
  readonly notTagsAny: readonly string[];
  readonly showsDeleted: boolean;
  readonly showsNested: boolean;
  readonly showsHidden: boolean;
  readonly counts: boolean;
  /** Null: as many as the server gives at once. */
  readonly limit: number | null;
  readonly marker: string | null;
  readonly sortKeys: readonly StackSortKey[];
  /** Null: as is usual for the keys. */
  readonly descending: boolean | null;
}
/** All of a project's stacks that are shown without being asked for. */
export const EVERY_STACK: ListStacks = {
  equals: {},
  statuses: [],
  tagsAll: [],
  tagsAny: [],
  notTagsAll: [],
  notTagsAny: [],
  showsDeleted: false,
  showsNested: false,
  showsHidden: false,
  counts: false,
  limit: null,
  marker: null,
  sortKeys: [],
  descending: null,
};

export interface StackList {
  readonly stacks: readonly StackRecord[];
  /** Without regard to pages; null when not asked for. */
  readonly count: number | null;
  /** The page is full: there may be more after its last stack. */
  readonly full: boolean;
}

export async function listStacks(ports: StackPorts, caller: Caller, request: ListStacks): Promise<StackList> {
  const filter = filterOf(ports, caller, request);
  const limit = Math.min(request.limit ?? ports.limits.listRows, ports.limits.listRows);
  const stacks = await selectStacks(ports.database, filter, { limit, marker: request.marker, sort: sortOf(request) });
  return {
    stacks,
    count: request.counts ? await countStacks(ports.database, filter) : null,
    full: stacks.length > 0 && stacks.length >= limit,
  };
}

function filterOf({ limits }: StackPorts, caller: Caller, request: ListStacks): StackFilter {
  return {
    projectId: ownProject(caller),
    equals: request.equals,
    states: request.statuses.map(stateOf),
    tagsAll: request.tagsAll,
    tagsAny: request.tagsAny,
    notTagsAll: request.notTagsAll,
    notTagsAny: request.showsHidden ? request.notTagsAny : [...request.notTagsAny, ...limits.hiddenStackTags],
    showsDeleted: request.showsDeleted,
    showsNested: request.showsNested,
  };
}

/** `CREATE_IN_PROGRESS` is an action and a status; `IN_PROGRESS` only a status. */
function stateOf(text: string): { readonly action: string | null; readonly status: string | null } {
  const split = /^([A-Z]+)_(IN_PROGRESS|COMPLETE|FAILED)$/.exec(text);
  return split === null ? { action: null, status: text } : { action: split[1] as string, status: split[2] as string };
}

/** Newest first unless keys are given; then ascending. */
function sortOf({ sortKeys, descending }: ListStacks): StackPage['sort'] {
  if (sortKeys.length === 0) return [{ key: 'createdAt', descending: descending ?? true }];
  return [...new Set(sortKeys)].map((key) => ({ key, descending: descending ?? false }));
}
