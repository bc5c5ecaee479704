/** Resources as a tree: each stands below the deepest of those it waits for. Pure; iterative; a cycle in the data does no harm. */
import type { StackResource } from '../stack-shapes.ts';

export interface TreeRow {
  readonly resource: StackResource;
  /** Lines that lead to the name: `│  ├─ `. Empty for those that wait for nothing. */
  readonly branch: string;
  /** When its present action began, on the scale of the frame's `elapsedMs`; absent where it is not known. */
  readonly sinceMs?: number;
}

/** Depth first, names in order, every resource once. */
export function resourceTree(resources: readonly StackResource[]): readonly TreeRow[] {
  const sorted = resources.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const children = childrenByParent(sorted);
  const rows: TreeRow[] = [];
  const open = rooted(children.get(null) ?? [], '', true);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    rows.push({ resource: next.resource, branch: next.branch });
    open.push(...rooted(children.get(next.resource.name) ?? [], next.below, false));
  }
  return rows;
}

interface Placed {
  readonly resource: StackResource;
  readonly branch: string;
  /** What the lines of its children begin with. */
  readonly below: string;
}

/** Deeper than this, lines stop moving to the right: names must stay readable, and a chain of thousands cheap. */
const DEEPEST_COLUMNS = 24;

/** In reverse, since they are taken from the end. */
function rooted(resources: readonly StackResource[], prefix: string, areRoots: boolean): Placed[] {
  const placed = resources.map((resource, i) => {
    const isLast = i === resources.length - 1;
    if (areRoots) return { resource, branch: '', below: '' };
    return {
      resource,
      branch: `${prefix}${isLast ? '└─ ' : '├─ '}`,
      below: prefix.length >= DEEPEST_COLUMNS ? prefix : `${prefix}${isLast ? '   ' : '│  '}`,
    };
  });
  return placed.toReversed();
}

/** The parent is the last to be reached of those a resource waits for; without any (or within a cycle) it is a root. */
function childrenByParent(resources: readonly StackResource[]): ReadonlyMap<string | null, StackResource[]> {
  const byName = new Map(resources.map((resource) => [resource.name, resource]));
  const waiting = new Map(resources.map(({ name }) => [name, 0]));
  for (const { requiredBy } of resources) for (const name of requiredBy) waiting.set(name, (waiting.get(name) ?? 0) + 1);
  const parents = new Map<string, string>();
  const reached = resources.filter(({ name }) => waiting.get(name) === 0);
  for (let i = 0; i < reached.length; i++) {
    const { name, requiredBy } = reached[i] as StackResource;
    for (const dependent of requiredBy) {
      const left = (waiting.get(dependent) ?? 0) - 1;
      waiting.set(dependent, left);
      const resource = byName.get(dependent);
      if (left !== 0 || resource === undefined) continue;
      parents.set(dependent, name);
      reached.push(resource);
    }
  }
  const children = new Map<string | null, StackResource[]>();
  for (const resource of resources) {
    const parent = parents.get(resource.name) ?? null;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [resource]);
    else siblings.push(resource);
  }
  return children;
}
